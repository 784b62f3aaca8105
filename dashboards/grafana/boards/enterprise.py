"""One enterprise: its incidents, what it sent, and what became of that."""

from typing import Final

from dashboards.grafana.boards.choices import DRILLS, ENTERPRISE
from dashboards.grafana.boards.shared import (
    RULE_SWAPS,
    accounts_over_time,
    clock_table,
    detections_over_time,
    incident_table,
    tier_changes,
    tier_stats,
)
from dashboards.grafana.palette import GREEN, GREY, INK, PRESSING, URGENT
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import chosen
from dashboards.words import Text

_THIS: Final = f"enterprise_id = {chosen('enterprise')}"
_EARNEST: Final = f"drill = '' AND {_THIS}"
_WHERE: Final = f"<live> AND <period> AND {_THIS}"
_REASON_COUNTS: Final = (
    "arrayStringConcat(arrayMap(pair -> concat(pair.1, ' ', toString(pair.2)),"
    " JSONExtractKeysAndValues(reasons, 'UInt64')), ', ')"
)
_NO_BATCH: Final = Text("所选时段内没有收到批次", "No batch was received in the chosen period")

ENTERPRISE_BOARD: Final = Board(
    name="enterprise",
    title=Text("单位", "Enterprise"),
    description=Text(
        "一个单位的事件、告警、报送情况与退回记录。",
        "The incidents and detections of one enterprise, and what became of what it sent.",
    ),
    variables=(ENTERPRISE, DRILLS),
    annotations=(tier_changes(f"drill = '' AND {_THIS}"), RULE_SWAPS),
    sections=(
        Section(
            title=Text("概况", "Overview"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("登记信息", "Registry"),
                    description=Text("登记表中的信息。", "What the registry says."),
                    queries=(
                        f"""
SELECT name AS enterprise, province, sector, field,
       critical_infrastructure AS is_critical, persons AS persons,
       <data_class_words> AS data_class_list, enterprise_id
FROM enterprises WHERE {_THIS}
""",
                    ),
                    width=24,
                    height=4,
                    empty=Text("登记表中没有该单位", "The registry has no such enterprise"),
                ),
                *tier_stats(_WHERE, width=6),
            ),
        ),
        Section(
            title=Text("事件与时限", "Incidents and deadlines"),
            panels=(
                incident_table(_WHERE, height=9),
                clock_table(f"<clocked> AND {_THIS}", height=8),
                detections_over_time(_EARNEST),
                accounts_over_time(_EARNEST),
            ),
        ),
        Section(
            title=Text("报送", "What it sent"),
            panels=(
                Panel(
                    kind="stat",
                    title=Text("距上次接收", "Since the last batch"),
                    description=Text(
                        "距最近一次收到该单位批次的时间。",
                        "How long ago the last batch of this enterprise was received.",
                    ),
                    queries=(
                        "SELECT if(count() = 0, NULL,"
                        " dateDiff('second', max(received_at), now())) AS silent_s"
                        f" FROM batches WHERE {_EARNEST}",
                    ),
                    width=3,
                    height=8,
                    unit="dtdhms",
                    colour=GREY,
                    thresholds=((0, GREEN), (3_600, PRESSING), (86_400, URGENT)),
                    empty=Text("从未收到批次", "Never sent a batch"),
                ),
                Panel(
                    kind="bars",
                    title=Text("日志来源", "Log sources"),
                    description=Text(
                        "所选时段内各产品的日志数。", "Events of the period by product."
                    ),
                    queries=(
                        f"""
SELECT product, count() AS events FROM events
WHERE {_EARNEST} AND $__timeFilter(time) GROUP BY product ORDER BY events DESC, product LIMIT 15
""",
                    ),
                    width=6,
                    colour=INK,
                ),
                Panel(
                    kind="table",
                    title=Text("批次", "Batches"),
                    description=Text(
                        "最近的批次与去向。", "The latest batches and what became of them."
                    ),
                    queries=(
                        f"""
SELECT received_at, outcome AS batch_outcome, format, events, stored, late, dropped,
       dead_lettered, {_REASON_COUNTS} AS reason_counts
FROM batches WHERE {_EARNEST} AND $__timeFilter(received_at)
ORDER BY received_at DESC, batch_id LIMIT 100
""",
                    ),
                    width=15,
                    empty=_NO_BATCH,
                ),
                Panel(
                    kind="table",
                    title=Text("退回的日志", "Dead letters"),
                    description=Text(
                        "未能接收的日志、原因与改正办法。",
                        "What could not be taken, why, and the remedy.",
                    ),
                    queries=(
                        f"""
SELECT received_at, reason AS reason_code, detail, remedy, line, events
FROM dead_letters WHERE {_EARNEST} AND $__timeFilter(received_at)
ORDER BY received_at DESC, dead_letter_id LIMIT 100
""",
                    ),
                    width=24,
                    empty=Text("没有退回的日志", "Nothing was refused"),
                ),
            ),
        ),
    ),
)
