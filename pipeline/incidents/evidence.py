"""Detections into evidence: new, revised and superseded ones, and how evidence is read back."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pipeline.incidents.facts import Witness
from pipeline.incidents.glue import attribution_of, glue_key, glue_keys, shared_names
from pipeline.incidents.grouping import Node, components
from pipeline.incidents.opening import Sign, is_chatter, part_of
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import EVENT_IDS_MAX, Evidence, IncidentsState, RuleFacts
from schemas.detection import Detection, Entity


class Change(msgspec.Struct):
    """What one step did to the evidence, by detection id.

    `fresh` is new, or stands for more events than before; `late` was made from late events;
    `lost` no longer holds.
    """

    changed: set[str] = msgspec.field(default_factory=set)
    fresh: set[str] = msgspec.field(default_factory=set)
    late: set[str] = msgspec.field(default_factory=set)
    lost: list[Evidence] = msgspec.field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.changed and not self.lost


class _Glossary:
    """The state's rules and entities by value, to refer to them."""

    def __init__(self, state: IncidentsState) -> None:
        self._state = state
        self._rules = {facts: key for key, facts in state.rules.items()}
        self._entities = {entity: key for key, entity in state.entities.items()}

    def rule(self, facts: RuleFacts) -> int:
        if facts not in self._rules:
            self._rules[facts] = key = max(self._state.rules, default=-1) + 1
            self._state.rules[key] = facts
        return self._rules[facts]

    def entity(self, entity: Entity) -> int:
        if entity not in self._entities:
            self._entities[entity] = key = max(self._state.entities, default=-1) + 1
            self._state.entities[key] = entity
        return self._entities[entity]


def absorb(
    state: IncidentsState, detections: Iterable[Detection], shared_entities: Sequence[str]
) -> Change:
    """Take detections into the evidence. One that is known already changes nothing."""
    change, shared = Change(), shared_names(shared_entities)
    glossary = _Glossary(state)
    folded = {each for one in state.evidence.values() for each in one.folded_ids}
    for detection in detections:
        if detection.status == "superseded":
            _withdraw(state, detection, change)
        elif detection.detection_id not in folded:
            _admit(state, detection, glossary, shared, change)
    return change


def _withdraw(state: IncidentsState, detection: Detection, change: Change) -> None:
    held = state.evidence.pop(detection.detection_id, None)
    if held is not None:
        change.lost.append(held)
        change.changed.discard(held.detection_id)
        change.fresh.discard(held.detection_id)


def _admit(
    state: IncidentsState,
    detection: Detection,
    glossary: _Glossary,
    shared: frozenset[str],
    change: Change,
) -> None:
    held = state.evidence.get(detection.detection_id)
    if held is not None and held.revision >= detection.revision:
        return
    state.evidence[detection.detection_id] = _evidence_of(detection, held, glossary, shared)
    change.changed.add(detection.detection_id)
    if detection.late:
        change.late.add(detection.detection_id)
    if held is None or detection.event_count > held.event_count:
        change.fresh.add(detection.detection_id)


def _evidence_of(
    detection: Detection, held: Evidence | None, glossary: _Glossary, shared: frozenset[str]
) -> Evidence:
    received_at = detection.received_at
    return Evidence(
        detection_id=detection.detection_id,
        rule=glossary.rule(_rule_facts(detection)),
        time=detection.time,
        first_time=detection.first_time,
        last_time=detection.last_time,
        received_at=received_at if held is None else min(received_at, held.received_at),
        entities=tuple(glossary.entity(entity) for entity in dict.fromkeys(detection.entities)),
        event_ids=detection.event_ids[:EVENT_IDS_MAX],
        event_count=detection.event_count,
        summary=detection.summary,
        revision=detection.revision,
        case="" if held is None else held.case,
        attribution=attribution_of(detection.entities, shared),
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
    )


def witness_of(state: IncidentsState, evidence: Evidence) -> Witness:
    """Evidence with what it refers to."""
    entities = tuple(state.entities[key] for key in evidence.entities)
    return Witness(evidence, state.rules[evidence.rule], entities)


def groups_of(
    policy: IncidentPolicy, state: IncidentsState, shared_entities: Sequence[str]
) -> list[list[Evidence]]:
    """All evidence in its groups, each in order of time, then detection id."""
    shared = shared_names(shared_entities)
    entities = {key: (one, glue_key(one, shared)) for key, one in state.entities.items()}
    ordered = sorted(state.evidence.values(), key=lambda one: (one.time, one.detection_id))
    nodes = [
        Node(
            one.first_time,
            one.last_time,
            part_of(policy, Sign(state.rules[one.rule], one.attribution)),
            _keys_of(policy, state.rules[one.rule], one, entities),
        )
        for one in ordered
    ]
    return [[ordered[index] for index in group] for group in components(nodes, policy)]


def _keys_of(
    policy: IncidentPolicy,
    rule: RuleFacts,
    evidence: Evidence,
    entities: Mapping[int, tuple[Entity, str]],
) -> list[str]:
    """What glues the evidence. A machine's own chatter is tied to nothing by its host alone."""
    keyed = [entities[key] for key in evidence.entities]
    if is_chatter(policy, Sign(rule, evidence.attribution)):
        keyed = [(one, "" if one.kind == "host" else key) for one, key in keyed]
    return glue_keys(rule.rule_id, keyed, evidence.event_ids)


def forget_unused(state: IncidentsState) -> None:
    """Drop the rules and entities that no evidence refers to any more."""
    rules = {one.rule for one in state.evidence.values()}
    entities = {key for one in state.evidence.values() for key in one.entities}
    state.rules = {key: facts for key, facts in state.rules.items() if key in rules}
    state.entities = {key: entity for key, entity in state.entities.items() if key in entities}
