"""The worker's metrics: one list of names, from which all of them are made."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from pipeline.intake.quota import BATCH_OVER_QUOTA, OVER_QUOTA
from pipeline.intake.reading import REMARKS
from schemas.batch import BatchAccount, DeadLetter, Record
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import SECOND, Moment
from schemas.sighting import Sighting

Kind: TypeAlias = Literal["counter", "gauge", "histogram"]
MetricName: TypeAlias = Literal[
    "events",
    "events_remarked",
    "records",
    "records_skipped",
    "offsets_missing",
    "gaps",
    "stalls",
    "lag_records",
    "broker_waiting",
    "step_seconds",
    "batch_latency_seconds",
    "sink_seconds",
    "sink_retries",
    "sink_waiting",
    "store_free_bytes",
    "rows_refused",
    "dead_letters",
    "over_quota_events",
    "sightings",
    "receipts_unsent",
    "engine_faults",
    "timer_faults",
    "watermark_age_seconds",
    "states",
    "states_shed",
    "assigned_partitions",
    "rebalances",
    "generation",
    "rule_reloads",
    "rule_reload_failed",
    "rule_plans",
    "general_plan_events",
    "unplaced_events",
]


class Metric(msgspec.Struct, frozen=True):
    """One metric; its name on the wire is `fenghuo_<name>`, and `_total` for a counter."""

    name: MetricName
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


METRICS: tuple[Metric, ...] = (
    Metric("events", "counter", "Events by what became of them.", ("outcome",)),
    Metric(
        "events_remarked",
        "counter",
        "Stored events with a fault of time: too_late (no correlation saw them), clock_ahead, "
        "clock_shifted; and sources_evicted.",
        ("remark",),
    ),
    Metric("records", "counter", "Records applied, by source topic.", ("topic",)),
    Metric("records_skipped", "counter", "Records delivered again after they were applied."),
    Metric("offsets_missing", "counter", "Offsets that the log no longer holds.", ("cause",)),
    Metric("gaps", "counter", "Records that the consumer skipped, and was sent back for."),
    Metric("stalls", "counter", "Partitions where the consumer stood still, and was sent back."),
    Metric("lag_records", "gauge", "Records not yet applied.", ("topic", "partition")),
    Metric("broker_waiting", "gauge", "1 while the broker is away and waited for."),
    Metric("step_seconds", "histogram", "One step: decide, write, remember, acknowledge."),
    Metric("batch_latency_seconds", "histogram", "From Kafka's receipt to acknowledgement."),
    Metric("sink_seconds", "histogram", "One write to the sink, retries included."),
    Metric("sink_retries", "counter", "Writes tried again because the sink was down."),
    Metric("sink_waiting", "gauge", "1 while the sink is down and waited for."),
    Metric("store_free_bytes", "gauge", "Free on the disk of an embedded store."),
    Metric("rows_refused", "counter", "ALARM: rows the sink will never take.", ("table",)),
    Metric("dead_letters", "counter", "Dead letters, by reason.", ("reason",)),
    Metric(
        "over_quota_events",
        "counter",
        "ALARM: events of enterprises over their quota: dropped, or taken after those of others.",
        ("done",),
    ),
    Metric("sightings", "counter", "Sightings sent to the stage of campaigns."),
    Metric(
        "receipts_unsent",
        "counter",
        "Receipts of enterprises without a topic of their own that the worker may write to.",
    ),
    Metric("engine_faults", "counter", "ALARM: records on which the engine raised."),
    Metric("timer_faults", "counter", "ALARM: states on whose timers the engine raised."),
    Metric("watermark_age_seconds", "gauge", "Receipt less event time, of the last event."),
    Metric("states", "gauge", "States held in the partitions of this worker."),
    Metric("states_shed", "counter", "ALARM: states that grew past a message, and gave way."),
    Metric("assigned_partitions", "gauge", "Source partitions assigned."),
    Metric("rebalances", "counter", "Assignments received."),
    Metric("generation", "gauge", "Generation of the consumer group."),
    Metric("rule_reloads", "counter", "Rule sets put in force while running."),
    Metric("rule_reload_failed", "gauge", "ALARM: 1 while the changed rules have faults."),
    Metric("rule_plans", "gauge", "Plans built for kinds of events since the rules are in force."),
    Metric("general_plan_events", "gauge", "Events of too many kinds for a plan of their own."),
    Metric(
        "unplaced_events",
        "gauge",
        "Events that say nothing of their source: they met no rule that names a product.",
    ),
)
"""The one list."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)


class Metrics:
    """All metrics of one worker, by name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._made = {metric.name: self._make(metric) for metric in METRICS}
        self._rule_set = Info("fenghuo_rule_set", "The rule set in force.", registry=self.registry)

    def add(self, name: MetricName, by: float = 1, **labels: str) -> None:
        """Count up a counter."""
        metric = self._of(name, labels)
        assert isinstance(metric, Counter)
        metric.inc(by)

    def put(self, name: MetricName, value: float, **labels: str) -> None:
        """Set a gauge."""
        metric = self._of(name, labels)
        assert isinstance(metric, Gauge)
        metric.set(value)

    def observe(self, name: MetricName, value: float) -> None:
        """Add an observation to a histogram."""
        metric = self._of(name, {})
        assert isinstance(metric, Histogram)
        metric.observe(value)

    def name_rule_set(self, rule_set_id: str) -> None:
        """Which rule set is in force."""
        self._rule_set.info({"id": rule_set_id})

    def clear(self, name: MetricName) -> None:
        """Forget a labelled metric's values: partitions that others own now."""
        self._made[name].clear()

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)

    def _of(self, name: MetricName, labels: dict[str, str]) -> Counter | Gauge | Histogram:
        metric = self._made[name]
        return metric.labels(**labels) if labels else metric

    def _make(self, metric: Metric) -> Counter | Gauge | Histogram:
        name = f"fenghuo_{metric.name}"
        if metric.kind == "counter":
            return Counter(name, metric.help, metric.labels, registry=self.registry)
        if metric.kind == "gauge":
            return Gauge(name, metric.help, metric.labels, registry=self.registry)
        return Histogram(name, metric.help, buckets=_SECONDS, registry=self.registry)


def observe_decisions(metrics: Metrics, decisions: Sequence[Decision]) -> None:
    """Events by outcome, dead letters, sightings, and how far event time is behind receipt."""
    for decision in decisions:
        if isinstance(decision, BatchAccount):
            for outcome in ("stored", "late", "dropped", "dead_lettered"):
                metrics.add("events", getattr(decision, outcome), outcome=outcome)
            over = decision.reasons.get(OVER_QUOTA, 0) + decision.reasons.get(BATCH_OVER_QUOTA, 0)
            if over:
                done = "dropped" if decision.outcome == "refused" else "taken"
                metrics.add("over_quota_events", over, done=done)
            for remark in REMARKS.keys() & decision.reasons.keys():
                metrics.add("events_remarked", decision.reasons[remark], remark=remark)
        elif isinstance(decision, DeadLetter):
            metrics.add("dead_letters", reason=decision.reason)
        elif isinstance(decision, Sighting):
            metrics.add("sightings")
    last = next((each for each in reversed(decisions) if isinstance(each, Event)), None)
    if last is not None:
        metrics.put("watermark_age_seconds", (last.received_at - last.time) / SECOND)


def observe_step(
    metrics: Metrics, records: Sequence[Record], step_s: float, now: Moment | None
) -> None:
    """Records by topic, the step's time, and how long its records have waited in all: by the
    broker's clock, None where it is not known yet."""
    metrics.observe("step_seconds", step_s)
    for record in records:
        metrics.add("records", topic=record.topic)
        if now is not None:
            latency_s = max(0.0, (now - record.timestamp) / SECOND)
            metrics.observe("batch_latency_seconds", latency_s)
