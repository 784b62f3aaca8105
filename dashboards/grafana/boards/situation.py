"""The national situation: what is going on, where, how grave, and which deadline comes next."""

from typing import Final

from dashboards.grafana.boards.campaigns import ACTIVE, campaign_table
from dashboards.grafana.boards.changes import CHANGES, LOOKED, TRENDS
from dashboards.grafana.boards.choices import DRILLS, DRILLS_HERE
from dashboards.grafana.boards.shared import (
    QUIET,
    RULE_SWAPS,
    SCENARIOS_SEEN,
    TWO_COUNTS_SQL,
    accounts_over_time,
    clock_stats,
    clock_table,
    counted_by,
    grave_tier_changes,
    incident_table,
    open_stat,
    tier_stats,
    tiers_over_time,
)
from dashboards.grafana.boards.tiles import EMPTY_TILE, legend, province_map
from dashboards.grafana.palette import GRADE_COLOURS
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import GRADE, Text

_WHERE: Final = "<live> AND <period>"
_MAP: Final = province_map(
    Text("各省态势", "Provinces"),
    Text(
        "每格为一个省级行政区，按所选时段内最严重的级别着色；数字为已发生 · 可能发生的事件数，"
        "▲▼ 为 24 小时内发现数与前 24 小时之差。方格示意相对方位，不表示边界。点选进入该省。",
        "One tile per province-level division, coloured by its gravest tier of the period. "
        "Figures: incidents that occurred · that may occur; ▲▼ discovered within 24 hours, against "
        "the 24 hours before. Tiles show neighbours, not borders. A tile leads to its province.",
    ),
    """SELECT province, minIf(<gravity>, <period>) AS grade,
                  countIf(<period> AND confirmed) AS occurred_count,
                  countIf(<period> AND NOT confirmed) AS suspected_count,
                  <today> - <yesterday> AS since_yesterday
           FROM incidents WHERE <live> AND (<period> OR opened_at > $__toTime() - INTERVAL 2 DAY)
           GROUP BY province""",
    ("grade", "occurred_count", "suspected_count", "since_yesterday"),
    tuple((float(grade), colour) for grade, colour in GRADE_COLOURS.items()),
    shown="""if(occurred_count + suspected_count = 0 AND since_yesterday = 0, ' ',
                concat(toString(occurred_count), ' · ', toString(suspected_count), '\\n',
                       <change>))""",
    is_deep="grade IN (1, 4, 9)",
)
_LEGEND: Final = legend(
    {0: EMPTY_TILE, **{float(grade): colour for grade, colour in GRADE_COLOURS.items()}},
    {
        **{int(grade): text for grade, text in GRADE.items()},
        0: Text("没有事件", "No incident"),
    },
)


SITUATION: Final = Board(
    name="situation",
    title=Text("全国态势", "National situation"),
    description=Text(
        "全国网络与数据安全事件的当前态势：级别、地域、场景与报告时限。",
        "Cyber and data security incidents of the nation now: tiers, places, scenarios, deadlines.",
    ),
    variables=(DRILLS, LOOKED),
    annotations=(grave_tier_changes("drill = ''"), RULE_SWAPS),
    period="now-24h",
    up="situation",
    sections=(
        Section(
            title=Text("要情", "At a glance"),
            panels=(
                *tier_stats(_WHERE, DRILLS_HERE, width=4),
                open_stat(_WHERE, DRILLS_HERE, width=4),
                *clock_stats("drill = ''", width=2),
            ),
        ),
        Section(
            title=Text("地域与时限", "Places and deadlines"),
            panels=(_LEGEND, _MAP, clock_table("<clocked>", limit=50, height=21, width=10)),
        ),
        Section(
            title=Text("变化", "Changes"),
            panels=(CHANGES, TRENDS),
        ),
        Section(
            title=Text("事件与跨企业活动", "Incidents and campaigns"),
            panels=(incident_table(_WHERE, limit=50), campaign_table(ACTIVE, limit=10, height=7)),
        ),
        Section(
            title=Text("走势与构成", "Trends"),
            panels=(
                *tiers_over_time(_WHERE),
                counted_by("scenario", SCENARIOS_SEEN, _WHERE),
                counted_by("sector", Text("行业", "Sectors"), _WHERE),
                Panel(
                    kind="table",
                    title=Text("各省排名", "Provinces by incidents"),
                    description=Text(
                        "按最严重级别、事件数排列。", "By gravest tier, then by incidents."
                    ),
                    queries=(
                        f"""
SELECT min(<gravity>) AS grade, province, {TWO_COUNTS_SQL},
       uniqExact(enterprise_id) AS enterprises, max(last_time) AS last_time
FROM (SELECT * FROM incidents WHERE {_WHERE})
GROUP BY province ORDER BY grade, occurred_count DESC, suspected_count DESC, province
""",
                    ),
                    empty=QUIET,
                ),
                accounts_over_time("1 = 1"),
            ),
        ),
    ),
)
