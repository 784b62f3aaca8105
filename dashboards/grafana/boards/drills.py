"""Drills: who took part, how they did, who has not drilled within the year.

Figures are those of the table drill_scores, as of `drill score`; a drill that was never scored has
none, and says so.
"""

from typing import Final

from dashboards.grafana.palette import GREEN, GREY, INK, PRESSING, URGENT
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen
from dashboards.words import OF_DRILLS, Text

_THIS: Final = f"drill = {chosen('drill')}"
_NOT_SCORED: Final = Text(
    "尚未选择演练，或该演练尚未计分",
    "No drill is chosen, or it has not been scored yet",
)
_NO_DRILL: Final = Text("还没有演练", "No drill yet")
_YEAR: Final = "struck_at >= now() - INTERVAL 365 DAY AND arrived_events > 0"
"""Whose events never arrived has not drilled."""
_REACHED: Final = {
    "detection": "detected_at",
    "incident": "incident_at",
    "tier": "tier_at",
    "command": "command_at",
    "confirmation": "confirmed_at",
}

_DRILL: Final = Variable(
    name="drill",
    label=OF_DRILLS["drill"],
    query="""
SELECT drill, concat(drill, ' (', toString(enterprises), ')') AS text
FROM drills ORDER BY starts_at DESC, drill LIMIT 200
""",
)


def _stat(title: Text, description: Text, expression: str, colour: str, unit: str) -> Panel:
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=(f"SELECT {expression} AS figure FROM drill_scores WHERE {_THIS}",),
        width=4,
        height=4,
        unit=unit,
        colour=GREY,
        thresholds=((1, colour),),
        empty=_NOT_SCORED,
    )


def _share(condition: str, whole: str) -> str:
    return f"if(sum({whole}) = 0, NULL, sum({condition}) / sum({whole}))"


_STATS: Final = (
    _stat(
        Text("参演单位", "Participants"),
        Text("该演练已计分的参演单位数。", "Participants of this drill that were scored."),
        "if(count() = 0, NULL, count())",
        INK,
        "locale",
    ),
    _stat(
        Text("未到达", "Never arrived"),
        Text(
            "日志从未到达的单位：与无人处置不同。",
            "Participants whose events never arrived: that is not the same as nobody answering.",
        ),
        "if(count() = 0, NULL, countIf(outcome IN ('not_sent', 'not_arrived')))",
        URGENT,
        "locale",
    ),
    _stat(
        Text("无人处置", "Nobody answered"),
        Text(
            "日志到达、已有告警、但没有任何处置的单位。",
            "Participants with detections and without any command of an analyst.",
        ),
        "if(count() = 0, NULL, countIf(outcome = 'unanswered'))",
        PRESSING,
        "locale",
    ),
    _stat(
        Text("漏报的攻击", "Attacks missed"),
        Text("没有任何事件覆盖的攻击数。", "Attacks that no incident covers."),
        "if(count() = 0, NULL, sum(missed))",
        URGENT,
        "locale",
    ),
    _stat(
        Text("逾期报送", "Reports late"),
        Text(
            "超过法定时限、或到期未报送的报告数。",
            "Statutory reports made after their limit, or due and not made.",
        ),
        "if(count() = 0, NULL, sum(reports_late))",
        URGENT,
        "locale",
    ),
    Panel(
        kind="stat",
        title=Text("按时报送率", "Reported in time"),
        description=Text(
            "有时限的法定报告中按时者的比例。",
            "Of the statutory reports with a limit, the share made within it.",
        ),
        queries=(
            f"SELECT {_share('reports_in_time', 'reports')} AS figure"
            f" FROM drill_scores WHERE {_THIS}",
        ),
        width=4,
        height=4,
        unit="percentunit",
        colour=GREY,
        thresholds=((0, URGENT), (0.9, PRESSING), (0.99, GREEN)),
        empty=Text("没有到期的法定报告，或尚未计分", "No statutory report is due, or not scored"),
    ),
)
_MEDIANS: Final = ",\n       ".join(
    # A province of which nobody came to it has no time; without OrNull it would have 0, the best.
    f"quantileExactOrNull(0.5)(dateDiff('second', struck_at, {column})) AS to_{name}"
    for name, column in _REACHED.items()
)
_TIMES: Final = ",\n       ".join(
    f"dateDiff('second', s.struck_at, s.{column}) AS to_{name}" for name, column in _REACHED.items()
)

_CALENDAR: Final = f"""
SELECT e.province AS province, count() AS enterprises, countIf(d.last IS NULL) AS not_drilled,
       1 - not_drilled / enterprises AS drilled_share,
       max(d.last) AS last_drill_at
FROM enterprises AS e
LEFT JOIN (SELECT enterprise_id, toNullable(max(struck_at)) AS last
           FROM drill_scores WHERE {_YEAR} GROUP BY enterprise_id) AS d
       ON d.enterprise_id = e.enterprise_id
GROUP BY province ORDER BY drilled_share, province
"""

DRILLS_BOARD: Final = Board(
    name="drills",
    title=Text("演练", "Drills"),
    description=Text(
        "谁参加了演练、表现如何、谁一年内没有演练。",
        "Who took part in drills, how they did, and who has not drilled within the year.",
    ),
    variables=(_DRILL,),
    period="now-365d",
    refresh="5m",
    sections=(
        Section(
            title=Text("全部演练", "All drills"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("演练", "Drills"),
                    description=Text(
                        "最近的在前；点名称看详情。结果以最近一次计分为准。",
                        "The latest on top; a name leads to its details. Results are those of the "
                        "latest scoring.",
                    ),
                    queries=(
                        """
SELECT d.drill AS drill, d.series AS series, d.scenario AS drill_scenario,
       d.state AS drill_state, d.starts_at AS drill_starts_at, d.enterprises AS participants,
       d.pace AS pace, d.sent_events AS sent_events, s.arrived AS arrived_events,
       s.completed AS completed, s.unanswered AS unanswered, s.not_arrived AS not_arrived,
       s.scored AS scored_at
FROM drills AS d
LEFT JOIN (SELECT drill, toNullable(sum(arrived_events)) AS arrived,
                  toNullable(countIf(outcome = 'completed')) AS completed,
                  toNullable(countIf(outcome = 'unanswered')) AS unanswered,
                  toNullable(countIf(outcome IN ('not_sent', 'not_arrived'))) AS not_arrived,
                  toNullable(max(scored_at)) AS scored
           FROM drill_scores GROUP BY drill) AS s ON s.drill = d.drill
ORDER BY drill_starts_at DESC, drill LIMIT 200
""",
                    ),
                    width=24,
                    height=8,
                    empty=_NO_DRILL,
                ),
            ),
        ),
        Section(title=Text("所选演练", "The chosen drill"), panels=_STATS),
        Section(
            title=Text("成绩", "Results"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("各省成绩", "By province"),
                    description=Text(
                        "时间为首个攻击起算的中位数，只计达到者。",
                        "Times are medians from the first attack, of those who came to it.",
                    ),
                    queries=(
                        f"""
SELECT province, count() AS participants, countIf(outcome = 'completed') AS completed,
       countIf(outcome = 'unanswered') AS unanswered,
       countIf(outcome IN ('not_sent', 'not_arrived')) AS not_arrived,
       {_MEDIANS},
       sum(missed) AS missed, sum(false_alarms) AS false_alarms,
       sum(reports) AS reports, sum(reports_in_time) AS reports_in_time,
       sum(reports_late) AS reports_late
FROM drill_scores WHERE {_THIS}
GROUP BY province ORDER BY province
""",
                    ),
                    width=24,
                    empty=_NOT_SCORED,
                ),
                Panel(
                    kind="table",
                    title=Text("各单位成绩", "By enterprise"),
                    description=Text(
                        "问题多者在前，至多 500 个；时间自首个攻击起算。",
                        "The most troubled on top, at most 500; times from the first attack.",
                    ),
                    queries=(
                        f"""
SELECT if(e.name = '', s.enterprise_id, e.name) AS enterprise, s.province AS province,
       s.outcome AS drill_outcome, s.struck_at AS struck_at,
       {_TIMES},
       s.missed AS missed, s.right_verdicts AS right_verdicts,
       s.wrong_verdicts AS wrong_verdicts, s.false_alarms AS false_alarms,
       s.reports AS reports, s.reports_in_time AS reports_in_time,
       s.reports_late AS reports_late, s.questions_answered AS questions_answered,
       s.sent_events AS sent_events, s.arrived_events AS arrived_events,
       s.enterprise_id AS enterprise_id
FROM (SELECT * FROM drill_scores WHERE {_THIS}) AS s
LEFT JOIN enterprises AS e ON e.enterprise_id = s.enterprise_id
ORDER BY indexOf(['not_sent', 'not_arrived', 'undetected', 'unanswered', 'unfinished',
                  'completed'], drill_outcome), reports_late DESC, enterprise_id LIMIT 500
""",
                    ),
                    width=24,
                    height=14,
                    empty=_NOT_SCORED,
                ),
                Panel(
                    kind="table",
                    title=Text("导调事项", "Injects"),
                    description=Text(
                        "已经发出的导调事项；尚未到时间的不显示，参演单位也看得到本页。",
                        "What was put to participants so far; what is still to come is not shown, "
                        "for they read this page too.",
                    ),
                    queries=(
                        f"""
SELECT kind AS inject, min(starts_at) AS drill_starts_at, max(ends_at) AS drill_ends_at,
       uniqExact(enterprise_id) AS participants, <text> AS question
FROM drill_injects WHERE {_THIS}
GROUP BY inject, question ORDER BY drill_starts_at, inject LIMIT 100
""",
                    ),
                    width=24,
                    empty=Text("还没有发出导调事项", "Nothing was put to anybody yet"),
                ),
            ),
        ),
        Section(
            title=Text("演练日历", "Calendar"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("各省一年内的演练", "Drilled within the year, by province"),
                    description=Text(
                        "登记单位中，过去 365 天内参加过演练（日志已到达）的单位。",
                        "Of the registered enterprises, those that took part in a drill within "
                        "365 days (events arrived).",
                    ),
                    queries=(_CALENDAR,),
                    height=12,
                ),
                Panel(
                    kind="table",
                    title=Text("各行业一年内的演练", "Drilled within the year, by sector"),
                    description=Text(
                        "同上，按行业；演练率低者在前。", "The same by sector, the least on top."
                    ),
                    queries=(
                        _CALENDAR.replace("e.province AS province", "e.sector AS sector").replace(
                            "province", "sector"
                        ),
                    ),
                    height=12,
                ),
                Panel(
                    kind="table",
                    title=Text("一年内未演练的单位", "Not drilled within the year"),
                    description=Text(
                        "从未演练者在前，至多 500 个。",
                        "Those that never drilled on top, at most 500.",
                    ),
                    queries=(
                        """
SELECT e.name AS enterprise, e.province AS province, e.sector AS sector,
       d.last AS last_drill_at, e.enterprise_id AS enterprise_id
FROM enterprises AS e
LEFT JOIN (SELECT enterprise_id, toNullable(max(struck_at)) AS last
           FROM drill_scores WHERE arrived_events > 0 GROUP BY enterprise_id) AS d
       ON d.enterprise_id = e.enterprise_id
WHERE d.last IS NULL OR d.last < now() - INTERVAL 365 DAY
ORDER BY last_drill_at NULLS FIRST, enterprise_id LIMIT 500
""",
                    ),
                    empty=Text(
                        "全部登记单位一年内都已演练", "Everybody has drilled within the year"
                    ),
                ),
                Panel(
                    kind="table",
                    title=Text("演练过的情形", "Scenarios drilled"),
                    description=Text(
                        "过去 365 天内各情形的参演单位数。",
                        "Participants of each scenario within 365 days.",
                    ),
                    queries=(
                        f"""
SELECT scenario AS drill_scenario, uniqExact(enterprise_id) AS participants,
       max(struck_at) AS last_drill_at
FROM drill_scores WHERE {_YEAR}
GROUP BY drill_scenario ORDER BY participants DESC, drill_scenario
""",
                    ),
                    empty=_NO_DRILL,
                ),
            ),
        ),
    ),
)
