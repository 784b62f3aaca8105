"""Alert rules as code: Grafana's provisioning API. An alert a row: an incident, a duty, a sender.

Of a table Grafana's server-side expressions take the one column of numbers for the value and each
column of texts for a label, and give every row an alert of its own.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from dashboards.grafana.clickhouse import SOURCE_UID, query_json
from dashboards.grafana.phrases import PHRASES
from dashboards.grafana.specs import board_uid, localise
from dashboards.words import Text


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Fires while `value` of a row of `query` is above `above`, for `holds`: an alert a row.

    The query's other columns are texts: labels that tell the row's alert from the next one's, so
    none may change while it fires. `{name}` in the summary is such a label; `link` a board and
    the variable that it sets to a label.
    """

    name: str
    title: Text
    summary: Text
    query: str
    severity: str
    above: float = 0
    holds: str = "0s"
    is_handled: bool = False
    """People on call handle what it is about, so that they can be drilled in it."""
    link: tuple[str, str, str] | None = None


_PLACE: Final = (
    f"{PHRASES['province_word'].zh} AS province_zh, {PHRASES['province_word'].en} AS province_en"
)
"""Of the row's `province`: an alert is read in both languages, whoever has the watch."""
MOST_ALERTS: Final = 100
"""At once, of one rule: more are a flood, and the boards list them all."""
_OPEN: Final = "state IN ('late', 'due_soon', 'pending') AND drill = ''"
_TO_INCIDENT: Final = ("incident", "incident", "incident_id")


def _of_incidents(where: str) -> str:
    """An alert an incident, called as it was when it began: titles grow with the evidence."""
    chosen = f"FROM incidents WHERE {where}"
    return f"""
SELECT i.incident_id AS incident_id, if(e.name = '', i.enterprise_id, e.name) AS enterprise,
       i.province_zh AS province_zh, i.province_en AS province_en,
       r.title_zh AS title_zh, r.title_en AS title_en, 1 AS value
FROM (SELECT incident_id, enterprise_id, {_PLACE} {chosen}
      ORDER BY opened_at DESC LIMIT {MOST_ALERTS}) AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
LEFT JOIN {_first_titles(chosen)} AS r ON r.incident_id = i.incident_id
"""


def _first_titles(chosen: str) -> str:
    """The title of the first revision of the incidents that are chosen."""
    return f"""(SELECT incident_id, argMin(title, revision) AS title_zh,
                  argMin(t.title_en, revision) AS title_en FROM incident_revisions AS t
           WHERE enterprise_id IN (SELECT enterprise_id {chosen})
             AND incident_id IN (SELECT incident_id {chosen}) GROUP BY incident_id)"""


def _of_duties(where: str) -> str:
    """An alert a duty; its id tells two duties to one recipient apart."""
    chosen = f"FROM obligations WHERE {where}"
    return f"""
SELECT o.obligation_id AS obligation_id, o.incident_id AS incident_id,
       if(e.name = '', o.enterprise_id, e.name) AS enterprise,
       o.province_zh AS province_zh, o.province_en AS province_en,
       concat(sender, ' → ', recipient) AS duty_zh, limit_text AS limit_zh,
       concat(sender_en, ' → ', recipient_en) AS duty_en, limit_text_en AS limit_en,
       r.title_zh AS title_zh, r.title_en AS title_en, 1 AS value
FROM (SELECT *, {_PLACE} {chosen} ORDER BY due_at LIMIT {MOST_ALERTS}) AS o
LEFT JOIN enterprises AS e ON e.enterprise_id = o.enterprise_id
LEFT JOIN {_first_titles(chosen)} AS r ON r.incident_id = o.incident_id
"""


ALERTS: Final = (
    Alert(
        name="grave-incident",
        title=Text("新的 I、II 级事件", "New incident of tier I or II"),
        summary=Text(
            "{province_zh} {enterprise}：{title_zh}（一小时内评为 I 级或 II 级）。",
            "{province_en}, {enterprise}: {title_en} (assessed as tier I or II within the hour).",
        ),
        query=_of_incidents(
            "<earnest> AND <gravity> <= 2 AND incident_id IN ("
            "SELECT incident_id FROM assessment_revisions WHERE tier IN ('I', 'II')"
            " GROUP BY incident_id HAVING min(assessed_at) >= now() - INTERVAL 1 HOUR)"
        ),
        severity="critical",
        link=_TO_INCIDENT,
        is_handled=True,
    ),
    Alert(
        name="obligation-late",
        title=Text("报告义务逾期", "Duty to report is late"),
        summary=Text(
            "{province_zh} {enterprise}：{duty_zh}（{limit_zh}）已过时限：{title_zh}。",
            "{province_en}, {enterprise}: {duty_en} ({limit_en}) is late: {title_en}.",
        ),
        query=_of_duties(f"{_OPEN} AND due_at < now()"),
        severity="critical",
        link=_TO_INCIDENT,
        is_handled=True,
    ),
    Alert(
        name="obligation-due",
        title=Text("报告义务 10 分钟内到期", "Duty to report is due within ten minutes"),
        summary=Text(
            "{province_zh} {enterprise}：{duty_zh}（{limit_zh}）10 分钟内到期：{title_zh}。",
            "{province_en}, {enterprise}: {duty_en} ({limit_en}) is due within ten minutes: "
            "{title_en}.",
        ),
        query=_of_duties(f"{_OPEN} AND due_at >= now() AND due_at < now() + INTERVAL 10 MINUTE"),
        severity="critical",
        link=_TO_INCIDENT,
        is_handled=True,
    ),
    Alert(
        name="enterprise-silent",
        title=Text("单位静默", "Enterprise gone silent"),
        summary=Text(
            "{province_zh} {enterprise}：过去一周有报送，但 24 小时内没有批次。",
            "{province_en}, {enterprise}: it sent within the week, and nothing for 24 hours.",
        ),
        query=f"""
SELECT b.enterprise_id AS enterprise_id, e.name AS enterprise, {_PLACE},
       dateDiff('hour', b.last, now()) AS value
FROM (SELECT enterprise_id, max(received_at) AS last FROM batches
      WHERE drill = '' AND received_at >= now() - INTERVAL 7 DAY
      GROUP BY enterprise_id HAVING last < now() - INTERVAL 24 HOUR) AS b
INNER JOIN enterprises AS e ON e.enterprise_id = b.enterprise_id
ORDER BY value DESC, enterprise_id LIMIT {MOST_ALERTS}
""",
        severity="warning",
        holds="15m",
        link=("enterprise", "enterprise", "enterprise_id"),
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
            "{enterprise}：过去 15 分钟的死信超过前一日同长均值的五倍。",
            "{enterprise}: dead letters of the last 15 minutes exceed five times the mean of the "
            "day before.",
        ),
        query=f"""
SELECT d.enterprise_id AS enterprise_id,
       any(if(e.name = '', d.enterprise_id, e.name)) AS enterprise,
       toInt64(countIf(received_at >= now() - INTERVAL 15 MINUTE))
       - 5 * countIf(received_at < now() - INTERVAL 15 MINUTE) / 95 AS value
FROM (SELECT enterprise_id, received_at FROM dead_letters
      WHERE drill = '' AND received_at >= now() - INTERVAL 24 HOUR) AS d
LEFT JOIN enterprises AS e ON e.enterprise_id = d.enterprise_id
GROUP BY enterprise_id HAVING value > 0
ORDER BY value DESC, enterprise_id LIMIT {MOST_ALERTS}
""",
        severity="warning",
        above=10,
        holds="5m",
        link=("enterprise", "enterprise", "enterprise_id"),
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


def alert_rules(
    folder: str, receiver: str, grafana: str = "", drills: bool = False
) -> Iterator[dict[str, Any]]:
    """Every rule as the provisioning API takes it.

    `receiver` names a contact point, or ""; `grafana` is the address that links begin with.
    With `drills` the people on call are told of drills too, by rules of their own.
    """
    for alert in (*ALERTS, *(DRILL_ALERTS if drills else ())):
        rule = _rule(alert, folder, grafana)
        yield {**rule, "notification_settings": {"receiver": receiver}} if receiver else rule


def _rule(alert: Alert, folder: str, grafana: str) -> dict[str, Any]:
    annotations = {"summary": _templated(f"{alert.summary.zh} {alert.summary.en}")}
    if alert.link:
        board, variable, label = alert.link
        path = f"/d/{board_uid(board, 'zh')}?from=now-7d&to=now&var-{variable}={{{label}}}"
        annotations["link"] = _templated(grafana + path)
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
        "annotations": annotations,
        "data": [_question(alert), _bound(alert)],
    }


def _templated(text: str) -> str:
    """With `{name}` as Grafana takes the label of an alert."""
    return re.sub(r"\{(\w+)\}", r"{{ $labels.\1 }}", text)


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
