"""Panels that several dashboards show, each with a condition of its own."""

from collections.abc import Mapping
from typing import Final

from dashboards import words
from dashboards.grafana.palette import (
    GREEN,
    GREY,
    INK,
    JUDGEMENT_COLOURS,
    LEVEL_COLOURS,
    PRESSING,
    STATE_COLOURS,
    TIER_COLOURS,
    URGENT,
)
from dashboards.grafana.specs import Annotation, Panel
from dashboards.words import TIER, Text, Words

QUIET: Final = Text("所选时段内没有安全事件", "No incident in the chosen period")
TIER_CHANGES: Final = Text("级别变化", "Tier changes")
HOURS: Final = "drill = '' AND time >= toStartOfHour($__fromTime()) AND time <= $__toTime()"
"""The hours that the period touches, in the rollup `events_by_hour`; drills are no traffic."""
OPEN_STATUSES: Final = ("new", "in_progress", "on_hold")
EVERY_INTERVAL: Final = """ORDER BY time WITH FILL
    FROM toStartOfInterval($__fromTime(), INTERVAL $__interval_s() second)
    TO $__toTime() STEP $__interval_s()"""
"""Intervals in which nothing was counted are 0: a bar is as wide as its interval."""
NO_CLOCK: Final = Text("没有未完成的限时报告", "No report with a deadline is outstanding")

TWO_COUNTS: Final[Words] = {
    "occurred_count": words.OCCURRED["true"],
    "suspected_count": words.OCCURRED["false"],
}
"""A suspicion is no incident that occurred: nowhere are the two one number."""
TWO_COUNTS_SQL: Final = (
    "countIf(confirmed) AS occurred_count, countIf(NOT confirmed) AS suspected_count"
)
SCENARIOS_SEEN: Final = Text("风险场景", "Scenarios")
GRADE_SERIES: Final[Words] = {**TIER, "none": words.JUDGEMENT["none"]}
ACCOUNT_SERIES: Final[Words] = {
    "stored": Text("入库", "Stored"),
    "late": Text("迟到入库", "Late"),
    "dropped": Text("丢弃", "Dropped"),
    "dead_lettered": Text("死信", "Dead letters"),
}
ACCOUNT_COLOURS: Final[Mapping[str, str]] = {
    "stored": GREEN,
    "late": PRESSING,
    "dropped": GREY,
    "dead_lettered": URGENT,
}

WHOLE_WIDTH: Final = 24
"""Of the grid's columns."""
_PRESSING: Final = (
    "indexOf(['late', 'due_soon', 'at_once', 'pending'], <due>), due_at, obligation_id"
)
_MORE_OF_A_DUTY: Final = """due_at, regime, channel, <limit> AS limit,
       o.province AS province, <article> AS article, """
_NAMED = """
FROM (SELECT * FROM incidents WHERE {where}) AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
"""


def tier_stats(where: str, *here: str, width: int = 3) -> tuple[Panel, ...]:
    """How many incidents of each tier, in the law's colours.

    Each leads to its incidents in the queue, with `here`, the choices that go there too; without
    any the queue has not the same list.
    """
    return tuple(
        two_counts(
            Text(f"{tier} 级（{text.zh}）", f"{tier} {text.en}"),
            Text(
                f"所选时段内{text.zh}（{tier} 级）事件数：已发生与可能发生分开计，按较重体系。",
                f"Incidents of tier {tier} in the period, those that occurred apart from those "
                "that may occur, by the graver of the two regimes.",
            ),
            f"{where} AND <gravity> = {number}",
            TIER_COLOURS[tier],
            (f"var-grade={number}", *here) if here else (),
            width,
        )
        for number, (tier, text) in enumerate(TIER.items(), 1)
    )


def open_stat(where: str, *here: str, width: int = 3) -> Panel:
    """Incidents that are not resolved; leads to them in the queue."""
    return two_counts(
        Text("未办结", "Open"),
        Text("所选时段内尚未处置完毕的事件数。", "Incidents of the period that are not resolved."),
        f"{where} AND <open>",
        INK,
        (*(f"var-status={status}" for status in OPEN_STATUSES), *here),
        width,
    )


def two_counts(
    title: Text,
    description: Text,
    where: str,
    colour: str,
    chosen: tuple[str, ...],
    width: int = 3,
) -> Panel:
    """Incidents that occurred and that may occur; leads to them in the queue."""
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=(f"SELECT {TWO_COUNTS_SQL} FROM incidents WHERE {where}",),
        series=TWO_COUNTS,
        width=width,
        height=4,
        colour=GREY,
        thresholds=((1, colour),),
        link=("queue", *chosen) if chosen else (),
    )


def clock_stats(where: str, *here: str, width: int = 3) -> tuple[Panel, ...]:
    """Deadlines that were missed, and that are about to be; each leads to its duties."""
    return tuple(
        Panel(
            kind="stat",
            title=title,
            description=description,
            queries=(
                f"SELECT countIf(due = '{state}') AS obligations"
                f" FROM (SELECT <due> AS due FROM obligations WHERE {where})",
            ),
            width=width,
            height=4,
            colour=GREY,
            thresholds=((1, STATE_COLOURS[state]),),
            link=("obligations", f"var-state={state}", *here),
        )
        for state, title, description in (
            (
                "late",
                Text("报告逾期", "Overdue"),
                Text("已过法定时限而未报告的义务数。", "Duties to report whose time has passed."),
            ),
            (
                "due_soon",
                Text("即将到期", "Due soon"),
                Text("法定时限将至的义务数。", "Duties to report whose time is running out."),
            ),
        )
    )


def opens(first: str = "first_time", last: str = "last_time") -> str:
    """The period that a link to an incident opens: its own with ten minutes on either side, in
    milliseconds, as texts, for a number would be written as the reader's language has it."""
    return (
        f"toString(toUnixTimestamp64Milli({first}) - 600000) AS opens_from,"
        f" toString(toUnixTimestamp64Milli({last}) + 600000) AS opens_to"
    )


def periods_of(obligations: str) -> str:
    """First and last event of the incidents of some obligations, to be joined."""
    chosen = f"FROM obligations WHERE {obligations}"
    return f"""(SELECT incident_id, first_time, last_time FROM incidents
           WHERE enterprise_id IN (SELECT enterprise_id {chosen})
             AND incident_id IN (SELECT incident_id {chosen}))"""


def incident_table(where: str, limit: int = 100, height: int = 12, width: int = 24) -> Panel:
    """Incidents, gravest and newest first; their titles begin with the scenario."""
    return Panel(
        kind="table",
        title=Text("安全事件", "Incidents"),
        description=Text(
            f"按级别由重到轻、时间由近到远，至多 {limit} 起；点标题看详情。",
            f"Gravest first, then newest, at most {limit}; a title leads to its details.",
        ),
        queries=(
            f"""
SELECT <gravity> AS grade, <miit> AS miit, <cac> AS cac, <title> AS incident,
       if(e.name = '', i.enterprise_id, e.name) AS enterprise, i.province AS province,
       status, last_time, detection_count AS detections, assignee,
       i.incident_id AS incident_id, i.enterprise_id AS enterprise_id, {opens()}
{_NAMED.format(where=where)}ORDER BY grade, last_time DESC, incident_id LIMIT {limit}
""",
        ),
        width=width,
        height=height,
        empty=QUIET,
    )


def clock_table(where: str, limit: int = 100, height: int = 12, width: int = 24) -> Panel:
    """Open duties to report with a deadline, the first to run out on top.

    Half a screen has room for what is due, from whom and to whom: the duty leads to the rest.
    """
    more = _MORE_OF_A_DUTY if width == WHOLE_WIDTH else ""
    pressing = f"{where} ORDER BY {_PRESSING} LIMIT {limit}"
    return Panel(
        kind="table",
        title=Text("报告时限", "Reporting deadlines"),
        description=Text(
            "尚未完成的法定报告，最紧迫者在前；到期为“—”者法规要求立即或及时，“剩余”为起算至今。",
            "Statutory reports not yet made, the most pressing on top. Without a deadline: the "
            "instrument says at once or timely, and the time since the clock began stands.",
        ),
        queries=(
            f"""
SELECT <due> AS due_state, <left> AS left, if(e.name = '', o.enterprise_id, e.name) AS enterprise,
       concat(<sender>, ' → ', <recipient>) AS duty, {more}o.incident_id AS incident_id,
       o.enterprise_id AS enterprise_id, {opens("p.first_time", "p.last_time")}
FROM (SELECT * FROM obligations WHERE {pressing}) AS o
LEFT JOIN enterprises AS e ON e.enterprise_id = o.enterprise_id
LEFT JOIN {periods_of(pressing)} AS p ON p.incident_id = o.incident_id
ORDER BY {_PRESSING}
""",
        ),
        width=width,
        height=height,
        empty=NO_CLOCK,
    )


def tiers_over_time(where: str, width: int = 5) -> tuple[Panel, ...]:
    """Incidents by the time of their first event, stacked by tier: occurred, and suspected."""
    return (
        _tiers_over_time(
            Text("已发生事件走势（按级别）", "Incidents that occurred, by tier"),
            f"{where} AND confirmed",
            width,
        ),
        _tiers_over_time(
            Text("可能发生事件走势（按级别）", "Incidents that may occur, by tier"),
            f"{where} AND NOT confirmed",
            width,
        ),
    )


def _tiers_over_time(title: Text, where: str, width: int) -> Panel:
    counts = ", ".join(
        f"countIf(grade = {number}) AS {name}"
        for number, name in zip((1, 2, 3, 4, 9), GRADE_SERIES, strict=True)
    )
    return Panel(
        kind="timeseries",
        title=title,
        description=Text(
            "按首个事件的时间统计，颜色即法定四色。",
            "By the time of the first event, in the law's four colours.",
        ),
        queries=(
            f"""
SELECT $__timeInterval(first_time) AS time, {counts}
FROM (SELECT first_time, <gravity> AS grade FROM incidents
      WHERE {where} AND $__timeFilter(first_time))
GROUP BY time {EVERY_INTERVAL}
""",
        ),
        width=width,
        series=GRADE_SERIES,
        series_colours={**TIER_COLOURS, "none": JUDGEMENT_COLOURS["none"]},
        empty=QUIET,
    )


def counted_by(column: str, title: Text, where: str, width: int = 7, height: int = 8) -> Panel:
    """Incidents by one column of theirs, the most frequent on top."""
    return Panel(
        kind="table",
        title=title,
        description=Text(
            "所选时段内的事件数：已发生与可能发生分开计。",
            "Incidents of the period: those that occurred apart from those that may.",
        ),
        queries=(
            f"""
SELECT {column}, {TWO_COUNTS_SQL} FROM incidents
WHERE {where} GROUP BY {column} ORDER BY count() DESC, {column} LIMIT 15
""",
        ),
        width=width,
        height=height,
        empty=QUIET,
    )


def detections_over_time(where: str, width: int = 12) -> Panel:
    """Detections by Sigma level."""
    counts = ", ".join(f"countIf(level = '{level}') AS {level}" for level in words.LEVEL)
    return Panel(
        kind="timeseries",
        title=Text("告警走势（按规则级别）", "Detections by rule level over time"),
        description=Text(
            "规则级别是规则作者的判断，不是法定级别。",
            "A rule's level is its author's opinion, not a statutory tier.",
        ),
        queries=(
            f"""
SELECT $__timeInterval(time) AS time, {counts}
FROM (SELECT d.time AS time, level FROM detections AS d
      WHERE status = 'active' AND {where} AND $__timeFilter(d.time))
GROUP BY time {EVERY_INTERVAL}
""",
        ),
        width=width,
        series=words.LEVEL,
        series_colours=LEVEL_COLOURS,
        empty=Text("所选时段内没有告警", "No detection in the chosen period"),
    )


def accounts_over_time(where: str, width: int = 12) -> Panel:
    """What became of the events received."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in ACCOUNT_SERIES)
    return Panel(
        kind="timeseries",
        title=Text("日志去向", "What became of the events"),
        description=Text(
            "收到 = 入库 + 迟到入库 + 丢弃（有原因）+ 死信（有原因）。",
            "Received = stored + late + dropped with a reason + dead-lettered with a reason.",
        ),
        queries=(
            f"""
SELECT $__timeInterval(received_at) AS time, {sums}
FROM (SELECT * FROM batches WHERE {where} AND $__timeFilter(received_at))
GROUP BY time {EVERY_INTERVAL}
""",
        ),
        width=width,
        series=ACCOUNT_SERIES,
        series_colours=ACCOUNT_COLOURS,
        empty=Text("所选时段内没有收到批次", "No batch was received in the chosen period"),
    )


def distinct(column: str) -> str:
    """How many different values: their hashes are counted, which is half the work; two of a
    million texts meet in 64 bits once in forty million times."""
    return f"uniqExact(cityHash64({column}))"


def tier_changes(where: str, name: Text = TIER_CHANGES) -> Annotation:
    """A mark where an assessment's tier is not that of the revision before it."""
    return Annotation(
        name=name,
        query=f"""
SELECT assessed_at AS time, concat(<regime_word>, ' ', if(before = '', '–', <before_word>),
       ' → ', <judged_word>) AS title, <reason> AS text, regime AS tags
FROM (SELECT *, <judged> AS judged,
             lagInFrame(judged) OVER (PARTITION BY incident_id, regime ORDER BY revision
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
      FROM assessment_revisions WHERE {where})
WHERE judged != before AND $__timeFilter(assessed_at)
ORDER BY time, incident_id, regime, revision LIMIT 200
""",
        colour=PRESSING,
    )


def grave_tier_changes(where: str) -> Annotation:
    """Tier changes of incidents that have ever reached I or II: all would be too many marks."""
    grave = f"SELECT incident_id FROM assessment_revisions WHERE {where} AND tier IN ('I', 'II')"
    return tier_changes(
        f"{where} AND incident_id IN ({grave})",
        Text("级别变化（曾达 I、II 级）", "Tier changes (once I or II)"),
    )


RULE_SWAPS: Final = Annotation(
    name=Text("规则集更换", "Rule set changes"),
    query="""
SELECT min(received_at) AS time, 'rules' AS title, rule_set_id AS text, 'rules' AS tags
FROM detections WHERE $__timeFilter(received_at)
GROUP BY rule_set_id ORDER BY time, text LIMIT 100 OFFSET 1
""",
    colour=INK,
)
