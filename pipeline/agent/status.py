"""What the agent says of itself, over HTTP on an address of its own (shell).

/health/live    200 while the loop runs
/health/ready   200 while Kafka takes what comes and every spool has room; else 503, and why
/metrics        Prometheus
/status         JSON: `Status`
"""

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack

import msgspec
from aiohttp import web

from pipeline.agent.collecting import Collector
from pipeline.agent.metrics import Metrics
from pipeline.agent.receipts import Answers, Listener
from pipeline.agent.sending import Forwarder

UNANSWERED_S = 60.0
"""Batches are answered within seconds: after so long without, their sender should look why."""
SILENT_S = 30.0
"""Something waits, and nothing was acknowledged for so long: said, whatever the sender thinks."""


class InputStatus(msgspec.Struct, frozen=True):
    """One input since the agent started; `unsent_lines` and bytes outlive it."""

    name: str
    lines: int
    refused: int
    sent_lines: int
    sent_batches: int
    unsent_lines: int
    spool_bytes: int
    is_full: bool


class Status(msgspec.Struct, frozen=True):
    """The agent; `problems` is empty while it takes and sends.

    `receipts` says why none is heard, "" while they are: then what became of the batches is not
    known here. `refused_events` are those of which a receipt said that they were not taken;
    `unanswered_batches` have no receipt, the first of them for `unanswered_s`.
    """

    enterprise: str
    problems: tuple[str, ...]
    unacknowledged_s: float
    receipts: str
    refused_events: int
    inputs: tuple[InputStatus, ...]
    unanswered_batches: int = 0
    unanswered_s: float = 0.0

    @property
    def silence(self) -> str:
        """What follows from batches that are not answered: words for people, or ""."""
        if self.receipts or self.unanswered_s < UNANSWERED_S:
            return ""
        # Nobody can say which: a stranger is not told whether a name or a key is known.
        return (
            f"no receipt for {self.unanswered_batches} batches after {self.unanswered_s:.0f} s: "
            "either no worker has come to them, or the signing key is not registered for this "
            "enterprise, and then none will ever come: look at the key, then ask your operator"
        )


class Observer:
    """Asks everything of the agent how it stands."""

    def __init__(
        self,
        enterprise: str,
        limit: int,
        collectors: Iterable[Collector],
        forwarder: Forwarder,
        listener: Listener,
        answers: Answers,
        metrics: Metrics,
    ) -> None:
        self._enterprise = enterprise
        self._limit = limit
        self._collectors = tuple(collectors)
        self._forwarder = forwarder
        self._listener = listener
        self._answers = answers
        self._metrics = metrics

    def status(self) -> Status:
        """As it stands; also what the gauges show."""
        now_s = time.monotonic()
        waited_s = now_s - self._forwarder.heard_s
        unanswered = self._answers.unanswered
        unanswered_s = round(now_s - unanswered.since_s, 1) if unanswered.batches else 0.0
        is_waiting = any(each.spool.unsent_lines for each in self._collectors)
        unacknowledged_s = round(waited_s, 1) if is_waiting else 0.0
        self._metrics.put("broker_away", bool(self._forwarder.fault))
        self._metrics.put("unacknowledged_seconds", unacknowledged_s)
        self._metrics.put("unanswered_batches", unanswered.batches)
        self._metrics.put("unanswered_seconds", unanswered_s)
        self._metrics.put("receipts_away", bool(self._listener.fault))
        inputs = tuple(map(self._of_input, self._collectors))
        full = [f"{each.name}: the spool or its disk is full" for each in inputs if each.is_full]
        unread = [said for each in self._collectors for said in each.troubles.values()]
        silent = f"Kafka has acknowledged nothing for {waited_s:.0f} s"
        fault = self._forwarder.fault or (silent if unacknowledged_s > SILENT_S else "")
        problems = (*filter(None, (fault,)), *full, *unread)
        return Status(
            self._enterprise,
            problems,
            unacknowledged_s,
            self._listener.fault,
            round(self._metrics.total("events_refused")),
            inputs,
            unanswered.batches,
            unanswered_s,
        )

    def _of_input(self, collector: Collector) -> InputStatus:
        name, spool, metrics = collector.name, collector.spool, self._metrics
        metrics.put("spool_bytes", spool.bytes, input=name)
        metrics.put("spool_limit_bytes", self._limit, input=name)
        metrics.put("spool_lines", spool.unsent_lines, input=name)
        metrics.put("spool_damaged_bytes", spool.damaged_bytes, input=name)
        metrics.put("files_unreadable", len(collector.troubles), input=name)
        metrics.put("spool_full", collector.is_full, input=name)
        return InputStatus(
            name=name,
            lines=round(metrics.value("lines_total", input=name)),
            refused=round(
                metrics.total("lines_refused", input=name)
                + metrics.value("udp_kernel_drops", input=name)
            ),
            sent_lines=round(metrics.value("lines_sent_total", input=name)),
            sent_batches=round(metrics.value("batches_sent_total", input=name)),
            unsent_lines=spool.unsent_lines,
            spool_bytes=spool.bytes,
            is_full=collector.is_full,
        )


async def serve_status(
    address: tuple[str, int], observer: Observer, metrics: Metrics, stack: AsyncExitStack
) -> tuple[str, int]:
    """Answer until the stack is closed; raises OSError."""

    async def live(_request: web.Request) -> web.Response:
        return web.Response(text="live\n")

    async def ready(_request: web.Request) -> web.Response:
        problems = observer.status().problems
        said = "\n".join(problems) or "ready"
        return web.Response(text=f"{said}\n", status=503 if problems else 200)

    async def scraped(_request: web.Request) -> web.Response:
        observer.status()
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    async def status(_request: web.Request) -> web.Response:
        body = msgspec.json.encode(observer.status())
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.add_routes(
        [
            web.get("/health/live", live),
            web.get("/health/ready", ready),
            web.get("/metrics", scraped),
            web.get("/status", status),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, *address).start()
    bound: tuple[str, int] = runner.addresses[0][:2]
    return bound
