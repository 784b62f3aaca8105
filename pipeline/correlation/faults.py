"""What cannot be honoured in a correlation is an error at load: never a silent weakening."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import TypeAlias

from pipeline.correlation.conditions import (
    RISING,
    TooManyClauses,
    can_hold,
    clauses_of,
    least_count,
)
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.sigma.reading.documents import (
    And,
    Expression,
    Not,
    Or,
    RuleFault,
    RuleName,
    SigmaCorrelation,
    SigmaRule,
)

Complaint: TypeAlias = tuple[str, str, str]
"""Field, problem, remedy."""

TEMPORAL = frozenset({"temporal", "temporal_ordered"})


class CorrelationFaults(ValueError):
    """All faults of all correlations of a rule set: the authors' to mend."""

    def __init__(self, faults: Sequence[RuleFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "; ".join(f"{f.file}:{f.line} {f.field}: {f.problem}; {f.remedy}" for f in self.faults)
        )


def check_correlations(
    rules: Mapping[str, SigmaRule],
    correlations: Sequence[SigmaCorrelation],
    policy: CorrelationPolicy,
) -> tuple[RuleFault, ...]:
    """Every fault of every correlation, those that only a policy or another rule shows included.

    `correlations` come inner before outer; a reference to what comes later is a fault.
    """
    faults: list[RuleFault] = []
    inner: dict[str, SigmaCorrelation] = {}
    for rule in correlations:
        complaints = [
            *_reference_complaints(rule, rules, inner),
            *_key_complaints(rule, inner),
            *_condition_complaints(rule, policy),
        ]
        faults.extend(_fault(rule, *complaint) for complaint in complaints)
        inner[rule.head.rule_id] = rule
    return tuple(faults)


def _fault(rule: SigmaCorrelation, field: str, problem: str, remedy: str) -> RuleFault:
    head = rule.head
    place = field if field == "id" else f"correlation.{field}"
    return RuleFault(head.file, head.line, place, problem, remedy, head.title)


def _reference_complaints(
    rule: SigmaCorrelation,
    rules: Mapping[str, SigmaRule],
    inner: Mapping[str, SigmaCorrelation],
) -> Iterator[Complaint]:
    own = rule.head.rule_id
    if own in rules or own in inner:
        yield "id", f"another rule has the id '{own}'", "give it an id of its own"
    if not rule.rules:
        yield "rules", "no rules", "list ids or names"
    if len(set(rule.rules)) < len(rule.rules):
        yield "rules", "the same rule twice", "name each once; event_count counts repetitions"
    for rule_id in rule.rules:
        if rule_id not in rules and rule_id not in inner:
            yield "rules", f"no rule or earlier correlation '{rule_id}'", "load its file too"
    if rule.timespan_s <= 0:
        yield "timespan", f"{rule.timespan_s} seconds is no timespan", "give one second or more"


def _key_complaints(
    rule: SigmaCorrelation, inner: Mapping[str, SigmaCorrelation]
) -> Iterator[Complaint]:
    aliases = {alias.name: alias.sources for alias in rule.aliases}
    for place, names in (("group-by", rule.group_by), ("condition.field", rule.value_fields)):
        for name in names:
            sources = aliases.get(name)
            for rule_id in rule.rules:
                if sources is not None and rule_id not in sources:
                    problem = f"alias '{name}' gives no field for rule '{rule_id}'"
                    yield place, problem, f"add {rule_id}: <field> to the alias"
                    continue
                field = sources[rule_id] if sources is not None else name
                if rule_id in inner and field not in inner[rule_id].group_by:
                    problem = f"correlation '{rule_id}' has no '{field}': only its group-by"
                    yield place, problem, f"add {field} to its group-by, or use an alias"


def _condition_complaints(rule: SigmaCorrelation, policy: CorrelationPolicy) -> Iterator[Complaint]:
    if rule.type in TEMPORAL:
        yield from _temporal_complaints(rule)
        return
    yield from _threshold_complaints(rule, policy)
    if rule.expression is not None:
        yield "condition", f"{rule.type} takes no rule names", "use temporal"
    if not 0 <= rule.percentile <= 100:
        yield "condition.percentile", f"{rule.percentile} is no percentile", "0 to 100, whole"
    wanted = _wanted_fields(rule)
    if wanted:
        yield "condition.field", *wanted


def _wanted_fields(rule: SigmaCorrelation) -> tuple[str, str] | None:
    count = len(rule.value_fields)
    if rule.type == "event_count":
        return ("event_count takes no field", "use value_count") if count else None
    if not count:
        return f"{rule.type} needs a field", "write condition: {field: …}"
    if count > 1 and rule.type != "value_count":
        return f"{rule.type} takes one field", "name one field"
    return None


def _threshold_complaints(rule: SigmaCorrelation, policy: CorrelationPolicy) -> Iterator[Complaint]:
    thresholds = rule.thresholds
    if not thresholds:
        yield "condition", "no comparison", "write condition: {gte: 10}"
        return
    if not all(isfinite(each.bound) for each in thresholds):
        yield "condition", "a bound is not a finite number", "give a number"
        return
    if rule.type not in ("event_count", "value_count"):
        return
    if not can_hold(thresholds):
        problem = "no count of one or more fits: without an event nothing opens a window"
        yield "condition", problem, "for absence, write temporal with 'a and not b'"
    least = least_count(thresholds) if all(t.operator in RISING for t in thresholds) else 0
    if least > policy.group_matches:
        problem = f"{least} is more than a group may hold ({policy.group_matches})"
        yield "condition", problem, "lower it, or raise correlation.group_matches in the policy"


def _temporal_complaints(rule: SigmaCorrelation) -> Iterator[Complaint]:
    if rule.thresholds or rule.value_fields:
        yield "condition", f"{rule.type} takes rule names, no comparison", "use event_count"
    if rule.expression is None:
        return
    named = _names(rule.expression)
    if named != set(rule.rules):
        odd = ", ".join(sorted(named ^ set(rule.rules)))
        problem = f"rules and condition do not name the same rules: {odd}"
        yield "condition", problem, "name the same rules, or leave rules out"
        return
    try:
        clauses = clauses_of(
            rule.expression, {rule_id: position for position, rule_id in enumerate(rule.rules)}
        )
    except TooManyClauses as fault:
        yield "condition", str(fault), "split it into several correlations"
        return
    if not clauses:
        yield "condition", "it contradicts itself", "correct it"
    if any(not clause.present for clause in clauses):
        problem = "an alternative of only 'not': nothing opens its window"
        yield "condition", problem, "name a rule that must match in every alternative"


def _names(expression: Expression) -> set[str]:
    match expression:
        case RuleName(rule_id):
            return {rule_id}
        case Not(operand):
            return _names(operand)
        case And(operands) | Or(operands):
            return {name for each in operands for name in _names(each)}
