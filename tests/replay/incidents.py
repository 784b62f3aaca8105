"""Incidents by their evidence alone, as a store shows them."""

from collections.abc import Iterable, Sequence

from pipeline.replay.differences import Side, side_of
from schemas.decision import Decision
from schemas.detection import Level
from schemas.incident import DetectionSummary, Incident
from schemas.moments import HOUR, MINUTE
from sinks.contract import Answer
from sinks.memory import MemorySink
from sinks.rows import rows_of

START = 500_000 * HOUR
END = START + 24 * HOUR


def incident(
    name: str,
    events: Iterable[str],
    rules: Sequence[str] = ("r",),
    *,
    enterprise_id: str = "E1",
    opened_minute: int = 5,
    level: Level = "high",
    count: int = 1,
    drill: str = "",
) -> Incident:
    """One that is known by its events: each rule has `count` detections."""
    opened_at = START + opened_minute * MINUTE
    return Incident(
        incident_id=name, enterprise_id=enterprise_id, province="330000", sector="", revision=1,
        status="new", verdict="unknown", scenario="other", category="", title_zh=name,
        title_en=name.upper(), story_zh="", story_en="", level=level, confidence=50, risk=1,
        first_time=opened_at, last_time=opened_at, opened_at=opened_at,
        revised_at=opened_at + MINUTE, tactics=(), techniques=(), entities=(),
        detections=tuple(
            DetectionSummary(rule, f"title of {rule}", level, count, opened_at, opened_at, "")
            for rule in rules
        ),
        detection_ids=(), event_ids=tuple(events), detection_count=count * len(rules),
        event_count=1, confirmed=False, assignee="", superseded_by="", rule_set_id="", drill=drill,
    )  # fmt: skip


def side(*decisions: Decision, fired: Iterable[tuple[str, str]] = ()) -> Side:
    """What a store that holds these says, and which rules fired (enterprise, rule)."""
    sink = MemorySink()
    sink.write(rows_of(decisions), "")
    rules: list[Answer] = [
        {"enterprise_id": enterprise, "rule_id": rule} for enterprise, rule in fired
    ]
    return side_of(sink.view("incidents"), sink.view("assessments"), rules)
