"""An investigation beside the live data: what the same records say otherwise.

An investigation is a replay into a database of its own, `investigation_<name>`. It is held
against what the live database says of the same enterprises and the same span of receipt. While
there is none, the choice names the live database itself, and neither side is read.
"""

from typing import Final

from dashboards import words
from dashboards.grafana.boards.shared import EVERY_INTERVAL, opens
from dashboards.grafana.palette import CHANGE_COLOURS, GREY, INK, LEVEL_COLOURS
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen, chosen_name
from dashboards.words import CHANGE, Text

_AGAIN: Final = chosen_name("investigation")
_FIRST: Final = f"(SELECT min(received_at) FROM {_AGAIN}.batches)"
_LAST: Final = f"(SELECT max(received_at) FROM {_AGAIN}.batches)"
_ENTERPRISES: Final = f"enterprise_id IN (SELECT enterprise_id FROM {_AGAIN}.batches)"
_IS_ONE: Final = f"currentDatabase() != {chosen('investigation')}"


def _covered(moment: str) -> str:
    """Live rows that the investigation's records are about."""
    return f"{_IS_ONE} AND {_ENTERPRISES} AND {moment} >= {_FIRST} AND {moment} <= {_LAST}"


_SAME: Final = Text("两边一致", "Both sides say the same")
_FOUND: Final = """incident_id, enterprise_id, province, <title> AS title, scenario, level,
             detection_count, opened_at, first_time, last_time, <miit> AS miit, <cac> AS cac"""
_LIVE: Final = f"{_IS_ONE} AND status != 'superseded' AND {_ENTERPRISES} AND revised_at >= {_FIRST}"
_REPLAYED: Final = f"{_IS_ONE} AND status != 'superseded'"
_EVIDENCE: Final = """enterprise_id, drill, incident_id,
             arrayJoin(arrayDistinct(arrayConcat([incident_id], detection_ids, event_ids)))
             AS item"""
_PAIRS: Final = f"""
     (SELECT live_id, again_id
      FROM (SELECT live_id, again_id,
                   row_number() OVER (PARTITION BY live_id ORDER BY shared DESC, again_id DESC)
                       AS of_live,
                   row_number() OVER (PARTITION BY again_id ORDER BY shared DESC, live_id DESC)
                       AS of_again
            FROM (SELECT a.incident_id AS live_id, b.incident_id AS again_id, count() AS shared
                  FROM (SELECT {_EVIDENCE} FROM incidents WHERE {_LIVE}) AS a
                  INNER JOIN (SELECT {_EVIDENCE} FROM {_AGAIN}.incidents WHERE {_REPLAYED}) AS b
                     ON b.enterprise_id = a.enterprise_id AND b.drill = a.drill AND b.item = a.item
                  GROUP BY live_id, again_id))
      WHERE of_live = 1 AND of_again = 1)"""
_BOTH: Final = f"""
FROM (SELECT {_FOUND}, p.again_id AS paired
      FROM incidents LEFT JOIN {_PAIRS} AS p ON p.live_id = incident_id WHERE {_LIVE}) AS l
FULL OUTER JOIN (SELECT {_FOUND} FROM {_AGAIN}.incidents WHERE {_REPLAYED}) AS r
   ON r.incident_id = l.paired
"""
_OPENED: Final = f"""((l.opened_at >= {_FIRST} AND l.opened_at <= {_LAST})
       OR (r.opened_at >= {_FIRST} AND r.opened_at <= {_LAST}))"""
_CHANGE: Final = """multiIf(l.incident_id = '', 'new', r.incident_id = '', 'gone',
               (l.scenario, l.level, l.detection_count, l.miit, l.cac)
               != (r.scenario, r.level, r.detection_count, r.miit, r.cac), 'changed', 'same')"""

_INVESTIGATION: Final = Variable(
    name="investigation",
    label=Text("调查", "Investigation"),
    query="""
SELECT investigation, text
FROM (SELECT name AS investigation, substring(name, 15) AS text
      FROM system.databases WHERE startsWith(name, 'investigation_')
      UNION ALL
      SELECT currentDatabase() AS investigation, '<no_investigation>' AS text
      WHERE (SELECT count() FROM system.databases WHERE startsWith(name, 'investigation_')) = 0)
ORDER BY text
""",
)
_SIDES: Final = "\nUNION ALL\n".join(
    f"""SELECT '{side}' AS side, min(received_at) AS first_received_at,
       max(received_at) AS last_received_at, uniqExact(enterprise_id) AS enterprises,
       count() AS batches, sum(b.events) AS events, sum(b.stored) AS stored, sum(b.late) AS late,
       sum(b.dropped) AS dropped, sum(b.dead_lettered) AS dead_lettered,
       (SELECT count() FROM {detections}) AS detections,
       (SELECT count() FROM {incidents}) AS incidents,
       (SELECT arrayStringConcat(arraySort(groupUniqArray(rule_set_id)), ', ')
        FROM {detections}) AS rule_sets,
       {finished} AS finished_at
FROM {batches}
HAVING {_IS_ONE}"""
    for side, finished, batches, detections, incidents in (
        (
            "live",
            "CAST(NULL, 'Nullable(DateTime64(6, \\'UTC\\'))')",
            f"batches AS b WHERE {_covered('received_at')}",
            f"detections WHERE status = 'active' AND {_covered('received_at')}",
            f"incidents WHERE status != 'superseded' AND {_covered('opened_at')}",
        ),
        (
            "again",
            f"(SELECT max(finished_at) FROM {_AGAIN}.investigations)",
            f"{_AGAIN}.batches AS b WHERE {_IS_ONE}",
            f"{_AGAIN}.detections WHERE {_IS_ONE} AND status = 'active'",
            f"{_AGAIN}.incidents WHERE {_IS_ONE} AND status != 'superseded'",
        ),
    )
)
_ACCOUNTS: Final = Panel(
    kind="table",
    title=Text("两边的账目", "Accounts of both"),
    description=Text(
        "同一批单位、同一接收时段内，实时库与调查库各收到什么、得出什么、用的是哪套规则。"
        "调查没有完成时间的，其回放中途终止，内容不全。",
        "What either side received and found, of the same enterprises and the same span of "
        "receipt, and with which rules. An investigation that was not finished lacks rows.",
    ),
    queries=(
        f"""
SELECT side, first_received_at, last_received_at, enterprises, batches, events, stored, late,
       dropped, dead_lettered, detections, incidents, finished_at, rule_sets
FROM ({_SIDES}) ORDER BY side = 'again'
""",
    ),
    width=24,
    height=5,
    empty=Text(
        "没有调查：`fenghuo replay` 产生调查", "No investigation: `fenghuo replay` makes one"
    ),
)
_STATS: Final = tuple(
    Panel(
        kind="stat",
        title=Text(f"事件{text.zh}", f"Incidents {text.en.lower()}"),
        description=description,
        queries=(f"SELECT countIf({_CHANGE} = '{change}') AS incidents {_BOTH}WHERE {_OPENED}",),
        width=6,
        height=4,
        colour=GREY,
        thresholds=((1, CHANGE_COLOURS[change] if change != "gone" else INK),),
        empty=_SAME,
    )
    for (change, text), description in zip(
        CHANGE.items(),
        (
            Text("只在调查中出现的事件数。", "Incidents that only the investigation has."),
            Text("只在实时库中出现的事件数。", "Incidents that only the live data have."),
            Text(
                "两边都有、但场景、规则级别、告警数或级别不同的事件数。",
                "Incidents of both whose scenario, level, detections or tiers differ.",
            ),
            Text("两边完全一致的事件数。", "Incidents that both sides say the same of."),
        ),
        strict=True,
    )
)


def _either(column: str) -> str:
    """The investigation's, or the live one's where it has none."""
    return f"if(r.incident_id != '', r.{column}, l.{column})"


_INCIDENTS: Final = Panel(
    kind="table",
    title=Text("有差异的事件", "Incidents that differ"),
    description=Text(
        "新增、消失与有变化的事件，至多 300 起。调查新增者须用以调查库为数据源的看板打开。",
        "New, gone and changed incidents, at most 300. One that is new is opened with a data "
        "source on the investigation's database.",
    ),
    queries=(
        f"""
SELECT {_CHANGE} AS change, if(r.title != '', r.title, l.title) AS incident,
       if(r.province != '', r.province, l.province) AS province,
       if(e.name != '', e.name, if(r.enterprise_id != '', r.enterprise_id, l.enterprise_id))
           AS enterprise,
       l.miit AS miit_live, r.miit AS miit_again, l.cac AS cac_live, r.cac AS cac_again,
       l.scenario AS scenario_live, r.scenario AS scenario_again,
       l.detection_count AS live, r.detection_count AS again,
       if(r.incident_id != '', r.incident_id, l.incident_id) AS incident_id,
       if(r.enterprise_id != '', r.enterprise_id, l.enterprise_id) AS enterprise_id,
       {opens(_either("first_time"), _either("last_time"))}
{_BOTH}LEFT JOIN enterprises AS e
   ON e.enterprise_id = if(r.enterprise_id != '', r.enterprise_id, l.enterprise_id)
WHERE change != 'same' AND {_OPENED}
ORDER BY change, incident_id LIMIT 300
""",
    ),
    width=24,
    height=11,
    empty=_SAME,
)
_ASSESSED: Final = "incident_id, regime, <judged> AS judgement, <reason> AS reason"
_TIERS: Final = Panel(
    kind="table",
    title=Text("定级不同的事件", "Tiers that differ"),
    description=Text(
        "两边结论不同的定级，两套体系分列；理由取调查一方，没有则取实时一方。",
        "Judgements that differ, each regime on its own; with the investigation's reason, or the "
        "live one where it has none.",
    ),
    queries=(
        f"""
SELECT if(r.incident_id != '', r.regime, l.regime) AS regime, l.judgement AS judgement_live,
       r.judgement AS judgement_again, if(r.reason != '', r.reason, l.reason) AS reason,
       if(r.incident_id != '', r.incident_id, l.incident_id) AS incident_id
FROM (SELECT {_ASSESSED}, p.again_id AS paired
      FROM assessments LEFT JOIN {_PAIRS} AS p ON p.live_id = incident_id
      WHERE incident_id IN (SELECT incident_id FROM incidents
                            WHERE status != 'superseded' AND {_covered("opened_at")})) AS l
FULL OUTER JOIN (SELECT {_ASSESSED} FROM {_AGAIN}.assessments
      WHERE incident_id IN (SELECT incident_id FROM {_AGAIN}.incidents WHERE {_REPLAYED})) AS r
   ON r.incident_id = l.paired AND r.regime = l.regime
WHERE judgement_live != judgement_again
ORDER BY incident_id, regime LIMIT 300
""",
    ),
    width=12,
    height=11,
    empty=_SAME,
)
_FIRED: Final = "\n      UNION ALL ".join(
    f"SELECT '{side}' AS side, rule_id, title, title_zh, level, time FROM {source}"
    for side, source in (
        ("live", f"detections WHERE status = 'active' AND {_covered('received_at')}"),
        ("again", f"{_AGAIN}.detections WHERE {_IS_ONE} AND status = 'active'"),
    )
)
_RULES: Final = Panel(
    kind="table",
    title=Text("告警数不同的规则", "Rules that fired otherwise"),
    description=Text(
        "每条规则在两边的告警数；差额最大者在前。",
        "Detections of each rule on both sides, the greatest difference on top.",
    ),
    queries=(
        f"""
SELECT any(<rule>) AS rule, countIf(side = 'live') AS live,
       countIf(side = 'again') AS again, toInt64(again) - toInt64(live) AS difference, rule_id
FROM ({_FIRED})
GROUP BY rule_id HAVING difference != 0
ORDER BY abs(difference) DESC, rule_id LIMIT 200
""",
    ),
    width=12,
    height=11,
    empty=_SAME,
)
_OVER_TIME: Final = Panel(
    kind="timeseries",
    title=Text("两边的告警", "Detections of both over time"),
    description=Text(
        "按事件时间统计；时段请选到调查所覆盖的时间。",
        "By event time; choose a period that covers the investigation.",
    ),
    queries=(
        f"""
SELECT $__timeInterval(time) AS time, countIf(side = 'live') AS live,
       countIf(side = 'again') AS again
FROM (SELECT f.time AS time, side FROM ({_FIRED}) AS f WHERE $__timeFilter(f.time))
GROUP BY time {EVERY_INTERVAL}
""",
    ),
    width=24,
    series=words.SIDE,
    is_stacked=False,
    series_colours={"live": INK, "again": LEVEL_COLOURS["critical"]},
    empty=Text("所选时段内没有告警", "No detection in the chosen period"),
)

INVESTIGATIONS_BOARD: Final = Board(
    name="investigations",
    title=Text("调查比对", "Investigations"),
    description=Text(
        "一次回放调查与实时数据并列：新增、消失与变化的事件、告警与定级，以及两边的账目。",
        "A replay beside the live data: incidents, detections and tiers that are new, gone or "
        "changed, and the accounts of both.",
    ),
    variables=(_INVESTIGATION,),
    period="now-30d",
    refresh="5m",
    sections=(
        Section(title=Text("账目", "Accounts"), panels=(_ACCOUNTS,)),
        Section(title=Text("事件", "Incidents"), panels=(*_STATS, _INCIDENTS)),
        Section(title=Text("定级与规则", "Tiers and rules"), panels=(_TIERS, _RULES, _OVER_TIME)),
    ),
)
