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


_LEFT: Final = "abs(dateDiff('second', now(), due_at))"
_HOURS: Final = f"toString(intDiv({_LEFT} % 86400, 3600))"
_MINUTES: Final = f"toString(intDiv({_LEFT} % 3600, 60))"


def _left(late: str, day: str, hour: str, minute: str) -> str:
    days = f"if({_LEFT} >= 86400, concat(toString(intDiv({_LEFT}, 86400)), '{day}'), '')"
    said = f"concat({days}, {_HOURS}, '{hour}', {_MINUTES}, '{minute}')"
    gone = "due_at IS NULL OR state IN ('done', 'withdrawn')"
    return f"if({gone}, NULL, concat(if(due_at < now(), '{late}', ''), {said}))"


PHRASES: Final[Words] = {
    "label": Text("p.2", "p.3"),
    "text": Text("text_zh", "text_en"),
    "limb_value": Text("value", "value_en"),
    "limb_bound": Text("bound", "bound_en"),
    "rule": Text("if(title_zh != '', title_zh, title)", "title"),
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
    "province_words": _listed("provinces", words.PROVINCE),
    "scenario_words": _listed("scenarios", words.SCENARIO),
    "data_class_words": _listed("data_classes", words.DATA_CLASS),
    "left": Text(_left("已逾期 ", " 天 ", " 时 ", " 分"), _left("late by ", " d ", " h ", " min")),
    "limit": Text("limit_text", "limit_text_en"),
    "article": Text("article", "article_en"),
    "target_article": _worded(
        "target", {one.key: Text(one.article_zh, one.article_en) for one in TARGETS}
    ),
    "sentences": Text(
        "arrayMap(x -> concat(x, '。'), arrayFilter(x -> x != '', splitByString('。', story)))",
        "arrayMap(x -> if(endsWith(x, '.'), x, concat(x, '.')), splitByString('. ', story_en))",
    ),
    "no_investigation": Text("（尚无调查）", "(no investigation yet)"),
}
"""By the token that stands for it in a query."""
