"""The incidents stage: detections in, revised incidents out; its timers; the analysts' commands.

    revise   absorb detections ── what is news ── group ── settle cases ── keep to the quota
    expire   tell what waited ── close what is quiet ── let go what is over
    handle_command     one command that the gate let through

Every function changes `state` in place and is a function of its arguments: the same inputs
give the same incidents, ids and revisions.

Rule 1. A change is told at once if it shows a reader something new: a rule, or one of the things
        that title and story name, not seen nearby for `context_gap_s`; late evidence; what no
        longer holds; and whatever may reopen a case.
Rule 2. What only adds to counts and times waits. All that waits is told when the watermark has
        passed it, so that it is final, or has moved by `revision_gap_s` since the last time.
Rule 3. What is told at once takes along what waits in its neighbourhood.
Rule 4. So the incidents at the end do not depend on what waited for how long.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents.assembly import assemble, publish
from pipeline.incidents.case_assignment import assign_cases
from pipeline.incidents.commands import REGROUPING, apply_command
from pipeline.incidents.evidence import Change, absorb
from pipeline.incidents.evidence_index import (
    EvidenceIndex,
    evidence_index_of,
    forget_evidence_index,
)
from pipeline.incidents.lifecycle import OVER, next_status
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.quota import cases_due, enforce_quota, expire_evidence
from pipeline.incidents.quota import due_watermark as due_watermark_of_cases
from pipeline.incidents.regrouping import mark
from pipeline.incidents.state import Evidence, IncidentsState
from schemas.command import Command
from schemas.context import Context
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import NEVER, SECOND, Moment


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
    # What waits is told first: folded, it could not be told as what it was.
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
    if clock.watermark >= _told_at(policy, state):
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


def hold_back(state: IncidentsState, evidence_index: EvidenceIndex, change: Change) -> Change:
    """The part of a change that is to be told at once; the rest waits in the state."""
    over = [key for key, case in state.cases.items() if case.status in OVER]
    news = (change.news & change.changed) | evidence_index.near_cases(change.changed, over)
    for each in change.changed - news:
        state.waiting[each] = each in change.fresh or state.waiting.get(each, False)
        state.waiting_until = max(state.waiting_until, state.evidence[each].last_time)
    if not news and not change.lost:
        return Change()
    of_lost = [each for one in change.lost for each in evidence_index.of_case.get(one.case, ())]
    near = {one.detection_id for one in evidence_index.around([*news, *of_lost])}
    along = _taken(state, near & state.waiting.keys())
    return Change(
        changed=news | along.changed,
        fresh=(change.fresh & news) | along.fresh,
        late=change.late & news,
        lost=change.lost,
    )


def due_watermark(policy: IncidentPolicy, state: IncidentsState) -> Moment:
    """The watermark at which the stage, left alone, next has something to do (`expire`)."""
    return min(_told_at(policy, state), due_watermark_of_cases(policy, state))


def _told_at(policy: IncidentPolicy, state: IncidentsState) -> Moment:
    """The watermark at which what waits is told (rule 2): it is final, or the last word is long
    ago."""
    if not state.waiting:
        return NEVER
    return min(state.waiting_until, state.emitted_at_watermark + policy.revision_gap_s * SECOND)


def take_waiting(state: IncidentsState, watermark: Moment) -> Change:
    """All that waits, as a change; nothing waits any more."""
    state.emitted_at_watermark = watermark
    return _taken(state, list(state.waiting))


def settle_waiting(state: IncidentsState) -> None:
    """An analyst speaks: what came before reopens nothing when it is told."""
    state.waiting = dict.fromkeys(state.waiting, False)


def _taken(state: IncidentsState, detection_ids: Iterable[str]) -> Change:
    change = Change()
    for each in detection_ids:
        change.changed.add(each)
        if state.waiting.pop(each):
            change.fresh.add(each)
    return change
