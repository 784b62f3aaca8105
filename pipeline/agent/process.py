"""One agent: inputs into spools, spools to Kafka, from its settings until a signal (shell)."""

import asyncio
import fcntl
import logging
import resource
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from threading import Thread
from typing import IO

import structlog

from pipeline.agent.collecting import Batching, Collector
from pipeline.agent.file_input import FileFollower
from pipeline.agent.http_input import listen_http
from pipeline.agent.metrics import Metrics
from pipeline.agent.receipts import Answers, Listener
from pipeline.agent.segments import Manner
from pipeline.agent.sending import DRAIN_S, Forwarder
from pipeline.agent.settings import (
    AgentSettings,
    Files,
    Http,
    Input,
    Stdin,
    SyslogTcp,
    SyslogUdp,
    name_of,
)
from pipeline.agent.spool import Spool, SpoolFault
from pipeline.agent.standard_input import read_standard_input
from pipeline.agent.status import Observer, serve_status
from pipeline.agent.syslog_inputs import listen_tcp, listen_udp
from pipeline.app.publishing import Sender
from pipeline.app.traces import Traces, TracesFault, sending_traces
from schemas.topics import receipts_topic, topic_name

log = structlog.get_logger("fenghuo.agent")


class AgentFault(Exception):
    """The agent cannot start; the message says why and what to do."""


def serve(settings: AgentSettings, sender: Sender) -> None:
    """Run until SIGTERM or SIGINT, or the end of standard input where that is all.

    Raises AgentFault where a folder or an address cannot be used.
    """
    _configure_log()
    # As many files as the system allows: those that are followed stay open, or one that was
    # renamed between two looks would be lost with what was added to it.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    lock = _lock_folder(settings)
    try:
        with sending_traces("fenghuo-agent", log.warning) as traces:
            asyncio.run(_Agent(settings, sender, traces).run())
    except (OSError, SpoolFault, TracesFault) as fault:
        raise AgentFault(str(fault)) from fault
    finally:
        lock.close()


class _Agent:
    def __init__(self, settings: AgentSettings, sender: Sender, traces: Traces) -> None:
        self._settings = settings
        self._metrics = Metrics()
        batching = Batching(settings.batch_lines, settings.batch_seconds)
        self._collectors: dict[str, Collector] = {}
        for each in settings.inputs:
            name = name_of(each)
            manner = Manner(settings.enterprise, each.format, each.time_zone, each.drill)
            spool = Spool(settings.folder / name, manner, settings.spool_bytes)
            self._collectors[name] = Collector(name, spool, batching, self._metrics)
        access, prefix = settings.kafka.access(), settings.kafka.topic_prefix
        self._listener = Listener(access, receipts_topic(settings.enterprise, prefix))
        self._answers = Answers(self._listener.heard, settings.folder, self._metrics)
        self._forwarder = Forwarder(
            access,
            topic_name("events", prefix),
            sender,
            {name: each.spool for name, each in self._collectors.items()} | self._orphans(),
            self._answers,
            self._metrics,
            traces,
        )
        self._stop = asyncio.Event()
        self._fault: BaseException | None = None

    def _orphans(self) -> dict[str, Spool]:
        """Spools of inputs that the settings do not name any more: what they hold is sent."""
        manner = Manner(self._settings.enterprise, "auto")
        return {
            folder.name: Spool(folder, manner, self._settings.spool_bytes)
            for folder in sorted(self._settings.folder.iterdir())
            if folder.name not in self._collectors and any(folder.glob("*.segment"))
        }

    async def run(self) -> None:
        """Start in the order of the data, end in the same order, so that nothing is left over."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        forwarding = Thread(target=self._forward, args=(loop,), daemon=True, name="forwarder")
        listening = Thread(target=self._listener.run, daemon=True, name="receipts")
        listening.start()
        writing = [self._begin(each.run()) for each in self._collectors.values()]
        forwarding.start()
        async with AsyncExitStack() as stack:
            await self._start(stack)
            await self._stop.wait()
        for collector in self._collectors.values():
            collector.close()
        await asyncio.gather(*writing, return_exceptions=True)
        self._forwarder.stop()
        self._listener.stop()
        await asyncio.to_thread(forwarding.join, DRAIN_S + 2)
        left = sum(each.spool.unsent_lines for each in self._collectors.values())
        log.info("ended", unsent_lines=left, why=self._forwarder.fault)
        if self._fault is not None:
            raise self._fault

    def _begin(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """A task whose fault ends the agent: none may be missing without a word."""
        task = asyncio.create_task(work)
        task.add_done_callback(
            lambda done: None if done.cancelled() else self._note_fault(done.exception())
        )
        return task

    def _forward(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._forwarder.run()
        except Exception as fault:
            loop.call_soon_threadsafe(self._note_fault, fault)

    def _note_fault(self, fault: BaseException | None) -> None:
        if fault is not None:
            self._fault = self._fault or fault
            self._stop.set()

    async def _start(self, stack: AsyncExitStack) -> None:
        observer = Observer(
            self._settings.enterprise,
            self._settings.spool_bytes,
            self._collectors.values(),
            self._forwarder,
            self._listener,
            self._answers,
            self._metrics,
        )
        address = await serve_status(self._settings.status_address, observer, self._metrics, stack)
        log.info("status", listen=_written(address))
        for each in self._settings.inputs:
            await self._start_input(each, self._collectors[name_of(each)], stack)

    async def _start_input(self, each: Input, collector: Collector, stack: AsyncExitStack) -> None:
        match each:
            case SyslogUdp():
                address = await listen_udp(each, collector, stack)
            case SyslogTcp():
                address = await listen_tcp(each, collector, stack)
            case Http():
                address = await listen_http(each, collector, stack)
            case Files():
                self._keep_running(FileFollower(each, collector).run(), stack)
                log.info("input", name=collector.name, paths=list(map(str, each.paths)))
                return
            case Stdin():
                self._keep_running(self._read_standard_input(collector), stack)
                log.info("input", name=collector.name)
                return
        log.info("input", name=collector.name, listen=_written(address))

    def _keep_running(self, work: Coroutine[None, None, None], stack: AsyncExitStack) -> None:
        task = self._begin(work)

        async def end() -> None:
            task.cancel()
            await asyncio.wait([task])

        stack.push_async_callback(end)

    async def _read_standard_input(self, collector: Collector) -> None:
        await read_standard_input(collector)
        if len(self._collectors) == 1:
            self._stop.set()


def _written(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _lock_folder(settings: AgentSettings) -> IO[str]:
    """Two agents with one folder would number the same batches."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    lock = (settings.folder / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise AgentFault(
            f"{settings.folder}: another agent uses it; name another folder, or end that one"
        ) from fault
    return lock


def _configure_log() -> None:
    """One JSON object a line on stderr; of libraries, errors."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr, force=True)
