"""What a step tells the metrics."""

import time
from collections.abc import Sequence

from pipeline.intake.reading import REMARKS
from pipeline.worker.delivered import Delivered
from pipeline.worker.metrics import Metrics
from schemas.batch import BatchAccount, DeadLetter
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import SECOND
from schemas.sighting import Sighting


def observe_decisions(metrics: Metrics, decisions: Sequence[Decision]) -> None:
    """Events by outcome, dead letters, sightings, and how far event time is behind receipt."""
    for decision in decisions:
        if isinstance(decision, BatchAccount):
            for outcome in ("stored", "late", "dropped", "dead_lettered"):
                metrics.add("events", getattr(decision, outcome), outcome=outcome)
            for remark in REMARKS.keys() & decision.reasons.keys():
                metrics.add("events_remarked", decision.reasons[remark], remark=remark)
        elif isinstance(decision, DeadLetter):
            metrics.add("dead_letters", reason=decision.reason)
        elif isinstance(decision, Sighting):
            metrics.add("sightings")
    last = next((each for each in reversed(decisions) if isinstance(each, Event)), None)
    if last is not None:
        metrics.put("watermark_age_seconds", (last.received_at - last.time) / SECOND)


def observe_step(metrics: Metrics, fresh: Sequence[Delivered], step_s: float) -> None:
    """Records by topic, the step's time, and how long its records have waited in all."""
    metrics.observe("step_seconds", step_s)
    now_s = time.time()
    for each in fresh:
        metrics.add("records", topic=each.record.topic)
        metrics.observe("batch_latency_seconds", max(0.0, now_s - each.record.timestamp / SECOND))
