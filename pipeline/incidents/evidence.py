"""Detections into evidence: new, revised and superseded ones, and how evidence is read back."""

from collections.abc import Iterable

import msgspec

from pipeline.incidents.attribution import attribution_of
from pipeline.incidents.evidence_index import EvidenceIndex, forget_evidence_index
from pipeline.incidents.state import EVENT_IDS_MAX, Evidence, IncidentsState, RuleFacts
from schemas.detection import Detection, Entity


class Change(msgspec.Struct):
    """What one step did to the evidence, by detection id.

    `fresh` is new, or stands for more events than before; `late` was made from late events;
    `news` shows a reader something new; `lost` no longer holds.
    """

    changed: set[str] = msgspec.field(default_factory=set)
    fresh: set[str] = msgspec.field(default_factory=set)
    late: set[str] = msgspec.field(default_factory=set)
    news: set[str] = msgspec.field(default_factory=set)
    lost: list[Evidence] = msgspec.field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.changed and not self.lost


class Witness(msgspec.Struct, frozen=True):
    """Evidence, its rule, and who and what takes part in it."""

    evidence: Evidence
    rule: RuleFacts
    entities: tuple[Entity, ...]


def absorb(
    state: IncidentsState, evidence_index: EvidenceIndex, detections: Iterable[Detection]
) -> Change:
    """Take detections into the evidence. One that is known already changes nothing."""
    change = Change()
    for detection in detections:
        if detection.status == "superseded":
            _withdraw(state, evidence_index, detection, change)
        elif detection.detection_id not in evidence_index.folded:
            _admit(state, evidence_index, detection, change)
    return change


def _withdraw(
    state: IncidentsState, evidence_index: EvidenceIndex, detection: Detection, change: Change
) -> None:
    held = state.evidence.pop(detection.detection_id, None)
    if held is None:
        return
    evidence_index.drop(held)
    state.waiting.pop(held.detection_id, None)
    change.lost.append(held)
    for noted in (change.changed, change.fresh, change.news):
        noted.discard(held.detection_id)


def _admit(
    state: IncidentsState, evidence_index: EvidenceIndex, detection: Detection, change: Change
) -> None:
    detection_id = detection.detection_id
    held = state.evidence.get(detection_id)
    # The same again, or an older word that was overtaken: a replayed step brings both.
    if held is not None and held.revision >= detection.revision:
        return
    state.evidence[detection_id] = one = _evidence_of(detection, held, evidence_index)
    is_news = evidence_index.take(one, held)
    change.changed.add(detection_id)
    if held is None or detection.event_count > held.event_count:
        change.fresh.add(detection_id)
    if detection.late:
        change.late.add(detection_id)
    if is_news or detection.late:
        change.news.add(detection_id)


def _evidence_of(
    detection: Detection, held: Evidence | None, evidence_index: EvidenceIndex
) -> Evidence:
    received_at = detection.received_at
    return Evidence(
        detection_id=detection.detection_id,
        rule=evidence_index.rule(_rule_facts(detection)),
        time=detection.time,
        first_time=detection.first_time,
        last_time=detection.last_time,
        # Discovered when it first came; later revisions do not move the deadlines of the law.
        received_at=received_at if held is None else min(received_at, held.received_at),
        entities=tuple(
            evidence_index.entity(entity) for entity in dict.fromkeys(detection.entities)
        ),
        event_ids=detection.event_ids[:EVENT_IDS_MAX],
        event_count=detection.event_count,
        summary=detection.summary,
        summary_zh=detection.summary_zh,
        revision=detection.revision,
        case="" if held is None else held.case,
        merged=() if held is None else held.merged,
        parted=() if held is None else held.parted,
        attribution=attribution_of(detection.entities, evidence_index.shared),
        found_late_at=received_at if detection.investigation else 0,
    )


def _rule_facts(detection: Detection) -> RuleFacts:
    return RuleFacts(
        detection.rule_id,
        detection.title,
        detection.level,
        detection.tags,
        detection.scenario,
        detection.kind == "correlation",
        detection.title_zh,
        detection.category,
    )


def witness_of(state: IncidentsState, evidence: Evidence) -> Witness:
    """Evidence with what it refers to."""
    entities = tuple(state.entities[key] for key in evidence.entities)
    return Witness(evidence, state.rules[evidence.rule], entities)


def forget_unused(state: IncidentsState) -> None:
    """Drop the rules and entities that no evidence refers to any more."""
    rules = {one.rule for one in state.evidence.values()}
    entities = {key for one in state.evidence.values() for key in one.entities}
    state.rules = {key: facts for key, facts in state.rules.items() if key in rules}
    state.entities = {key: entity for key, entity in state.entities.items() if key in entities}
    forget_evidence_index(state)
