"""Lines of files in the order of their events, whatever order they are in (shell).

Rule 1. What fits in the memory is read once and sorted there.
Rule 2. What does not is read once to see whether each file is in order by itself. If all are, they
        are read side by side; else all are sorted in parts, in a temporary folder, and merged.
Rule 3. Lines of the same time, and lines without one, stay where they stood: a line without a time
        counts as of the line before it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from heapq import merge
from itertools import chain
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

import msgspec

from schemas.moments import MINUTE, Moment

HELD_BYTES = 128 << 20
"""Bytes of lines that are sorted in the memory at once; it takes about three times as much."""
LINE_BYTES = 200
"""What a line takes in the memory beside its own bytes."""
PARTS_MERGED = 64
"""Parts that are merged at once: each is an open file."""
IN_ORDER: Moment = MINUTE
"""Lines that are out of order by less are as sensors write them; nothing is said of them."""
_LENGTH_BYTES = 4


class Line(NamedTuple):
    """One event's line, when it happened, and how many identical lines its file had before."""

    time: Moment
    occurrence: int
    raw: bytes


Read = Callable[[], Iterator[Line]]
"""Reads one file from its beginning, each time it is called."""


class Ordered(NamedTuple):
    """The lines in order; `size` is their bytes, `out_of_order` how many lines were, `is_spilled`
    whether they had to be sorted on disk."""

    lines: Iterator[Line]
    size: int
    out_of_order: int
    is_spilled: bool


class _Survey:
    """Counts what passes by; a line that is out of order is one behind its own file's newest."""

    def __init__(self) -> None:
        self.size = 0
        self.out_of_order = 0

    def watch(self, lines: Iterable[Line]) -> Iterator[Line]:
        newest: Moment = 0
        for line in lines:
            self.size += len(line.raw)
            self.out_of_order += line.time < newest - IN_ORDER
            newest = max(newest, line.time)
            yield line


def in_order(files: Sequence[Read], stack: ExitStack, held_bytes: int = HELD_BYTES) -> Ordered:
    """All lines of all files, by time. `stack` keeps what is on disk until they are read.

    Raises OSError where the temporary folder cannot hold them.
    """
    survey = _Survey()
    lines = chain.from_iterable(survey.watch(read()) for read in files)
    held, is_all = _take(lines, held_bytes)
    if is_all:
        return Ordered(iter(_sorted(held)), survey.size, survey.out_of_order, False)
    held.clear()
    for _ in lines:  # to the end, for the survey
        pass
    if not survey.out_of_order:
        side_by_side = merge(*(_rising(read()) for read in files), key=itemgetter(0))
        return Ordered((line for _, line in side_by_side), survey.size, 0, False)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="fenghuo-")))
    parts = _spill(chain.from_iterable(read() for read in files), folder, held_bytes)
    return Ordered(_merged(parts, stack), survey.size, survey.out_of_order, True)


def _take(lines: Iterator[Line], held_bytes: int) -> tuple[list[Line], bool]:
    """As many lines as may be held, and whether that is all."""
    held: list[Line] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line.raw) + LINE_BYTES
        if size > held_bytes:
            return held, False
    return held, True


def _sorted(lines: list[Line]) -> list[Line]:
    lines.sort(key=lambda line: line.time)  # stable (rule 3)
    return lines


def _rising(lines: Iterator[Line]) -> Iterator[tuple[Moment, Line]]:
    """A file's lines as they stand, each at the greatest time so far."""
    newest: Moment = 0
    for line in lines:
        newest = max(newest, line.time)
        yield newest, line


def _spill(lines: Iterator[Line], folder: Path, held_bytes: int) -> list[Path]:
    """Sorted parts on disk, in the order in which their lines stood."""
    parts: list[Path] = []
    is_all = False
    while not is_all:
        held, is_all = _take(lines, held_bytes)
        parts.append(_write(_sorted(held), folder / f"part-{len(parts)}"))
    generation = 0
    while len(parts) > PARTS_MERGED:
        generation += 1
        parts = [
            _merge_parts(parts[first : first + PARTS_MERGED], folder / f"{generation}-{first}")
            for first in range(0, len(parts), PARTS_MERGED)
        ]
    return parts


def _merge_parts(parts: list[Path], into: Path) -> Path:
    with ExitStack() as stack:
        _write(_merged(parts, stack), into)
    for part in parts:
        part.unlink()
    return into


def _merged(parts: list[Path], stack: ExitStack) -> Iterator[Line]:
    opened = [_read(stack.enter_context(part.open("rb"))) for part in parts]
    return merge(*opened, key=lambda line: line.time)


def _write(lines: Iterable[Line], part: Path) -> Path:
    encoder = msgspec.msgpack.Encoder()
    with part.open("wb") as file:
        for line in lines:
            encoded = encoder.encode(line)
            file.write(len(encoded).to_bytes(_LENGTH_BYTES, "big"))
            file.write(encoded)
    return part


def _read(file: BinaryIO) -> Iterator[Line]:
    decoder = msgspec.msgpack.Decoder(Line)
    while length := file.read(_LENGTH_BYTES):
        yield decoder.decode(file.read(int.from_bytes(length, "big")))
