"""Syslog over UDP, TCP and TLS (RFC 5426, 6587, 5425): what listens, and hands on lines (shell).

TCP has no answer: with a full spool nothing is read any more, and the sender's own queue fills.
UDP has no way to say wait: what finds no room is counted, that the kernel dropped included.
"""

import asyncio
import os
import socket
import ssl
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from pipeline.agent.collecting import Collector
from pipeline.agent.framing import Framer, as_line
from pipeline.agent.settings import SyslogTcp, SyslogUdp, Tls

READ_BYTES = 65_536
DATAGRAMS_MAX = 20_000
"""Waiting for the disk; what comes beyond is lost, and counted."""
RECEIVE_BUFFER = 8_000_000
CONNECTIONS_MAX = 1_000
CLOSE_S = 5.0
"""For what came and is not on the disk yet, when the agent ends."""


def server_context(tls: Tls | None) -> ssl.SSLContext | None:
    """What a listener proves itself with; None without TLS."""
    if tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.client_ca is not None:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def listen_tcp(
    settings: SyslogTcp, collector: Collector, stack: AsyncExitStack
) -> tuple[str, int]:
    """Take connections until the stack is closed, and then what they have sent; raises OSError."""
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(open_now) >= CONNECTIONS_MAX:
            writer.close()
            return
        open_now.add(task)
        try:
            await _read_stream(reader, Framer(settings.framing), collector)
        finally:
            open_now.discard(task)
            writer.close()

    host, port = settings.address
    server = await asyncio.start_server(
        serve, host, port, ssl=server_context(settings.tls), limit=READ_BYTES
    )

    async def close() -> None:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)

    stack.push_async_callback(close)
    bound: tuple[str, int] = server.sockets[0].getsockname()[:2]
    return bound


async def _read_stream(reader: asyncio.StreamReader, framer: Framer, collector: Collector) -> None:
    with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
        while data := await reader.read(READ_BYTES):
            await collector.put_patiently(framer.feed(data))
            collector.refuse("line_too_long", framer.too_long)
            framer.too_long = 0
    if rest := framer.end():
        await collector.put_patiently(rest)


class _Datagrams(asyncio.DatagramProtocol):
    """What came and is not on the disk yet."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self.waiting: list[bytes] = []
        self.wake = asyncio.Event()
        self.is_closed = False

    def datagram_received(self, data: bytes, addr: object) -> None:
        line = as_line(data)
        if not line:
            return
        if len(self.waiting) >= DATAGRAMS_MAX:
            self._collector.refuse("no_room")
            return
        self.waiting.append(line)
        self.wake.set()

    async def hand_on(self) -> None:
        while self.waiting or not self.is_closed:
            await self.wake.wait()
            self.wake.clear()
            lines, self.waiting = self.waiting, []
            await self._collector.put_patiently(lines)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        self.wake.set()


async def listen_udp(
    settings: SyslogUdp, collector: Collector, stack: AsyncExitStack
) -> tuple[str, int]:
    """Take datagrams until the stack is closed; raises OSError."""
    loop = asyncio.get_running_loop()
    protocol = _Datagrams(collector)
    transport, _ = await loop.create_datagram_endpoint(
        lambda: protocol, local_addr=settings.address
    )
    bound: socket.socket = transport.get_extra_info("socket")
    with suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    handing_on = asyncio.create_task(protocol.hand_on())
    watching = asyncio.create_task(_watch_drops(bound, collector))

    async def close() -> None:
        transport.close()
        watching.cancel()
        await asyncio.wait([handing_on], timeout=CLOSE_S)
        handing_on.cancel()

    stack.push_async_callback(close)
    address: tuple[str, int] = bound.getsockname()[:2]
    return address


async def _watch_drops(bound: socket.socket, collector: Collector) -> None:
    inode = str(os.fstat(bound.fileno()).st_ino)
    while True:
        collector.metrics.put("udp_kernel_drops", kernel_drops(inode), input=collector.name)
        await asyncio.sleep(5)


def kernel_drops(inode: str) -> int:
    """Datagrams that the kernel dropped of the socket with this inode (Linux); else 0."""
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        with suppress(OSError):
            for row in Path(table).read_text().splitlines()[1:]:
                columns = row.split()
                if columns[9] == inode:
                    return int(columns[-1])
    return 0
