"""THE reading path: every step from a Kafka record to decisions, in order.

    admit ── read ── advance ── match ── correlate ── group ── assess ── decisions

Pure: values in, values out. The same engine runs in the worker, over files, in replay
and in tests; a shell turns the decisions into effects.
"""

from collections.abc import Sequence

import msgspec

from pipeline.context import Context
from pipeline.correlation import step as correlation
from pipeline.correlation.plan import CorrelationPlan, compile_plan
from pipeline.correlation.step import Match
from pipeline.detections import detection_of
from pipeline.event_time import Clock, advance, move_on
from pipeline.incidents import step as incidents
from pipeline.intake.admission import Refusal, admit, refuse
from pipeline.intake.reading import account_duplicate, read_batch
from pipeline.policy import Policy
from pipeline.severity import step as severity
from pipeline.sigma.ruleset import RuleSet
from pipeline.state import KEPT_BATCH_IDS, EnterpriseState
from schemas.batch import HEADER_DRILL, Batch, Record
from schemas.command import Command
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.registry import Registry
from schemas.topics import is_commands


class Engine:
    """Rules, policy and registry in force; no state of its own between calls."""

    def __init__(self, rules: RuleSet, policy: Policy, registry: Registry) -> None:
        self.rules = rules
        self.policy = policy
        self.registry = registry
        self.plan: CorrelationPlan = compile_plan(rules, policy.correlation)

    def state_key(self, record: Record) -> str:
        """Whose state the record reads and writes: the enterprise, and each drill apart."""
        enterprise_id = record.key.decode("utf-8", "replace")
        drill = dict(record.headers).get(HEADER_DRILL, b"").decode("utf-8", "replace")
        return f"{enterprise_id}#{drill}" if drill else enterprise_id

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
        enterprise = self.registry[batch.enterprise_id]
        context = Context(
            enterprise=enterprise, rule_set_id=self.rules.content_id, drill=batch.drill
        )
        event_time = self.policy.event_time
        reading = read_batch(batch, enterprise, state.clock, event_time)
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

    def advance(self, state: EnterpriseState, state_key: str, now: int) -> list[Decision]:
        """Timers and idle time of one enterprise; `now` is the shell's clock, a moment."""
        enterprise_id, _, drill = state_key.partition("#")
        context = Context(
            enterprise=self.registry[enterprise_id], rule_set_id=self.rules.content_id, drill=drill
        )
        clock = move_on(self.policy.event_time, state.clock, now)
        detections = correlation.expire(self.plan, state.correlation, clock, context)
        return [*detections, *self._conclude(state, detections, clock, context)]

    def obey(self, state: EnterpriseState, record: Record) -> list[Decision]:
        """One command of an analyst; refused or accepted, it is kept."""
        raise NotImplementedError

    def _match(self, events: Sequence[Event]) -> list[Match]:
        matches = self.rules.matches
        return [
            Match(event, rule) for event in events for rule in matches(event.fields, event.raw)
        ]

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
