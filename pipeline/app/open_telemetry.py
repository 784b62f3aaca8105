"""OpenTelemetry's part of traces: imported where they are on, and nowhere else (shell).

How many batches are traced is said by OpenTelemetry's own variables (OTEL_TRACES_SAMPLER), as
are headers, certificates and compression of the way to a collector (OTEL_EXPORTER_OTLP_…).
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from io import RawIOBase
from math import inf
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Span, SpanKind, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from pipeline.app.traces import HEADER, SentBatch, Tell, Traces, TracesFault
from pipeline.intake.batching import Chunk

EXPORT_S = 3.0
"""How long one export may take, its repetitions included."""
CLOSE_S = 2.0
"""For how long exports are begun at the end."""
WORDS = 300
"""Characters that are told of why an export failed."""

W3C = TraceContextTextMapPropagator()


def kafka_attributes(operation: str, topic: str) -> dict[str, str | int]:
    """By OpenTelemetry's semantic conventions for messaging."""
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }


def place_attributes(partition: int, offset: int) -> dict[str, str | int]:
    """A record's place, by the same."""
    return {"messaging.destination.partition.id": str(partition), "messaging.kafka.offset": offset}


class SendTraces(Traces):
    """Each batch begins a trace, with a span of its sending."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def send(self, topic: str, enterprise_id: str, chunk: Chunk) -> SentBatch:
        attributes = kafka_attributes("send", topic) | {
            "messaging.message.body.size": chunk.size,
            "fenghuo.enterprise_id": enterprise_id,
            "fenghuo.batch_id": chunk.batch_id,
            "fenghuo.events": len(chunk.lines),
        }
        name = f"send {topic}"
        return TracedBatch(self._tracer.start_span(name, Context(), SpanKind.PRODUCER, attributes))


class TracedBatch(SentBatch):
    """A batch whose sending is a span, ended once Kafka has it."""

    def __init__(self, span: Span) -> None:
        carrier: dict[str, str] = {}
        W3C.inject(carrier, set_span_in_context(span, Context()))
        self.headers = {HEADER: carrier[HEADER].encode()}
        self._span = span

    def acknowledged(self, partition: int, offset: int) -> None:
        self._span.set_attributes(place_attributes(partition, offset))
        self._span.end()


@contextmanager
def open_tracer(service: str, destination: str, tell: Tell) -> Iterator[Tracer]:
    """The tracer of a process that exports to an address or a file; see `traces.tracing`."""
    resource = Resource.create({"service.name": service, "service.version": version("fenghuo")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    with _exporter(destination) as inner:
        exporter = PatientExporter(inner, destination, tell)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        try:
            yield provider.get_tracer("fenghuo")
        finally:
            exporter.end_soon()
            provider.shutdown()


class PatientExporter(SpanExporter):
    """Says once that exports fail and once that they do not any more, in its own thread."""

    def __init__(self, exporter: SpanExporter, destination: str, tell: Tell) -> None:
        self._exporter = exporter
        self._destination = destination
        self._tell = tell
        self._is_taken = True
        self._end_s = inf
        self._said = _FirstWords()
        library = logging.getLogger("opentelemetry")
        library.propagate = False  # it says of every export what is said here once
        library.handlers = [self._said]

    def end_soon(self) -> None:
        """Begin no more exports after a while: whoever ends does not wait for a collector."""
        self._end_s = time.monotonic() + CLOSE_S

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See SpanExporter; spans that are not taken are lost, and nothing else."""
        if time.monotonic() > self._end_s:
            return SpanExportResult.FAILURE
        self._said.words = ""
        try:
            result = self._exporter.export(spans)
        except OSError as fault:  # of a file
            self._said.words = str(fault)
            result = SpanExportResult.FAILURE
        is_taken = result is SpanExportResult.SUCCESS
        if is_taken is not self._is_taken:
            self._is_taken = is_taken
            self._say(is_taken)
        return result

    def _say(self, is_taken: bool) -> None:
        if is_taken:
            self._tell(f"{self._destination}: traces are taken again")
        else:
            why = self._said.words[:WORDS]
            self._tell(
                f"{self._destination}: traces are not taken; the work goes on without them: {why}"
            )

    def shutdown(self) -> None:
        """See SpanExporter."""
        self._exporter.shutdown()


class _FirstWords(logging.Handler):
    """What the library says first of an export that fails: the cause."""

    words = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.words = self.words or record.getMessage()


@contextmanager
def _exporter(destination: str) -> Iterator[SpanExporter]:
    address = urlsplit(destination)
    if address.scheme in ("http", "https"):
        path = address.path if address.path.strip("/") else "/v1/traces"  # OTLP's own
        yield OTLPSpanExporter(urlunsplit(address._replace(path=path)), timeout=EXPORT_S)
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(destination).open("ab", buffering=0))
        except OSError as fault:
            raise TracesFault(f"{destination}: {fault.strerror}; name another file") from fault
        yield LinesExporter(file)


class LinesExporter(SpanExporter):
    """One span a line, as JSON; one write an export, so that lines of several processes in one
    file stay whole."""

    def __init__(self, file: RawIOBase) -> None:
        self._file = file

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See SpanExporter; raises OSError."""
        self._file.write("".join(f"{span.to_json(indent=None)}\n" for span in spans).encode())
        return SpanExportResult.SUCCESS
