"""Accounts of the data: what was received and what became of it, who is silent, late, refused."""

from typing import Final

from dashboards.grafana.boards.choices import PROVINCES
from dashboards.grafana.boards.shared import accounts_over_time
from dashboards.grafana.palette import GREY, INK, PRESSING, URGENT
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import is_chosen
from dashboards.words import Text

_CHOSEN: Final = f"""enterprise_id IN (SELECT enterprise_id FROM enterprises
    WHERE {is_chosen("province", "province")})"""
_RECEIVED: Final = f"$__timeFilter(received_at) AND drill = '' AND {_CHOSEN}"
_STATS: Final = (
    (
        "sum(events)",
        "locale",
        INK,
        (),
        Text("收到日志", "Events received"),
        Text("所选时段内收到的日志总数。", "All events received in the period."),
    ),
    (
        "sum(late) / greatest(1, sum(events))",
        "percentunit",
        GREY,
        ((0.05, PRESSING), (0.2, URGENT)),
        Text("迟到率", "Late share"),
        Text("迟到入库的日志占比。", "Share of events that came later than the lateness allowed."),
    ),
    (
        "sum(dropped)",
        "locale",
        GREY,
        ((1, INK),),
        Text("丢弃", "Dropped"),
        Text("有原因地丢弃的日志，例如重复。", "Dropped with a reason, such as a duplicate."),
    ),
    (
        "sum(dead_lettered)",
        "locale",
        GREY,
        ((1, PRESSING),),
        Text("死信", "Dead letters"),
        Text("未能接收、原样保留的日志。", "What could not be taken, kept whole."),
    ),
    (
        "countIf(outcome = 'refused')",
        "locale",
        GREY,
        ((1, URGENT),),
        Text("拒收批次", "Batches refused"),
        Text("签名不符等原因整批拒收。", "Refused whole, for instance for a false signature."),
    ),
    (
        "sum(toInt64(events) - toInt64(stored) - toInt64(late) - toInt64(dropped)"
        " - toInt64(dead_lettered))",
        "locale",
        GREY,
        ((-1e15, URGENT), (0, GREY), (1, URGENT)),
        Text("账目差额", "Difference"),
        Text(
            "收到 − 入库 − 迟到 − 丢弃 − 死信，应为 0。",
            "Received less stored, late, dropped and dead-lettered; it must be 0.",
        ),
    ),
)

ACCOUNTS: Final = Board(
    name="accounts",
    title=Text("数据账目", "Accounts of the data"),
    description=Text(
        "每条收到的日志的去向：谁静默、谁迟到、谁被拒，为什么。",
        "What became of every event received: who is silent, late or refused, and why.",
    ),
    variables=(PROVINCES,),
    sections=(
        Section(
            title=Text("总账", "Totals"),
            panels=tuple(
                Panel(
                    kind="stat",
                    title=title,
                    description=description,
                    queries=(f"SELECT {total} AS total FROM batches WHERE {_RECEIVED}",),
                    width=4,
                    height=4,
                    unit=unit,
                    colour=colour,
                    thresholds=thresholds,
                )
                for total, unit, colour, thresholds, title, description in _STATS
            ),
        ),
        Section(
            title=Text("单位", "Enterprises"),
            panels=(
                accounts_over_time(_CHOSEN),
                Panel(
                    kind="table",
                    title=Text("静默的单位", "Silent enterprises"),
                    description=Text(
                        "登记在册、但 24 小时内没有批次的单位；从未报送者居首。",
                        "Registered enterprises without a batch in 24 hours; those that never "
                        "sent one on top.",
                    ),
                    queries=(
                        f"""
SELECT e.name AS enterprise, e.province AS province, b.last AS last_received_at,
       if(b.last IS NULL, NULL, dateDiff('second', b.last, now())) AS silent_s,
       e.enterprise_id AS enterprise_id
FROM (SELECT * FROM enterprises WHERE {_CHOSEN}) AS e
LEFT JOIN (SELECT enterprise_id, toNullable(max(received_at)) AS last
           FROM batches WHERE drill = '' GROUP BY enterprise_id) AS b
       ON b.enterprise_id = e.enterprise_id
WHERE b.last IS NULL OR b.last < now() - INTERVAL 24 HOUR
ORDER BY silent_s DESC NULLS FIRST, enterprise_id LIMIT 200
""",
                    ),
                    empty=Text("没有静默的单位", "No enterprise is silent"),
                ),
                Panel(
                    kind="table",
                    title=Text("各单位账目", "Accounts by enterprise"),
                    description=Text(
                        "所选时段内各单位的日志去向，问题多者在前。",
                        "What became of each enterprise's events, the most troubled on top.",
                    ),
                    queries=(
                        f"""
SELECT any(if(e.name = '', b.enterprise_id, e.name)) AS enterprise, any(e.province) AS province,
       count() AS batches, sum(events) AS events, sum(stored) AS stored, sum(late) AS late,
       sum(dropped) AS dropped, sum(dead_lettered) AS dead_lettered,
       countIf(outcome = 'refused') AS refused, late / greatest(1, events) AS late_share,
       max(received_at) AS last_received_at, b.enterprise_id AS enterprise_id
FROM (SELECT * FROM batches WHERE {_RECEIVED}) AS b
LEFT JOIN enterprises AS e ON e.enterprise_id = b.enterprise_id
GROUP BY enterprise_id ORDER BY dead_lettered + refused DESC, late DESC, enterprise_id LIMIT 500
""",
                    ),
                    width=24,
                    height=10,
                ),
            ),
        ),
        Section(
            title=Text("原因", "Reasons"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("死信", "Dead letters"),
                    description=Text(
                        "最近的死信，附问题与改正办法。",
                        "The latest dead letters, what is wrong, and the remedy.",
                    ),
                    queries=(
                        f"""
SELECT received_at, if(e.name = '', d.enterprise_id, e.name) AS enterprise, reason_code, detail,
       remedy, topic, partition, offset, line, d.enterprise_id AS enterprise_id
FROM (SELECT *, reason AS reason_code FROM dead_letters WHERE {_RECEIVED}) AS d
LEFT JOIN enterprises AS e ON e.enterprise_id = d.enterprise_id
ORDER BY received_at DESC, dead_letter_id LIMIT 200
""",
                    ),
                    width=24,
                    height=10,
                    empty=Text("没有死信", "No dead letter"),
                ),
                Panel(
                    kind="table",
                    title=Text("原因代码", "Reason codes"),
                    description=Text(
                        "丢弃与死信的原因及条数。", "Why events were dropped or dead-lettered."
                    ),
                    queries=(
                        f"""
SELECT pair.1 AS reason_code, sum(pair.2) AS events
FROM (SELECT arrayJoin(JSONExtractKeysAndValues(reasons, 'UInt64')) AS pair
      FROM batches WHERE {_RECEIVED})
GROUP BY reason_code ORDER BY events DESC, reason_code LIMIT 50
""",
                    ),
                    width=8,
                    height=8,
                    empty=Text("没有丢弃或死信", "Nothing was dropped or dead-lettered"),
                ),
                Panel(
                    kind="table",
                    title=Text("无从核对是否重复的批次", "Batches that may be repeats"),
                    description=Text(
                        "无从得知此前是否收过的批次：日志按内容去重，发送方宜为批次编号。",
                        "It cannot be known whether they were taken before: events are told by "
                        "their content; senders should number their batches.",
                    ),
                    queries=(
                        f"""
SELECT unverified, any(if(e.name = '', b.enterprise_id, e.name)) AS enterprise,
       count() AS batches, sum(b.events) AS events, max(received_at) AS last_received_at,
       b.enterprise_id AS enterprise_id
FROM (SELECT * FROM batches WHERE unverified != '' AND {_RECEIVED}) AS b
LEFT JOIN enterprises AS e ON e.enterprise_id = b.enterprise_id
GROUP BY unverified, enterprise_id ORDER BY batches DESC, enterprise_id, unverified LIMIT 200
""",
                    ),
                    width=16,
                    height=8,
                    empty=Text("每个批次都可核对", "Every batch could be told"),
                ),
            ),
        ),
    ),
)
