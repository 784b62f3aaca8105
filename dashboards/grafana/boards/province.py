"""One province: its incidents, enterprises and deadlines."""

from typing import Final

from dashboards.grafana.boards.choices import DRILLS, DRILLS_HERE, PROVINCE
from dashboards.grafana.boards.shared import (
    RULE_SWAPS,
    SCENARIOS_SEEN,
    TWO_COUNTS_SQL,
    accounts_over_time,
    clock_stats,
    clock_table,
    counted_by,
    detections_over_time,
    grave_tier_changes,
    incident_table,
    tier_stats,
    tiers_over_time,
)
from dashboards.grafana.palette import GREY, INK
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import chosen
from dashboards.words import Text

_HERE: Final = f"province = {chosen('province')}"
_PROVINCE_HERE: Final = "${province:queryparam}"
_WHERE: Final = f"<live> AND <period> AND {_HERE}"

PROVINCE_BOARD: Final = Board(
    name="province",
    title=Text("省份", "Province"),
    description=Text(
        "一个省级行政区的事件、单位与报告时限。",
        "The incidents, enterprises and deadlines of one province-level division.",
    ),
    variables=(PROVINCE, DRILLS),
    annotations=(grave_tier_changes(f"drill = '' AND {_HERE}"), RULE_SWAPS),
    sections=(
        Section(
            title=Text("要情", "At a glance"),
            panels=(
                *tier_stats(_WHERE, DRILLS_HERE, _PROVINCE_HERE),
                *clock_stats(f"drill = '' AND {_HERE}", _PROVINCE_HERE),
                Panel(
                    kind="stat",
                    title=Text("登记单位", "Enterprises registered"),
                    description=Text(
                        "登记在该省的报送单位数。", "Enterprises of the registry in this province."
                    ),
                    queries=(f"SELECT count() AS enterprises FROM enterprises WHERE {_HERE}",),
                    width=3,
                    height=4,
                    colour=INK,
                ),
                Panel(
                    kind="stat",
                    title=Text("涉及单位", "Enterprises affected"),
                    description=Text(
                        "所选时段内有事件的单位数。", "Enterprises with an incident in the period."
                    ),
                    queries=(
                        "SELECT uniqExact(enterprise_id) AS enterprises FROM incidents"
                        f" WHERE {_WHERE}",
                    ),
                    width=3,
                    height=4,
                    colour=GREY,
                    thresholds=((1, INK),),
                ),
            ),
        ),
        Section(
            title=Text("事件与时限", "Incidents and deadlines"),
            panels=(incident_table(_WHERE), clock_table(f"<clocked> AND {_HERE}", height=9)),
        ),
        Section(
            title=Text("单位与走势", "Enterprises and trends"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("单位", "Enterprises"),
                    description=Text(
                        "所选时段内有事件的单位，按最严重级别排列。",
                        "Enterprises with an incident in the period, by gravest tier.",
                    ),
                    queries=(
                        f"""
SELECT min(<gravity>) AS grade, any(if(e.name = '', i.enterprise_id, e.name)) AS enterprise,
       {TWO_COUNTS_SQL}, max(last_time) AS last_time,
       i.enterprise_id AS enterprise_id
FROM (SELECT * FROM incidents WHERE {_WHERE}) AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
GROUP BY enterprise_id
ORDER BY grade, occurred_count DESC, suspected_count DESC, enterprise_id LIMIT 200
""",
                    ),
                ),
                counted_by("scenario", SCENARIOS_SEEN, _WHERE, width=12),
                *tiers_over_time(_WHERE, width=6),
                detections_over_time(_HERE, width=6),
                accounts_over_time(
                    f"enterprise_id IN (SELECT enterprise_id FROM enterprises WHERE {_HERE})",
                    width=6,
                ),
            ),
        ),
    ),
)
