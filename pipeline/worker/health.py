"""Health and metrics over HTTP, on a port and thread of their own.

    /health/live    200 while the worker makes progress or has a reason not to; 503 otherwise
    /health/ready   200 when partitions are assigned, their tables recovered, and the sink is
                    not down; 503 otherwise
    /metrics        Prometheus

A worker in a group it may not join stalls without an error, so readiness needs an assignment;
a worker beyond the number of partitions is never ready, and is not needed.
"""

import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TypeAlias

from pipeline.worker.ledger import Ownership
from pipeline.worker.metrics import Metrics

LOOP_SILENT_S = 30.0
"""The event loop ticks every second: silent for so long, it hangs."""
STEP_SILENT_S = 180.0
"""Records wait, the sink is up, and no step has ended for so long: it hangs."""


class Health:
    """What the worker says of itself; times are of the monotonic clock, in seconds."""

    def __init__(self, ownership: Ownership, now: Callable[[], float] = time.monotonic) -> None:
        self._ownership = ownership
        self._now = now
        self._ticked_s = now()
        self._progressed_s = now()
        self.is_sink_down = False

    def tick(self, lag_records: int) -> None:
        """The loop runs; with nothing to read there is nothing to be late with."""
        self._ticked_s = self._now()
        if lag_records == 0 or self.is_sink_down:
            self._progressed_s = self._now()

    def progress(self) -> None:
        """A step has ended."""
        self._progressed_s = self._now()

    def is_live(self) -> bool:
        """Whether leaving the process alone is right."""
        now = self._now()
        is_looping = now - self._ticked_s < LOOP_SILENT_S
        return is_looping and now - self._progressed_s < STEP_SILENT_S

    def is_ready(self) -> bool:
        """Whether it reads its partitions and the sink takes what they come to."""
        is_reading = bool(self._ownership.partitions) and self._ownership.is_recovered
        return is_reading and not self.is_sink_down


Pages: TypeAlias = Mapping[str, Callable[[], tuple[int, bytes]]]
"""Status and text, by path."""


def pages_of(health: Health, metrics: Metrics) -> Pages:
    """What a worker's port says."""
    return {
        "/health/live": lambda: verdict(health.is_live(), "live"),
        "/health/ready": lambda: verdict(health.is_ready(), "ready"),
        "/metrics": lambda: (200, metrics.text()),
    }


class HealthServer:
    """Serves until closed; `port` is the one taken."""

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = pages.get(self.path, lambda: (404, b"no such page\n"))()
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Probes come every few seconds: not worth a line each."""

        self._server = ThreadingHTTPServer((host, port), Page)
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def verdict(holds: bool, word: str) -> tuple[int, bytes]:
    """The page that says whether something holds."""
    return (200, f"{word}\n".encode()) if holds else (503, f"not {word}\n".encode())
