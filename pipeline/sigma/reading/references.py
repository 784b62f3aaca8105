"""Names and ids in filters and correlations, held against everything that was read."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from pipeline.sigma.reading.documents import (
    Alias,
    And,
    Expression,
    Not,
    Or,
    RuleName,
    SigmaCorrelation,
    SigmaFilter,
    SigmaRule,
)
from pipeline.sigma.reading.yaml_text import Path, RuleError

Referable = SigmaRule | SigmaCorrelation
Report = Callable[[SigmaCorrelation | SigmaFilter, RuleError], None]

MISSING_REMEDY = "give the id or name of a rule in the loaded files, or load its file too"


def directory(documents: Sequence[Referable]) -> dict[str, str]:
    """Every id and name to the `rule_id` it stands for; ids before names."""
    known = {each.head.name: each.head.rule_id for each in documents if each.head.name}
    known.update({each.head.rule_id: each.head.rule_id for each in documents})
    return known


def resolve_correlations(
    correlations: Sequence[SigmaCorrelation], rules: Sequence[SigmaRule], report: Report
) -> tuple[SigmaCorrelation, ...]:
    """All references as ids, inner before outer; what cannot be resolved is reported and left
    out, and so is everything that builds on it."""
    known = directory([*rules, *correlations])
    waiting = {c.head.rule_id: c for each in correlations if (c := _resolved(each, known, report))}
    settled = {rule.head.rule_id for rule in rules}
    ordered: list[SigmaCorrelation] = []
    while ready := [c for c in waiting.values() if settled.issuperset(c.rules)]:
        ordered.extend(ready)
        for each in ready:
            settled.add(each.head.rule_id)
            del waiting[each.head.rule_id]
    for each in waiting.values():
        problem = "rests on itself, or on a correlation that has a fault"
        report(each, RuleError(("correlation", "rules"), problem, "mend or remove the reference"))
    return tuple(ordered)


def _resolved(
    correlation: SigmaCorrelation, known: Mapping[str, str], report: Report
) -> SigmaCorrelation | None:
    wanted: list[tuple[str, Path]] = [
        (name, ("correlation", "rules", index)) for index, name in enumerate(correlation.rules)
    ]
    for alias in correlation.aliases:
        below: Path = ("correlation", "aliases", alias.name)
        wanted.extend((name, (*below, name)) for name in alias.sources)
    missing = [(name, path) for name, path in wanted if _find(name, known) is None]
    for name, path in missing:
        report(correlation, RuleError(path, f"no rule '{name}'", MISSING_REMEDY))
    if missing or _names_twice(correlation, known, report):
        return None
    return msgspec.structs.replace(
        correlation,
        rules=tuple(dict.fromkeys(_found(name, known) for name in correlation.rules)),
        expression=correlation.expression and _renamed(correlation.expression, known),
        aliases=tuple(
            Alias(each.name, {_found(name, known): field for name, field in each.sources.items()})
            for each in correlation.aliases
        ),
    )


def _names_twice(correlation: SigmaCorrelation, known: Mapping[str, str], report: Report) -> bool:
    """Whether one rule goes by two names: of `a, b, id of a` only `a, b` would be left."""
    lists: list[tuple[Path, Sequence[str]]] = [
        (("correlation", "rules"), correlation.rules),
        *((("correlation", "aliases", each.name), [*each.sources]) for each in correlation.aliases),
    ]
    twice = [
        path for path, names in lists if len({_found(name, known) for name in names}) < len(names)
    ]
    for path in twice:
        report(correlation, RuleError(path, "names the same rule twice", "name each once"))
    return bool(twice)


def _find(name: str, known: Mapping[str, str]) -> str | None:
    return known.get(name) or known.get(name.lower())


def _found(name: str, known: Mapping[str, str]) -> str:
    return _find(name, known) or name


def _renamed(expression: Expression, known: Mapping[str, str]) -> Expression:
    match expression:
        case RuleName(name):
            return RuleName(_found(name, known))
        case Not(operand):
            return Not(_renamed(operand, known))
        case And(operands):
            return And(tuple(_renamed(each, known) for each in operands))
        case Or(operands):
            return Or(tuple(_renamed(each, known) for each in operands))


def resolve_filter(
    written: SigmaFilter, rules: Mapping[str, SigmaRule], known: Mapping[str, str], report: Report
) -> SigmaFilter:
    """The filter with ids of rules it applies to; a name that fits no rule, or a rule of
    another log source, is reported, because such a filter would silently do nothing."""
    if written.rules == "any":
        return written
    chosen: list[str] = []
    for index, name in enumerate(written.rules):
        path = ("filter", "rules", index)
        rule = rules.get(_found(name, known))
        if rule is None:
            report(written, RuleError(path, f"no rule '{name}'", MISSING_REMEDY))
        elif not applies_to(written, rule):
            problem = f"the log source of '{name}' is not this filter's"
            report(written, RuleError(path, problem, "give the filter the rule's logsource"))
        else:
            chosen.append(rule.head.rule_id)
    return msgspec.structs.replace(written, rules=tuple(chosen))


def applies_to(written: SigmaFilter, rule: SigmaRule) -> bool:
    """Every logsource key that the filter sets must equal the rule's."""
    wanted = msgspec.structs.asdict(written.logsource)
    found = msgspec.structs.asdict(rule.logsource)
    return all(not value or value == found[key] for key, value in wanted.items())
