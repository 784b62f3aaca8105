"""Spans of batches in the worker: imported where traces are on, and nowhere else.

    send ─► process ─┬─ read       from Kafka's receipt to its turn
                     ├─ decide     the engine
                     ├─ write      rows into the store, however long it is waited for
                     ├─ receipt    sent to the enterprise, with all else that subscribers are told
                     └─ remember   states and positions; then it is acknowledged

Traced is who asks for it by a `traceparent` with the flag of a sample, and whose signature holds.
The header is not signed, and so is worth nothing else: what is no `traceparent` is as none.
"""

import time
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Tracer, get_current_span, set_span_in_context

from pipeline.app.open_telemetry import W3C, kafka_attributes, place_attributes
from pipeline.app.traces import HEADER
from pipeline.worker.fair_order import Arrival
from pipeline.worker.step_traces import StepTimes, StepTraces, accounts_by_place, place_of
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision

TRACED = 10
"""Batches of a step, at most: whether one is traced is its sender's choice, and costs us."""
HEADER_BYTES = 55
"""Of a `traceparent` of version 00 (W3C Trace Context, 3.2.2): later ones are read as none."""


class BatchTraces(StepTraces):
    """A span for each batch, and one for each thing that is done with it."""

    def __init__(self, tracer: Tracer, group: str) -> None:
        self._tracer = tracer
        self._group = group

    def applied(
        self,
        arrivals: Iterable[Arrival],
        decisions: Sequence[Decision],
        times: StepTimes,
        told: int,
    ) -> None:
        records = [each.delivered.record for each in arrivals]
        asking = [(each, context) for each in records if (context := sender_context(each))]
        if not asking:
            return
        accounts, now = accounts_by_place(decisions), time.time_ns()
        proved = (each for each in asking if place_of(each[0]) in accounts)
        for record, context in islice(proved, TRACED):
            account = accounts[place_of(record)]
            self._trace(record, account, context, times, told, now, len(records))

    def _trace(
        self,
        record: Record,
        account: BatchAccount,
        context: Context,
        times: StepTimes,
        told: int,
        now: int,
        records: int,
    ) -> None:
        received = min(record.timestamp * 1_000, times.begun)  # the broker's clock may be ahead
        span = self._tracer.start_span(
            f"process {record.topic}",
            context,
            SpanKind.CONSUMER,
            kafka_attributes("process", record.topic)
            | place_attributes(record.partition, record.offset)
            | {
                "messaging.consumer.group.name": self._group,
                "fenghuo.enterprise_id": account.enterprise_id,
                "fenghuo.batch_id": account.batch_id,
                "fenghuo.outcome": account.outcome,
                "fenghuo.events": account.events,
                "fenghuo.stored": account.stored,
                "fenghuo.step.records": records,
            },
            start_time=received,
        )
        inside = set_span_in_context(span, context)
        moments = (received, times.begun, times.offered, times.written, told, now)
        names = ("read", "decide", "write", "receipt", "remember")
        for name, (begun, ended) in zip(names, pairwise(moments), strict=True):
            self._tracer.start_span(name, inside, start_time=begun).end(ended)
        span.end(now)


def sender_context(record: Record) -> Context | None:
    """The span that the record was sent in; None where none is named, or none is to be traced."""
    named = [value for name, value in record.headers if name == HEADER]
    if len(named) != 1 or named[0] is None or len(named[0]) != HEADER_BYTES:
        return None
    if not named[0].isascii():
        return None
    context = W3C.extract({HEADER: named[0].decode()}, Context())
    sent = get_current_span(context).get_span_context()
    return context if sent.is_valid and sent.trace_flags.sampled else None
