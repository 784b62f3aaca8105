"""THE reading path: every step from a Kafka record to decisions, in order.

    admit ── read ── advance ── match ── correlate ── group ── assess ── decisions

Pure: values in, values out. The same engine runs in the worker, over files, in replay
and in tests; a shell turns the decisions into effects.
"""

from collections.abc import Sequence

from pipeline.context import Context
from pipeline.correlation import step as correlation
from pipeline.correlation.plan import CorrelationPlan, compile_plan
from pipeline.correlation.step import Match
from pipeline.detections import detection_of
from pipeline.event_time import Clock, advance, move_on, settle
from pipeline.incidents import step as incidents
from pipeline.intake.admission import Refusal, admit, refuse
from pipeline.intake.commands import read_command
from pipeline.intake.reading import account_duplicate, read_batch
from pipeline.policy import Policy
from pipeline.severity import step as severity
from pipeline.sigma.ruleset import RuleSet
from pipeline.state import KEPT_BATCH_IDS, EnterpriseState
from schemas.batch import HEADER_DRILL, Batch, Record
from schemas.command import CommandOutcome
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.moments import Moment
from schemas.registry import Registry
from schemas.topics import is_commands


def state_key(enterprise_id: str, drill: str) -> str:
    """Whose state it is: the enterprise's, and that of each drill apart."""
    return f"{enterprise_id}#{drill}" if drill else enterprise_id


class Engine:
    """Rules, policy and registry in force; no state of its own between calls."""

    def __init__(self, rules: RuleSet, policy: Policy, registry: Registry) -> None:
        self.rules = rules
        self.policy = policy
        self.registry = registry
        self.plan: CorrelationPlan = compile_plan(rules, policy.correlation)

    def state_key(self, record: Record) -> str:
        """Whose state the record reads and writes."""
        drill = dict(record.headers).get(HEADER_DRILL, b"").decode("utf-8", "replace")
        return state_key(record.key.decode("utf-8", "replace"), drill)

    def apply(self, state: EnterpriseState, record: Record) -> list[Decision]:
        """One record of either topic; a refused one leaves the state as it was."""
        if is_commands(record.topic):
            return self.obey(state, record)
        batch = admit(record, self.registry)
        if isinstance(batch, Refusal):
            return list(refuse(record, batch))
        return self.process(state, batch)

    def process(self, state: EnterpriseState, batch: Batch) -> list[Decision]:
        """One batch whose sender is known."""
        if batch.batch_id in state.batch_ids:
            return [account_duplicate(batch)]
        state.batch_ids = [*state.batch_ids[1 - KEPT_BATCH_IDS :], batch.batch_id]
        event_time = self.policy.event_time
        context = self._context(batch.enterprise_id, batch.drill)
        reading = read_batch(batch, context.enterprise, state.clock, event_time)
        clock = advance(event_time, state.clock, reading.greatest, batch.received_at)
        matches = self._match(reading.events)
        detections = self._detect(state, matches, clock, context)
        return [
            *reading.events,
            *reading.dead_letters,
            *detections,
            *self._conclude(state, detections, clock, context),
            reading.account,
        ]

    def advance(self, state: EnterpriseState, state_key: str, now: Moment) -> list[Decision]:
        """Timers and idle time of one enterprise; `now` is the shell's clock."""
        return self._expire(state, state_key, move_on(self.policy.event_time, state.clock, now))

    def settle(self, state: EnterpriseState, state_key: str) -> list[Decision]:
        """The end of a recording: no event is awaited any more, so lateness is over.

        Event time moves to the last event and no further: what happens after the recording's
        end is unknown, so an absence that would be decided then stays undecided.
        """
        return self._expire(state, state_key, settle(state.clock))

    def obey(self, state: EnterpriseState, record: Record) -> list[Decision]:
        """One command of an analyst; refused or accepted, it is kept."""
        command = read_command(record, self.registry)
        if isinstance(command, Refusal):
            return list(refuse(record, command))
        context = self._context(command.enterprise_id, command.drill)
        clock = Clock(state.clock.watermark, record.timestamp)
        policy = self.policy
        refusal = severity.refusal_of(state.severity, command)
        if refusal:
            return [
                CommandOutcome(
                    command=command, received_at=record.timestamp, accepted=False, refusal=refusal
                )
            ]
        outcome, revised = incidents.obey(
            policy.incidents, state.incidents, command, clock, context
        )
        incident = incidents.current_incident(
            policy.incidents, state.incidents, command.incident_id, context
        )
        if not outcome.accepted or incident is None:
            return [outcome]
        return [
            outcome,
            *revised,
            *severity.obey(policy.severity, state.severity, command, incident, clock, context),
        ]

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

    def _match(self, events: Sequence[Event]) -> list[Match]:
        matches = self.rules.matches
        return [Match(event, rule) for event in events for rule in matches(event.fields, event.raw)]

    def _detect(
        self, state: EnterpriseState, matches: Sequence[Match], clock: Clock, context: Context
    ) -> list[Detection]:
        """Rules that fire alone, and correlations that fired, grew or no longer hold."""
        alone = [
            detection_of(match.event, match.rule, context)
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
        return [
            *revised,
            *severity.assess(policy.severity, state.severity, revised, clock, context),
            *severity.expire(policy.severity, state.severity, clock, context),
        ]
