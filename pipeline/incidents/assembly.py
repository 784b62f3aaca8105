"""A case and its evidence into the incident that is emitted."""

from collections.abc import Sequence

import msgspec

from pipeline.incidents.evidence import witness_of
from pipeline.incidents.facts import facts_of, signs_of
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import Evidence, IncidentsState
from pipeline.incidents.story import narrate
from pipeline.incidents.triage import ground_of
from schemas.context import Context
from schemas.ids import content_id
from schemas.incident import Incident
from schemas.moments import Moment

CONFIRMED = 100
"""Confidence once an analyst has confirmed it."""


def incident_id_of(context: Context, founder_id: str) -> str:
    """The id of the incident that this detection founds; a drill's is another."""
    parts = (context.enterprise.enterprise_id, context.drill, founder_id)
    return content_id("incident", *parts)


def assemble(
    policy: IncidentPolicy,
    state: IncidentsState,
    incident_id: str,
    group: Sequence[Evidence],
    context: Context,
) -> Incident:
    """The incident as its case and this evidence say it is; the case must be in the state."""
    case = state.cases[incident_id]
    witnesses = [witness_of(state, one) for one in group]
    facts = facts_of(policy, witnesses)
    ground = ground_of(policy, signs_of(witnesses))
    chinese, english = narrate(facts, ground, "zh"), narrate(facts, ground, "en")
    return Incident(
        incident_id=incident_id,
        enterprise_id=context.enterprise.enterprise_id,
        province=context.enterprise.province,
        sector=context.enterprise.sector,
        revision=case.revision,
        status="superseded" if case.is_superseded else case.status,
        verdict=case.verdict,
        scenario=facts.scenario.key,
        category=facts.scenario.category,
        title_zh=chinese.title,
        title_en=english.title,
        story_zh=chinese.story,
        story_en=english.story,
        level=facts.level,
        confidence=CONFIRMED if case.confirmed else facts.confidence,
        risk=facts.risk,
        first_time=facts.first_time,
        last_time=facts.last_time,
        opened_at=case.opened_at,
        revised_at=case.revised_at,
        tactics=facts.tactics,
        techniques=facts.techniques,
        entities=facts.entities,
        detections=facts.detections,
        detection_ids=facts.detection_ids,
        event_ids=facts.event_ids,
        detection_count=facts.detection_count,
        event_count=facts.event_count,
        confirmed=case.confirmed,
        assignee=case.assignee,
        superseded_by=case.superseded_by,
        rule_set_id=context.rule_set_id,
        drill=context.drill,
        found_late_at=min((one.found_late_at for one in group if one.found_late_at), default=None),
    )


def publish(
    policy: IncidentPolicy,
    state: IncidentsState,
    incident_id: str,
    group: Sequence[Evidence],
    context: Context,
    received_at: Moment,
) -> list[Incident]:
    """The next revision, or nothing if an analyst would see no difference to the last one."""
    incident = assemble(policy, state, incident_id, group, context)
    content = _content_of(incident)
    case = state.cases[incident_id]
    if content == case.content:
        return []
    # What was due before an analyst's command, and is found after it, follows it.
    revised_at = max(case.revised_at, received_at)
    revised = msgspec.structs.replace(
        case,
        content=content,
        revision=case.revision + 1,
        revised_at=revised_at,
        last_time=incident.last_time,
    )
    state.keep_case(incident_id, revised)
    return [msgspec.structs.replace(incident, revision=case.revision + 1, revised_at=revised_at)]


def _content_of(incident: Incident) -> str:
    """Content id of everything but the revision itself and the rule set it was made under."""
    # Rules reloaded without a difference in what is told are no reason for a revision.
    bare = msgspec.structs.replace(incident, revision=0, revised_at=0, rule_set_id="")
    return content_id("revision", msgspec.msgpack.encode(bare))
