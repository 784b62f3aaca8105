"""Health of the pipeline, as the store shows it; the workers' own metrics are Prometheus'."""

from typing import Final

from dashboards.grafana.boards.shared import HOURS, RULE_SWAPS, accounts_over_time
from dashboards.grafana.palette import GREEN, GREY, INK, PRESSING, URGENT
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import Text

_QUIET: Final = Text("所选时段内没有日志", "No event in the chosen period")

PIPELINE: Final = Board(
    name="pipeline",
    title=Text("流水线运行", "Pipeline health"),
    description=Text(
        "从入库数据看流水线：吞吐、延迟、分区进度。消费滞后等指标见工作进程的 /metrics。",
        "The pipeline as its data show it: throughput, delay, progress. For consumer lag and the "
        "like see the workers' /metrics.",
    ),
    annotations=(RULE_SWAPS,),
    period="now-6h",
    refresh="30s",
    sections=(
        Section(
            title=Text("当前", "Now"),
            panels=(
                Panel(
                    kind="stat",
                    title=Text("距上批数据", "Since the last batch"),
                    description=Text(
                        "距最近一个批次被 Kafka 接收的时间。",
                        "How long ago Kafka took the last batch that was written.",
                    ),
                    queries=(
                        "SELECT if(count() = 0, NULL,"
                        " dateDiff('second', max(received_at), now())) AS silent_s"
                        " FROM batches",
                    ),
                    width=6,
                    height=4,
                    unit="dtdhms",
                    colour=GREY,
                    thresholds=((0, GREEN), (300, PRESSING), (1_800, URGENT)),
                    empty=Text("尚未收到批次", "No batch yet"),
                ),
                Panel(
                    kind="stat",
                    title=Text("批次", "Batches"),
                    description=Text("所选时段内写入的批次。", "Batches written in the period."),
                    queries=(
                        "SELECT count() AS batches FROM batches WHERE $__timeFilter(received_at)",
                    ),
                    width=6,
                    height=4,
                    colour=INK,
                ),
                Panel(
                    kind="stat",
                    title=Text("日志到达延迟（P95）", "Delay of events (95th percentile)"),
                    description=Text(
                        "从传感器看到到 Kafka 接收的时间，95 分位；以批次内每小时最早的日志计。",
                        "From the sensor's time to Kafka's, 95th percentile; by the first event "
                        "of each hour of a batch.",
                    ),
                    queries=(
                        f"""
SELECT if(count() = 0, NULL,
          quantileExactWeighted(0.95)(dateDiff('second', first_time, received_at), events)
       ) AS delay_s
FROM events_by_hour WHERE {HOURS}
""",
                    ),
                    width=6,
                    height=4,
                    unit="s",
                    colour=GREY,
                    thresholds=((0, GREEN), (600, PRESSING), (3_600, URGENT)),
                    empty=_QUIET,
                ),
                Panel(
                    kind="stat",
                    title=Text("未来时间的日志", "Events from the future"),
                    description=Text(
                        "时间超前于接收时间的日志：发送方时钟有误。",
                        "Events dated later than their receipt: the sender's clock is wrong.",
                    ),
                    queries=(
                        "SELECT sum(future) AS events FROM batches"
                        " WHERE $__timeFilter(received_at)",
                    ),
                    width=6,
                    height=4,
                    colour=GREY,
                    thresholds=((1, PRESSING),),
                ),
            ),
        ),
        Section(
            title=Text("吞吐与进度", "Throughput and progress"),
            panels=(
                accounts_over_time("1 = 1"),
                Panel(
                    kind="table",
                    title=Text("格式", "Formats"),
                    description=Text("各格式的批次与日志。", "Batches and events by format."),
                    queries=(
                        """
SELECT format, count() AS batches, sum(b.events) AS events, sum(b.late) AS late,
       sum(b.dead_lettered) AS dead_lettered
FROM batches AS b WHERE $__timeFilter(received_at)
GROUP BY format ORDER BY events DESC, format LIMIT 50
""",
                    ),
                    empty=_QUIET,
                ),
                Panel(
                    kind="table",
                    title=Text("分区进度", "Partitions"),
                    description=Text(
                        "各分区已写入的最大位点与最近接收时间。",
                        "The greatest offset written of each partition, and when it was received.",
                    ),
                    queries=(
                        """
SELECT topic, partition, max(b.offset) AS offset, count() AS batches,
       max(received_at) AS last_received_at
FROM batches AS b WHERE topic != ''
GROUP BY topic, partition ORDER BY topic, partition LIMIT 500
""",
                    ),
                    width=24,
                    empty=Text("没有来自 Kafka 的批次", "No batch came from Kafka"),
                ),
            ),
        ),
    ),
)
