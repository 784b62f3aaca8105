"""Raw events by host, account, address, any text of the line, enterprise and time."""

from typing import Final

from dashboards import words
from dashboards.grafana.boards.choices import PROVINCES
from dashboards.grafana.boards.shared import EVERY_INTERVAL, incident_table
from dashboards.grafana.palette import INK
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen, is_chosen
from dashboards.words import Text
from sinks.log_tables import EVENT_ENTITIES

MOST_EVENTS: Final = 200
_NOTHING: Final = Text("没有符合条件的日志", "No event fits")
_ESCAPED: Final = r"replaceAll(replaceRegexpAll({}, '([\\\\%_])', '\\\\\\1'), '*', '%')"
"""A value as a pattern of LIKE: its own signs stand for themselves, and `*` for any text."""


def fits(name: str, *columns: str) -> str:
    """Whether a column is the variable's value, whatever its case; `*` in it is any text.

    True while nothing is typed in. Without `*` an index is used: the column's own, or of several
    columns that of all entities, which one column does without, as three more would be read.
    """
    value = chosen(name)
    is_pattern = f"position({value}, '*') > 0"
    alike = " OR ".join(f"{column} ILIKE {_ESCAPED.format(value)}" for column in columns)
    same = " OR ".join(f"lower({column}) = lower({value})" for column in columns)
    is_named = f" AND has({EVENT_ENTITIES}, lower({value}))" if len(columns) > 1 else ""
    return (
        f"({value} = '' OR ({is_pattern} AND ({alike}))"
        f" OR (NOT {is_pattern} AND ({same}){is_named}))"
    )


_ENTERPRISE: Final = chosen("enterprise")
_TEXT: Final = chosen("text")
_ASKED: Final = f"""$__timeFilter(time) AND {is_chosen("province", "province")}
  AND {fits("host", "host")}
  AND {fits("account", "account")}
  AND {fits("address", "source_ip", "destination_ip")}
  AND ({_ENTERPRISE} = '' OR enterprise_id IN (SELECT enterprise_id FROM enterprises
       WHERE enterprise_id = {_ENTERPRISE} OR positionCaseInsensitive(name, {_ENTERPRISE}) > 0))
  AND ({_TEXT} = '' OR positionCaseInsensitive(raw, {_TEXT}) > 0)"""
KEY: Final = "enterprise_id, time, event_id"
_LATEST: Final = f"""SELECT *, '' AS rules FROM events WHERE ({KEY}) IN (
          SELECT {KEY} FROM events WHERE {_ASKED}
          ORDER BY time DESC, event_id LIMIT {MOST_EVENTS})"""
"""Their keys are found first: the lines of the others need not be read."""
_NAMED: Final = " OR ".join(
    f"({chosen(name)} != '' AND hasAny(entity_values, [{chosen(name)}, lower({chosen(name)})]))"
    for name in ("host", "account", "address", "text")
)

_OVER_TIME: Final = Panel(
    kind="timeseries",
    title=Text("符合条件的日志", "Events that fit"),
    description=Text("按日志时间统计。", "By event time."),
    queries=(
        f"""
SELECT $__timeInterval(time) AS time, count() AS events
FROM (SELECT e.time AS time FROM events AS e WHERE {_ASKED.replace("(time)", "(e.time)")})
GROUP BY time {EVERY_INTERVAL}
""",
    ),
    width=24,
    height=6,
    series={"events": words.headed(words.INCIDENT)["event"]},
    series_colours={"events": INK},
    empty=_NOTHING,
)
_EVENTS: Final = Panel(
    kind="table",
    title=Text("日志", "Events"),
    description=Text(
        f"最近的至多 {MOST_EVENTS} 条；点任一主机、账户、地址、进程看该实体。",
        f"The latest, at most {MOST_EVENTS}; a host, account, address or process leads to its "
        "page.",
    ),
    queries=(
        f"""
SELECT time AS event_time, if(n.name = '', e.enterprise_id, n.name) AS enterprise, product,
       category AS log_category, host, account, source_ip, destination_ip, process,
       e.enterprise_id AS enterprise_id
FROM ({_LATEST}) AS e
LEFT JOIN enterprises AS n ON n.enterprise_id = e.enterprise_id
ORDER BY event_time DESC, event_id
""",
    ),
    width=24,
    height=14,
    empty=_NOTHING,
)
_LINES: Final = Panel(
    kind="logs",
    title=Text("原文", "As received"),
    description=Text(
        "同一批日志；点开一行看各字段与原文。", "The same events; a line opens to its fields."
    ),
    queries=(
        f"""
SELECT time, <event_line> AS line, <event_fields>
FROM ({_LATEST}) AS e
ORDER BY time, event_id
""",
    ),
    width=24,
    height=12,
    empty=_NOTHING,
)


def _typed(name: str, label: Text) -> Variable:
    return Variable(name=name, label=label)


SEARCH_BOARD: Final = Board(
    name="search",
    title=Text("日志检索", "Search"),
    description=Text(
        "按主机、账户、地址、原文、单位与时间检索日志；* 代表任意文字，空白即不限。",
        "Events by host, account, address, text of the line, enterprise and time; * stands for "
        "any text, and nothing for no condition.",
    ),
    variables=(
        _typed("host", words.ENTITY["host"]),
        _typed("account", words.ENTITY["account"]),
        _typed("address", words.ENTITY["address"]),
        _typed("text", Text("原文包含", "Text of the line")),
        _typed("enterprise", words.INCIDENT["enterprise"]),
        PROVINCES,
    ),
    period="now-6h",
    refresh="5m",
    sections=(
        Section(title=Text("日志", "Events"), panels=(_OVER_TIME, _EVENTS, _LINES)),
        Section(
            title=Text("涉及的事件", "Incidents that name it"),
            panels=(incident_table(f"<earnest> AND <period> AND ({_NAMED})", height=8),),
        ),
    ),
)
