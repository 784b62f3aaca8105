"""An incident: the detections that one team would handle as one case (OCSF class 2005)."""

from typing import Literal, TypeAlias

import msgspec

from schemas.detection import Entity, Level
from schemas.moments import Moment

Status: TypeAlias = Literal["new", "in_progress", "on_hold", "resolved", "closed", "superseded"]
Verdict: TypeAlias = Literal[
    "unknown",
    "true_positive",
    "false_positive",
    "benign",
    "disregard",
    "suspicious",
    "security_risk",
    "test",
    "duplicate",
]
"""OCSF 1.8 `verdict` of the incident finding, in words."""


class DetectionSummary(msgspec.Struct, frozen=True):
    """All detections of one rule in an incident, as one line of its evidence."""

    rule_id: str
    title: str
    level: Level
    count: int
    first_time: Moment
    last_time: Moment
    summary: str
    """The fact of the first of them."""
    title_zh: str = ""
    summary_zh: str = ""
    """The fact in Chinese, where it is a sentence of ours and not what an event says."""


class Incident(msgspec.Struct, frozen=True, kw_only=True, tag="incident"):
    """One revision of one incident; every revision is kept, the highest is current.

    `incident_id` is derived from the enterprise and the earliest detection. `tactics` are in
    the order in which they were first seen. `detection_ids` and `event_ids` hold at most 1,000
    each; the counts count all. `category` is the GB/T 20986-2023 category of the scenario.
    `confidence` is 0 to 100. `superseded_by` names the incident that this one became part of.
    """

    incident_id: str
    enterprise_id: str
    province: str
    sector: str
    revision: int
    status: Status
    verdict: Verdict
    scenario: str
    category: str
    title_zh: str
    title_en: str
    story_zh: str
    story_en: str
    level: Level
    confidence: int
    risk: int
    first_time: Moment
    last_time: Moment
    opened_at: Moment
    """When the evidence that opened it was received: discovery, for the law's clocks."""
    revised_at: Moment
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    entities: tuple[Entity, ...]
    detections: tuple[DetectionSummary, ...]
    detection_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    detection_count: int
    event_count: int
    confirmed: bool
    assignee: str
    superseded_by: str
    rule_set_id: str
    drill: str
    found_late_at: Moment | None = None
    """When an analyst first admitted a late finding to its evidence; None: it has none."""
