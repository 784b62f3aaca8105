"""What a correlation says in one line, in Chinese and English: the fact an analyst reads first.

Rule titles are as their authors wrote them, in Chinese where they gave one; fields have the
names of the glossary, and those that it does not know are quoted as their values are.
"""

from collections.abc import Mapping, Sequence

import msgspec

from pipeline.correlation.field_labels import label_of
from pipeline.sigma.reading.documents import (
    And,
    Expression,
    Head,
    Not,
    Operator,
    Or,
    RuleName,
    SigmaCorrelation,
    SigmaRule,
)
from schemas.language import Language

SUMMARY_CHARACTERS = 300

_SIGNS: dict[Operator, str] = {
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "eq": "=",
    "neq": "≠",
}


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The templates of one language; a name in braces is a fact.

    `units` are seconds and their word, greatest first. `measures` are by type of correlation.
    """

    units: tuple[tuple[int, str], ...]
    measures: dict[str, str]
    title: str
    none_of: str
    group: str
    both: str
    either: str
    then: str
    bound_mark: str
    within: str
    one_event: str
    events: str
    whom: str
    whom_mark: str


WORDINGS: dict[Language, Wording] = {
    "en": Wording(
        units=((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")),
        measures={
            "event_count": "events",
            "value_count": "different values of {fields}",
            "value_sum": "sum of {fields}",
            "value_avg": "average {fields}",
            "value_percentile": "percentile {percentile} of {fields}",
        },
        title="{title}",
        none_of="no {operand}",
        group="({expression})",
        both=" and ",
        either=" or ",
        then=", then ",
        bound_mark=", ",
        within="{condition} within {span}",
        one_event="1 event: {fact}",
        events="{count} events: {fact}",
        whom="; {whom}",
        whom_mark=", ",
    ),
    "zh": Wording(
        units=((86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")),
        measures={
            "event_count": "日志数",
            "value_count": "不同{fields}的个数",
            "value_sum": "{fields}的总和",
            "value_avg": "{fields}的平均值",
            "value_percentile": "{fields}的第 {percentile} 百分位数",
        },
        title="“{title}”",
        none_of="没有{operand}",
        group="（{expression}）",
        both="且",
        either="或",
        then="，随后",
        bound_mark="、",
        within="{span}内{condition}",
        one_event="1 条日志：{fact}",
        events="{count} 条日志：{fact}",
        whom="（{whom}）",
        whom_mark="、",
    ),
}


def facts_of(
    rule: SigmaCorrelation, rules: Mapping[str, SigmaRule], inner: Sequence[SigmaCorrelation]
) -> dict[Language, str]:
    """The condition in words: `different values of account ≥ 5 within 10m`,
    `Logon, then Export within 1h`."""
    heads = {rule_id: each.head for rule_id, each in rules.items()}
    heads.update({each.head.rule_id: each.head for each in inner})
    listed = {rule_id: heads[rule_id] for rule_id in rule.rules}
    return {language: _fact(rule, listed, language) for language in WORDINGS}


def _fact(rule: SigmaCorrelation, heads: Mapping[str, Head], language: Language) -> str:
    wording = WORDINGS[language]
    titles = {rule_id: _title(head, wording, language) for rule_id, head in heads.items()}
    if rule.expression is not None:
        condition = _expressed(rule.expression, titles, wording)
    elif rule.type.startswith("temporal"):
        mark = wording.then if rule.type == "temporal_ordered" else wording.both
        condition = mark.join(titles[rule_id] for rule_id in rule.rules)
    else:
        condition = _measured(rule, wording, language)
    return wording.within.format(condition=condition, span=duration(rule.timespan_s, language))


def _title(head: Head, wording: Wording, language: Language) -> str:
    title = head.title_zh if language == "zh" and head.title_zh else head.title
    return wording.title.format(title=title)


def _measured(rule: SigmaCorrelation, wording: Wording, language: Language) -> str:
    fields = (label_of(rule, name, language) for name in rule.value_fields)
    measure = wording.measures[rule.type].format(
        fields=" + ".join(fields), percentile=rule.percentile
    )
    bounds = (f"{_SIGNS[each.operator]} {each.bound:g}" for each in rule.thresholds)
    return f"{measure} {wording.bound_mark.join(bounds)}"


def duration(seconds: int, language: Language = "en") -> str:
    """Seconds in the greatest unit that divides them: `90s`, `5m`, `1d`, `1天`."""
    size, unit = next((size, unit) for size, unit in WORDINGS[language].units if not seconds % size)
    return f"{seconds // size}{unit}"


def summary_of(
    rule: SigmaCorrelation, fact: str, group: Sequence[str], count: int, language: Language
) -> str:
    """The fact with whom it concerns: `12 events: events ≥ 10 within 5m; account alice`.

    `group` are the values of the fields that the rule groups by.
    """
    wording = WORDINGS[language]
    template = wording.one_event if count == 1 else wording.events
    text = template.format(count=count, fact=fact)
    if group:
        named = wording.whom_mark.join(
            f"{label_of(rule, name, language)} {value}"
            for name, value in zip(rule.group_by, group, strict=True)
        )
        text += wording.whom.format(whom=named)
    return text[:SUMMARY_CHARACTERS]


def _expressed(expression: Expression, titles: Mapping[str, str], wording: Wording) -> str:
    match expression:
        case RuleName(rule_id):
            return titles[rule_id]
        case Not(operand):
            return wording.none_of.format(operand=_operand(operand, titles, wording))
        case And(operands):
            return wording.both.join(_operand(each, titles, wording) for each in operands)
        case Or(operands):
            return wording.either.join(_operand(each, titles, wording) for each in operands)


def _operand(expression: Expression, titles: Mapping[str, str], wording: Wording) -> str:
    text = _expressed(expression, titles, wording)
    return wording.group.format(expression=text) if isinstance(expression, And | Or) else text
