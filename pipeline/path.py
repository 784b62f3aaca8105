"""THE reading path: every step from a Kafka record to decisions, in order.

    admit ── read ── advance ── match ── correlate ── group ── assess ── tell ── decisions
                                                                          │
                                                 sightings, by indicator ─┴─ gather ── decisions

Two stages, with a state for each enterprise and for each indicator: what the first tells, the
shell brings to the second, over a topic or at once.

Pure: values in, values out. The same engine runs in the worker, over files, in replay
and in tests; a shell turns the decisions into effects.
"""

from collections.abc import Sequence

import msgspec

from pipeline import commands
from pipeline.campaigns import step as campaigns
from pipeline.campaigns.decode_sighting import read_sighting
from pipeline.campaigns.emit_sightings import emit_sightings, forget_emitted
from pipeline.campaigns.state import CampaignState
from pipeline.correlation import step as correlation
from pipeline.correlation.detections import detection_of
from pipeline.correlation.extraction import Match
from pipeline.correlation.plan import CorrelationPlan, compile_plan
from pipeline.event_time import Clock, advance, clock_of, move_on, settle
from pipeline.incidents import step as incidents
from pipeline.intake.admission import Refusal, admit, drill_named, refuse
from pipeline.intake.commands import read_command
from pipeline.intake.dead_letters import refuse_sighting
from pipeline.intake.reading import Reading, account_duplicate, read_batch, remark
from pipeline.intake.taken import take
from pipeline.policy import Policy
from pipeline.severity import step as severity
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.state import (
    EnterpriseState,
    State,
    campaign_key,
    enterprise_key,
)
from schemas.assessment import Assessment
from schemas.batch import Batch, Record
from schemas.command import Command
from schemas.context import Context
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import Moment
from schemas.registry import Registry
from schemas.sighting import Sighting
from schemas.topics import is_commands, is_sightings

STRANGER = ""
"""The state key of whoever is not registered: nothing is ever remembered under it."""


class Engine:
    """Rules, policy and registry in force; no state of its own between calls."""

    def __init__(self, rules: RuleSet, policy: Policy, registry: Registry) -> None:
        self.rules = rules
        self.policy = policy
        self.registry = registry
        self.plan: CorrelationPlan = compile_plan(rules, policy.correlation)

    def state_key(self, record: Record) -> str:
        """Whose state the record reads and writes."""
        key = record.key.decode("utf-8", "replace")
        if is_sightings(record.topic):
            return campaign_key(key)
        return enterprise_key(key, drill_named(record)) if key in self.registry else STRANGER

    def apply(self, state: State, record: Record) -> list[Decision]:
        """One record of any source topic; a refused one leaves the state as it was."""
        if isinstance(state, CampaignState):
            sighting = read_sighting(record)
            if isinstance(sighting, str):
                return [refuse_sighting(record, sighting)]
            return self.apply_sighting(state, sighting, record.timestamp)
        if is_commands(record.topic):
            return self.handle_command(state, record)
        batch = admit(record, self.registry)
        if isinstance(batch, Refusal):
            return list(refuse(record, batch))
        return self.process(state, batch)

    def apply_sighting(
        self, state: CampaignState, sighting: Sighting, now: Moment
    ) -> list[Decision]:
        """The second stage: one sighting of an indicator, received `now`."""
        policy = self.policy
        return [*campaigns.take(policy.campaigns, policy.severity, state, sighting, now)]

    def process(self, state: EnterpriseState, batch: Batch) -> list[Decision]:
        """One batch whose sender is known."""
        verdict = take(state.taken, batch)
        if verdict.is_repeat:
            return [account_duplicate(batch)]
        event_time = self.policy.event_time
        context = self._context(batch.enterprise_id, batch.drill)
        reading = read_batch(batch, context.enterprise, state.clock, event_time)
        clock, remarks = advance(
            event_time, state.clock, reading.heard, batch.received_at, batch.recorded
        )
        matches = self._match(reading)
        detections = self._detect(state, matches, clock, context)
        return [
            *reading.events,
            *reading.dead_letters,
            *detections,
            *self._conclude(state, detections, clock, context),
            msgspec.structs.replace(remark(reading, remarks), unverified=verdict.unverified),
        ]

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        """Timers and idle time of one state; `now` is the shell's clock."""
        if isinstance(state, CampaignState):
            policy = self.policy
            return [*campaigns.expire(policy.campaigns, policy.severity, state, now)]
        return self._expire(state, state_key, move_on(self.policy.event_time, state.clock, now))

    def settle(self, state: EnterpriseState, state_key: str) -> list[Decision]:
        """The end of a recording: no event is awaited any more, so lateness is over.

        Event time moves to the last event and no further: what happens after the recording's
        end is unknown, so an absence that would be decided then stays undecided.
        """
        return self._expire(state, state_key, settle(state.clock))

    def handle_command(self, state: EnterpriseState, record: Record) -> list[Decision]:
        """One command of an analyst; refused or accepted, it is kept."""
        command = read_command(record, self.registry)
        if isinstance(command, Refusal):
            return list(refuse(record, command))
        heard = commands.heard_before(state.commands, command)
        if heard is not None:
            again = commands.answer_again(heard, command)
            reused = Refusal("command_id_reused", f"command_id {command.command_id}")
            return [again] if again is not None else list(refuse(record, reused))
        outcome = commands.hear(
            state.commands, state.incidents, state.severity, command, record.timestamp
        )
        return [outcome, *(self._carry_out(state, command, record) if outcome.accepted else ())]

    def _carry_out(
        self, state: EnterpriseState, command: Command, record: Record
    ) -> list[Decision]:
        context = self._context(command.enterprise_id, command.drill)
        clock = clock_of(state.clock, record.timestamp)
        policy = self.policy
        revised = incidents.handle_command(
            policy.incidents, state.incidents, command, clock, context
        )
        incident = incidents.current_incident(
            policy.incidents, state.incidents, command.incident_id, context
        )
        if incident is None:
            return [*revised]
        judged = severity.handle_command(
            policy.severity, state.severity, command, incident, clock, context
        )
        return self._tell(state, [*revised, *judged], clock, context)

    def _expire(self, state: EnterpriseState, state_key: str, clock: Clock) -> list[Decision]:
        enterprise_id, _, drill = state_key.partition("#")
        context = self._context(enterprise_id, drill)
        detections = correlation.expire(self.plan, state.correlation, clock, context)
        return [*detections, *self._conclude(state, detections, clock, context)]

    def _context(self, enterprise_id: str, drill: str) -> Context:
        return Context(
            enterprise=self.registry[enterprise_id],
            rule_set_id=self.rules.content_id,
            drill=drill,
        )

    def _match(self, reading: Reading) -> list[Match]:
        matches, times, sources = self.rules.matches, reading.times, reading.sources
        return [
            Match(event, rule, times[event.event_id], sources[event.event_id])
            for event in reading.events
            for rule in matches(event.fields, event.raw)
        ]

    def _detect(
        self, state: EnterpriseState, matches: Sequence[Match], clock: Clock, context: Context
    ) -> list[Detection]:
        """Rules that fire alone, and correlations that fired, grew or no longer hold."""
        alone = [
            detection_of(match.event, match.rule, match.time, context)
            for match in matches
            if not self.plan.is_silent(match.rule.head.rule_id)
        ]
        fired = correlation.correlate(self.plan, state.correlation, matches, clock, context)
        return alone + fired

    def _conclude(
        self,
        state: EnterpriseState,
        detections: Sequence[Detection],
        clock: Clock,
        context: Context,
    ) -> list[Decision]:
        """Incidents that changed, their tiers, and what fell due."""
        policy = self.policy
        revised = [
            *incidents.revise(policy.incidents, state.incidents, detections, clock, context),
            *incidents.expire(policy.incidents, state.incidents, clock, context),
        ]
        judged = [
            *severity.assess(policy.severity, state.severity, revised, clock, context),
            *severity.expire(policy.severity, state.severity, clock),
        ]
        return self._tell(state, [*revised, *judged], clock, context)

    def _tell(
        self, state: EnterpriseState, rows: Sequence[Decision], clock: Clock, context: Context
    ) -> list[Decision]:
        """The rows, and what they tell campaigns of the incidents that changed or were judged."""
        policy = self.policy
        changed: dict[str, Incident | None] = {
            row.incident_id: row for row in rows if isinstance(row, Incident)
        }
        for row in rows:
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
        commands.forget(state.commands, held)
        return [*rows, *told]
