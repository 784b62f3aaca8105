"""What changed on the wall since its reader last looked, and against yesterday and last week."""

from typing import Final

from dashboards import words
from dashboards.grafana.boards.comparison import compared, days_back
from dashboards.grafana.boards.shared import opens
from dashboards.grafana.specs import Panel, Variable
from dashboards.grafana.variables import chosen
from dashboards.words import Text

LOOKED: Final = Variable(
    name="looked",
    label=Text("上次查看", "Last looked"),
    options=words.LOOKED,
)
_HOURS: Final = f"toUInt32OrZero({chosen('looked')})"
_SINCE: Final = (
    f"if({_HOURS} = 0, $__fromTime(), $__toTime() - toIntervalHour(least({_HOURS}, 168)))"
)
"""Grafana does not know when a reader last looked: the reader says how many hours ago."""
_MOST: Final = 50
_EARNEST: Final = f"(drill != '') = ({chosen('drills')} = '1')"


_NEWEST: Final = f"""(SELECT if(count() < {_MOST}, {_SINCE}, min(opened_at))
    FROM (SELECT opened_at FROM incidents
          WHERE <live> AND opened_at > {_SINCE} AND opened_at <= $__toTime()
          ORDER BY opened_at DESC LIMIT {_MOST}))"""
"""No change before it is shown: there are as many new incidents since as the table has rows.

So the steps of a month's revisions are not worked out for the few that are the newest."""


def _recent(moment: str) -> str:
    return f"{moment} > {_SINCE} AND {moment} >= {_NEWEST} AND {moment} <= $__toTime()"


def _steps(columns: str, table: str, value: str, moment: str, key: str) -> str:
    """Revisions in which `value` is not that of the one before; the first of all is no change."""
    return f"""SELECT {moment} AS changed_at, {columns}, incident_id
      FROM (SELECT incident_id, {moment}, {value} AS value,
                lagInFrame({value}) OVER (PARTITION BY {key}
                ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before,
                row_number() OVER (PARTITION BY {key} ORDER BY revision) AS place
            FROM {table} WHERE {_EARNEST} AND incident_id IN (
                SELECT incident_id FROM {table} WHERE {_EARNEST} AND {_recent(moment)}))
      WHERE value != before AND place > 1 AND {_recent(moment)}"""


CHANGES: Final = Panel(
    kind="table",
    title=Text("上次查看以来的变化", "Changed since you last looked"),
    description=Text(
        "自“上次查看”所选时刻起：新事件、结论变化、处置状态变化、逾期的报告；新者在上。",
        "Since the moment chosen as last looked: new incidents, changed judgements and statuses, "
        "reports that became late; the newest on top.",
    ),
    queries=(
        f"""
SELECT changed_at, what_changed, became, i.title AS incident,
       if(e.name = '', i.enterprise_id, e.name) AS enterprise,
       c.incident_id AS incident_id, i.enterprise_id AS enterprise_id,
       {opens("i.first_time", "i.last_time")}
FROM (SELECT opened_at AS changed_at, 'opened' AS what_changed, '' AS became, incident_id
      FROM incidents WHERE <live> AND {_recent("opened_at")}
      UNION ALL {
            _steps(
                "'judged', value",
                "assessment_revisions",
                "<judged>",
                "assessed_at",
                "incident_id, regime",
            )
        }
      UNION ALL {
            _steps(
                "'moved', toString(value)",
                "incident_revisions",
                "status",
                "revised_at",
                "incident_id",
            )
        }
      UNION ALL SELECT due_at, 'missed', '', incident_id
      FROM obligations WHERE {_EARNEST} AND state = 'late' AND {_recent("due_at")}) AS c
INNER JOIN (SELECT incident_id, enterprise_id, <title> AS title, first_time, last_time
            FROM incidents WHERE <live>) AS i ON i.incident_id = c.incident_id
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
ORDER BY changed_at DESC, incident_id, what_changed LIMIT {_MOST}
""",
    ),
    width=14,
    height=10,
    empty=Text("没有变化", "Nothing changed"),
)

_WINDOWS: Final = {
    "today": (days_back("$__toTime()", 1), "$__toTime()"),
    "day_before": (days_back("$__toTime()", 2), days_back("$__toTime()", 1)),
    "this_week": (days_back("$__toTime()", 7), "$__toTime()"),
    "week_before": (days_back("$__toTime()", 14), days_back("$__toTime()", 7)),
}
TRENDS: Final = Panel(
    kind="table",
    title=Text("日环比与周环比", "Day against yesterday, week against last week"),
    description=Text(
        "截至时段末的 24 小时与前 24 小时，七日与前七日；不含演练。",
        "The 24 hours until the end of the period and the 24 before, seven days and the seven "
        "before; without drills.",
    ),
    queries=(
        f"""
SELECT metric, today, day_before, this_week, week_before
FROM ({compared(_WINDOWS, days_back("$__toTime()", 14))})
ORDER BY place
""",
    ),
    width=10,
    height=10,
)
