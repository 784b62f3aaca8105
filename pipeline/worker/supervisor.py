"""One command, as many workers as the machine has cores: `fenghuo worker --processes N` (shell).

Rule 1. Each process is a worker like any other, with an engine, a thread and a place in the
        consumer group of its own. One that ends takes nothing with it: the others take over its
        partitions, as they would those of a machine that is lost.
Rule 2. One that ends untold is started again, after pauses that double while it does not stay.
        One that hangs is killed, and so ends.
Rule 3. One port speaks for all. It is ready when every process is, live while it looks after
        them, and its metrics are those of each process that answers.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from multiprocessing.connection import Connection
from threading import Event
from types import FrameType

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from pipeline.app.engines import EngineRefused
from pipeline.app.stores import StoreFault
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.preflight import partitions_of
from pipeline.worker.broker_watch import BrokerWatch, settle_with_kafka
from pipeline.worker.health import PATIENCE_S, Health, HealthServer, Pages, pages_of, verdict
from pipeline.worker.ledger import Ownership
from pipeline.worker.members import Member, end_with_parent
from pipeline.worker.merged_metrics import merge_metrics
from pipeline.worker.metrics import Metrics
from pipeline.worker.process import LEAVE_S, configure_log, end_when_told, serve
from pipeline.worker.service import STOP_S, Parts
from pipeline.worker.settings import WorkerSettings

log = structlog.get_logger("fenghuo.worker")

LOOK_S = 1.0
MARGIN_S = 5.0
"""Over and above what a worker takes at most to end."""

PartsOf = Callable[[WorkerSettings], Parts]
"""Makes a worker's parts, in its own process: a function or class of a module."""


def supervise(settings: WorkerSettings, parts_of: PartsOf) -> None:
    """Run workers until told to stop; ends the process by SystemExit.

    Raises KafkaFault as `serve` does, before any worker is started.
    """
    configure_log()
    end_when_told()
    health, metrics = Health(Ownership()), Metrics()
    host, port = settings.health_host, settings.health_port
    with closing(HealthServer(host, port, pages_of(health, metrics))) as server:
        topics = settle_with_kafka(settings, BrokerWatch(health, metrics))
        entry = partial(_run_member, settings, parts_of)
        count = settings.processes or least_of_cores_and(partitions_of(topics.sources))
        supervisor = Supervisor([Member(f"worker-{number}", entry) for number in range(count)])
        server.pages = supervisor.pages()
        log.info("started", health_port=server.port, processes=count)
        code = supervisor.run()
    raise SystemExit(code)


def least_of_cores_and(partitions: int) -> int:
    """One process a core that this one may use, at most one a partition."""
    return max(1, min(len(os.sched_getaffinity(0)), partitions))


def _run_member(settings: WorkerSettings, parts_of: PartsOf, says: Connection) -> None:
    end_with_parent()
    own = {"health_host": "127.0.0.1", "health_port": 0, "processes": 1}
    member = settings.model_copy(update=own)
    try:
        serve(member, parts_of(member), says.send)
    except (EngineRefused, StoreFault, KafkaFault) as fault:
        log.error("cannot start", cause=str(fault))
        raise SystemExit(1) from None


class Supervisor:
    """Looks after its members every second, until told to stop."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._told = Event()
        self._looked_s = time.monotonic()
        self._registry = CollectorRegistry()
        self._wanted = self._gauge("processes", "Worker processes of this command.")
        self._running = self._gauge("processes_running", "Those of them that run.")
        self._restarts = Counter(
            "fenghuo_process_restarts",
            "Worker processes that ended untold and were started again.",
            registry=self._registry,
        )
        self._wanted.set(len(members))

    def run(self) -> int:
        """The exit code: 0 where every member ended well once it was told to."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._stop)
        while not self._told.is_set():
            self.look()
            self._told.wait(LOOK_S)
        return self.end()

    def look(self) -> None:
        """After all members once."""
        for member in self._members:
            before = member.starts
            member.look(time.monotonic())
            self._restarts.inc(member.starts - before if before else 0)
        self._running.set(sum(member.is_running for member in self._members))
        self._looked_s = time.monotonic()

    def end(self) -> int:
        """Tell all to end, wait for them, kill what does not end; see `run`."""
        for member in self._members:
            member.terminate()
        end_s = time.monotonic() + LEAVE_S + STOP_S + MARGIN_S
        codes = [member.join(max(0.0, end_s - time.monotonic())) for member in self._members]
        return int(any(code not in (0, -signal.SIGTERM) for code in codes))  # told while starting

    def pages(self) -> Pages:
        """What its port says (rule 3)."""
        return {
            "/health/live": lambda: verdict("live", self._still()),
            "/health/ready": lambda: verdict("ready", self._unready()),
            "/metrics": lambda: (200, self._metrics()),
        }

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told.set()

    def _still(self) -> list[str]:
        is_looking = time.monotonic() - self._looked_s < PATIENCE_S["loop"]
        return [] if is_looking else ["members are not looked after"]

    def _unready(self) -> list[str]:
        answers = {member.name: member.page("/health/ready") for member in self._members}
        return [
            f"{name}: {text.strip() or 'does not answer'}"
            for name, (status, text) in answers.items()
            if status != 200
        ]

    def _metrics(self) -> bytes:
        answers = {member.name: member.page("/metrics") for member in self._members}
        texts = {name: text for name, (status, text) in answers.items() if status == 200}
        return generate_latest(self._registry) + merge_metrics(texts)

    def _gauge(self, name: str, help: str) -> Gauge:
        return Gauge(f"fenghuo_{name}", help, registry=self._registry)
