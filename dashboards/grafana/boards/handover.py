"""Shift handover: what changed in a shift, against yesterday and last week, and what comes next."""

from typing import Final

from dashboards.grafana.boards.comparison import compared, days_back
from dashboards.grafana.boards.shared import clock_table, incident_table, opens
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import INCIDENT, Text, headed

_QUIET: Final = Text("所选时段内没有变化", "Nothing changed in the chosen period")
_WINDOWS: Final = {
    "this_period": ("$__fromTime()", "$__toTime()"),
    "day_before": (days_back("$__fromTime()", 1), days_back("$__toTime()", 1)),
    "week_before": (days_back("$__fromTime()", 7), days_back("$__toTime()", 7)),
}
_MOST_CHANGES: Final = 200
_IN_PERIOD: Final = f"""$__timeFilter(assessed_at) AND assessed_at >= (
        SELECT if(count() < {_MOST_CHANGES}, $__fromTime(), min(assessed_at))
        FROM (SELECT assessed_at FROM assessment_revisions
              WHERE drill = '' AND revision = 1 AND $__timeFilter(assessed_at)
              ORDER BY assessed_at DESC LIMIT {_MOST_CHANGES}))"""
"""In the period, and not before as many first judgements as the table has rows: each is a change,
and older changes are not shown."""
_CHANGED: Final = f"""(SELECT incident_id FROM assessment_revisions
          WHERE drill = '' AND {_IN_PERIOD})"""
_SAID: Final = "$__timeFilter(said_at)"

HANDOVER_BOARD: Final = Board(
    name="handover",
    title=Text("交接班", "Shift handover"),
    description=Text(
        "一个班次内的变化、与昨日及上周同期的比较、下一班须办之事；时段即班次。",
        "What changed in a shift, against the same hours of yesterday and of last week, and what "
        "the next shift has to do. The period is the shift.",
    ),
    period="now-8h",
    sections=(
        Section(
            title=Text("与昨日、上周同期比较", "Against yesterday and last week"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("同期比较", "The same hours"),
                    description=Text(
                        "所选时段与一日前、七日前同一时段的数量。",
                        "The chosen period, and the same hours a day and seven days earlier.",
                    ),
                    queries=(
                        f"""
SELECT metric, this_period, day_before, week_before,
       toInt64(this_period) - toInt64(day_before) AS since_yesterday
FROM ({compared(_WINDOWS, days_back("$__fromTime()", 7))})
ORDER BY place
""",
                    ),
                    width=12,
                    height=11,
                ),
                clock_table(
                    "<clocked> AND (due_at IS NULL OR due_at <= now() + INTERVAL 12 HOUR)",
                    limit=100,
                    height=11,
                    width=12,
                ),
            ),
        ),
        Section(
            title=Text("本班变化", "Changes of the shift"),
            panels=(
                incident_table("<earnest> AND $__timeFilter(opened_at)", height=10),
                Panel(
                    kind="table",
                    title=Text("级别变化", "Tier changes"),
                    description=Text(
                        "所选时段内结论有变的事件及理由。",
                        "Incidents whose judgement changed in the period, and why.",
                    ),
                    queries=(
                        f"""
SELECT assessed_at, i.title AS incident, regime, before AS judgement_before, judged AS judgement,
       <reason> AS reason, a.incident_id AS incident_id, {opens("i.first_time", "i.last_time")}
FROM (SELECT assessed_at, incident_id, regime, <reason>, <judged> AS judged,
             lagInFrame(judged) OVER (PARTITION BY incident_id, regime ORDER BY revision
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
      FROM assessment_revisions WHERE drill = '' AND incident_id IN {_CHANGED}) AS a
LEFT JOIN (SELECT incident_id, <title> AS title, first_time, last_time FROM incidents
           WHERE incident_id IN {_CHANGED}) AS i ON i.incident_id = a.incident_id
WHERE judged != before AND {_IN_PERIOD}
ORDER BY assessed_at DESC, incident_id, regime LIMIT {_MOST_CHANGES}
""",
                    ),
                    width=24,
                    height=8,
                    empty=_QUIET,
                ),
                Panel(
                    kind="table",
                    title=headed(INCIDENT)["acts"],
                    description=Text(
                        "所选时段内分析员的处置，含未被接受者。",
                        "What analysts did in the period; refused commands too.",
                    ),
                    queries=(
                        f"""
SELECT said_at, analyst, verb, accepted, i.title AS incident, refusal, c.reason AS reason,
       c.incident_id AS incident_id, {opens("i.first_time", "i.last_time")}
FROM (SELECT * FROM commands WHERE {_SAID}) AS c
LEFT JOIN (SELECT incident_id, <title> AS title, first_time, last_time FROM incidents
           WHERE incident_id IN (SELECT incident_id FROM commands WHERE {_SAID})) AS i
       ON i.incident_id = c.incident_id
ORDER BY said_at DESC, command_id LIMIT 200
""",
                    ),
                    width=24,
                    height=8,
                    empty=_QUIET,
                ),
            ),
        ),
    ),
)
