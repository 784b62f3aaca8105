"""Columns of what is received and matched: events, entities, rules, accounts."""

from collections.abc import Mapping
from typing import Final

from dashboards import words
from dashboards.grafana.columns.look import MOMENT, TO_ENTITY, Look
from dashboards.grafana.palette import TECHNIQUE_SHADES
from dashboards.grafana.widths import for_heading
from dashboards.words import Text

OF_LOGS: Final[Mapping[str, Look]] = {
    "batch_outcome": Look(title=Text("结果", "Outcome"), words=words.BATCH_OUTCOME, width=100),
    "silent_s": Look(title=Text("静默", "Silent for"), unit="dtdhms", width=150),
    "late_share": Look(title=Text("迟到率", "Late share"), unit="percentunit", width=100),
    "received_at": Look(title=Text("接收", "Received"), unit=MOMENT, width=180),
    "last_received_at": Look(title=Text("最近接收", "Last received"), unit=MOMENT, width=180),
    "event_time": Look(title=Text("时间", "Time"), unit=MOMENT, width=180),
    "rule": Look(title=Text("规则", "Rule"), least_width=200),
    "rule_id": Look(title=Text("规则编号", "Rule id"), width=282),
    "exception_state": Look(
        title=words.EXCEPTION["state"],
        words={state: words.EXCEPTION[state] for state in ("active", "ended", "expired")},
        width=100,
    ),
    "exception_scope": Look(title=words.EXCEPTION["scope"], least_width=150, wrap=True),
    "hidden_matches": Look(title=words.EXCEPTION["hidden"], width=100),
    "last_hidden": Look(title=words.EXCEPTION["last_hidden"], unit=MOMENT, width=170),
    "silent_from": Look(title=Text("自", "From"), unit=MOMENT, width=170),
    "silent_until": Look(title=Text("至", "Until"), unit=MOMENT, width=170),
    "summary": Look(title=Text("关键事实", "Key fact"), wrap=True),
    "enterprises": Look(title=Text("单位数", "Enterprises"), width=90),
    "detections": Look(title=Text("告警数", "Detections"), width=100),
    "batches": Look(title=Text("批次", "Batches"), width=90),
    "events": Look(title=Text("日志数", "Events"), width=110),
    "stored": Look(title=Text("入库", "Stored"), width=100),
    "late": Look(title=Text("迟到", "Late"), width=90),
    "dropped": Look(title=Text("丢弃", "Dropped"), width=90),
    "dead_lettered": Look(title=Text("死信", "Dead letters"), width=100),
    "unverified": Look(title=Text("原因", "Why"), words=words.UNVERIFIED, width=200),
    "difference": Look(title=Text("差额", "Difference"), width=90),
    "refused": Look(title=Text("拒收批次", "Refused batches"), width=120),
    "reason_code": Look(title=Text("原因代码", "Reason code"), width=200),
    "detail": Look(title=Text("问题", "What is wrong"), wrap=True),
    "reason_counts": Look(title=Text("原因与日志数", "Reasons, with events"), wrap=True),
    "remedy": Look(title=Text("办法", "Remedy"), wrap=True),
    "host": Look(title=words.ENTITY["host"], width=140, link=TO_ENTITY, wrap=True),
    "account": Look(title=words.ENTITY["account"], width=140, link=TO_ENTITY, wrap=True),
    "source_ip": Look(title=words.FIELD_LABEL["source_ip"], width=140, link=TO_ENTITY, wrap=True),
    "destination_ip": Look(
        title=words.FIELD_LABEL["destination_ip"], width=160, link=TO_ENTITY, wrap=True
    ),
    "process": Look(title=words.ENTITY["process"], least_width=240, link=TO_ENTITY),
    "entity": Look(title=Text("实体", "Entity"), least_width=240, wrap=True, link=TO_ENTITY),
    "entity_kind": Look(title=Text("类型", "Kind"), words=words.ENTITY, width=130),
    "entity_role": Look(title=Text("角色", "Role"), words=words.ROLE, width=110),
    "first_seen": Look(title=Text("首见", "First seen"), unit=MOMENT, width=180),
    "last_seen": Look(title=Text("末见", "Last seen"), unit=MOMENT, width=180),
    "product": Look(title=Text("产品", "Product"), width=120),
    "log_category": Look(title=Text("日志类别", "Log category"), width=180),
    "log_service": Look(title=Text("日志服务", "Log service"), width=140),
    "format": Look(title=Text("格式", "Format"), width=110),
    **{
        f"tactic_{key.replace('-', '_')}": Look(
            title=tactic,
            patterns=TECHNIQUE_SHADES,
            fill=True,
            least_width=max(128, for_heading(tactic.en)),
        )
        for key, tactic in words.TACTIC.items()
    },
    "true_positives": Look(title=words.VERDICT["true_positive"], width=110),
    "false_positives": Look(title=words.VERDICT["false_positive"], width=120),
    "benign": Look(title=words.VERDICT["benign"], width=100),
    "unjudged": Look(title=words.VERDICT["unknown"], width=100),
    "false_share": Look(title=Text("误报率", "False share"), unit="percentunit", width=110),
    "handled_min": Look(title=Text("平均处置时长", "Mean handling"), unit="m", width=140),
    "technique": Look(title=Text("技术", "Technique"), width=130),
    "rules": Look(title=Text("规则数", "Rules"), width=90),
    "partition": Look(title=Text("分区", "Partition"), width=90),
    "offset": Look(title=Text("位点", "Offset"), width=120),
    "topic": Look(title=Text("主题", "Topic"), width=180),
    "line": Look(title=Text("行", "Line"), width=70),
    "sources": Look(title=Text("来源数", "Sources"), width=90),
    "source_list": Look(title=Text("产品", "Products"), wrap=True),
    "last_event": Look(title=Text("最近日志", "Last event"), unit=MOMENT, width=180),
}
