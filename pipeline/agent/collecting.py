"""Lines of one input into its spool: written together, cut into batches by size and by time.

`put` returns when its lines are on the disk. While one write is on its way, what comes meanwhile
waits, and is the next write: one fsync for all of it.
"""

import asyncio
import time
from collections.abc import Sequence

import msgspec

from pipeline.agent.metrics import Metrics
from pipeline.agent.segments import Cut, FilePosition, Lines
from pipeline.agent.spool import Spool, SpoolFull
from pipeline.intake.batching import OccurrenceCounter, audit_stamp, is_cut
from pipeline.intake.lines import LINE_BYTES

REMEMBERED_LINES = 50_000
RETRY_S = 0.5
"""A full spool or disk is tried again after so long."""


class Batching(msgspec.Struct, frozen=True):
    """A batch ends after so many lines, or so many seconds after its first."""

    lines: int
    seconds: float


class Pending(msgspec.Struct, frozen=True):
    """What the batch has that is not cut yet; times of the monotonic clock, in seconds."""

    lines: int = 0
    size: int = 0
    last: bytes = b""
    first_s: float = 0.0
    last_s: float = 0.0

    def is_due(self, batching: Batching, now_s: float) -> bool:
        """Whether its time is over; an audit event in the middle is given as long again."""
        since_s = self.last_s if audit_stamp(self.last) else self.first_s
        return self.lines > 0 and now_s >= since_s + batching.seconds


def plan_cuts(
    pending: Pending, each: Lines, batching: Batching, now_s: float
) -> tuple[list[Lines | Cut], Pending]:
    """The lines with cuts between them, and what is pending after them. The position of a
    followed file goes with the last part."""
    entries: list[Lines | Cut] = []
    start = 0
    for index, line in enumerate(each.lines):
        if pending.lines and is_cut(
            pending.lines, pending.size, pending.last, line, batching.lines
        ):
            entries += [_part(each, start, index), Cut()] if index > start else [Cut()]
            start, pending = index, Pending()
        pending = Pending(
            pending.lines + 1,
            pending.size + len(line) + 1,
            line,
            pending.first_s if pending.lines else now_s,
            now_s,
        )
    last = _part(each, start, len(each.lines))
    return [*entries, msgspec.structs.replace(last, position=each.position)], pending


def _part(each: Lines, start: int, end: int) -> Lines:
    counts = {i - start: count for i, count in each.counts.items() if start <= i < end}
    return Lines(each.lines[start:end], counts, each.file)


class Collector:
    """Takes the lines of one input; `run` writes them."""

    def __init__(self, name: str, spool: Spool, batching: Batching, metrics: Metrics) -> None:
        self.name = name
        self.metrics = metrics
        self.spool = spool
        self.is_full = False
        self.troubles: dict[str, str] = {}
        """What the input cannot read, in words, by its place."""
        self._batching = batching
        self._pending = Pending()
        self._waiting: list[tuple[Lines, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._counter = self.new_counter()
        self._is_closing = False

    @staticmethod
    def new_counter() -> OccurrenceCounter:
        """For identical lines: of one request, one file, or one input."""
        return OccurrenceCounter(REMEMBERED_LINES)

    async def put(
        self,
        lines: Sequence[bytes],
        counter: OccurrenceCounter | None = None,
        file: str = "",
        position: FilePosition | None = None,
    ) -> None:
        """Returns when the lines are on the disk. Raises SpoolFull, or OSError of the disk:
        then the input answers for them. A line that no batch takes is refused, and counted."""
        await self._write(self._numbered(lines, counter or self._counter, file, position))

    async def put_patiently(
        self,
        lines: Sequence[bytes],
        counter: OccurrenceCounter | None = None,
        file: str = "",
        position: FilePosition | None = None,
    ) -> None:
        """The same, as soon as there is room: whoever waits for this reads no further."""
        numbered = self._numbered(lines, counter or self._counter, file, position)
        while True:
            try:
                return await self._write(numbered)
            except (SpoolFull, OSError):
                await asyncio.sleep(RETRY_S)

    async def run(self) -> None:
        """Write what is put and cut what is due, until `close`."""
        while not (self._is_closing and not self._waiting):
            await self._wait()
            self._wake.clear()
            waiting, self._waiting = self._waiting, []
            await self._write_together(waiting)
            if self._pending.is_due(self._batching, time.monotonic()):
                await self._cut()
        if self._pending.lines:
            await self._cut()

    def close(self) -> None:
        """`run` ends when what was put is written and cut."""
        self._is_closing = True
        self._wake.set()

    def _numbered(
        self,
        lines: Sequence[bytes],
        counter: OccurrenceCounter,
        file: str,
        position: FilePosition | None,
    ) -> Lines:
        taken = tuple(line for line in lines if len(line) <= LINE_BYTES)
        self.refuse("line_too_long", len(lines) - len(taken))
        counts = {i: count for i, line in enumerate(taken) if (count := counter.count(line))}
        return Lines(taken, counts, file, position)

    def refuse(self, reason: str, lines: int = 1) -> None:
        """Lines that are lost here: counted."""
        if lines:
            self.metrics.add("lines_refused", lines, input=self.name, reason=reason)

    async def _write(self, numbered: Lines) -> None:
        if not numbered.lines and numbered.position is None:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((numbered, done))
        self._wake.set()
        await done
        self.metrics.add("lines", len(numbered.lines), input=self.name)

    async def _wait(self) -> None:
        """Until something is put, or what is pending may be due."""
        # Half of what is promised: late by no more than that.
        timeout_s = min(self._batching.seconds, 1.0) / 2 if self._pending.lines else None
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return

    async def _write_together(self, waiting: list[tuple[Lines, "asyncio.Future[None]"]]) -> None:
        pending, entries = self._pending, list[Lines | Cut]()
        for lines, _ in waiting:
            more, pending = plan_cuts(pending, lines, self._batching, time.monotonic())
            entries += more
        try:
            await asyncio.to_thread(self.spool.write, entries)
        except (SpoolFull, OSError) as fault:
            self.is_full = True
            self.metrics.add("spool_refusals", input=self.name)
            for _, done in waiting:
                _settle(done, fault)
            return
        self._pending = pending
        self.is_full = self.is_full and not waiting
        for _, done in waiting:
            _settle(done, None)

    async def _cut(self) -> None:
        try:
            await asyncio.to_thread(self.spool.write, [Cut()])
        except OSError:
            self.is_full = True
            await asyncio.sleep(RETRY_S)
        else:
            self._pending = Pending()


def _settle(done: "asyncio.Future[None]", fault: BaseException | None) -> None:
    """Whoever waits may have gone: a connection that broke."""
    if done.done():
        return
    if fault is None:
        done.set_result(None)
    else:
        done.set_exception(fault)
