"""Reading a report's rows from a store: the statements, and the order in which they run."""

from typing import Final

from dashboards.report.rows import (
    CAMPAIGN_LIMIT,
    EVIDENCE_LIMIT,
    INCIDENT_LIMIT,
    THRESHOLD_LIMIT,
    AccountRow,
    ActivityRow,
    AssessmentRow,
    CampaignRow,
    EdgeRow,
    EventRow,
    IncidentRow,
    ObligationRow,
    Query,
    Rows,
    ThresholdRow,
    decode_rows,
)
from dashboards.sql import EDGES_SQL, GRAVITY

LIVE: Final = "status != 'superseded'"

INCIDENT_COUNT_SQL: Final = f"SELECT count() AS incidents FROM incidents WHERE {LIVE}"

INCIDENTS_SQL: Final = f"""
SELECT i.incident_id AS incident_id, i.enterprise_id AS enterprise_id, e.name AS enterprise_name,
       i.province AS province, i.sector AS sector, status, verdict, scenario, category,
       title, title_en, story, story_en, level, confidence, risk,
       toUnixTimestamp64Micro(first_time) AS first_us,
       toUnixTimestamp64Micro(last_time) AS last_us,
       toUnixTimestamp64Micro(opened_at) AS opened_us,
       tactics, techniques, entity_kinds, entity_values, entity_roles, detections, event_ids,
       detection_count, event_count, confirmed, assignee, drill
FROM (SELECT * FROM incidents WHERE {LIVE}) AS i
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
ORDER BY {GRAVITY}, last_time DESC, incident_id
LIMIT {INCIDENT_LIMIT}
"""

_SHOWN: Final = f"""
(SELECT incident_id FROM incidents WHERE {LIVE}
 ORDER BY {GRAVITY}, last_time DESC, incident_id LIMIT {INCIDENT_LIMIT})
"""

ASSESSMENTS_SQL: Final = f"""
SELECT incident_id, regime, occurred, tier, colour, response_level,
       tier_low, tier_likely, tier_high, limbs, raises, reason, reason_en,
       warning_state, issued_colour, override_tier, override_by, override_reason,
       toUnixTimestamp64Micro(assessed_at) AS assessed_us
FROM assessments WHERE incident_id IN {_SHOWN}
ORDER BY incident_id, regime DESC
"""

OBLIGATIONS_SQL: Final = f"""
SELECT obligation_id, incident_id, regime, duty, sender, sender_en, recipient, recipient_en,
       channel, limit_text, toUnixTimestamp64Micro(starts_at) AS starts_us,
       toUnixTimestamp64Micro(due_soon_at) AS due_soon_us,
       channel, limit_text, limit_text_en, toUnixTimestamp64Micro(starts_at) AS starts_us,
       toUnixTimestamp64Micro(due_at) AS due_us, state,
       toUnixTimestamp64Micro(done_at) AS done_us, reason, reason_en, article, article_en,
       unconfirmed, drill
FROM obligations WHERE incident_id IN {_SHOWN}
ORDER BY incident_id, due_at NULLS LAST, regime DESC, obligation_id
"""

EVIDENCE_SQL: Final = f"""
SELECT event_id, toUnixTimestamp64Micro(time) AS time_us, product, host, account,
       source_ip, destination_ip, process, raw
FROM events WHERE event_id IN (
    SELECT arrayJoin(arraySlice(event_ids, 1, {EVIDENCE_LIMIT})) FROM incidents
    WHERE incident_id IN {_SHOWN})
ORDER BY time, event_id
"""

CAMPAIGNS_SQL: Final = f"""
SELECT campaign_id, status, kind, indicator, enterprise_count, incident_count, scenarios,
       toUnixTimestamp64Micro(first_time) AS first_us,
       toUnixTimestamp64Micro(last_time) AS last_us, first_province, spread, growth,
       combined_miit_tier, combined_cac_tier, evicted
FROM campaigns WHERE drill = '' AND status != 'withdrawn'
ORDER BY status = 'over', enterprise_count DESC, last_us DESC, campaign_id
LIMIT {CAMPAIGN_LIMIT}
"""

THRESHOLDS_SQL: Final = f"""
SELECT t.enterprise_id AS enterprise_id, e.name AS enterprise_name, t.province AS province, state,
       reason, reason_en, article, article_en
FROM (SELECT * FROM cross_border_thresholds
      WHERE drill = '' AND state IN ('crossed', 'possibly_crossed', 'warning')
        AND year IN (0, (SELECT max(year) FROM cross_border_counts WHERE drill = ''))) AS t
LEFT JOIN enterprises AS e ON e.enterprise_id = t.enterprise_id
ORDER BY indexOf(['crossed', 'possibly_crossed', 'warning'], state), percent DESC,
         t.enterprise_id, threshold
LIMIT {THRESHOLD_LIMIT}
"""
"""Of the last year in which anything left."""

ACCOUNT_SQL: Final = """
SELECT uniqExact(enterprise_id) AS enterprises, count() AS batches, sum(events) AS events,
       sum(stored) AS stored, sum(late) AS late, sum(dropped) AS dropped,
       sum(dead_lettered) AS dead_lettered,
       (SELECT toUnixTimestamp64Micro(minOrNull(time)) FROM events WHERE drill = '') AS first_us,
       (SELECT toUnixTimestamp64Micro(maxOrNull(time)) FROM events WHERE drill = '') AS last_us
FROM batches WHERE drill = ''
"""

ACTIVITY_SQL: Final = """
WITH (SELECT toUInt32(greatest(1, ceil((toUnixTimestamp(max(time)) - toUnixTimestamp(min(time)))
                                       / 90))) FROM events WHERE drill = '') AS step_s
SELECT toInt64(intDiv(toUnixTimestamp(time), step_s)) * step_s * 1000000 AS time_us,
       count() AS events
FROM events WHERE drill = '' GROUP BY time_us ORDER BY time_us
"""


def read_rows(query: Query) -> Rows:
    """All that the report shows, in ten statements."""
    return Rows(
        incidents=decode_rows(query(INCIDENTS_SQL), IncidentRow),
        incident_count=int(str(query(INCIDENT_COUNT_SQL)[0]["incidents"])),
        assessments=decode_rows(query(ASSESSMENTS_SQL), AssessmentRow),
        obligations=decode_rows(query(OBLIGATIONS_SQL), ObligationRow),
        edges=decode_rows(query(EDGES_SQL.replace("<incidents>", _SHOWN)), EdgeRow),
        evidence=decode_rows(query(EVIDENCE_SQL), EventRow),
        campaigns=decode_rows(query(CAMPAIGNS_SQL), CampaignRow),
        thresholds=decode_rows(query(THRESHOLDS_SQL), ThresholdRow),
        account=decode_rows(query(ACCOUNT_SQL), AccountRow)[0],
        activity=decode_rows(query(ACTIVITY_SQL), ActivityRow),
    )
