"""What a dashboard is, before it is JSON: panels and their queries as values, in both languages.

In a query, `<name>` is replaced by the tables TOKENS and PHRASES or, for a column that exists in
two languages (`<title>`), by the column of the dashboard's language. `$__…` macros and `${…}`
variables are Grafana's. `<edges>` are those of the
incident in the variable `incident`.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from dashboards.grafana.phrases import PHRASES
from dashboards.grafana.variables import chosen
from dashboards.sql import EDGES_SQL, GRAVITY, judged
from dashboards.words import Language, Text, Words

Kind: TypeAlias = Literal["stat", "table", "timeseries", "bars", "map", "graph", "logs"]

LOCALISED: Final = ("title", "story", "reason", "sender", "recipient")
"""Columns with a twin in English, `<name>_en`."""
TOKENS: Final[Mapping[str, str]] = {
    "gravity": GRAVITY,
    "miit": judged("miit_"),
    "cac": judged("cac_"),
    "judged": judged(),
    "live": f"status != 'superseded' AND (drill != '') = ({chosen('drills')} = '1')",
    "today": "countIf(opened_at > $__toTime() - INTERVAL 1 DAY AND opened_at <= $__toTime())",
    "yesterday": "countIf(opened_at > $__toTime() - INTERVAL 2 DAY"
    " AND opened_at <= $__toTime() - INTERVAL 1 DAY)",
    "change": "multiIf(since_yesterday > 0, concat('▲', toString(since_yesterday)),"
    " since_yesterday < 0, concat('▼', toString(-since_yesterday)), '±0')",
    "earnest": "status != 'superseded' AND drill = ''",
    "period": "last_time >= $__fromTime() AND first_time <= $__toTime()",
    "open": "status NOT IN ('resolved', 'closed', 'superseded')",
    "due": "if(due_at IS NULL AND state = 'due_soon', 'at_once', state)",
    "clocked": "state IN ('late', 'due_soon', 'pending') AND drill = ''",
}
"""Conditions and expressions that many queries share."""


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel. `colour` is fixed, or "" for that of the values; `link` names a dashboard.

    `empty` says why nothing may be there. `series` names the series of a chart; stacked ones are
    bars, others lines. `link` is the board with the list that a stat counts, and the variables
    that it sets there. A legend shows the names of its series alone; a stat by row has a tile for
    each row, named by its text.
    """

    kind: Kind
    title: Text
    description: Text
    queries: tuple[str, ...] = ()
    width: int = 12
    height: int = 8
    unit: str = "locale"
    colour: str = ""
    thresholds: tuple[tuple[float, str], ...] = ()
    series: Words = {}
    series_colours: Mapping[str, str] = {}
    is_stacked: bool = True
    is_legend: bool = False
    is_by_row: bool = False
    link: tuple[str, ...] = ()
    empty: Text = Text("所选时段内没有数据", "Nothing in the chosen period")


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the dashboard with its panels, left to right."""

    title: Text
    panels: tuple[Panel, ...]


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A choice at the top: `options` from a table of words, or rows (value, text) of `query`; with
    neither a text that is typed in."""

    name: str
    label: Text
    options: Words = {}
    query: str = ""
    multi: bool = False
    default: str = ""


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """Marks on the time axis: rows of time, title, text, tags."""

    name: Text
    query: str
    colour: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One dashboard. `name` is its place in links; `up` the one that it comes back to."""

    name: str
    title: Text
    description: Text
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    period: str = "now-7d"
    refresh: str = "1m"
    up: str = "situation"


def board_uid(name: str, language: Language) -> str:
    """The dashboard's uid in Grafana: at most 40 characters, stable."""
    return f"fenghuo-{name}-{language}"


def localise(query: str, language: Language) -> str:
    """The query with every `<token>` replaced; an unknown one stays, and the check fails."""
    text = query.replace("<edges>", EDGES_SQL.replace("<incidents>", f"({chosen('incident')})"))
    for name in LOCALISED:
        column = f"{name}_en" if language == "en" else name
        text = text.replace(f"<{name}>", column)
    for token, phrase in PHRASES.items():
        text = text.replace(f"<{token}>", phrase.of(language))
    for token, expression in TOKENS.items():
        text = text.replace(f"<{token}>", expression)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
