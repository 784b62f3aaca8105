"""What a correlation says in one line: the fact an analyst reads first."""

from collections.abc import Mapping, Sequence

from pipeline.sigma.documents import (
    And,
    Expression,
    Not,
    Operator,
    Or,
    RuleName,
    SigmaCorrelation,
    SigmaRule,
)

SUMMARY_CHARACTERS = 300

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_SIGNS: dict[Operator, str] = {
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "eq": "=",
    "neq": "≠",
}
_MEASURES = {
    "event_count": "events",
    "value_count": "different {fields}",
    "value_sum": "sum of {fields}",
    "value_avg": "average {fields}",
    "value_percentile": "percentile {percentile} of {fields}",
}


def fact_of(
    rule: SigmaCorrelation, rules: Mapping[str, SigmaRule], inner: Sequence[SigmaCorrelation]
) -> str:
    """The condition in words: `different User ≥ 5 within 10m`, `Logon, then Export within 1h`."""
    titles = {rule_id: each.head.title for rule_id, each in rules.items()}
    titles.update({each.head.rule_id: each.head.title for each in inner})
    span = duration(rule.timespan_s)
    if rule.expression is not None:
        return f"{_expressed(rule.expression, titles)} within {span}"
    if rule.type.startswith("temporal"):
        separator = ", then " if rule.type == "temporal_ordered" else " and "
        return f"{separator.join(titles[rule_id] for rule_id in rule.rules)} within {span}"
    measure = _MEASURES[rule.type].format(
        fields=" + ".join(rule.value_fields), percentile=rule.percentile
    )
    bounds = ", ".join(f"{_SIGNS[each.operator]} {each.bound:g}" for each in rule.thresholds)
    return f"{measure} {bounds} within {span}"


def duration(seconds: int) -> str:
    """Seconds in the greatest unit that divides them: `90s`, `5m`, `1d`."""
    size, unit = next((size, unit) for size, unit in _UNITS if not seconds % size)
    return f"{seconds // size}{unit}"


def summary_of(fact: str, group_by: Sequence[str], values: Sequence[str], count: int) -> str:
    """The fact with whom it concerns: `12 events: events ≥ 10 within 5m; User alice`."""
    whom = ", ".join(f"{name} {value}" for name, value in zip(group_by, values, strict=True))
    events = f"{count} event{'s' if count != 1 else ''}"
    text = f"{events}: {fact}; {whom}" if whom else f"{events}: {fact}"
    return text[:SUMMARY_CHARACTERS]


def _expressed(expression: Expression, titles: Mapping[str, str]) -> str:
    match expression:
        case RuleName(rule_id):
            return titles[rule_id]
        case Not(operand):
            return f"no {_operand(operand, titles)}"
        case And(operands):
            return " and ".join(_operand(each, titles) for each in operands)
        case Or(operands):
            return " or ".join(_operand(each, titles) for each in operands)


def _operand(expression: Expression, titles: Mapping[str, str]) -> str:
    text = _expressed(expression, titles)
    return f"({text})" if isinstance(expression, And | Or) else text
