"""One incident: story, tiers limb by limb, duties, course of the attack, entities, evidence."""

from typing import Final

from dashboards.grafana.boards.choices import INCIDENT
from dashboards.grafana.boards.shared import EVERY_INTERVAL, tier_changes
from dashboards.grafana.palette import GREY, INK, LEVEL_COLOURS
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import chosen
from dashboards.words import INCIDENT as INCIDENT_WORDS
from dashboards.words import LEVEL, Text

_THIS: Final = f"incident_id = {chosen('incident')}"
_OWNER: Final = f"(SELECT any(enterprise_id) FROM incidents WHERE {_THIS})"
"""Tables are ordered by enterprise: with it a query reads one enterprise's rows."""
_MEMBERS: Final = f"(SELECT arrayJoin(detection_ids) FROM incidents WHERE {_THIS})"
_CHOOSE: Final = Text("请在上方选择一起事件", "Choose an incident above")

_ROLES: Final = "['actor', 'tool', 'target']"
_ROLE_COLOURS: Final = f"['{LEVEL_COLOURS['critical']}', '{LEVEL_COLOURS['medium']}', '{INK}']"
"""Of nodes: not the law's colours, which say how grave the whole is."""

_MOST_NODES: Final = 150
_MANY_ENTITIES: Final = 60
_MANY_OF_A_KIND: Final = 10
_NODES: Final = f"""
    SELECT kind, value, role, concat(kind, ':', value) AS entity,
           count() OVER () > {_MANY_ENTITIES}
           AND count() OVER (PARTITION BY kind) > {_MANY_OF_A_KIND} AS is_folded,
           if(is_folded, kind, entity) AS node
    FROM (SELECT entity_kinds, entity_values, entity_roles FROM incidents WHERE {_THIS})
    ARRAY JOIN entity_kinds AS kind, entity_values AS value, entity_roles AS role
    LIMIT 1 BY entity
"""
"""Entities and the nodes that stand for them: where there are too many to read, the many of a
kind are one node."""
_SHOWN: Final = f"""
    SELECT entity, node FROM ({_NODES})
    WHERE node IN (SELECT DISTINCT node FROM ({_NODES}) ORDER BY node LIMIT {_MOST_NODES})
"""
"""An edge to a node that is not there ends the whole graph in Grafana."""

_HEAD: Final = Panel(
    kind="table",
    title=Text("概况", "Overview"),
    description=Text(
        "级别为两套体系中较重者；发现时间即法定时限的起算依据。",
        "The tier is the graver of both regimes; discovery is where the law's clocks start.",
    ),
    queries=(
        f"""
SELECT <gravity> AS grade, <miit> AS miit, <cac> AS cac, scenario, status, verdict,
       i.province AS province, if(e.name = '', i.enterprise_id, e.name) AS enterprise,
       i.enterprise_id AS enterprise_id
FROM (SELECT * FROM incidents WHERE {_THIS}) AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
""",
    ),
    width=24,
    height=4,
    empty=_CHOOSE,
)
_TIMES: Final = Panel(
    kind="table",
    title=Text("时间与处置", "Times and handling"),
    description=Text(
        "首末事件、发现时刻、补查发现时刻（若有）、置信度、风险值与负责人。",
        "First and last event, discovery, when a late finding was admitted (if one was),"
        " confidence, risk and who works on it.",
    ),
    queries=(
        f"""
SELECT first_time, last_time, opened_at, found_late_at, confidence, risk, assignee
FROM incidents WHERE {_THIS}
""",
    ),
    width=24,
    height=4,
    empty=_CHOOSE,
)
_STORY: Final = Panel(
    kind="table",
    title=Text("经过", "What happened"),
    description=Text(
        "由证据自动写成的经过，一句一行。",
        "The story, written from the evidence, a sentence a line.",
    ),
    queries=(
        f"""
SELECT arrayJoin(arrayConcat([<title>], <sentences>)) AS story FROM incidents WHERE {_THIS}
""",
    ),
    width=24,
    height=8,
    empty=_CHOOSE,
)
_JUDGEMENTS: Final = Panel(
    kind="table",
    title=Text("定级结论", "Judgements"),
    description=Text(
        "两套体系各自的结论，互不合并；估计范围见上下限。",
        "Each regime's judgement, never merged; the estimate's range beside it.",
    ),
    queries=(
        f"""
SELECT regime, <judged> AS judgement,
       occurred, tier_low, tier_likely, tier_high,
       override_tier, override_by, assessed_at
FROM assessments WHERE {_THIS} ORDER BY regime DESC
""",
    ),
    width=24,
    height=5,
    empty=Text("尚未定级", "Not assessed yet"),
)
_REASONS: Final = Panel(
    kind="table",
    title=Text("定级理由", "Why these judgements"),
    description=Text("各体系的理由，一句一行。", "Each regime's reason, a sentence a line."),
    queries=(
        f"""
SELECT regime, arrayJoin(<reason_sentences>) AS reason
FROM assessments WHERE {_THIS} ORDER BY regime DESC
""",
    ),
    width=24,
    height=5,
    empty=Text("尚未定级", "Not assessed yet"),
)
_LIMBS: Final = Panel(
    kind="table",
    title=Text("判定项逐条", "Criteria one by one"),
    description=Text(
        "每一判定项：符合、不符合或未知，所据事实、来源与条款。任一项符合即达该级。",
        "Every criterion: met, not met or unknown, with its fact, source and article. Any one "
        "that is met suffices.",
    ),
    queries=(
        f"""
SELECT regime, JSONExtractString(limb, 'tier') AS limb_tier,
       JSONExtractString(limb, 'outcome') AS outcome,
       JSONExtractString(limb, '<text>') AS criterion,
       JSONExtractString(limb, '<limb_value>') AS value,
       JSONExtractString(limb, '<limb_bound>') AS bound, JSONExtractString(limb, 'basis') AS basis,
       JSONExtractString(limb, 'stated_by') AS stated_by,
       JSONExtractString(limb, '<article>') AS article
FROM (SELECT regime, arrayJoin(JSONExtractArrayRaw(limbs)) AS limb
      FROM assessments WHERE {_THIS})
ORDER BY regime DESC, indexOf(['met', 'unknown', 'not_met'], outcome),
         indexOf(['I', 'II', 'III', 'IV'], limb_tier), limb
""",
    ),
    width=24,
    height=10,
    empty=Text("没有判定项", "No criterion"),
)
_DUTIES: Final = Panel(
    kind="table",
    title=Text("报告与告知义务", "Duties to report"),
    description=Text(
        "由谁、向谁、以何方式、何时之前；含已完成与已撤销者。",
        "From whom to whom, how and by when; done and withdrawn ones too.",
    ),
    queries=(
        f"""
SELECT <due> AS due_state, <left> AS left, due_at,
       concat(<sender>, ' → ', <recipient>) AS chain, regime, channel, <limit> AS limit, done_at,
       <reason> AS reason, <article> AS article
FROM obligations WHERE {_THIS}
ORDER BY indexOf(['late', 'due_soon', 'at_once', 'pending', 'done', 'withdrawn'], <due>), due_at,
         obligation_id
""",
    ),
    width=24,
    height=8,
    empty=Text("没有由此产生的义务", "No duty follows from it"),
)
_DETECTIONS: Final = Panel(
    kind="table",
    title=Text("攻击过程", "Course of the attack"),
    description=Text(
        "按首次命中排列的规则，每条规则一行。", "Rules in the order of their first match."
    ),
    queries=(
        f"""
SELECT fromUnixTimestamp64Micro(JSONExtractInt(d, 'first_time'), 'UTC') AS first_time,
       JSONExtractString(d, 'level') AS level, <summary_rule> AS rule,
       JSONExtractUInt(d, 'count') AS detections, <summary_fact> AS summary,
       fromUnixTimestamp64Micro(JSONExtractInt(d, 'last_time'), 'UTC') AS last_time
FROM (SELECT arrayJoin(JSONExtractArrayRaw(detections)) AS d FROM incidents WHERE {_THIS})
ORDER BY first_time, rule, d
""",
    ),
    width=19,
    height=9,
    empty=_CHOOSE,
)
_OVER_TIME: Final = Panel(
    kind="timeseries",
    title=Text("告警时间线", "Detections over time"),
    description=Text(
        "该事件的告警，按规则级别着色；时段请选到事件首末。",
        "Detections of the incident by rule level; choose a period that covers it.",
    ),
    queries=(
        "SELECT $__timeInterval(time) AS time, "
        + ", ".join(f"countIf(level = '{level}') AS {level}" for level in LEVEL)
        + f"""
FROM (SELECT d.time AS time, level FROM detections AS d
      WHERE enterprise_id = {_OWNER} AND detection_id IN {_MEMBERS} AND $__timeFilter(d.time))
GROUP BY time {EVERY_INTERVAL}
""",
    ),
    series=LEVEL,
    series_colours=LEVEL_COLOURS,
    width=24,
    height=7,
)
_TACTICS: Final = Panel(
    kind="table",
    title=Text("ATT&CK 战术", "ATT&CK tactics"),
    description=Text("按首次出现的次序。", "In the order in which they were first seen."),
    queries=(
        f"""
SELECT tactic FROM (SELECT tactics FROM incidents WHERE {_THIS})
ARRAY JOIN tactics AS tactic
""",
    ),
    width=5,
    height=9,
)
_ENTITIES: Final = Panel(
    kind="graph",
    title=Text("实体关系", "Entities"),
    description=Text(
        "节点为实体，连线表示同一告警中共同出现，数字为共同告警数。",
        "Nodes are entities; a line joins those that detections have in common, with their number.",
    ),
    queries=(
        f"""
SELECT node AS id, if(any(is_folded), concat(toString(count()), ' × ', any(<kind_word>)),
       any(value)) AS title, any(<kind_word>) AS subtitle,
       if(any(is_folded), '', any(<role_word>)) AS mainstat,
       any(transform(role, {_ROLES}, {_ROLE_COLOURS}, '{GREY}')) AS color
FROM ({_NODES})
GROUP BY node ORDER BY node LIMIT {_MOST_NODES}
""",
        f"""
SELECT concat(source, ' ', target) AS id, source, target, detections AS mainstat
FROM (
    SELECT least(s.node, t.node) AS source, greatest(s.node, t.node) AS target,
           sum(e.detections) AS detections
    FROM (<edges>) AS e
    INNER JOIN ({_SHOWN}) AS s ON s.entity = e.source
    INNER JOIN ({_SHOWN}) AS t ON t.entity = e.target
    WHERE s.node != t.node
    GROUP BY source, target
)
ORDER BY mainstat DESC, id LIMIT 300
""",
    ),
    height=11,
)
_ENTITY_LIST: Final = Panel(
    kind="table",
    title=Text("实体清单", "Entities listed"),
    description=Text(
        "涉事实体及其角色；点实体看它在全国的踪迹。",
        "Entities that take part and their roles; one leads to where else it was seen.",
    ),
    queries=(
        f"""
SELECT role AS entity_role, kind AS entity_kind, value AS entity
FROM (SELECT entity_kinds, entity_values, entity_roles FROM incidents WHERE {_THIS})
ARRAY JOIN entity_kinds AS kind, entity_values AS value, entity_roles AS role
ORDER BY indexOf({_ROLES}, role) = 0, indexOf({_ROLES}, role), kind, value LIMIT 200
""",
    ),
    height=11,
    empty=_CHOOSE,
)
_EVIDENCE: Final = Panel(
    kind="logs",
    title=Text("原始日志", "Events as received"),
    description=Text(
        "该事件所据日志，至多 200 条：何规则命中、何处何人；点开一行看各字段与原文。",
        "The events that it rests on, at most 200: which rules matched, where and who. A line "
        "opens to its fields and the event as it was received.",
    ),
    queries=(
        f"""
SELECT time, <event_line> AS line, <event_fields>
FROM events AS e
LEFT JOIN (SELECT event_id, arrayStringConcat(arraySort(groupUniqArray(<rule>)), ' + ') AS rules
           FROM (SELECT arrayJoin(event_ids) AS event_id, title, title_zh FROM detections
                 WHERE enterprise_id = {_OWNER} AND detection_id IN {_MEMBERS})
           GROUP BY event_id) AS d ON d.event_id = e.event_id
WHERE e.enterprise_id = {_OWNER}
  AND e.time >= (SELECT min(first_time) FROM incidents WHERE {_THIS})
  AND e.time <= (SELECT max(last_time) FROM incidents WHERE {_THIS})
  AND e.event_id IN (SELECT arrayJoin(event_ids) FROM incidents WHERE {_THIS})
ORDER BY time, e.event_id LIMIT 200
""",
    ),
    width=24,
    height=12,
    empty=_CHOOSE,
)
_CAMPAIGNS: Final = Panel(
    kind="table",
    title=Text("所属跨企业活动", "Campaigns that it belongs to"),
    description=Text(
        "与其他单位的事件有共同指标；点指标看跨企业活动。",
        "It shares an indicator with incidents of other enterprises; an indicator leads there.",
    ),
    queries=(
        f"""
SELECT status AS campaign_status, indicator AS campaign, kind AS indicator_kind,
       enterprise_count AS enterprises, campaign_id
FROM campaigns
WHERE status != 'withdrawn'
  AND (campaign_id, revision) IN (SELECT campaign_id, revision FROM campaign_members WHERE {_THIS})
ORDER BY enterprises DESC, campaign_id LIMIT 50
""",
    ),
    width=24,
    height=5,
    empty=Text("不属于任何跨企业活动", "It belongs to no campaign"),
)
_REVISIONS: Final = Panel(
    kind="table",
    title=Text("修订历史", "Revisions"),
    description=Text("事件的每一次修订。", "Every revision of the incident."),
    queries=(
        f"""
SELECT revision, revised_at, status, verdict, detection_count AS detections,
       <title> AS incident_title
FROM incident_revisions WHERE {_THIS} ORDER BY revision DESC LIMIT 200
""",
    ),
    width=24,
    height=6,
)
_COMMANDS: Final = Panel(
    kind="table",
    title=INCIDENT_WORDS["acts"],
    description=Text("分析员对该事件的处置。", "What analysts did with this incident."),
    queries=(
        f"""
SELECT said_at, analyst, verb, accepted, refusal, reason
FROM commands WHERE {_THIS} ORDER BY said_at DESC, command_id LIMIT 200
""",
    ),
    width=24,
    height=6,
    empty=Text("尚无处置记录", "Nothing was done yet"),
)

INCIDENT_BOARD: Final = Board(
    name="incident",
    title=Text("事件详情", "One incident"),
    description=Text(
        "一起事件的经过、定级、义务、攻击过程、实体与证据。",
        "Story, tiers, duties, course, entities and evidence of one incident.",
    ),
    variables=(INCIDENT,),
    annotations=(tier_changes(_THIS),),
    up="queue",
    sections=(
        Section(title=Text("概况", "Overview"), panels=(_HEAD, _TIMES, _STORY)),
        Section(
            title=Text("定级与义务", "Tiers and duties"),
            panels=(_JUDGEMENTS, _REASONS, _LIMBS, _DUTIES),
        ),
        Section(
            title=Text("攻击", "The attack"),
            panels=(_DETECTIONS, _TACTICS, _ENTITIES, _ENTITY_LIST, _OVER_TIME, _CAMPAIGNS),
        ),
        Section(
            title=Text("证据与记录", "Evidence and record"),
            panels=(_EVIDENCE, _REVISIONS, _COMMANDS),
        ),
    ),
)
