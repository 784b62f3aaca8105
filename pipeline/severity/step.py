"""The severity step: incidents and commands in, assessments and obligations out.

Rule 1. Timers first: whatever fell due before this record is written before it.
Rule 2. An incident is judged anew when something that its tier hangs on has changed: how far
        the attack has come, whether it occurred, a statement, an override, its end.
Rule 3. What was known of an incident that became part of another goes on there.
Rule 4. Everything is a function of state and input; `clock.received_at` is now.
"""

from collections.abc import Sequence
from typing import TypeAlias, cast

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.severity.assessments import (
    assess_record,
    judged_facts,
    keep,
    known_facts,
    standing_of,
)
from pipeline.severity.duty import Duty
from pipeline.severity.facts import OPERATOR_FACTS, Value, corrections, state_impact
from pipeline.severity.incident_records import (
    absorb,
    forget,
    next_moment,
    transfer_record,
)
from pipeline.severity.obligation_table import DUTY_OF
from pipeline.severity.obligations import raise_due, reconcile
from pipeline.severity.plans import plan_duties
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import REGIMES, binds
from pipeline.severity.rulings import apply_ruling
from pipeline.severity.standing import Standing
from pipeline.severity.state import IncidentRecord, Override, SeverityState
from schemas.assessment import Assessment, Law, Obligation, Regime, Tier
from schemas.command import Command
from schemas.context import Context
from schemas.incident import Incident
from schemas.moments import Moment

Row: TypeAlias = Assessment | Obligation


class Gravity(msgspec.Struct, frozen=True):
    """An incident's computed tiers, and the facts that they rest on, without the operator's."""

    tiers: dict[Regime, Tier] = {}
    harm: dict[str, Value] = {}


def assess(
    policy: SeverityPolicy,
    state: SeverityState,
    incidents: Sequence[Incident],
    clock: Clock,
    context: Context,
) -> list[Row]:
    """Incidents that were revised: their assessments and duties, as far as those changed."""
    now = clock.received_at
    rows = expire(policy, state, clock)
    touched: dict[str, None] = {}
    # Superseded ones first: what was known of them is carried to their successors (rule 3).
    for incident in sorted(incidents, key=lambda one: one.status != "superseded"):
        if absorb(policy, state, incident, now, context.enterprise):
            touched[incident.incident_id] = None
        for successor in transfer_record(state, incident, now):
            touched[successor] = None
    for incident_id in touched:
        rows += _settle(policy, state.records[incident_id], (), now, context)
    if touched:
        _tidy(policy, state, now)
    return rows


def handle_command(
    policy: SeverityPolicy,
    state: SeverityState,
    command: Command,
    incident: Incident | None,
    clock: Clock,
    context: Context,
) -> list[Row]:
    """A command that the gate has let through, with the incident as it stands after it.

    None where its evidence has left: then its record, which must be held, is all there is of it.
    """
    now = clock.received_at
    rows = expire(policy, state, clock)
    if incident is not None:
        absorb(policy, state, incident, now, context.enterprise)
    record = state.records[command.incident_id]
    before = known_facts(policy, record, context)
    _apply(record, command, incident)
    corrected = corrections(before, known_facts(policy, record, context))
    rows += _settle(policy, record, corrected, now, context)
    _tidy(policy, state, now)
    return rows


def expire(policy: SeverityPolicy, state: SeverityState, clock: Clock) -> list[Row]:
    """Timers alone: duties that turned due_soon or late up to now, each at its own moment."""
    now = clock.received_at
    # The earliest of all timers is kept, so that no record is looked at before it.
    if state.next_at is None or state.next_at > now:
        return []
    turned = [row for record in state.records.values() for row in raise_due(record, now)]
    _tidy(policy, state, now)
    turned.sort(key=lambda row: (row.revised_at, row.obligation_id, row.revision))
    return [*turned]


def gravity_of(
    policy: SeverityPolicy, state: SeverityState, incident_id: str, context: Context
) -> Gravity:
    """How grave the incident is as it was last judged; nothing where it is not held."""
    record = state.records.get(incident_id)
    if record is None:
        return Gravity()
    facts = judged_facts(policy, record, context)
    return Gravity(
        {regime: judged.tier for regime, judged in record.judged.items() if judged.tier},
        {name: fact.value for name, fact in facts.items() if name not in OPERATOR_FACTS},
    )


def _apply(record: IncidentRecord, command: Command, incident: Incident | None) -> None:
    """What the command says, into the record."""
    match command.verb:
        case "confirm":
            record.occurred = True
            record.occurred_at = record.occurred_at or command.said_at
        case "impact" if command.impact is not None:
            record.facts = {
                **record.facts,
                **state_impact(command.impact, command.analyst, command.said_at),
            }
        case "override":
            _override(record, command)
        case "resolve":
            record.ended_at = command.said_at
        case "close" if incident and record.ended_at in (None, incident.revised_at):
            record.ended_at = command.said_at
        case "reopen":
            record.ended_at = None
        case "reported":
            _report(record, command)
    apply_ruling(record, command)


def _override(record: IncidentRecord, command: Command) -> None:
    """The tier "" lifts it; that it was lifted stays known, so that no joining brings it back."""
    tier = cast(Tier, command.tier) if command.tier else None
    override = Override(tier, command.analyst, command.reason, command.said_at)
    record.overrides[cast(Regime, command.regime)] = override


def _report(record: IncidentRecord, command: Command) -> None:
    """The first report of a duty is what counts; a later one does not undo it."""
    for key, obligation in record.obligations.items():
        if obligation.obligation_id == command.obligation_id and key not in record.reports:
            record.reports[key] = command.said_at
            _note_told_tier(record, DUTY_OF[obligation.duty])


def _note_told_tier(record: IncidentRecord, duty: Duty) -> None:
    """Which tier the report stated: what rises or falls after it must be told again."""
    stands, told = record.standing.get(duty.law), record.told.get(duty.law, ())
    if duty.states_tier and told[-1:] != (stands,):
        record.told[duty.law] = (*told, stands)


def _settle(
    policy: SeverityPolicy,
    record: IncidentRecord,
    corrected: tuple[str, ...],
    now: Moment,
    context: Context,
) -> list[Row]:
    """Judge the record anew by every regime, and bring its duties into line."""
    rows: list[Row] = []
    standings: dict[Law, Standing] = {"statute": Standing(None, None, None, now)}
    field = context.enterprise.field
    for regime in (one for one in REGIMES if binds(one, field) or one in record.judged):
        assessment = assess_record(
            policy, record, regime, corrected=corrected, now=now, context=context
        )
        kept = keep(record, assessment, now)
        rows += [kept] if kept else []
        if assessment.limbs:
            standings[regime] = standing_of(record, assessment)
            record.standing[regime] = standings[regime].tier
    facts = known_facts(policy, record, context)
    plans = plan_duties(policy, record, standings, facts)
    rows += reconcile(policy, record, plans, now, context)
    return rows


def _tidy(policy: SeverityPolicy, state: SeverityState, now: Moment) -> None:
    forget(policy, state, now)
    state.next_at = next_moment(policy, state)
