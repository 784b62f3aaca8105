"""Whose batches the worker traces: `traceparent` is not signed, and is its sender's to write."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pipeline.app.runner import Task
from pipeline.app.traces import TracesFault, check_destination, tracing
from pipeline.state import StateKey
from pipeline.worker.batch_traces import TRACED, BatchTraces
from pipeline.worker.fair_order import Arrival
from pipeline.worker.step_traces import StepTimes
from schemas.batch import BatchAccount, Record
from tests.worker.world import Budget, DeliveredRecord

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SENT = f"00-{TRACE}-{SPAN}-01".encode()
TIMES = StepTimes(2_000_000_000, 2_000_000_100, 2_000_000_200)


def record(offset: int, *headers: tuple[str, bytes | None]) -> Record:
    return Record(
        topic="t", partition=0, offset=offset, timestamp=1_000_000, key=b"e", value=b"v",
        headers=headers,
    )  # fmt: skip


def account(of: Record, key_id: str = "k") -> BatchAccount:
    return BatchAccount(
        enterprise_id="e", batch_id="b", key_id=key_id, topic=of.topic, partition=of.partition,
        offset=of.offset, format="json", received_at=of.timestamp, outcome="accepted", events=3,
    )  # fmt: skip


def spans(records: Sequence[Record], key_id: str = "k") -> tuple[ReadableSpan, ...]:
    """What the worker exports of a step of these, all accounted for."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    task = Task(StateKey(0, "e"), "t/0/0", lambda _: [])
    arrivals = [Arrival(DeliveredRecord(each, 1, Budget(0)), task, each.topic) for each in records]
    decisions = [account(each, key_id) for each in records]
    traces = BatchTraces(provider.get_tracer("test"), "g")
    traces.applied(arrivals, decisions, TIMES, 2_000_000_300)
    return exporter.get_finished_spans()


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("traceparent", None),),
        (("traceparent", b""),),
        (("traceparent", SENT), ("traceparent", SENT)),
        (("traceparent", SENT + b"-more"),),
        (("traceparent", SENT * 100_000),),
        (("traceparent", SENT.upper()),),
        (("traceparent", SENT.replace(b"00-4", b"ff-4")),),
        (("traceparent", SENT[:-2] + b"00"),),
        (("traceparent", f"00-{'0' * 32}-{SPAN}-01".encode()),),
        (("traceparent", f"00-{TRACE}-{'0' * 16}-01".encode()),),
        (("traceparent", "é".encode("latin-1") * len(SENT)),),
        (("traceparent", b"\0" * len(SENT)),),
        (("tracestate", SENT), ("baggage", SENT)),
    ],
)
def test_what_is_no_traceparent_or_asks_for_no_sample_is_as_none(
    headers: tuple[tuple[str, bytes | None], ...],
) -> None:
    assert spans([record(0, *headers)]) == ()


def test_who_is_not_proved_is_not_traced() -> None:
    assert spans([record(0, ("traceparent", SENT))], key_id="") == ()


def test_the_spans_of_a_batch_are_the_sender_s_trace_and_hold_counts_and_ids_alone() -> None:
    *steps, process = spans([record(0, ("traceparent", SENT), ("tracestate", b"a=someone"))])
    assert process.parent is not None
    assert f"{process.parent.span_id:016x}" == SPAN
    for each in (*steps, process):
        assert each.context is not None
        assert f"{each.context.trace_id:032x}" == TRACE
        assert not each.context.trace_state
    assert [each.name for each in steps] == ["read", "decide", "write", "receipt", "remember"]
    assert process.attributes is not None
    assert {*process.attributes.values()} == {
        "kafka", "process", "t", "0", 0, "g", "e", "b", "accepted", 3, 1,
    }  # fmt: skip


def test_a_broker_s_clock_that_is_ahead_makes_no_span_that_ends_before_it_begins() -> None:
    ahead = msgspec.structs.replace(record(0, ("traceparent", SENT)), timestamp=9_000_000)
    read, *_, process = spans([ahead])
    assert read.start_time == read.end_time == process.start_time == TIMES.begun


def test_a_step_traces_so_many_batches_and_no_more() -> None:
    found = spans([record(each, ("traceparent", SENT)) for each in range(2 * TRACED)])
    assert sum(each.name == "process t" for each in found) == TRACED


@pytest.mark.parametrize(
    ("destination", "fault"),
    [
        ("http://", "no address of a collector"),
        ("http://user:word@host:4318", "OTEL_EXPORTER_OTLP_HEADERS"),
        ("http://[host", "no address"),
        ("ftp://host", "neither"),
        ("/no/such/folder/traces.ndjson", "neither"),
    ],
)
def test_where_traces_cannot_go_is_a_fault_that_shows_no_password(
    destination: str, fault: str
) -> None:
    with pytest.raises(TracesFault, match=fault) as found:
        check_destination(destination)
    assert "word@" not in str(found.value)


def test_a_file_takes_a_span_a_line_and_a_full_disk_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    for place in (tmp_path / "traces.ndjson", Path("/dev/full")):
        for _ in range(2):
            with tracing("test", str(place), said.append) as tracer:
                assert tracer is not None
                tracer.start_span("one").end()
                tracer.start_span("two").end()
    lines = (tmp_path / "traces.ndjson").read_text().splitlines()
    assert [msgspec.json.decode(each)["name"] for each in lines] == ["one", "two"] * 2
    assert len(said) == 2, "once for each process"
    assert "No space left on device" in said[0]


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    with (
        pytest.raises(TracesFault, match="Is a directory"),
        tracing("test", str(tmp_path), print),
    ):
        pass
