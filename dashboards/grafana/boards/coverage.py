"""ATT&CK coverage and blind spots: what fired, and which sources nobody sends."""

from typing import Final

from dashboards.grafana.boards.attack_matrix import ENTERPRISE_TACTICS, ICS_TACTICS, matrix
from dashboards.grafana.boards.rule_feeds import LOG_SOURCES, UNFED_RULES
from dashboards.grafana.boards.shared import distinct
from dashboards.grafana.palette import INK
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import TACTIC, Text

_JUDGED: Final = "<earnest> AND <period>"
_FIRED: Final = "status = 'active' AND drill = '' AND $__timeFilter(d.time)"
_TAGGED: Final = f"""
SELECT arrayJoin(tags) AS tag, cityHash64(rule_id) AS rule, cityHash64(enterprise_id) AS enterprise
FROM detections AS d WHERE {_FIRED}
"""
"""A row a tag; rules and enterprises as hashes, which are counted faster than texts."""
_KNOWN: Final = ", ".join(f"'{key}'" for key in TACTIC)
_SUMMARIES: Final = "Array(Tuple(rule_id String, title String, title_zh String, level String))"
"""What is read of an incident's detections: in one pass, which is a third of the work."""
_NONE: Final = Text("所选时段内没有告警", "No detection in the chosen period")

COVERAGE: Final = Board(
    name="coverage",
    title=Text("检测覆盖", "Detection coverage"),
    description=Text(
        "哪些 ATT&CK 战术与技术被检出，哪些规则在起作用，哪些单位缺少日志来源。",
        "Which ATT&CK tactics and techniques were seen, which rules work, and which enterprises "
        "lack log sources.",
    ),
    period="now-30d",
    refresh="5m",
    sections=(
        Section(
            title=Text("ATT&CK 矩阵", "ATT&CK matrix"),
            panels=(
                matrix(
                    Text("ATT&CK 企业矩阵", "ATT&CK for Enterprise"),
                    "t1[0-9]",
                    ENTERPRISE_TACTICS,
                    _FIRED,
                    height=14,
                ),
                matrix(
                    Text("ATT&CK 工控矩阵", "ATT&CK for ICS"),
                    "t0[0-9]",
                    ICS_TACTICS,
                    _FIRED,
                    height=8,
                ),
            ),
        ),
        Section(
            title=Text("战术与技术", "Tactics and techniques"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("战术", "Tactics"),
                    description=Text(
                        "每个战术的告警、规则与单位；为零即盲区或平静。",
                        "Detections, rules and enterprises of each tactic; none is a blind spot, "
                        "or peace.",
                    ),
                    queries=(
                        f"""
SELECT known AS tactic, ifNull(seen.detections, 0) AS detections, ifNull(seen.rules, 0) AS rules,
       ifNull(seen.enterprises, 0) AS enterprises
FROM (SELECT arrayJoin([{_KNOWN}]) AS known) AS tactics
LEFT JOIN (SELECT replaceAll(substring(tag, 8), '_', '-') AS tactic, count() AS detections,
                  uniqExact(rule) AS rules, uniqExact(enterprise) AS enterprises
           FROM ({_TAGGED})
           WHERE startsWith(tag, 'attack.') AND NOT match(tag, '^attack[.]t[0-9]')
           GROUP BY tactic) AS seen ON seen.tactic = tactics.known
ORDER BY indexOf([{_KNOWN}], known)
""",
                    ),
                    height=14,
                ),
                Panel(
                    kind="table",
                    title=Text("技术", "Techniques"),
                    description=Text("检出最多的技术。", "The techniques that were seen most."),
                    queries=(
                        f"""
SELECT upper(substring(tag, 8)) AS technique, count() AS detections,
       uniqExact(rule) AS rules, uniqExact(enterprise) AS enterprises
FROM ({_TAGGED})
WHERE match(tag, '^attack[.]t[0-9]')
GROUP BY technique ORDER BY detections DESC, technique LIMIT 200
""",
                    ),
                    height=14,
                    empty=_NONE,
                ),
            ),
        ),
        Section(
            title=Text("噪声", "Noise"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("规则与研判结论", "Rules and verdicts"),
                    description=Text(
                        "每条规则参与的事件、研判结论、误报率与平均处置时长；误报多者宜调优。",
                        "Incidents that each rule had part in, what became of them, and how long "
                        "they took; tune the rules with many false positives.",
                    ),
                    queries=(
                        f"""
SELECT any(<rule>) AS rule, any(level) AS level, countIf(confirmed) AS occurred_count,
       countIf(NOT confirmed) AS suspected_count,
       countIf(verdict = 'true_positive') AS true_positives,
       countIf(verdict = 'false_positive') AS false_positives,
       countIf(verdict = 'benign') AS benign, countIf(verdict = 'unknown') AS unjudged,
       if(unjudged = count(), NULL, false_positives / (count() - unjudged)) AS false_share,
       avgOrNull(minutes) AS handled_min, rule_id
FROM (SELECT i.incident_id AS incident_id, confirmed, verdict, h.minutes AS minutes,
             d.1 AS rule_id, d.2 AS title, d.3 AS title_zh, d.4 AS level
      FROM (SELECT incident_id, confirmed, verdict,
                   arrayJoin(JSONExtract(detections, '{_SUMMARIES}')) AS d
            FROM incidents WHERE {_JUDGED}) AS i
      LEFT JOIN (SELECT incident_id, dateDiff('minute', minOrNullIf(revised_at,
                            status = 'in_progress'), minOrNullIf(revised_at,
                            status IN ('resolved', 'closed'))) AS minutes
                 FROM incident_revisions
                 WHERE status IN ('in_progress', 'resolved', 'closed')
                 GROUP BY incident_id) AS h ON h.incident_id = i.incident_id)
GROUP BY rule_id
ORDER BY false_positives DESC, occurred_count + suspected_count DESC, rule_id LIMIT 200
""",
                    ),
                    width=24,
                    height=12,
                    empty=_NONE,
                ),
                Panel(
                    kind="table",
                    title=Text("规则例外", "Exceptions"),
                    description=Text(
                        "生效中的例外，以及所选时段内设置或结束的例外，各隐藏了多少命中；隐藏得多而"
                        "范围宽者宜改规则。",
                        "Exceptions in force, and those added or over in the period, and how many "
                        "matches each hid; where one is wide and hides much, mend the rule.",
                    ),
                    queries=(
                        """
SELECT x.state AS exception_state, if(title = '', x.rule_id, <rule>) AS rule,
       e.name AS enterprise, x.hidden AS hidden_matches, x.last_hidden AS last_hidden,
       if(x.host = '' AND x.account = '' AND x.address = '', '<whole_enterprise>',
          arrayStringConcat(arrayFilter(it -> it != '', [x.host, x.account, x.address]), ' + '))
           AS exception_scope,
       x.starts_at AS silent_from, x.ends_at AS silent_until, x.analyst AS analyst,
       x.reason AS reason, x.enterprise_id AS enterprise_id
FROM (SELECT * FROM exceptions
      WHERE drill = '' AND (state = 'active' OR $__timeFilter(revised_at))) AS x
LEFT JOIN (SELECT rule_id, any(d.title) AS title, any(d.title_zh) AS title_zh
           FROM detections AS d WHERE rule_id IN (SELECT rule_id FROM exceptions)
           GROUP BY rule_id) AS named ON named.rule_id = x.rule_id
LEFT JOIN enterprises AS e ON e.enterprise_id = x.enterprise_id
ORDER BY exception_state != 'active', hidden_matches DESC, silent_until, x.exception_id LIMIT 200
""",
                    ),
                    width=24,
                    height=8,
                    empty=Text("没有生效中的例外", "No exception in force"),
                ),
            ),
        ),
        Section(
            title=Text("规则与来源", "Rules and sources"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("命中的规则", "Rules that fired"),
                    description=Text(
                        "命中次数最多的规则；过多者宜调优。",
                        "The rules that fired most; tune those that fire too often.",
                    ),
                    queries=(
                        f"""
SELECT <rule> AS rule, level, detections, enterprises, rule_id
FROM (SELECT rule_id, any(d.title) AS title, any(d.title_zh) AS title_zh, any(d.level) AS level,
             count() AS detections, {distinct("enterprise_id")} AS enterprises
      FROM detections AS d WHERE {_FIRED} GROUP BY rule_id)
ORDER BY detections DESC, rule_id LIMIT 200
""",
                    ),
                    height=12,
                    empty=_NONE,
                ),
                LOG_SOURCES,
                UNFED_RULES,
                Panel(
                    kind="bars",
                    title=Text("场景检出", "Scenarios seen"),
                    description=Text("各场景的告警数。", "Detections by scenario."),
                    queries=(
                        f"""
SELECT scenario, count() AS detections FROM (SELECT * FROM detections AS d WHERE {_FIRED})
WHERE scenario != '' GROUP BY scenario ORDER BY detections DESC, scenario LIMIT 15
""",
                    ),
                    width=12,
                    height=12,
                    colour=INK,
                    empty=_NONE,
                ),
                Panel(
                    kind="table",
                    title=Text("盲区：来源最少的单位", "Blind spots: enterprises with few sources"),
                    description=Text(
                        "登记在册的单位按所选时段内日志来源（产品与类别）由少到多；零即看不见。",
                        "Registered enterprises by their log sources (product and category) in the "
                        "period, fewest on top; none means that nothing of it is seen.",
                    ),
                    queries=(
                        """
SELECT e.name AS enterprise, e.province AS province, e.sector AS sector, s.sources AS sources,
       s.products AS source_list, s.events AS events, s.latest AS last_event,
       e.enterprise_id AS enterprise_id
FROM enterprises AS e
LEFT JOIN (SELECT enterprise_id, uniqExact((product, category)) AS sources,
                  arrayStringConcat(arraySort(groupUniqArrayIf(toString(product),
                      product != '')), ', ') AS products,
                  sum(c.events) AS events, toNullable(max(c.last_time)) AS latest
           FROM events_by_hour AS c
           WHERE c.drill = '' AND c.time >= toStartOfHour($__fromTime()) AND c.time <= $__toTime()
           GROUP BY enterprise_id) AS s ON s.enterprise_id = e.enterprise_id
ORDER BY sources, events, enterprise_id LIMIT 200
""",
                    ),
                    width=24,
                    height=10,
                    empty=Text("登记表为空", "The registry is empty"),
                ),
            ),
        ),
    ),
)
