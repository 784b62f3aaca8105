"""What a store kept of a period, copied aside once: the store is closed before it is read (shell).

An embedded store is open in one process at a time, and one at a time is open in a process;
a backtest reads the same lines twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pipeline.replay.stored_lines import (
    Reread,
    StoredCommand,
    StoredEvent,
    StoredInput,
    batches_of,
    received,
    select_commands,
    select_events,
)
from schemas.command import Command
from schemas.moments import Moment
from sinks.contract import Store

_EVENT = msgspec.json.Decoder(StoredEvent, strict=False)  # ClickHouse writes truth as 0 and 1


class _CommandRow(msgspec.Struct):
    command: str
    received_us: Moment


_COMMAND_ROW = msgspec.json.Decoder(_CommandRow)


class Spool:
    """Events and commands of one period, as files; `received_events` of them in all."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / "events.ndjson"
        self._commands = folder / "commands.ndjson"
        self.size = 0

    def fill(self, store: Store, start: Moment, end: Moment, enterprises: Sequence[str]) -> None:
        """Copy the period; raises whatever the store raises."""
        for file, sql in (
            (self._events, select_events(start, end, enterprises)),
            (self._commands, select_commands(start, end, enterprises)),
        ):
            with file.open("wb") as copy:
                copy.writelines(store.lines(sql))
        self.size = self._events.stat().st_size

    def inputs(self, reread: Reread) -> Iterator[StoredInput]:
        """Batches and commands in the order of their receipt; commands first of what is equal."""
        commands: Iterator[StoredInput] = self._read_commands()
        batches: Iterator[StoredInput] = batches_of(self._read_events(), reread)
        return merge(commands, batches, key=received)

    def _read_events(self) -> Iterator[StoredEvent]:
        with self._events.open("rb") as lines:
            yield from map(_EVENT.decode, lines)

    def _read_commands(self) -> Iterator[StoredInput]:
        with self._commands.open("rb") as lines:
            for line in lines:
                row = _COMMAND_ROW.decode(line)
                command = msgspec.json.decode(row.command, type=Command)
                yield StoredCommand(command, row.received_us)


@contextmanager
def spooled(
    store: Store, start: Moment, end: Moment, enterprises: Sequence[str] = ()
) -> Iterator[Spool]:
    """A filled spool, gone afterwards."""
    with TemporaryDirectory(prefix="fenghuo-replay-") as folder:
        spool = Spool(Path(folder))
        spool.fill(store, start, end, enterprises)
        yield spool
