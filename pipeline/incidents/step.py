"""The incidents stage: detections in, revised incidents out; its timers; the analysts' commands.

    revise   absorb detections ── what is news ── group ── settle cases ── keep to the quota
    expire   tell what waited ── close what is quiet ── let go what is over
    handle_command     one command that the gate let through

Every function changes `state` in place and is a function of its arguments: the same inputs
give the same incidents, ids and revisions.
"""

from collections.abc import Sequence

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents.assembly import assemble, publish
from pipeline.incidents.case_assignment import assign_cases
from pipeline.incidents.commands import REGROUPING, apply_command
from pipeline.incidents.evidence import absorb
from pipeline.incidents.evidence_index import evidence_index_of, forget_evidence_index
from pipeline.incidents.lifecycle import next_status
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.quota import cases_due, enforce_quota, expire_evidence
from pipeline.incidents.regrouping import mark
from pipeline.incidents.revision_throttle import hold_back, is_due, settle_waiting, take_waiting
from pipeline.incidents.state import Evidence, IncidentsState
from schemas.command import Command
from schemas.context import Context
from schemas.detection import Detection
from schemas.incident import Incident


def revise(
    policy: IncidentPolicy,
    state: IncidentsState,
    detections: Sequence[Detection],
    clock: Clock,
    context: Context,
) -> list[Incident]:
    """Take detections that are new, revised or superseded; returns each incident that changed.

    Successors come before what they supersede.
    """
    evidence_index = evidence_index_of(policy, state, context.enterprise.shared_entities)
    if not detections and evidence_index.is_exact:
        return []
    change = absorb(state, evidence_index, detections)
    now = hold_back(state, evidence_index, change)
    incidents = assign_cases(policy, state, evidence_index, now, clock, context)
    if len(state.evidence) > policy.detections_max:
        incidents += _emit_waiting(policy, state, clock, context)
        enforce_quota(policy, state, context)
    if not evidence_index.is_exact:
        forget_evidence_index(state)
    return incidents


def _emit_waiting(
    policy: IncidentPolicy, state: IncidentsState, clock: Clock, context: Context
) -> list[Incident]:
    """Tell all that waits now."""
    evidence_index = evidence_index_of(policy, state, context.enterprise.shared_entities)
    change = take_waiting(state, clock.watermark)
    return assign_cases(policy, state, evidence_index, change, clock, context)


def expire(
    policy: IncidentPolicy, state: IncidentsState, clock: Clock, context: Context
) -> list[Incident]:
    """Tell what has waited, close what was quiet for long enough, and let go what is over."""
    incidents = []
    if is_due(policy, state, clock.watermark):
        incidents += _emit_waiting(policy, state, clock, context)
    for incident_id in cases_due(policy, state, clock.watermark):
        case = state.cases[incident_id]
        status = next_status(case.status, "quiet") or case.status
        closed = msgspec.structs.replace(case, status=status, touched=clock.watermark)
        state.keep_case(incident_id, closed)
        group = _members(policy, state, incident_id, context)
        incidents += publish(policy, state, incident_id, group, context, clock.received_at)
    expire_evidence(policy, state, clock, context)
    return incidents


def handle_command(
    policy: IncidentPolicy, state: IncidentsState, command: Command, clock: Clock, context: Context
) -> list[Incident]:
    """A command that `pipeline/commands/gate.py` has let through; what changed by it."""
    settle_waiting(state)
    if command.verb in REGROUPING:
        return _regroup(policy, state, command, clock, context)
    group = _members(policy, state, command.incident_id, context)
    case = state.cases[command.incident_id]
    rule_ids = (state.rules[one.rule].rule_id for one in group)
    state.keep_case(command.incident_id, apply_command(policy, case, command, rule_ids, clock))
    return publish(policy, state, command.incident_id, group, context, clock.received_at)


def _regroup(
    policy: IncidentPolicy, state: IncidentsState, command: Command, clock: Clock, context: Context
) -> list[Incident]:
    """Several incidents become one, or one several; what waited is told with them."""
    marked = mark(state, command)
    forget_evidence_index(state)
    evidence_index = evidence_index_of(policy, state, context.enterprise.shared_entities)
    change = take_waiting(state, clock.watermark)
    change.changed |= marked
    return assign_cases(policy, state, evidence_index, change, clock, context)


def current_incident(
    policy: IncidentPolicy, state: IncidentsState, incident_id: str, context: Context
) -> Incident | None:
    """The incident as it stands, for the stages after this one; None if it is not held."""
    group = _members(policy, state, incident_id, context)
    if incident_id not in state.cases or not group:
        return None
    return assemble(policy, state, incident_id, group, context)


def _members(
    policy: IncidentPolicy, state: IncidentsState, incident_id: str, context: Context
) -> list[Evidence]:
    of_case = evidence_index_of(policy, state, context.enterprise.shared_entities).of_case
    return [state.evidence[each] for each in of_case.get(incident_id, ())]
