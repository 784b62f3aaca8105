"""The worker as a process: event loop, log, signals, exit code.

SIGTERM and SIGINT end it after the step in hand, with exit code 0; the group is left at once.
A broker that is away cannot be taken leave of: after `LEAVE_S` the process ends without.
One that stands still (`health.py`) ends itself with exit code 1, and says where every thread stood.
A fault that it should not go on after (an engine fault, a changelog that refuses a record)
ends it with exit code 1, for its supervisor to start it again.
"""

import faulthandler
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import Any

import structlog

from pipeline.app.traces import tracing
from pipeline.worker.broker_watch import BrokerWatch, settle_with_kafka
from pipeline.worker.health import ENDED_S, Health, HealthServer, pages_of
from pipeline.worker.ledger import Ownership
from pipeline.worker.metrics import Metrics
from pipeline.worker.service import Parts, Service
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.step_traces import StepTraces

log = structlog.get_logger("fenghuo.worker")

QUIET_S = 5.0
LIBRARY_QUIET_S = 30.0
"""A client library repeats itself up to forty times a second while a broker is away."""
LEAVE_S = 20.0
"""How long the end may take; supervisors kill after 30 to 60 s."""


class RateLimitFilter(logging.Filter):
    """Lets one record through for each place in the code every so many seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        quiet_s = QUIET_S if record.name.startswith("fenghuo") else LIBRARY_QUIET_S
        if now - self._last.get(place, -quiet_s) < quiet_s:
            return False
        self._last[place] = now
        return True


def configure_log() -> None:
    """One JSON object a line on stderr; libraries from WARNING, repetitions left out."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    chain: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        stamp,
    ]
    if multiprocessing.parent_process() is not None:
        chain.append(_name_process)
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            foreign_pre_chain=chain,
        )
    )
    handler.addFilter(RateLimitFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("fenghuo").setLevel(logging.INFO)
    # A traceback for each vain attempt to connect; the delivery says "sink down" itself.
    logging.getLogger("clickhouse_driver").setLevel(logging.ERROR)
    # It cannot read what Faust writes of itself into the group, and need not.
    logging.getLogger("kafka.admin").setLevel(logging.ERROR)


def _name_process(
    _logger: Any, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Which worker of a command says it."""
    return {**line, "process": multiprocessing.current_process().name}


def serve(
    settings: WorkerSettings, parts: Parts, say_port: Callable[[int], None] | None = None
) -> None:
    """Run one worker until it is told to stop; ends the process by SystemExit.

    The port of health and metrics, which `say_port` is told, answers from the start; a broker
    that is away is waited for without limit.

    Raises KafkaFault where it is not let in, or where topics or rights are lacking: Faust would
    stand still without a word.
    """
    from mode.loop import use

    use("uvloop")
    import faust

    configure_log()
    end_when_told()
    health, metrics = Health(Ownership()), Metrics()
    host, port = settings.health_host, settings.health_port
    server = HealthServer(host, port, pages_of(health, metrics))
    if say_port is not None:
        say_port(server.port)
    has_ended = Event()
    with closing(server), _tracing(settings) as traces:
        topics = settle_with_kafka(settings, BrokerWatch(health, metrics))
        service = Service(settings, parts, topics, health, metrics, traces)
        worker = faust.Worker(
            service.app, quiet=True, redirect_stdouts=False, override_logging=False
        )
        worker.spinner = None  # it writes to a log as to a terminal
        log.info("started", health_port=server.port)
        Thread(target=_watch, args=(service.app, health, has_ended), daemon=True).start()
        try:
            worker.execute_from_commandline()
        finally:
            service.close()
            has_ended.set()


@contextmanager
def _tracing(settings: WorkerSettings) -> Iterator[StepTraces]:
    with tracing("fenghuo-worker", settings.traces, log.warning) as tracer:
        if tracer is None:
            yield StepTraces()
        else:
            from pipeline.worker.batch_traces import BatchTraces

            yield BatchTraces(tracer, settings.group)


def end_when_told() -> None:
    """SIGTERM and SIGINT end a process that has nothing in hand, as they would a worker: exit
    code 0. Whoever runs afterwards listens by itself."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))


def _watch(app: Any, health: Health, has_ended: Event) -> None:
    """End the process where it stands still, and where Faust, told to stop, does not: it waits for
    a broker without limit.

    Nothing is lost: what was not remembered and acknowledged will be read again.
    """
    while not app.should_stop:
        if has_ended.wait(1.0):
            return
        if still := health.still(ENDED_S):
            log.error("stands still, and is ended", parts=still)
            faulthandler.dump_traceback()
            os._exit(1)
    if not has_ended.wait(LEAVE_S):
        log.warning("ended without taking leave of the broker", after_s=LEAVE_S)
        os._exit(int(app.crashed))
