"""THE reading path: every step from a Kafka record to decisions, in order.

    admit ── read ── advance ── match ── hide ── correlate ── export ── conclude (`casework.py`)
                                                                           │
         decisions ◁── gather ◁── sightings, by indicator ◁── decisions ◁──┘

Two stages, with a state for each enterprise and for each indicator: the sightings that the first
emits the shell brings to the second, over a topic or at once. A stage that has nothing to do for a
record is not entered: what tells is asked here, by a plain condition.

Pure: values in, values out. The same engine runs in the worker, over files, in replay
and in tests; a shell turns the decisions into effects.
"""

from collections.abc import Iterator

import msgspec

from pipeline.campaigns import step as campaigns
from pipeline.campaigns.sightings import forget_emitted, read_sighting
from pipeline.campaigns.state import CampaignState
from pipeline.casework import carry_out, conclude
from pipeline.commands import gate as commands
from pipeline.commands.gate import read_command
from pipeline.correlation import groups as correlation_groups
from pipeline.correlation import step as correlation
from pipeline.correlation.detections import detection_of
from pipeline.correlation.extraction import Match
from pipeline.correlation.plan import CorrelationPlan, compile_plan
from pipeline.cross_border import step as cross_border
from pipeline.cross_border.exports import TELLING_FORMATS, Export, export_of
from pipeline.event_time.clock import Clock, advance, clock_of, is_idle, move_on, settle
from pipeline.exceptions import step as exceptions
from pipeline.exceptions.step import Tally
from pipeline.incidents import quota as incidents_quota
from pipeline.incidents.departures import depart, is_past
from pipeline.intake.admission import Refusal, admit, refuse
from pipeline.intake.admitted import Admitted, Content
from pipeline.intake.dead_letters import SIGHTING_MALFORMED, refuse_sighting, refuse_unreadable
from pipeline.intake.drills import is_kept
from pipeline.intake.quota import account_dropped, charge, quota_of, settle_charge
from pipeline.intake.reading import Reading, account_duplicate, read_again, read_batch, remark
from pipeline.intake.taken import take
from pipeline.passing_time import next_due
from pipeline.policy import Policy
from pipeline.severity import incident_records as severity_memory
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.state import (
    EnterpriseState,
    State,
    campaign_key,
    campaign_state,
    empty,
    enterprise_key,
    enterprise_state,
    split_key,
)
from schemas.batch import Batch, BatchAccount, Record, Unreadable
from schemas.command import Command
from schemas.context import Context
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.moments import Moment
from schemas.registry import Registry
from schemas.sighting import Sighting
from schemas.topics import is_commands, is_in_place, is_sightings


class Engine:
    """Rules, policy and registry in force; no state of its own between calls."""

    def __init__(self, rules: RuleSet, policy: Policy, registry: Registry) -> None:
        assumed = policy.rules.assumed_source
        self.rules = rules.assuming(assumed) if assumed else rules
        self.policy = policy
        self.registry = registry
        self.plan: CorrelationPlan = compile_plan(self.rules, policy.correlation)
        self._exercises = policy.exercises

    def admit(self, record: Record, partitions: int = 0) -> Admitted:
        """What one record of any source topic says, and whose state it may therefore touch.

        `partitions` is how many its topic has, 0 where nobody knows: a record in another
        partition than its key's would have a second state there, so it is refused.
        """
        # What the client could not even read has no key to go by.
        content = record.unreadable or self._read(record)
        match content:
            case Refusal() | Unreadable():
                return Admitted(record, content)
            case Sighting(campaign_id=campaign_id):
                state_key = campaign_key(campaign_id)
            case Batch(enterprise_id=enterprise_id, drill=drill):
                state_key = enterprise_key(enterprise_id, drill)
            case Command(enterprise_id=enterprise_id, drill=drill):
                state_key = enterprise_key(enterprise_id, drill)
        if not is_in_place(record.key, record.partition, partitions):
            where = f"key {record.key!r} does not belong in partition {record.partition}"
            signed = content.key_id if isinstance(content, Batch) else ""
            refusal = Refusal("wrong_partition", f"{where} of {partitions}", signed)
            return Admitted(record, refusal)
        return Admitted(record, content, state_key)

    def apply(self, state: State, admitted: Admitted) -> list[Decision]:
        """What is decided on it; a refused record leaves the state as it was."""
        record = admitted.record
        match admitted.content:
            case Unreadable() as unreadable:
                return [refuse_unreadable(record, unreadable)]
            case Refusal(reason=reason, detail=detail) if is_sightings(record.topic):
                return [refuse_sighting(record, detail, reason)]
            case Refusal() as refusal:
                return list(refuse(record, refusal))
            case Sighting() as sighting:
                return self.apply_sighting(campaign_state(state), sighting, record.timestamp)
            case Command() as command:
                return self.handle_command(enterprise_state(state), command, record)
            case Batch() as batch:
                return self.receive(enterprise_state(state), batch)

    def _read(self, record: Record) -> Content:
        if is_sightings(record.topic):
            sighting = read_sighting(record)
            if isinstance(sighting, str):
                return Refusal(SIGHTING_MALFORMED, sighting)
            return sighting
        if is_commands(record.topic):
            command = read_command(record, self.registry, self.policy.commands)
            if isinstance(command, Command) and not self._is_kept(command.drill, record.timestamp):
                return Refusal("unknown_drill", f"no drill {command.drill!r} is kept")
            return command
        return admit(record, self.registry, self._exercises)

    def refuses(self, enterprise_id: str, drill: str, at: Moment) -> bool:
        """Whether it knows nobody of this name, or no drill that was kept at this moment."""
        return enterprise_id not in self.registry or not self._is_kept(drill, at)

    def _is_kept(self, drill: str, now: Moment) -> bool:
        """Whether states of this drill are kept; of what is in earnest they are."""
        return not drill or is_kept(self.policy.drills, drill, now)

    def apply_sighting(
        self, state: CampaignState, sighting: Sighting, now: Moment
    ) -> list[Decision]:
        """The second stage: one sighting of an indicator, received `now`."""
        policy = self.policy
        return [*campaigns.take(policy.campaigns, policy.severity, state, sighting, now)]

    def receive(self, state: EnterpriseState, batch: Batch) -> list[Decision]:
        """One signed batch, held against its sender's quota before anything of it is read."""
        quota = quota_of(self.policy.quota, self.registry[batch.enterprise_id].quota)
        charged = charge(quota, state.quota, batch)
        if charged.is_dropped:
            return [account_dropped(quota, batch, charged)]
        *decided, account = self.process(state, batch)
        assert isinstance(account, BatchAccount), "the account of a batch comes last"
        return [*decided, settle_charge(quota, state.quota, batch, charged, account)]

    def process(self, state: EnterpriseState, batch: Batch) -> list[Decision]:
        """One batch whose sender is known; its account comes last."""
        # Before anything else: what was taken before moves no clock and makes no decision.
        verdict = take(state.taken, batch)
        if verdict.is_repeat:
            return [account_duplicate(batch)]
        event_time = self.policy.event_time
        enterprise = self.registry[batch.enterprise_id]
        passed = self._pass_time_before(state, batch)
        reading = read_batch(batch, enterprise, state.clock, event_time)
        return [*passed, *self._take_in(state, batch, reading, verdict.unverified)]

    def process_again(
        self, state: EnterpriseState, batch: Batch, events: list[Event]
    ) -> list[Decision]:
        """What a store kept of one batch: it was taken when it came, and its lines were read."""
        take(state.taken, batch)
        passed = self._pass_time_before(state, batch)
        reading = read_again(batch, events, state.clock, self.policy.event_time)
        return [*passed, *self._take_in(state, batch, reading, "")]

    def _take_in(
        self, state: EnterpriseState, batch: Batch, reading: Reading, unverified: str
    ) -> list[Decision]:
        context = self._context(batch.enterprise_id, batch.drill)
        clock, remarks = advance(
            self.policy.event_time, state.clock, reading.heard, batch.received_at, batch.recorded
        )
        tally = Tally()
        found = self._detect(state, self._match(reading), clock, context, tally)
        policy = self.policy.cross_border
        weighed = cross_border.weigh_registry(policy, state.cross_border, clock, context)
        exports = cross_border.Outcome()
        if told := _exports(reading):
            exports = cross_border.record(policy, state.cross_border, told, clock, context)
        detections = [*found, *exports.detections]
        account = remark(reading, remarks)
        return [
            *reading.events,
            *reading.dead_letters,
            *detections,
            *weighed,
            *exports.rows,
            *(exceptions.revise(state.exceptions, tally, clock) if state.exceptions.held else ()),
            *conclude(self.policy, state, detections, clock, context),
            msgspec.structs.replace(
                account,
                reasons={**account.reasons, **exports.remarks},
                unverified=unverified,
                rule_set_id=context.rule_set_id,
            ),
        ]

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        """What time alone brings to one state up to `now`, each row as of the moment at which it
        was due: looks in between make no difference.

        The state of a drill that is over is left empty, and that of an enterprise that left
        the registry ends as `incidents/departures.py` says.
        """
        if isinstance(state, CampaignState):
            return self._expire_campaign(state, now)
        enterprise_id, drill = split_key(state_key)
        if not self._is_kept(drill, now):
            empty(state)
            return []
        if enterprise_id not in self.registry:
            return self._depart(state, state_key, now)
        # Back in the registry: it goes on where it stopped.
        state.left_at = 0
        told = self._pass_time(state, state_key, now)
        return [*told, *self._weigh_again(state, state_key, clock_of(state.clock, now))]

    def shed(self, state: State, state_key: str) -> int:
        """Let go of the half that tells least, for a state too large to be kept; how many items."""
        policy = self.policy
        if isinstance(state, CampaignState):
            return campaigns.shed(state)
        context = self._context(*split_key(state_key))
        shed = (
            correlation_groups.shed(state.correlation),
            incidents_quota.shed(policy.incidents, state.incidents, context),
            severity_memory.shed(state.severity),
            cross_border.shed(state.cross_border),
        )
        forget_emitted(state.sightings, state.incidents.cases.keys())
        return sum(shed)

    def settle(self, state: EnterpriseState, state_key: str) -> list[Decision]:
        """The end of a recording: no event is awaited any more, so lateness is over.

        Event time moves to the last event and no further: what happens after the recording's
        end is unknown, so an absence that would be decided then stays undecided.
        """
        clock = settle(state.clock)
        weighed = self._weigh_again(state, state_key, clock)
        return [*weighed, *self._expire(state, state_key, clock)]

    def handle_command(
        self, state: EnterpriseState, command: Command, record: Record
    ) -> list[Decision]:
        """One command of an analyst; refused or accepted, it is kept."""
        heard = commands.heard_before(state.commands, command)
        if heard is not None:
            again = commands.answer_again(heard, command)
            reused = Refusal("command_id_reused", f"command_id {command.command_id}")
            return [again] if again is not None else list(refuse(record, reused))
        now = record.timestamp
        context = self._context(command.enterprise_id, command.drill)
        outcome = commands.hear(
            state.commands,
            state.incidents,
            state.severity,
            state.exceptions,
            state.cross_border,
            command,
            now,
            context,
        )
        if not outcome.accepted:
            return [outcome]
        return [outcome, *carry_out(self.policy, state, command, now, context)]

    def _expire_campaign(self, state: CampaignState, now: Moment) -> list[Decision]:
        if state.subject is not None and not self._is_kept(state.subject.drill, now):
            empty(state)
            return []
        policy = self.policy
        return [*campaigns.expire(policy.campaigns, policy.severity, state, now)]

    def _depart(self, state: EnterpriseState, state_key: str, now: Moment) -> list[Decision]:
        if not state.left_at:
            state.left_at = now
            return [depart(state.incidents, state_key, "enterprise_left", now)]
        if not is_past(state.left_at, now):
            return []
        ended = depart(state.incidents, state_key, "enterprise_state_ended", now)
        empty(state)
        return [ended]

    def _pass_time(
        self, state: EnterpriseState, state_key: str, until: Moment
    ) -> Iterator[Decision]:
        while (due := next_due(self.policy, state, until)) is not None:
            yield from self._expire_at(state, state_key, due)

    def _pass_time_before(self, state: EnterpriseState, batch: Batch) -> list[Decision]:
        """The time until its receipt; a recording tells nothing of that between its batches."""
        if batch.recorded:
            return []
        state_key, until = enterprise_key(batch.enterprise_id, batch.drill), batch.received_at
        told = [*self._pass_time(state, state_key, until)]
        # After a silence the batch is held against what has been settled in it, due or not.
        if is_idle(self.policy.event_time, state.clock, until):
            told += self._expire_at(state, state_key, until)
        return told

    def _expire_at(self, state: EnterpriseState, state_key: str, moment: Moment) -> list[Decision]:
        return self._expire(state, state_key, move_on(self.policy.event_time, state.clock, moment))

    def _weigh_again(
        self, state: EnterpriseState, state_key: str, clock: Clock
    ) -> list[cross_border.Row]:
        """What a changed registry says. That it changed is in no log: it is told as of the look
        that found it so."""
        context = self._context(*split_key(state_key))
        policy = self.policy.cross_border
        return cross_border.weigh_registry_again(policy, state.cross_border, clock, context)

    def _expire(self, state: EnterpriseState, state_key: str, clock: Clock) -> list[Decision]:
        context = self._context(*split_key(state_key))
        tally = Tally()
        # Without matches: what the watermark alone decides, absences and conditions that waited.
        detections = self._detect(state, [], clock, context, tally)
        return [
            *detections,
            *(exceptions.revise(state.exceptions, tally, clock) if state.exceptions.held else ()),
            *conclude(self.policy, state, detections, clock, context),
        ]

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
        self,
        state: EnterpriseState,
        matches: list[Match],
        clock: Clock,
        context: Context,
        tally: Tally,
    ) -> list[Detection]:
        """Rules that fire alone, and correlations that fired, grew or no longer hold."""
        if state.exceptions.held:
            matches = exceptions.hide_matches(state.exceptions, matches, tally)
        alone = [
            detection_of(match.event, match.rule, match.time, context)
            for match in matches
            if not self.plan.is_silent(match.rule.head.rule_id)
        ]
        fired = correlation.correlate(self.plan, state.correlation, matches, clock, context)
        if state.exceptions.held or state.exceptions.hidden:
            fired = exceptions.hide_detections(state.exceptions, fired, tally)
        return alone + fired


def _exports(reading: Reading) -> list[Export]:
    """The events that tell of data sent abroad, each in the year in which it counts."""
    return [
        export
        for event in reading.events
        if event.format in TELLING_FORMATS
        and (export := export_of(event, reading.times[event.event_id])) is not None
    ]
