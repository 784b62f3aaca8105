"""Incidents and detections for other systems: OCSF 1.8 Incident Finding (2005) and Detection
Finding (2004), as values that any JSON encoder writes.

Moments become OCSF's milliseconds; what has no field of its own stands in `unmapped`.
"""

from typing import TypeAlias

from schemas.attack import TACTICS, tactics_of, techniques_of
from schemas.detection import Detection, Entity, EntityKind, Level
from schemas.incident import DetectionSummary, Incident, Status, Verdict
from schemas.moments import Moment

Json: TypeAlias = dict[str, object]

OCSF_VERSION = "1.8.0"
FINDINGS = 2
INCIDENT_FINDING = 2005
DETECTION_FINDING = 2004
CREATE, UPDATE, CLOSE = 1, 2, 3
"""`activity_id`."""
RULE, BEHAVIORAL = 1, 2
"""`analytic.type_id`: a rule on one event, a correlation over several."""
DETECTION_NEW, DETECTION_DELETED = 1, 6
"""`status_id` of a detection finding."""
UNASSIGNED = "unassigned"
MILLISECOND: Moment = 1_000

SEVERITY_IDS: dict[Level, int] = {
    "informational": 1,
    "low": 2,
    "medium": 3,
    "high": 4,
    "critical": 5,
}
STATUS_IDS: dict[Status, int] = {
    "new": 1,
    "in_progress": 2,
    "on_hold": 3,
    "resolved": 4,
    "closed": 5,
    "superseded": 5,
}
VERDICT_IDS: dict[Verdict, int] = {
    "unknown": 0,
    "false_positive": 1,
    "true_positive": 2,
    "disregard": 3,
    "suspicious": 4,
    "benign": 5,
    "test": 6,
    "security_risk": 8,
    "duplicate": 10,
}
OBSERVABLE_IDS: dict[EntityKind, int] = {
    "host": 1,
    "address": 2,
    "account": 4,
    "hash": 8,
    "process": 9,
    "domain": 1,
    "url": 6,
    "file": 45,
    "registry_key": 28,
    "data": 99,
}
CONFIDENCE_IDS: tuple[tuple[int, int], ...] = ((70, 3), (35, 2), (0, 1))
"""Least confidence, and its `confidence_id`."""


def incident_finding(incident: Incident) -> Json:
    """One revision of an incident as OCSF 2005."""
    is_superseded = incident.status == "superseded"
    # OCSF has no "superseded": closed as a duplicate, with the successor in `status_detail`.
    verdict: Verdict = "duplicate" if is_superseded else incident.verdict
    finding: Json = {
        **_base(INCIDENT_FINDING, _activity(incident), incident.revised_at, incident.level),
        **_assignee(incident),
        "metadata": _metadata(incident.incident_id, incident.revision),
        "message": incident.title_en,
        "desc": incident.story_en,
        "status_id": STATUS_IDS[incident.status],
        "status": incident.status,
        "verdict_id": VERDICT_IDS[verdict],
        "verdict": verdict,
        # OCSF has four priorities for its five severities.
        "priority_id": max(SEVERITY_IDS[incident.level] - 1, 1),
        "confidence_id": next(
            found for least, found in CONFIDENCE_IDS if incident.confidence >= least
        ),
        "confidence_score": incident.confidence,
        "start_time": incident.first_time // MILLISECOND,
        "end_time": incident.last_time // MILLISECOND,
        "count": incident.detection_count,
        "finding_info_list": [_finding_of(incident, one) for one in incident.detections],
        "attacks": _attacks(incident.tactics, incident.techniques),
        "observables": [_observable(entity) for entity in incident.entities],
        "unmapped": _unmapped_of_incident(incident),
    }
    if is_superseded:
        finding["status_detail"] = f"superseded by {incident.superseded_by or 'none'}"
    return finding


def detection_finding(detection: Detection) -> Json:
    """One revision of a detection as OCSF 2004."""
    holds = detection.status == "active"
    activity = (CREATE if detection.revision == 1 else UPDATE) if holds else CLOSE
    return {
        **_base(DETECTION_FINDING, activity, detection.time, detection.level),
        "metadata": _metadata(detection.detection_id, detection.revision),
        "message": detection.summary or detection.title,
        "status_id": DETECTION_NEW if holds else DETECTION_DELETED,
        "status": detection.status,
        "start_time": detection.first_time // MILLISECOND,
        "end_time": detection.last_time // MILLISECOND,
        "count": detection.event_count,
        "finding_info": {
            "uid": detection.detection_id,
            "title": detection.title,
            "analytic": {
                "uid": detection.rule_id,
                "name": detection.title,
                "type_id": RULE if detection.kind == "rule" else BEHAVIORAL,
            },
            "attacks": _attacks(tactics_of(detection.tags), techniques_of(detection.tags)),
            "first_seen_time": detection.first_time // MILLISECOND,
            "last_seen_time": detection.last_time // MILLISECOND,
            "related_events": [{"uid": event_id} for event_id in detection.event_ids],
            "related_events_count": detection.event_count,
        },
        "observables": [_observable(entity) for entity in detection.entities],
        "unmapped": {
            "enterprise_id": detection.enterprise_id,
            "province": detection.province,
            "tags": list(detection.tags),
            "late": detection.late,
            "drill": detection.drill,
            "rule_set_id": detection.rule_set_id,
        },
    }


def _base(class_uid: int, activity: int, time: Moment, level: Level) -> Json:
    return {
        "category_uid": FINDINGS,
        "class_uid": class_uid,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "time": time // MILLISECOND,
        "severity_id": SEVERITY_IDS[level],
    }


def _metadata(uid: str, revision: int) -> Json:
    return {
        "version": OCSF_VERSION,
        "uid": f"{uid}/{revision}",
        "product": {"name": "Fenghuo", "vendor_name": "Fenghuo"},
    }


def _assignee(incident: Incident) -> Json:
    """The class requires a person or a group: what nobody took is in the queue."""
    if incident.assignee:
        return {"assignee": {"name": incident.assignee}}
    return {"assignee_group": {"name": UNASSIGNED}}


def _activity(incident: Incident) -> int:
    if incident.status in ("closed", "superseded"):
        return CLOSE
    return CREATE if incident.revision == 1 else UPDATE


def _finding_of(incident: Incident, one: DetectionSummary) -> Json:
    return {
        "uid": f"{incident.incident_id}/{one.rule_id}",
        "title": one.title,
        "desc": one.summary,
        "analytic": {"uid": one.rule_id, "name": one.title, "type_id": RULE},
        "first_seen_time": one.first_time // MILLISECOND,
        "last_seen_time": one.last_time // MILLISECOND,
        "related_events_count": one.count,
    }


def _attacks(tactics: tuple[str, ...], techniques: tuple[str, ...]) -> list[Json]:
    """One entry a tactic and one a technique: rules do not say which belongs to which."""
    named: list[Json] = [
        {"tactic": {"uid": TACTICS[key].uid, "name": TACTICS[key].en}} for key in tactics
    ]
    return named + [_technique(uid) for uid in techniques]


def _technique(uid: str) -> Json:
    parent, _, part = uid.partition(".")
    technique: Json = {"technique": {"uid": parent}}
    return {**technique, "sub_technique": {"uid": uid}} if part else technique


def _observable(entity: Entity) -> Json:
    return {
        "name": f"{entity.kind}.{entity.role}" if entity.role else entity.kind,
        "type_id": OBSERVABLE_IDS[entity.kind],
        "value": entity.value,
    }


def _unmapped_of_incident(incident: Incident) -> Json:
    found_late_at = incident.found_late_at
    late = {} if found_late_at is None else {"found_late_at": found_late_at // MILLISECOND}
    return {
        **late,
        "incident_id": incident.incident_id,
        "enterprise_id": incident.enterprise_id,
        "province": incident.province,
        "sector": incident.sector,
        "scenario": incident.scenario,
        "category": incident.category,
        "title_zh": incident.title_zh,
        "story_zh": incident.story_zh,
        "risk": incident.risk,
        "opened_at": incident.opened_at // MILLISECOND,
        "confirmed": incident.confirmed,
        "event_count": incident.event_count,
        "event_ids": list(incident.event_ids),
        "detection_ids": list(incident.detection_ids),
        "superseded_by": incident.superseded_by,
        "rule_set_id": incident.rule_set_id,
        "drill": incident.drill,
    }
