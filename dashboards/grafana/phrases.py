"""Expressions of a query that differ by language: words that SQL itself must put in.

Most words are Grafana's to put in, by value mappings; it cannot where a cell holds several
values, or where a node of a graph or a duration is one text.
"""

from typing import Final

from dashboards import words
from dashboards.words import Text, Words
from schemas.programme import TARGETS


def _worded(value: str, table: Words) -> Text:
    """The word for a value, or the value itself."""

    def transform(texts: list[str]) -> str:
        keys = ", ".join(f"'{key}'" for key in table)
        said = ", ".join("'" + text.replace("'", "\\'") + "'" for text in texts)
        return f"transform({value}, [{keys}], [{said}], {value})"

    return Text(
        transform([text.zh for text in table.values()]),
        transform([text.en for text in table.values()]),
    )


def _listed(column: str, table: Words) -> Text:
    """The words for a list of values, in its order."""
    one = _worded("x", table)
    return Text(
        f"arrayStringConcat(arrayMap(x -> {one.zh}, {column}), '、')",
        f"arrayStringConcat(arrayMap(x -> {one.en}, {column}), ', ')",
    )


def _sentences(column: str) -> Text:
    """A text, one of its sentences an element, a long one in lines of a 1366-pixel screen."""
    chinese = r"'.{1,78}[，；、。]|.{1,80}'"
    english = r"'.{1,150}(?:\\s|$)|.{1,150}'"
    return Text(
        f"arrayFlatten(arrayMap(x -> extractAll(concat(x, '。'), {chinese}),"
        f" arrayFilter(x -> x != '', splitByString('。', {column}))))",
        "arrayMap(x -> trimRight(x), arrayFlatten(arrayMap("
        f"x -> extractAll(if(endsWith(x, '.'), x, concat(x, '.')), {english}),"
        f" splitByString('. ', {column}_en))))",
    )


_EVENT_FIELDS: Final[Words] = {
    "host": words.ENTITY["host"],
    "account": words.ENTITY["account"],
    "source_ip": words.FIELD_LABEL["source_ip"],
    "destination_ip": words.FIELD_LABEL["destination_ip"],
    "process": words.ENTITY["process"],
}


def _event_line() -> Text:
    """An event `e` in a line: the rules that matched it (`rules`) or its kind, its entities."""

    def line(labels: list[str]) -> str:
        entities = ", ".join(
            f"if(e.{column} = '', '', concat('{label} ', e.{column}))"
            for column, label in zip(_EVENT_FIELDS, labels, strict=True)
        )
        kind = "trim(concat(e.product, ' ', e.category))"
        said = f"[if(rules = '', {kind}, rules), {entities}]"
        return f"arrayStringConcat(arrayFilter(x -> x != '', {said}), ' · ')"

    labels = _EVENT_FIELDS.values()
    return Text(line([each.zh for each in labels]), line([each.en for each in labels]))


def _event_fields() -> Text:
    """What a line of an event opens to, named as people read it: names of columns are shown."""
    named = {
        "product": Text("产品", "Product"),
        **_EVENT_FIELDS,
        "raw": Text("原文", "As received"),
    }
    return Text(
        ", ".join(f"e.{column} AS `{label.zh}`" for column, label in named.items()),
        ", ".join(f"e.{column} AS `{label.en}`" for column, label in named.items()),
    )


_LEFT: Final = "abs(dateDiff('second', now(), ifNull(due_at, starts_at)))"
_HOURS: Final = f"toString(intDiv({_LEFT} % 86400, 3600))"
_MINUTES: Final = f"toString(intDiv({_LEFT} % 3600, 60))"


def _left(late: str, since: str, day: str, hour: str, minute: str) -> str:
    """Until the deadline; since it; or, of what is to be done at once, since the clock began."""
    days = f"if({_LEFT} >= 86400, concat(toString(intDiv({_LEFT}, 86400)), '{day}'), '')"
    said = f"concat({days}, {_HOURS}, '{hour}', {_MINUTES}, '{minute}')"
    sign = f"multiIf(due_at IS NULL, '{since}', due_at < now(), '{late}', '')"
    return f"if(state IN ('done', 'withdrawn'), NULL, concat({sign}, {said}))"


PHRASES: Final[Words] = {
    "label": Text("p.2", "p.3"),
    "spelt_out": Text(
        "",
        "if(is_deep, ' ', english) AS english_dark, if(is_deep, english, ' ') AS english_light,",
    ),
    "text": Text("text_zh", "text_en"),
    "limb_value": Text("value", "value_en"),
    "limb_bound": Text("bound", "bound_en"),
    "rule": Text("if(title_zh != '', title_zh, title)", "title"),
    "whole_enterprise": words.EXCEPTION["everywhere"],
    "summary_rule": Text(
        "if(JSONExtractString(d, 'title_zh') != '', JSONExtractString(d, 'title_zh'),"
        " JSONExtractString(d, 'title'))",
        "JSONExtractString(d, 'title')",
    ),
    "summary_fact": Text(
        "if(JSONExtractString(d, 'summary_zh') != '', JSONExtractString(d, 'summary_zh'),"
        " JSONExtractString(d, 'summary'))",
        "JSONExtractString(d, 'summary')",
    ),
    "kind_word": _worded("kind", words.ENTITY),
    "role_word": _worded("role", words.ROLE),
    "regime_word": _worded("regime", words.REGIME_SHORT),
    "before_word": _worded("before", words.JUDGEMENT),
    "judged_word": _worded("judged", words.JUDGEMENT),
    "province_word": _worded("province", words.PROVINCE),
    "province_words": _listed("provinces", words.PROVINCE),
    "scenario_words": _listed("scenarios", words.SCENARIO),
    "data_class_words": _listed("data_classes", words.DATA_CLASS),
    "left": Text(
        _left("已逾期 ", "已过 ", " 天 ", " 时 ", " 分"),
        _left("late by ", "for ", " d ", " h ", " min"),
    ),
    "limit": Text("limit_text", "limit_text_en"),
    "article": Text("article", "article_en"),
    "sentences": _sentences("story"),
    "reason_sentences": _sentences("reason"),
    "event_line": _event_line(),
    "event_fields": _event_fields(),
    "target_article": _worded(
        "target", {one.key: Text(one.article_zh, one.article_en) for one in TARGETS}
    ),
    "no_investigation": Text("（尚无调查）", "(no investigation yet)"),
}
"""By the token that stands for it in a query."""
