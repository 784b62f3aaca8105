"""Casework: what detections, and analysts' commands, make of an enterprise's incidents.

    conclude     detections ── incidents ── tiers and duties ── sightings
    carry_out    a command ── the incident as it then stands ── its tiers ── sightings

Both end alike: whichever incidents changed or were judged anew are told to the campaigns.
"""

from collections.abc import Sequence

from pipeline.campaigns.sightings import emit_sightings, forget_emitted
from pipeline.commands import gate as commands
from pipeline.cross_border import step as cross_border
from pipeline.event_time.clock import Clock, clock_of
from pipeline.exceptions import step as exceptions
from pipeline.incidents import step as incidents
from pipeline.incidents.commands import REGROUPING
from pipeline.incidents.late_findings import admitted
from pipeline.policy import Policy
from pipeline.severity import step as severity
from pipeline.state import EnterpriseState
from schemas.assessment import Assessment
from schemas.command import Command
from schemas.context import Context
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import Moment


def conclude(
    policy: Policy,
    state: EnterpriseState,
    detections: Sequence[Detection],
    clock: Clock,
    context: Context,
) -> list[Decision]:
    """Incidents that changed, their tiers, and what fell due."""
    held = len(state.incidents.cases)
    # Timers come after the detections: evidence of this very step keeps a case from closing.
    revised = [
        *incidents.revise(policy.incidents, state.incidents, detections, clock, context),
        *incidents.expire(policy.incidents, state.incidents, clock, context),
    ]
    rows: list[Decision] = [*revised]
    if revised:
        rows += severity.assess(policy.severity, state.severity, revised, clock, context)
    if state.severity.records:
        rows += severity.expire(policy.severity, state.severity, clock)
    # Nothing changed and no case left: whatever hangs on them is as it was.
    if not rows and len(state.incidents.cases) == held:
        return []
    return _with_sightings(policy, state, rows, clock, context)


def carry_out(
    policy: Policy,
    state: EnterpriseState,
    command: Command,
    received_at: Moment,
    context: Context,
) -> list[Decision]:
    """What a command that the gate has let through changes, at the stage that it is for."""
    if command.verb in commands.EXCEPTION_VERBS:
        return [*exceptions.handle_command(state.exceptions, command, received_at, context)]
    if command.verb in commands.OBLIGATION_VERBS:
        exports = state.cross_border
        return [*cross_border.settle(policy.cross_border, exports, command, received_at, context)]
    clock = clock_of(state.clock, received_at)
    if command.verb == commands.LATE_FINDING:
        found = admitted(state.incidents, command, received_at, context)
        return [*found, *conclude(policy, state, found, clock, context)]
    revised = []
    # Of one that has left, the duties are held alone: the gate lets through what is said of them.
    if command.incident_id in state.incidents.cases:
        revised = incidents.handle_command(
            policy.incidents, state.incidents, command, clock, context
        )
    if command.verb in REGROUPING:
        judged_anew = severity.assess(policy.severity, state.severity, revised, clock, context)
        return _with_sightings(policy, state, [*revised, *judged_anew], clock, context)
    incident = incidents.current_incident(
        policy.incidents, state.incidents, command.incident_id, context
    )
    if incident is None and command.incident_id not in state.severity.records:
        return [*revised]
    judged = severity.handle_command(
        policy.severity, state.severity, command, incident, clock, context
    )
    return _with_sightings(policy, state, [*revised, *judged], clock, context)


def _with_sightings(
    policy: Policy,
    state: EnterpriseState,
    rows: Sequence[Decision],
    clock: Clock,
    context: Context,
) -> list[Decision]:
    """The rows, and what they tell campaigns of the incidents that changed or were judged."""
    changed: dict[str, Incident | None] = {
        row.incident_id: row for row in rows if isinstance(row, Incident)
    }
    for row in rows:
        # A tier may change with no revision of the incident, and campaigns go by tiers too.
        if isinstance(row, Assessment) and row.incident_id not in changed:
            changed[row.incident_id] = incidents.current_incident(
                policy.incidents, state.incidents, row.incident_id, context
            )
    told = [
        sighting
        for incident in changed.values()
        if incident is not None
        for sighting in emit_sightings(
            policy.campaigns,
            policy.incidents.settling_verdicts,
            state.sightings,
            incident,
            severity.gravity_of(policy.severity, state.severity, incident.incident_id, context),
            clock.received_at,
        )
    ]
    held = state.incidents.cases.keys()
    forget_emitted(state.sightings, held)
    commands.forget(state.commands, held, state.severity.records)
    return [*rows, *told]
