"""The national situation: what is going on, where, how grave, and which deadline comes next."""

from typing import Final

from dashboards.grafana.boards.campaigns import ACTIVE, campaign_table
from dashboards.grafana.boards.choices import DRILLS
from dashboards.grafana.boards.shared import (
    QUIET,
    RULE_SWAPS,
    accounts_over_time,
    bars,
    clock_stats,
    clock_table,
    grave_tier_changes,
    incident_table,
    tier_stats,
    tiers_over_time,
)
from dashboards.grafana.boards.tiles import province_map
from dashboards.grafana.columns import GRADE_COLOURS, GREY, INK, PRESSING
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import Text

_WHERE: Final = "<live> AND <period>"
_MAP: Final = province_map(
    Text("各省态势", "Provinces"),
    Text(
        "每格为一个省级行政区，按该省最严重的等级着色；方格示意相对方位，不表示边界。点选进入该省。",
        "One tile per province-level division, coloured by its gravest tier. Tiles show "
        "neighbours, not borders. A tile leads to its province.",
    ),
    f"""SELECT province, min(<gravity>) AS grade, count() AS incidents
           FROM incidents WHERE {_WHERE} GROUP BY province""",
    ("grade", "incidents"),
    tuple((float(grade), colour) for grade, colour in GRADE_COLOURS.items()),
)


SITUATION: Final = Board(
    name="situation",
    title=Text("全国态势", "National situation"),
    description=Text(
        "全国网络与数据安全事件的当前态势：等级、地域、场景与报告时限。",
        "Cyber and data security incidents of the nation now: tiers, places, scenarios, deadlines.",
    ),
    variables=(DRILLS,),
    annotations=(grave_tier_changes("drill = ''"), RULE_SWAPS),
    period="now-24h",
    up="situation",
    sections=(
        Section(
            title=Text("要情", "At a glance"),
            panels=(
                *tier_stats(_WHERE),
                Panel(
                    kind="stat",
                    title=Text("未办结", "Open"),
                    description=Text(
                        "所选时段内尚未处置完毕的事件数。",
                        "Incidents of the period that are not resolved.",
                    ),
                    queries=(
                        f"SELECT count() AS incidents FROM incidents WHERE {_WHERE} AND <open>",
                    ),
                    width=3,
                    height=4,
                    colour=GREY,
                    thresholds=((1, INK),),
                ),
                *clock_stats("drill = ''"),
                Panel(
                    kind="stat",
                    title=Text("涉及省份", "Provinces"),
                    description=Text(
                        "所选时段内有事件的省级行政区数。",
                        "Province-level divisions with an incident in the period.",
                    ),
                    queries=(
                        f"SELECT uniqExact(province) AS provinces FROM incidents WHERE {_WHERE}",
                    ),
                    width=3,
                    height=4,
                    colour=GREY,
                    thresholds=((1, INK), (10, PRESSING)),
                ),
            ),
        ),
        Section(
            title=Text("地域与时限", "Places and deadlines"),
            panels=(_MAP, clock_table("<clocked>", limit=50, height=17, width=12)),
        ),
        Section(
            title=Text("事件与跨企业活动", "Incidents and campaigns"),
            panels=(incident_table(_WHERE, limit=50), campaign_table(ACTIVE, limit=10, height=7)),
        ),
        Section(
            title=Text("走势与构成", "Trends"),
            panels=(
                tiers_over_time(_WHERE),
                bars(
                    Text("风险场景", "Scenarios"),
                    Text("所选时段内各场景的事件数。", "Incidents of the period by scenario."),
                    "scenario",
                    _WHERE,
                ),
                bars(
                    Text("行业", "Sectors"),
                    Text("所选时段内各行业的事件数。", "Incidents of the period by sector."),
                    "sector",
                    _WHERE,
                ),
                Panel(
                    kind="table",
                    title=Text("各省排名", "Provinces by incidents"),
                    description=Text(
                        "按最严重等级、事件数排列。", "By gravest tier, then by incidents."
                    ),
                    queries=(
                        f"""
SELECT min(<gravity>) AS grade, province, count() AS incidents,
       uniqExact(enterprise_id) AS enterprises, max(last_time) AS last_time
FROM (SELECT * FROM incidents WHERE {_WHERE})
GROUP BY province ORDER BY grade, incidents DESC, province
""",
                    ),
                    empty=QUIET,
                ),
                accounts_over_time("1 = 1"),
            ),
        ),
    ),
)
