"""Traces of batches, off unless `FENGHUO_TRACES` says where they go (shell).

A batch's trace begins where it is sent, and goes on in the worker by the record's header
`traceparent` (W3C Trace Context, https://www.w3.org/TR/trace-context/). It is not signed: whoever
may change records on their way can put a batch's spans into another trace, and nothing else.

OpenTelemetry is an optional dependency: nothing of it is imported while traces are off.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from pipeline.intake.batching import Chunk

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

VARIABLE = "FENGHUO_TRACES"
HEADER = "traceparent"
Tell: TypeAlias = Callable[[str], None]


class TracesFault(ValueError):
    """Traces cannot go where they are to go; the cause and the remedy."""


class SentBatch:
    """One batch on its way to Kafka; this one is not traced."""

    headers: Mapping[str, bytes] = {}
    """For its record, beside those that are signed."""

    def acknowledged(self, partition: int, offset: int) -> None:
        """Kafka has it, here."""


class Traces:
    """Traces of what is sent; these are off."""

    def send(self, topic: str, enterprise_id: str, chunk: Chunk) -> SentBatch:
        """A batch is sent from now on."""
        return _NOT_TRACED


_NOT_TRACED = SentBatch()
NO_TRACES = Traces()


def check_destination(destination: str) -> None:
    """Raises TracesFault for what is neither the http(s) address of a collector nor a file that
    could be written, and where OpenTelemetry is not installed."""
    try:
        address = urlsplit(destination)
        host = address.hostname
    except ValueError as fault:
        raise TracesFault(f"no address: {fault}; write http://host:4318") from fault
    if address.scheme in ("http", "https"):
        if not host or "@" in address.netloc:
            raise TracesFault(
                "no address of a collector: write http://host:4318, "
                "and a token or password into OTEL_EXPORTER_OTLP_HEADERS"
            )
    elif "://" in destination or not Path(destination).parent.is_dir():
        raise TracesFault(
            f"{destination}: neither an http(s) address nor a file in a folder that is there"
        )
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        raise TracesFault("OpenTelemetry is not installed: `pip install 'fenghuo[traces]'`")


@contextmanager
def tracing(service: str, destination: str, tell: Tell) -> Iterator["Tracer | None"]:
    """The tracer of a process, closed afterwards; None where the destination is "".

    `tell` hears when traces are no longer taken, and when they are again: nothing waits for them.
    Raises TracesFault.
    """
    if not destination:
        yield None
        return
    try:
        check_destination(destination)
    except TracesFault as fault:
        raise TracesFault(f"{VARIABLE}: {fault}") from fault
    from pipeline.app.open_telemetry import open_tracer

    with open_tracer(service, destination, tell) as tracer:
        yield tracer


@contextmanager
def sending_traces(service: str, tell: Tell) -> Iterator[Traces]:
    """Traces of what a publisher sends, as its environment wants them. Raises TracesFault."""
    with tracing(service, os.environ.get(VARIABLE, ""), tell) as tracer:
        if tracer is None:
            yield NO_TRACES
        else:
            from pipeline.app.open_telemetry import SendTraces

            yield SendTraces(tracer)
