"""A collector of OTLP over HTTP, on a port of this machine: spans as it was sent them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Span(msgspec.Struct, frozen=True):
    """One span; times in nanoseconds, `parent` "" for the first of a trace."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    begun: int
    ended: int
    attributes: Mapping[str, str | int]


@contextmanager
def collector(port: int) -> Iterator[list[Span]]:
    """What it was sent, as it comes."""
    taken: list[Span] = []

    class Post(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            taken.extend(spans_of(ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Post)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield taken
    finally:
        server.shutdown()
        server.server_close()


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource in request.resource_spans:
        of_resource = attributes_of(resource.resource.attributes)
        for scope in resource.scope_spans:
            for each in scope.spans:
                yield Span(
                    str(of_resource["service.name"]),
                    each.name,
                    each.trace_id.hex(),
                    each.span_id.hex(),
                    each.parent_span_id.hex(),
                    each.start_time_unix_nano,
                    each.end_time_unix_nano,
                    attributes_of(each.attributes),
                )


def attributes_of(pairs: object) -> dict[str, str | int]:
    return {
        each.key: getattr(each.value, str(each.value.WhichOneof("value")))
        for each in pairs  # type: ignore[attr-defined]
    }
