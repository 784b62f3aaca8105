"""A correlation document, read completely; evaluating it is `pipeline/correlation`'s.

References stay as written here; `references.py` resolves them once every file is read.
"""

import re
from collections.abc import Mapping
from itertools import combinations
from typing import cast, get_args

import msgspec

from pipeline.sigma.reading.conditions import condition_tree
from pipeline.sigma.reading.documents import (
    Alias,
    And,
    CorrelationType,
    Expression,
    Head,
    Not,
    Operator,
    Or,
    RuleName,
    SigmaCorrelation,
    Threshold,
)
from pipeline.sigma.reading.metadata import read_level
from pipeline.sigma.reading.yaml_text import Path, RuleError
from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

TYPES: tuple[str, ...] = get_args(CorrelationType)
OPERATORS: tuple[str, ...] = get_args(Operator)
TEMPORAL = ("temporal", "temporal_ordered")
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
KEYS = frozenset(
    {"type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "level"}
)
COMBINATION_LIMIT = 1000
TIMESPAN_LIMIT_S = 3_650 * 86_400
"""Ten years: times are 64-bit microseconds in the state, and no hold of evidence is longer."""
_TIMESPAN = re.compile(r"([1-9][0-9]{0,8})([smhdw])\Z")
_GRAMMAR = frozenset({"and", "or", "not"})
_NAME = re.compile(r"[^\s()]+")


def read_correlation(
    document: Mapping[str, object], head: Head, faults: list[RuleError]
) -> SigmaCorrelation:
    """The correlation with references as written; faults are added to `faults`."""
    section = document.get("correlation")
    if not isinstance(section, dict):
        faults.append(RuleError(("correlation",), "not a map", "give type, rules, timespan"))
        section = {}
    for key in section:
        if key not in KEYS:
            problem = f"unknown key '{key}' would be ignored"
            faults.append(RuleError(("correlation", key), problem, "remove or correct it"))
    kind, median = _type(section, faults)
    rules = _names(section, "rules", faults)
    condition = section.get("condition")
    expression = None
    if kind in TEMPORAL:
        expression, rules = _temporal(kind, condition, rules, faults)
        condition = {}
    elif not rules:
        faults.append(RuleError(("correlation", "rules"), "no rules", "list ids or names"))
    values = condition if isinstance(condition, dict) else {}
    return SigmaCorrelation(
        head=_levelled(head, section, faults),
        type=kind,
        rules=rules,
        group_by=_names(section, "group-by", faults),
        timespan_s=_timespan(section.get("timespan"), faults),
        thresholds=() if kind in TEMPORAL else _thresholds(condition, faults),
        expression=expression,
        value_fields=_value_fields(kind, values, faults),
        percentile=_percentile("value_median" if median else kind, values, faults),
        aliases=_aliases(section.get("aliases"), faults),
        generate=_generate(document, section, faults),
    )


def _type(section: Mapping[str, object], faults: list[RuleError]) -> tuple[CorrelationType, bool]:
    """The type, and whether it was written as value_median (which is percentile 50)."""
    written = section.get("type")
    if written == "value_median":
        return "value_percentile", True
    if written not in TYPES:
        problem = f"'{written}' is not a correlation type" if written else "no type"
        faults.append(RuleError(("correlation", "type"), problem, "one of " + ", ".join(TYPES)))
        return "event_count", False
    return cast(CorrelationType, written), False


def _levelled(head: Head, section: Mapping[str, object], faults: list[RuleError]) -> Head:
    """A level stands beside the correlation (schema), or within it: both are read."""
    written: list[RuleError] = []
    level = read_level(section, written)
    faults += [
        RuleError(("correlation", *each.path), each.problem, each.remedy) for each in written
    ]
    if level and head.level and level != head.level:
        problem = f"level is {level} here and {head.level} beside the correlation"
        faults.append(RuleError(("correlation", "level"), problem, "keep one of them"))
    return msgspec.structs.replace(head, level=head.level or level)


def _names(section: Mapping[str, object], key: str, faults: list[RuleError]) -> tuple[str, ...]:
    value = section.get(key)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    path: Path = ("correlation", key)
    if any(not isinstance(each, str) or not each for each in listed):
        faults.append(RuleError(path, f"{key} must be a list of texts", "write plain names"))
        return ()
    if len(set(listed)) < len(listed):
        faults.append(RuleError(path, f"{key} names the same twice", "name each once"))
    return tuple(listed)


def _timespan(value: object, faults: list[RuleError]) -> int:
    match = _TIMESPAN.match(value) if isinstance(value, str) else None
    if match is None:
        problem = "no timespan" if value is None else f"'{value}' is not a timespan"
        remedy = "a whole number and s, m, h, d or w, as 90m; months and years in days"
        faults.append(RuleError(("correlation", "timespan"), problem, remedy))
        return 1
    span_s = int(match[1]) * UNIT_SECONDS[match[2]]
    if span_s > TIMESPAN_LIMIT_S:
        problem = f"'{value}' is more than ten years"
        faults.append(RuleError(("correlation", "timespan"), problem, "give a shorter one"))
        return 1
    return span_s


def _thresholds(condition: object, faults: list[RuleError]) -> tuple[Threshold, ...]:
    path: Path = ("correlation", "condition")
    if not isinstance(condition, dict):
        faults.append(RuleError(path, "condition must be a map", "write condition: {gte: 10}"))
        return ()
    found: list[Threshold] = []
    for key, bound in condition.items():
        if key in ("field", "percentile"):
            continue
        is_number = isinstance(bound, int | float) and not isinstance(bound, bool)
        if key not in OPERATORS or not is_number:
            problem = f"'{key}: {bound}' is not a comparison"
            remedy = "one of " + ", ".join(OPERATORS) + " and a number"
            faults.append(RuleError((*path, key), problem, remedy))
            continue
        found.append(Threshold(cast(Operator, key), float(bound)))
    if not found and not any(fault.path[:2] == path for fault in faults):
        faults.append(RuleError(path, "no comparison", "write condition: {gte: 10}"))
    return tuple(found)


def _value_fields(
    kind: str, condition: Mapping[str, object], faults: list[RuleError]
) -> tuple[str, ...]:
    path: Path = ("correlation", "condition", "field")
    value = condition.get("field")
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if any(not isinstance(each, str) or not each for each in listed):
        faults.append(RuleError(path, "field must be a name or names", "write plain names"))
        return ()
    if kind.startswith("value_") and not listed:
        faults.append(RuleError(path, f"{kind} needs a field", "write condition: {field: …}"))
    if not kind.startswith("value_") and listed:
        faults.append(RuleError(path, f"{kind} takes no field", "use value_count"))
    if kind not in ("value_count",) and len(listed) > 1:
        faults.append(RuleError(path, f"{kind} takes one field", "name one field"))
    return tuple(listed)


def _percentile(kind: str, condition: Mapping[str, object], faults: list[RuleError]) -> int:
    path: Path = ("correlation", "condition", "percentile")
    if "percentile" not in condition:
        return 50
    value = condition["percentile"]
    if kind != "value_percentile":
        faults.append(RuleError(path, f"{kind} takes no percentile", "use value_percentile"))
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        faults.append(RuleError(path, f"'{value}' is not a percentile", "0 to 100, whole"))
        return 50
    return value


def _aliases(value: object, faults: list[RuleError]) -> tuple[Alias, ...]:
    path: Path = ("correlation", "aliases")
    if value is None:
        return ()
    if not isinstance(value, dict):
        faults.append(RuleError(path, "aliases must be a map", "write alias: {rule: field}"))
        return ()
    found = []
    for name, sources in value.items():
        whole = isinstance(sources, dict) and all(
            isinstance(s, str) and s for s in sources.values()
        )
        if not whole or not sources:
            problem = f"alias '{name}' has no sources"
            faults.append(RuleError((*path, name), problem, "write alias: {rule: field}"))
            continue
        found.append(Alias(name, dict(sources)))
    return tuple(found)


def _generate(
    document: Mapping[str, object], section: Mapping[str, object], faults: list[RuleError]
) -> bool:
    """Top level by the schema, inside `correlation` by the commonest converter: both are read."""
    for path, holder in (((), document), (("correlation",), section)):
        value = holder.get("generate", False)
        if not isinstance(value, bool):
            where = (*path, "generate")
            faults.append(RuleError(where, "generate is true or false", "write true or false"))
        elif value:
            return True
    return False


def _temporal(
    kind: str, condition: object, rules: tuple[str, ...], faults: list[RuleError]
) -> tuple[Expression | None, tuple[str, ...]]:
    """The extended condition, and the rules it may name instead of `rules`."""
    path: Path = ("correlation", "condition")
    if isinstance(condition, str):
        return _extended(condition, rules, path, faults)
    if not rules:
        faults.append(RuleError(("correlation", "rules"), "no rules", "list ids or names"))
    if condition is None:
        return None, rules
    counts = _allowed_counts(condition, len(rules), path, faults)
    if counts is None or counts == {len(rules)}:
        return None, rules
    if kind == "temporal_ordered":
        problem = "an order of only some of the rules is not defined"
        faults.append(RuleError(path, problem, "drop the condition, or list fewer rules"))
        return None, rules
    return _of_counts(counts, rules, path, faults), rules


def _extended(
    text: str, rules: tuple[str, ...], path: Path, faults: list[RuleError]
) -> tuple[Expression | None, tuple[str, ...]]:
    names = [name for name in _NAME.findall(text) if name.lower() not in _GRAMMAR]
    named = tuple(dict.fromkeys(names))
    try:
        tree = condition_tree(text, {name: Leaf(name, ()) for name in named})
    except RuleError as error:
        faults.append(RuleError(path, error.problem, error.remedy))
        return None, rules
    if rules and set(rules) != set(named):
        odd = ", ".join(sorted(set(rules) ^ set(named)))
        problem = f"rules and condition do not name the same rules: {odd}"
        faults.append(RuleError(path, problem, "name the same rules, or leave rules out"))
    return _expression(tree), rules or named


def _expression(tree: Tree) -> Expression:
    match tree:
        case Leaf(name, _):
            return RuleName(name)
        case NotOf(operand):
            return Not(_expression(operand))
        case AllOf(operands):
            return And(tuple(_expression(each) for each in operands))
        case AnyOf(operands):
            return Or(tuple(_expression(each) for each in operands))


_HOLDS = {
    "gt": lambda count, bound: count > bound,
    "gte": lambda count, bound: count >= bound,
    "lt": lambda count, bound: count < bound,
    "lte": lambda count, bound: count <= bound,
    "eq": lambda count, bound: count == bound,
    "neq": lambda count, bound: count != bound,
}


def _allowed_counts(
    condition: object, total: int, path: Path, faults: list[RuleError]
) -> set[int] | None:
    """How many different rules may have matched (specification, correlation, "Condition")."""
    before = len(faults)
    thresholds = _thresholds(condition, faults)
    if isinstance(condition, dict) and "field" in condition:
        faults.append(RuleError((*path, "field"), "a temporal type takes no field", "drop it"))
    if len(faults) > before:
        return None
    counts = {
        count
        for count in range(total + 1)
        if all(_HOLDS[each.operator](count, each.bound) for each in thresholds)
    }
    if not counts - {0}:
        faults.append(RuleError(path, f"no count of {total} rules fits", "correct the numbers"))
        return None
    return counts


def _of_counts(
    counts: set[int], rules: tuple[str, ...], path: Path, faults: list[RuleError]
) -> Expression | None:
    """As an expression: for each allowed count, every choice of so many rules and no others."""
    options: list[Expression] = []
    least = min(counts)
    upward = counts == set(range(least, len(rules) + 1)) and least > 0
    for count in [least] if upward else sorted(counts):
        for chosen in combinations(rules, count):
            others = () if upward else tuple(Not(RuleName(r)) for r in rules if r not in chosen)
            options.append(And((*(RuleName(r) for r in chosen), *others)))
            if len(options) > COMBINATION_LIMIT:
                problem = "too many choices of rules"
                faults.append(RuleError(path, problem, "write the condition over rule names"))
                return None
    return options[0] if len(options) == 1 else Or(tuple(options))
