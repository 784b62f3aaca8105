"""One input with its spool, in this process: what it took is read back from the disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pipeline.agent.collecting import Batching, Collector
from pipeline.agent.http_input import listen_http
from pipeline.agent.metrics import Metrics
from pipeline.agent.segments import Manner
from pipeline.agent.settings import Http, SyslogTcp, SyslogUdp, Tls
from pipeline.agent.spool import Spool
from pipeline.agent.syslog_inputs import listen_tcp, listen_udp

LIMIT = 64_000_000


class Site:
    """A collector that runs, and what it has."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.metrics = Metrics()
        self.spool = Spool(folder / "spool", Manner("E1", "auto"), limit)
        self.collector = Collector("in", self.spool, Batching(200, 0.05), self.metrics)
        self.port = 0

    def lines(self) -> list[bytes]:
        """Of all batches that are cut."""
        batches = self.spool.read(self.spool.acknowledged)
        return [line for each in batches for line in each.chunk.lines]

    async def lines_when(self, count: int) -> list[bytes]:
        """The same, once there are so many: what listens has no answer to wait for."""
        while len(found := self.lines()) < count:  # noqa: ASYNC110 - a disk raises no event
            await asyncio.sleep(0.02)
        return found

    def refused(self, reason: str) -> int:
        """Lines that were lost here."""
        return round(self.metrics.value("lines_refused_total", input="in", reason=reason))


@asynccontextmanager
async def collecting(folder: Path, limit: int = LIMIT) -> AsyncIterator[Site]:
    """A collector without a listener."""
    site = Site(folder, limit)
    running = asyncio.create_task(site.collector.run())
    try:
        yield site
    finally:
        site.collector.close()
        await running
        site.spool.close()


@asynccontextmanager
async def http_site(
    folder: Path, token_file: Path | None = None, limit: int = LIMIT
) -> AsyncIterator[Site]:
    """An HTTP input on a free port."""
    async with collecting(folder, limit) as site, AsyncExitStack() as stack:
        settings = Http(kind="http", listen="127.0.0.1:0", token_file=token_file)
        _, site.port = await listen_http(settings, site.collector, stack)
        yield site


@asynccontextmanager
async def tcp_site(folder: Path, tls: Tls | None = None, limit: int = LIMIT) -> AsyncIterator[Site]:
    """Syslog over TCP on a free port."""
    async with collecting(folder, limit) as site, AsyncExitStack() as stack:
        settings = SyslogTcp(kind="syslog_tcp", listen="127.0.0.1:0", tls=tls)
        _, site.port = await listen_tcp(settings, site.collector, stack)
        yield site


@asynccontextmanager
async def udp_site(folder: Path) -> AsyncIterator[Site]:
    """Syslog over UDP on a free port."""
    async with collecting(folder) as site, AsyncExitStack() as stack:
        settings = SyslogUdp(kind="syslog_udp", listen="127.0.0.1:0")
        _, site.port = await listen_udp(settings, site.collector, stack)
        yield site
