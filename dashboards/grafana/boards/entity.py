"""One entity, whatever its kind: where and when it was seen, and what it had part in."""

from typing import Final

from dashboards.grafana.boards.campaigns import campaign_table
from dashboards.grafana.boards.search import KEY, MOST_EVENTS, fits
from dashboards.grafana.boards.shared import distinct, incident_table
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen
from dashboards.words import ENTITY, Text

_VALUE: Final = chosen("entity")
_SAME: Final = f"({_VALUE}, lower({_VALUE}))"
_NAMED: Final = f"hasAny(entity_values, [{_VALUE}, lower({_VALUE})])"
_DETECTED: Final = f"""
    SELECT d.time AS time, enterprise_id, detection_id, rule_id, d.title AS title,
           d.title_zh AS title_zh, level, entity_kinds, entity_values, entity_roles
    FROM detections AS d
    WHERE status = 'active' AND drill = '' AND $__timeFilter(d.time) AND {_NAMED}"""
_IN_EVENTS: Final = f"""$__timeFilter(e.time) AND {_VALUE} != ''
      AND {fits("entity", "host", "account", "source_ip", "destination_ip")}"""
_CHOOSE: Final = Text("请在上方填写一个实体", "Enter an entity above")
_NONE: Final = Text("所选时段内未出现", "Not seen in the chosen period")

ENTITY_BOARD: Final = Board(
    name="entity",
    title=Text("实体", "Entity"),
    description=Text(
        "一个主机、账户、地址、域名或哈希：首见末见、出现之处、所涉事件与跨企业活动。",
        "A host, account, address, domain or hash: first and last seen, where, in which incidents "
        "and campaigns.",
    ),
    variables=(Variable(name="entity", label=Text("实体", "Entity")),),
    period="now-30d",
    refresh="5m",
    up="search",
    sections=(
        Section(
            title=Text("出现之处", "Where it was seen"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("告警中", "In detections"),
                    description=Text(
                        "该实体在告警中的类型、角色与首末时间。",
                        "Its kinds and roles in detections, first and last.",
                    ),
                    queries=(
                        f"""
SELECT kind AS entity_kind, role AS entity_role, min(time) AS first_seen, max(time) AS last_seen,
       {distinct("enterprise_id")} AS enterprises, {distinct("detection_id")} AS detections
FROM ({_DETECTED})
ARRAY JOIN entity_kinds AS kind, entity_values AS value, entity_roles AS role
WHERE value IN {_SAME}
GROUP BY kind, role ORDER BY detections DESC, kind, role
""",
                    ),
                    width=12,
                    height=6,
                    empty=_NONE,
                ),
                Panel(
                    kind="table",
                    title=Text("日志中", "In events"),
                    description=Text(
                        "该实体作为主机、账户或地址出现的日志，按单位与产品。",
                        "Events in which it is host, account or address, by enterprise and "
                        "product.",
                    ),
                    queries=(
                        f"""
SELECT any(if(n.name = '', e.enterprise_id, n.name)) AS enterprise, product,
       min(time) AS first_seen, max(time) AS last_seen, count() AS events,
       e.enterprise_id AS enterprise_id
FROM (SELECT e.enterprise_id AS enterprise_id, product, e.time AS time
      FROM events AS e WHERE {_IN_EVENTS}) AS e
LEFT JOIN enterprises AS n ON n.enterprise_id = e.enterprise_id
GROUP BY enterprise_id, product ORDER BY events DESC, enterprise_id, product LIMIT 100
""",
                    ),
                    width=12,
                    height=6,
                    empty=_NONE,
                ),
            ),
        ),
        Section(
            title=Text("事件与活动", "Incidents and campaigns"),
            panels=(
                incident_table(f"<earnest> AND <period> AND {_NAMED}", height=9),
                campaign_table(f"status != 'withdrawn' AND indicator IN {_SAME}", 20, 6),
            ),
        ),
        Section(
            title=Text("关联", "What it goes with"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("命中的规则", "Rules that matched"),
                    description=Text(
                        "涉及该实体的规则，命中多者在前。",
                        "Rules of detections that name it, the most frequent on top.",
                    ),
                    queries=(
                        f"""
SELECT any(<rule>) AS rule, any(level) AS level, count() AS detections,
       max(time) AS last_seen, rule_id
FROM ({_DETECTED}) GROUP BY rule_id ORDER BY detections DESC, rule_id LIMIT 100
""",
                    ),
                    width=12,
                    height=10,
                    empty=_NONE,
                ),
                Panel(
                    kind="table",
                    title=Text("同现的实体", "Entities seen with it"),
                    description=Text(
                        "与该实体在同一告警中出现的实体。",
                        "Entities that detections have in common with it.",
                    ),
                    queries=(
                        f"""
SELECT kind AS entity_kind, value AS entity, {distinct("detection_id")} AS detections,
       max(time) AS last_seen
FROM ({_DETECTED})
ARRAY JOIN entity_kinds AS kind, entity_values AS value
WHERE value NOT IN {_SAME}
GROUP BY kind, value ORDER BY detections DESC, kind, value LIMIT 100
""",
                    ),
                    width=12,
                    height=10,
                    empty=_NONE,
                ),
                Panel(
                    kind="logs",
                    title=Text("最近的日志", "Latest events"),
                    description=Text(
                        f"以其为{ENTITY['host'].zh}、{ENTITY['account'].zh}或"
                        f"{ENTITY['address'].zh}的日志，至多 {MOST_EVENTS} 条。",
                        f"Events in which it is host, account or address, at most {MOST_EVENTS}.",
                    ),
                    queries=(
                        f"""
SELECT time, <event_line> AS line, <event_fields>
FROM (SELECT *, '' AS rules FROM events WHERE ({KEY}) IN (
          SELECT {KEY} FROM events AS e WHERE {_IN_EVENTS}
          ORDER BY time DESC, event_id LIMIT {MOST_EVENTS})) AS e
ORDER BY time, event_id
""",
                    ),
                    width=24,
                    height=10,
                    empty=_CHOOSE,
                ),
            ),
        ),
    ),
)
