"""The national situation: what is going on, where, how grave, and which deadline comes next."""

from typing import Final

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
from dashboards.grafana.columns import GREEN, INK, ORANGE
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import Text
from schemas.provinces import PROVINCES, TILE_COLUMNS, TILE_ROWS, Province

_WHERE: Final = "<live> AND <period>"
TILE_DEGREES: Final = 5
"""Side of a tile on the map, in degrees around the equator, where they are square."""


def _tile(province: Province) -> str:
    longitude = (province.column - (TILE_COLUMNS - 1) / 2) * TILE_DEGREES
    latitude = ((TILE_ROWS - 1) / 2 - province.row) * TILE_DEGREES
    short = province.short_zh
    return f"('{province.code}', '{short}', '{_english(province)}', {latitude}, {longitude})"


def _english(province: Province) -> str:
    return province.en.partition(" (")[0].replace("'", "")


def _marker(province: Province) -> str:
    return (
        f"('{province.code}', '{province.short_zh}', '{_english(province)}',"
        f" {province.latitude}, {province.longitude})"
    )


def map_query(is_tiled: bool) -> str:
    """One row a province: its gravest grade (0 for none), incidents, label and place."""
    rows = ",\n    ".join((_tile if is_tiled else _marker)(p) for p in PROVINCES.values())
    return f"""
SELECT p.1 AS province, ifNull(g.grade, 0) AS grade, ifNull(g.incidents, 0) AS incidents,
       <label> AS label, p.4 AS latitude, p.5 AS longitude
FROM (SELECT arrayJoin([
    {rows}]) AS p) AS places
LEFT JOIN (SELECT province, min(<gravity>) AS grade, count() AS incidents
           FROM incidents WHERE {_WHERE} GROUP BY province) AS g ON g.province = p.1
ORDER BY province
"""


def _map() -> Panel:
    return Panel(
        kind="map",
        title=Text("各省态势", "Provinces"),
        description=Text(
            "每格为一个省级行政区，按该省最严重的等级着色；方格示意相对方位，不表示边界。点选进入该省。",
            "One tile per province-level division, coloured by its gravest tier. Tiles show "
            "neighbours, not borders. A tile leads to its province.",
        ),
        queries=(map_query(is_tiled=True), map_query(is_tiled=False)),
        width=12,
        height=17,
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
                    colour=GREEN,
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
                    colour=GREEN,
                    thresholds=((1, INK), (10, ORANGE)),
                ),
            ),
        ),
        Section(
            title=Text("地域与时限", "Places and deadlines"),
            panels=(_map(), clock_table("<clocked>", limit=50, height=17, width=12)),
        ),
        Section(
            title=Text("事件", "Incidents"),
            panels=(incident_table(_WHERE, limit=50),),
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
