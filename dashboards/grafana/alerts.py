"""Alert rules as code: Grafana's provisioning API, one number a rule, held against a bound."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from dashboards.grafana.clickhouse import SOURCE_UID, query_json
from dashboards.grafana.specs import localise
from dashboards.words import Text


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Fires while the one number that `query` returns is above `above`, for `holds`."""

    name: str
    title: Text
    summary: Text
    query: str
    severity: str
    above: float = 0
    holds: str = "0s"
    is_handled: bool = False
    """People on call handle what it is about, so that they can be drilled in it."""


ALERTS: Final = (
    Alert(
        name="grave-incident",
        title=Text("新的 I、II 级事件", "New incident of tier I or II"),
        summary=Text(
            "过去一小时内发现 I 级或 II 级（红、橙）事件。",
            "An incident of tier I or II (red, orange) was discovered within the hour.",
        ),
        query="""
SELECT count() AS value FROM incidents
WHERE <earnest> AND <gravity> <= 2 AND opened_at >= now() - INTERVAL 1 HOUR
""",
        severity="critical",
        is_handled=True,
    ),
    Alert(
        name="obligation-late",
        title=Text("报告义务逾期", "Duty to report is late"),
        summary=Text("有法定报告已过时限。", "A statutory report has not been made in its time."),
        query="SELECT countIf(state = 'late') AS value FROM obligations WHERE drill = ''",
        severity="critical",
        is_handled=True,
    ),
    Alert(
        name="obligation-due-soon",
        title=Text("报告义务即将到期", "Duty to report is due soon"),
        summary=Text("有法定报告时限将至。", "A statutory report is about to be due."),
        query="SELECT countIf(state = 'due_soon') AS value FROM obligations WHERE drill = ''",
        severity="warning",
        is_handled=True,
    ),
    Alert(
        name="enterprise-silent",
        title=Text("单位静默", "Enterprise gone silent"),
        summary=Text(
            "过去一周有报送、但 24 小时内没有批次的单位。",
            "An enterprise that sent within the week has sent nothing for 24 hours.",
        ),
        query="""
SELECT countIf(last < now() - INTERVAL 24 HOUR) AS value
FROM (SELECT enterprise_id, max(received_at) AS last FROM batches
      WHERE drill = '' AND received_at >= now() - INTERVAL 7 DAY
      GROUP BY enterprise_id)
""",
        severity="warning",
        holds="15m",
    ),
    Alert(
        name="pipeline-behind",
        title=Text("流水线停滞", "Pipeline stands still"),
        summary=Text(
            "超过 10 分钟没有新批次写入；请看工作进程的消费滞后。",
            "No batch was written for ten minutes; look at the workers' consumer lag.",
        ),
        query="""
SELECT if(count() = 0, 0, dateDiff('second', max(received_at), now())) AS value
FROM batches WHERE drill = ''
""",
        severity="critical",
        above=600,
        holds="5m",
    ),
    Alert(
        name="dead-letters-rising",
        title=Text("死信增多", "Dead letters rising"),
        summary=Text(
            "过去 15 分钟的死信超过前一日同长均值的五倍。",
            "Dead letters of the last 15 minutes exceed five times the mean of the day before.",
        ),
        query="""
SELECT toInt64(countIf(received_at >= now() - INTERVAL 15 MINUTE))
       - 5 * countIf(received_at < now() - INTERVAL 15 MINUTE) / 95 AS value
FROM dead_letters WHERE drill = '' AND received_at >= now() - INTERVAL 24 HOUR
""",
        severity="warning",
        above=10,
        holds="5m",
    ),
)


_LIVE: Final = "drill = ''"
DRILL_ALERTS: Final = tuple(
    msgspec.structs.replace(
        alert,
        name=f"{alert.name}-drill",
        title=Text(f"【演练】{alert.title.zh}", f"[DRILL] {alert.title.en}"),
        summary=Text(f"【演练】{alert.summary.zh}", f"[DRILL] {alert.summary.en}"),
        query=localise(alert.query, "zh").replace(_LIVE, "drill != ''"),
    )
    for alert in ALERTS
    if alert.is_handled
)
"""The same of drills, called drills; only where a site switches them on."""


def alert_rules(folder: str, receiver: str, drills: bool = False) -> Iterator[dict[str, Any]]:
    """Every rule as the provisioning API takes it; `receiver` names a contact point, or "".

    With `drills` the people on call are told of drills too, by rules of their own.
    """
    for alert in (*ALERTS, *(DRILL_ALERTS if drills else ())):
        rule = _rule(alert, folder)
        yield {**rule, "notification_settings": {"receiver": receiver}} if receiver else rule


def _rule(alert: Alert, folder: str) -> dict[str, Any]:
    return {
        "uid": f"fenghuo-{alert.name}",
        "title": f"{alert.title.zh} / {alert.title.en}",
        "folderUID": folder,
        "ruleGroup": "fenghuo",
        "condition": "B",
        "for": alert.holds,
        "noDataState": "OK",
        "execErrState": "Error",
        "isPaused": False,
        "labels": {"severity": alert.severity, "team": "fenghuo"},
        "annotations": {"summary": f"{alert.summary.zh} {alert.summary.en}"},
        "data": [_question(alert), _bound(alert)],
    }


def _question(alert: Alert) -> dict[str, Any]:
    model = query_json(localise(alert.query, "zh"), "A", "table")
    model["datasource"] = {**_mapping(model["datasource"]), "uid": SOURCE_UID}
    return {
        "refId": "A",
        "datasourceUid": SOURCE_UID,
        "relativeTimeRange": {"from": 86_400, "to": 0},
        "model": model,
    }


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _bound(alert: Alert) -> dict[str, Any]:
    """Grafana's server-side expression: `A` above the bound.

    The condition says all that Grafana's editor of alert rules reads of one.
    """
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "relativeTimeRange": {"from": 0, "to": 0},
        "model": {
            "refId": "B",
            "type": "threshold",
            "datasource": {"type": "__expr__", "uid": "__expr__"},
            "expression": "A",
            "conditions": [
                {
                    "type": "query",
                    "evaluator": {"type": "gt", "params": [alert.above]},
                    "operator": {"type": "and"},
                    "query": {"params": ["A"]},
                    "reducer": {"type": "last", "params": []},
                }
            ],
        },
    }
