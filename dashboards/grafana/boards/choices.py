"""Variables that several dashboards share."""

from typing import Final

from dashboards import words
from dashboards.grafana.specs import Variable
from dashboards.words import Text

DRILLS: Final = Variable(
    name="drills",
    label=Text("实际事件 / 演练", "Incidents or drills"),
    options={"0": Text("实际事件", "Incidents"), "1": Text("演练", "Drills")},
)
DRILLS_HERE: Final = "${drills:queryparam}"
"""Passes this board's choice on to the board that a link leads to."""
_PROVINCE_CODES: Final = ", ".join(f"'{code}'" for code in words.PROVINCE)
PROVINCE: Final = Variable(
    name="province",
    label=Text("省份", "Province"),
    query=f"""
SELECT province, <province_word> AS text
FROM (SELECT arrayJoin([{_PROVINCE_CODES}]) AS province) AS known
LEFT JOIN (SELECT province, min(<gravity>) AS grade, count() AS incidents
           FROM incidents WHERE <earnest> AND <period> GROUP BY province) AS seen
       ON seen.province = known.province
ORDER BY seen.incidents = 0, seen.grade, seen.incidents DESC, province
""",
)
"""The first is preset: one that has something, if there is one."""
PROVINCES: Final = Variable(
    name="province", label=Text("省份", "Province"), options=words.PROVINCE, multi=True
)
SCENARIOS: Final = Variable(
    name="scenario", label=Text("场景", "Scenario"), options=words.SCENARIO, multi=True
)
STATUSES: Final = Variable(
    name="status", label=Text("状态", "Status"), options=words.STATUS, multi=True
)
VERDICTS: Final = Variable(
    name="verdict", label=Text("研判", "Verdict"), options=words.VERDICT, multi=True
)
ASSIGNED: Final = Variable(
    name="assigned",
    label=Text("负责人", "Assignee"),
    options={
        "any": Text("不限", "Any"),
        "no": Text("未指派", "Unassigned"),
        "yes": Text("已指派", "Assigned"),
    },
)
GRADES: Final = Variable(name="grade", label=Text("级别", "Tier"), options=words.GRADE, multi=True)
REGIMES: Final = Variable(
    name="regime", label=Text("体系", "Regime"), options=words.REGIME_SHORT, multi=True
)
STATES: Final = Variable(
    name="state", label=Text("义务状态", "State"), options=words.DUE, multi=True
)
INCIDENT: Final = Variable(
    name="incident",
    label=Text("事件", "Incident"),
    query="""
SELECT incident_id, concat(<title>, ' · ', if(e.name = '', i.enterprise_id, e.name), ' · ',
                           formatDateTime(first_time, '%m-%d %R', 'Asia/Shanghai')) AS text
FROM (SELECT * FROM incidents WHERE <period> AND status != 'superseded') AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
ORDER BY last_time DESC, incident_id LIMIT 500
""",
)
ENTERPRISE: Final = Variable(
    name="enterprise",
    label=Text("单位", "Enterprise"),
    query="""
SELECT enterprise_id, if(name = '', enterprise_id, name) AS text FROM enterprises
WHERE enterprise_id IN (
      SELECT enterprise_id FROM incidents WHERE <period>
      UNION ALL SELECT enterprise_id FROM batches WHERE $__timeFilter(received_at))
ORDER BY text, enterprise_id LIMIT 500
""",
)
"""Of the registry only: what stands in batches may be the key of a record that nobody signed."""
