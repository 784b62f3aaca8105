"""Health and metrics over HTTP, on a port and thread of their own.

    /health/live    200 while whatever should move does; else 503, with what stands still
    /health/ready   200 while records that come would be taken; else 503, with what is lacking
    /metrics        Prometheus

The rules stand in docs/operations.md as a table. Live asks whether another process would do
better: nothing is mended by a restart while the broker or the sink is away, or nothing waits.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal, TypeAlias

from pipeline.worker.ledger import NO_GENERATION, Ownership
from pipeline.worker.metrics import Metrics

Part: TypeAlias = Literal["start", "loop", "group", "tables", "steps", "timers"]

STILL_S = 180.0
PATIENCE_S: Mapping[Part, float] = {
    "start": 300.0,  # a registry of 45,000 enterprises and 3,000 rules are read within one
    "loop": 30.0,  # it is looked at every second, whatever else waits
    "group": STILL_S,
    "tables": STILL_S,
    "steps": STILL_S,
    "timers": STILL_S,
}
"""How long each part may stand still."""
ENDED_S = 60.0
"""Not live for so long, a worker is ended: by itself, its supervisor or a probe."""


class Health:
    """What the worker says of itself; times are of the monotonic clock, in seconds."""

    def __init__(self, ownership: Ownership, now: Callable[[], float] = time.monotonic) -> None:
        self.ownership = ownership
        self._now = now
        self._moved_s: dict[Part, float] = {"start": now()}
        self._broker_absence = ""
        self._unrecovered = 0
        self.is_introduced = False
        """Whether the registry's rows are in the sink: until then nothing says that it is up."""
        self.sink_fault = ""
        """Why the sink takes nothing; "" where it does."""

    @property
    def broker_absence(self) -> str:
        """Why the broker is away, and the remedy; "" where it is there."""
        return self._broker_absence

    @broker_absence.setter
    def broker_absence(self, absence: str) -> None:
        self._broker_absence = absence
        if "start" in self._moved_s:  # a start that waits does not stand still
            self.moved("start")

    def begin(self) -> None:
        """The start is over; all other parts move from now on."""
        self._moved_s = dict.fromkeys((part for part in PATIENCE_S if part != "start"), self._now())

    def tick(self, waiting: int, unrecovered: int) -> None:
        """The loop runs. So many records wait, and so many changes of the tables are to be read:
        what has nothing to do, or waits for others, does not stand still."""
        owned, is_broker_away = self.ownership, bool(self.broker_absence)
        is_waiting = is_broker_away or bool(self.sink_fault) or not owned.is_recovered
        rests: Mapping[Part, bool] = {
            "loop": True,
            "group": is_broker_away or owned.generation != NO_GENERATION,
            "tables": is_broker_away
            or owned.is_recovered
            or not owned.partitions
            or unrecovered != self._unrecovered,
            "steps": is_waiting or waiting == 0,
            "timers": is_waiting,
        }
        self._unrecovered = unrecovered
        for part, is_resting in rests.items():
            if is_resting:
                self.moved(part)

    def moved(self, part: Part) -> None:
        """This part has done something."""
        self._moved_s[part] = self._now()

    def still(self, grace_s: float = 0.0) -> dict[Part, float]:
        """The parts that stand still beyond their patience and the grace, and for how long."""
        now_s = self._now()
        stood_s = {part: now_s - moved_s for part, moved_s in self._moved_s.items()}
        return {
            part: seconds
            for part, seconds in stood_s.items()
            if seconds >= PATIENCE_S[part] + grace_s
        }

    def lacks(self) -> list[str]:
        """What keeps records that come from being taken."""
        owned, is_starting = self.ownership, "start" in self._moved_s
        faults = {
            "starting": is_starting,
            "no partitions": not owned.partitions and not is_starting,
            "tables are not recovered": not owned.is_recovered and not is_starting,
            f"the broker is away: {self.broker_absence}": self.broker_absence,
            "the sink has taken nothing yet": not self.is_introduced and not is_starting,
            f"the sink is down: {self.sink_fault}": self.sink_fault,
        }
        return [what for what, holds in faults.items() if holds]


Pages: TypeAlias = Mapping[str, Callable[[], tuple[int, bytes]]]
"""Status and text, by path."""


def pages_of(health: Health, metrics: Metrics) -> Pages:
    """What a worker's port says."""
    return {
        "/health/live": lambda: verdict("live", [*map(_say, health.still().items())]),
        "/health/ready": lambda: verdict("ready", health.lacks()),
        "/metrics": lambda: (200, metrics.text()),
    }


class HealthServer:
    """Serves until closed; `port` is the one taken, `pages` may be replaced by others."""

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self.pages = pages
        server = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = server.pages.get(self.path, lambda: (404, b"no such page\n"))()
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


def verdict(word: str, lacking: Sequence[str]) -> tuple[int, bytes]:
    """The page that says whether something holds, and why not."""
    if not lacking:
        return 200, f"{word}\n".encode()
    return 503, f"not {word}: {', '.join(lacking)}\n".encode()


def _say(still: tuple[Part, float]) -> str:
    part, seconds = still
    verb = "stands" if part in ("start", "loop", "group") else "stand"
    return f"{part} {verb} still for {seconds:.0f} s"
