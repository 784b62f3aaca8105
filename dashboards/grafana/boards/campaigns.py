"""Campaigns: the same indicator at several enterprises; where it began and where it goes.

A campaign names no enterprise. Its members do, and each reader sees the members that the row
policies of the store show: a province its own, the nation all.
"""

from typing import Final

from dashboards.grafana.boards.choices import DRILLS
from dashboards.grafana.boards.shared import opens
from dashboards.grafana.boards.tiles import EMPTY_TILE, legend, province_map
from dashboards.grafana.palette import GREY, INK, LEVEL_COLOURS
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen
from dashboards.words import Text

_KNOWN: Final = f"status != 'withdrawn' AND (drill != '') = ({chosen('drills')} = '1')"
ACTIVE: Final = f"{_KNOWN} AND status = 'active'"
_SHOWN: Final = f"{_KNOWN} AND (status = 'active' OR <period>)"
_THIS: Final = f"campaign_id = {chosen('campaign')}"
_CHOOSE: Final = Text("请在上方选择一个跨企业活动", "Choose a campaign above")
_NONE: Final = Text(
    "没有跨企业活动：没有同一指标在足够多的单位出现",
    "No campaign: no indicator was seen at enough enterprises",
)
_SPREAD_COLOURS: Final = tuple(
    (bound, LEVEL_COLOURS[level])
    for bound, level in ((1.0, "low"), (3.0, "medium"), (10.0, "high"), (30.0, "critical"))
)
"""Shades by enterprises struck; the law's colours are left to tiers."""

_CAMPAIGN: Final = Variable(
    name="campaign",
    label=Text("跨企业活动", "Campaign"),
    query=f"""
SELECT campaign_id, concat(indicator, ' (', toString(enterprise_count), ')') AS text
FROM campaigns WHERE {_SHOWN}
ORDER BY status = 'active' DESC, enterprise_count DESC, campaign_id LIMIT 500
""",
)


def campaign_table(where: str, limit: int, height: int) -> Panel:
    """Campaigns, those that go on and have struck most on top."""
    return Panel(
        kind="table",
        title=Text("跨企业活动", "Campaigns"),
        description=Text(
            f"同一指标在多个单位出现，进行中且波及最广者在前，至多 {limit} 个；点指标看详情。",
            "The same indicator at several enterprises; those that go on and have struck most "
            f"on top, at most {limit}. An indicator leads to its details.",
        ),
        queries=(
            f"""
SELECT status AS campaign_status, level, indicator AS campaign, kind AS indicator_kind,
       combined_miit_tier, combined_cac_tier,
       enterprise_count AS enterprises, incident_count AS incidents,
       <province_words> AS province_list, <scenario_words> AS scenario_list, last_time,
       campaign_id
FROM campaigns WHERE {where}
ORDER BY status = 'active' DESC, enterprises DESC, last_time DESC, campaign_id LIMIT {limit}
""",
        ),
        width=24,
        height=height,
        empty=_NONE,
    )


def _stat(title: Text, description: Text, expression: str, where: str) -> Panel:
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=(f"SELECT {expression} AS campaigns FROM campaigns WHERE {where}",),
        width=6,
        height=4,
        colour=GREY,
        thresholds=((1, INK),),
        empty=_NONE,
    )


_STATS: Final = (
    _stat(
        Text("进行中的跨企业活动", "Active campaigns"),
        Text("仍在出现新事件的跨企业活动数。", "Campaigns in which new incidents still appear."),
        "countIf(status = 'active')",
        _KNOWN,
    ),
    _stat(
        Text("所选时段新起", "Began in the period"),
        Text(
            "首个事件在所选时段内的跨企业活动数。", "Campaigns whose first event is in the period."
        ),
        "count()",
        f"{_KNOWN} AND $__timeFilter(first_time)",
    ),
    _stat(
        Text("最广活动波及单位", "Enterprises in the widest"),
        Text(
            "进行中的活动里，波及单位最多者的单位数。",
            "Enterprises struck by the widest of the active campaigns.",
        ),
        "max(enterprise_count)",
        ACTIVE,
    ),
    _stat(
        Text("波及省份", "Provinces"),
        Text(
            "进行中的跨企业活动波及的省级行政区数。",
            "Province-level divisions that they have reached.",
        ),
        "uniqExactArray(provinces)",
        ACTIVE,
    ),
)
_SPREAD: Final = province_map(
    Text("扩散（按省份）", "Spread by province"),
    Text(
        "所选跨企业活动在各省波及的单位数；方格示意相对方位，不表示边界。",
        "Enterprises of each province that the chosen campaign struck. Tiles show neighbours, "
        "not borders.",
    ),
    f"""SELECT JSONExtractString(part, 'province') AS province,
                  JSONExtractUInt(part, 'enterprises') AS enterprises
           FROM (SELECT arrayJoin(JSONExtractArrayRaw(spread)) AS part
                 FROM campaigns WHERE {_THIS})""",
    ("enterprises",),
    _SPREAD_COLOURS,
    shown="if(enterprises = 0, ' ', toString(enterprises))",
    is_deep="enterprises >= 10",
)
_LEGEND: Final = legend(
    {0: EMPTY_TILE, **dict(_SPREAD_COLOURS)},
    {
        0: Text("未波及", "None"),
        1: Text("1 家以上", "1 or more"),
        3: Text("3 家以上", "3 or more"),
        10: Text("10 家以上", "10 or more"),
        30: Text("30 家以上", "30 or more"),
    },
)
_GROWTH: Final = Panel(
    kind="timeseries",
    title=Text("增长", "Growth"),
    description=Text(
        "每日累计波及单位数：当日新增与此前已有；时段请选到跨企业活动首末。",
        "Enterprises struck so far, day by day: new that day, and before it. Choose a period "
        "that covers the campaign.",
    ),
    queries=(
        f"""
SELECT toDateTime(concat(JSONExtractString(step, 'day'), ' 00:00:00'), 'Asia/Shanghai') AS time,
       JSONExtractInt(step, 'total') - JSONExtractInt(step, 'new') AS known,
       JSONExtractInt(step, 'new') AS struck
FROM (SELECT arrayJoin(JSONExtractArrayRaw(growth)) AS step FROM campaigns WHERE {_THIS})
ORDER BY time
""",
    ),
    width=24,
    series={"known": Text("此前已波及", "Before"), "struck": Text("当日新增", "New that day")},
    series_colours={"known": GREY, "struck": LEVEL_COLOURS["critical"]},
    empty=_CHOOSE,
)
_PROVINCES: Final = Panel(
    kind="bars",
    title=Text("波及单位（按省份）", "Enterprises by province"),
    description=Text("波及最多的省份在前。", "The provinces with the most enterprises on top."),
    queries=(
        f"""
SELECT JSONExtractString(part, 'province') AS province,
       JSONExtractUInt(part, 'enterprises') AS enterprises
FROM (SELECT arrayJoin(JSONExtractArrayRaw(spread)) AS part FROM campaigns WHERE {_THIS})
ORDER BY enterprises DESC, province LIMIT 15
""",
    ),
    width=10,
    height=21,
    colour=LEVEL_COLOURS["high"],
    empty=_CHOOSE,
)
_HEAD: Final = Panel(
    kind="table",
    title=Text("概况", "Overview"),
    description=Text(
        "共同指标、波及范围、最早出现之处。",
        "What its incidents share, how far it reaches, and where it was first.",
    ),
    queries=(
        f"""
SELECT status AS campaign_status, indicator, kind AS indicator_kind,
       combined_miit_tier, combined_cac_tier,
       enterprise_count AS enterprises, incident_count AS incidents,
       <scenario_words> AS scenario_list, first_province, first_sector, first_time, last_time
FROM campaigns WHERE {_THIS}
""",
    ),
    width=24,
    height=4,
    empty=_CHOOSE,
)
_MEMBERS: Final = Panel(
    kind="table",
    title=Text("波及的事件与单位", "Incidents and enterprises struck"),
    description=Text(
        "按首个事件的次序，次序 1 即首个受害单位；只列您有权查看的单位，次序不连续处即他省单位。",
        "In the order of their first events; 1 is the first that was struck. Only enterprises that "
        "you may see are listed: a gap in the order is another's.",
    ),
    queries=(
        f"""
SELECT m.place AS place, m.first_time AS first_time, m.province AS province,
       if(e.name = '', m.enterprise_id, e.name) AS enterprise, i.title AS incident,
       i.status AS status, i.miit AS miit, i.cac AS cac, m.incident_id AS incident_id,
       m.enterprise_id AS enterprise_id, {opens("m.first_time", "i.last_time")}
FROM (SELECT * FROM campaign_members WHERE {_THIS}
      AND revision = (SELECT max(revision) FROM campaigns WHERE {_THIS})) AS m
LEFT JOIN enterprises AS e ON e.enterprise_id = m.enterprise_id
LEFT JOIN (SELECT incident_id, <title> AS title, status, last_time, <miit> AS miit, <cac> AS cac
           FROM incidents
           WHERE enterprise_id IN (SELECT enterprise_id FROM campaign_members WHERE {_THIS})
             AND incident_id IN (SELECT incident_id FROM campaign_members WHERE {_THIS})) AS i
       ON i.incident_id = m.incident_id
ORDER BY place LIMIT 500
""",
    ),
    width=24,
    height=12,
    empty=Text(
        "没有您有权查看的单位，或尚未选择跨企业活动",
        "No enterprise that you may see, or no campaign is chosen",
    ),
)

CAMPAIGNS_BOARD: Final = Board(
    name="campaigns",
    title=Text("跨企业活动", "Campaigns"),
    description=Text(
        "同一指标在多个单位出现的事件群：扩散、增长、最早受害者。",
        "The same indicator in incidents of several enterprises: spread, growth, first struck.",
    ),
    variables=(_CAMPAIGN, DRILLS),
    period="now-30d",
    sections=(
        Section(title=Text("要情", "At a glance"), panels=_STATS),
        Section(
            title=Text("全部跨企业活动", "All campaigns"), panels=(campaign_table(_SHOWN, 100, 9),)
        ),
        Section(
            title=Text("所选跨企业活动", "The chosen campaign"),
            panels=(_HEAD, _LEGEND, _SPREAD, _PROVINCES, _GROWTH, _MEMBERS),
        ),
    ),
)
