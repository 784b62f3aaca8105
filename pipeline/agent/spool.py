"""A spool: an input's lines on the disk, from before they are answered for until Kafka has them.

Rule 1. What `write` returned from is on the disk (fsync) and outlives any crash.
Rule 2. A batch has its number and content for good: cuts are on the disk before a batch is
        sent. What is sent again after a crash is the same record, and known by its number.
Rule 3. How far Kafka acknowledged is a hint: where it is lost, batches are sent again.
Rule 4. Segments never hold more than `limit` bytes. A segment goes when all of it is acknowledged;
        the one that is written to stays, and with it the number and the files' positions.

One thread writes, one reads and acknowledges.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec

from pipeline.agent.segments import (
    Cut,
    Entry,
    FilePosition,
    Lines,
    Manner,
    Opening,
    encode_entry,
    read_entries,
)
from pipeline.files.replacing import replace_file
from pipeline.intake.batching import Chunk, make_chunk

SEGMENT_BYTES = 16_000_000
_ACKNOWLEDGED = "acknowledged.json"


class SpoolFull(Exception):
    """No room until Kafka has taken some of it."""


class SpoolFault(Exception):
    """The folder cannot be used; the message says why and what to do."""


class Place(msgspec.Struct, frozen=True):
    """Where a batch begins: segment, offset, and its number."""

    segment: int = 0
    offset: int = 0
    sequence: int = 0


class SpooledBatch(msgspec.Struct, frozen=True):
    """A batch to send, and the place after it."""

    chunk: Chunk
    manner: Manner
    after: Place


class Spool:
    """The segments of one input in a folder of its own; recovers what a crash left there.

    Raises SpoolFault for a folder of another enterprise, OSError where it cannot be written.
    """

    def __init__(self, folder: Path, manner: Manner, limit: int) -> None:
        self.folder = folder
        self._manner = manner
        self._limit = limit
        self._segment_bytes = min(SEGMENT_BYTES, limit // 8)
        self._lock = Lock()
        self._sizes: dict[int, int] = {}
        """Bytes of each segment that are on the disk for sure."""
        self.damaged_bytes = 0
        """Found with a wrong checksum, and lost."""
        self.unsent_lines = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._recover()
        self.acknowledged = self._read_acknowledged()
        self.unsent_lines = sum(len(each.chunk.lines) for each in self.read(self.acknowledged))

    @property
    def bytes(self) -> int:
        """Of all segments."""
        with self._lock:
            return sum(self._sizes.values())

    def write(self, entries: Iterable[Lines | Cut]) -> None:
        """Append them; on return they are on the disk. Raises SpoolFull, or OSError (a full disk,
        say): then a first part of it may stand there, and is the same events when it is written
        again. A cut alone always has room."""
        entries = list(entries)
        sizes = [len(line) for each in entries if isinstance(each, Lines) for line in each.lines]
        if sizes and self.bytes + sum(sizes) + 64 * len(entries) > self._limit:
            raise SpoolFull
        group: list[Lines | Cut] = []
        size = self._sizes[self._active]
        for entry in entries:
            group.append(entry)
            size += sum(map(len, entry.lines)) if isinstance(entry, Lines) else 0
            if isinstance(entry, Cut) and size >= self._segment_bytes:
                self._append(group)
                self._open_segment(self._active + 1)
                group, size = [], 0
        self._append(group)

    def forget(self, file: str) -> None:
        """A followed file is gone: its position is not carried on."""
        self.positions.pop(file, None)

    def read(self, place: Place) -> Iterator[SpooledBatch]:
        """The batches from `place` on that are cut, oldest first."""
        self._drop_acknowledged()
        while True:
            with self._lock:
                size = self._sizes.get(place.segment, 0)
                later = [each for each in self._sizes if each > place.segment]
            if size:  # else it was acknowledged, and is gone
                yield from self._read_segment(place, size)
            if not later:
                return
            place = Place(min(later), 0, 0)

    def acknowledge(self, place: Place, lines: int) -> None:
        """Kafka has all before `place`, `lines` more than it had; segments that are done go."""
        self.acknowledged = place
        with suppress(OSError):  # a full disk; rule 3
            replace_file(self.folder / _ACKNOWLEDGED, msgspec.json.encode(place))
        with self._lock:
            self.unsent_lines -= lines
        self._drop_acknowledged()

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._descriptor)

    def _read_segment(self, place: Place, size: int) -> Iterator[SpooledBatch]:
        path = self._path(place.segment)
        opening, begin = next(read_entries(path, 0, size), (None, 0))
        if not isinstance(opening, Opening):
            self._damage(place.segment, size)
            return
        sequence = place.sequence if place.offset else opening.sequence
        counted: list[tuple[bytes, int]] = []
        end = begin
        for entry, end in read_entries(path, max(begin, place.offset), size):
            if isinstance(entry, Lines):
                counted += [(x, entry.counts.get(i, 0)) for i, x in enumerate(entry.lines)]
            elif isinstance(entry, Cut):
                sequence += 1
                if counted:
                    chunk = _chunk(counted, opening, sequence - 1)
                    yield SpooledBatch(chunk, opening.manner, Place(place.segment, end, sequence))
                counted = []
        if place.offset < size and end < size:
            self._damage(place.segment, size - end)

    def _drop_acknowledged(self) -> None:
        """Looked for by who reads, too: the segment that was written to when all of it was
        acknowledged is done only now, and in a full spool nothing more would be acknowledged."""
        until = (self.acknowledged.segment, self.acknowledged.offset)
        with self._lock:
            done = [
                number
                for number, size in self._sizes.items()
                if number != self._active and (number, size) <= until
            ]
            for number in done:
                self._path(number).unlink(missing_ok=True)
                del self._sizes[number]

    def _damage(self, segment: int, size: int) -> None:
        """Only in a segment that is done: the other is read again when there is more of it."""
        if segment != self._active:
            self.damaged_bytes += size

    def _recover(self) -> None:
        found = sorted(int(path.stem) for path in self.folder.glob("*.segment"))
        for number in found:
            self._sizes[number] = self._path(number).stat().st_size
        while found:
            if self._resume(found[-1]):
                return
            number = found.pop()  # its opening was torn: nothing stands in it
            self._path(number).unlink()
            del self._sizes[number]
        self.positions: dict[str, FilePosition] = {}
        self._sequence = 0
        (self.folder / _ACKNOWLEDGED).unlink(missing_ok=True)
        # Random: a folder made anew begins at 0 again, and its numbers must not be taken for the
        # old ones.
        self._stream = f"{self.folder.name}-{secrets.token_hex(8)}"
        self._open_segment(0)

    def _resume(self, number: int) -> bool:
        """Go on behind the last record of this segment that is whole; False without any."""
        entries = list(read_entries(self._path(number), 0, self._sizes[number]))
        if not entries or not isinstance(entries[0][0], Opening):
            return False
        opening = entries[0][0]
        if opening.manner.enterprise_id != self._manner.enterprise_id:
            raise SpoolFault(
                f"{self.folder}: lines of {opening.manner.enterprise_id!r} are in it; "
                "name another folder, or send them first under that name"
            )
        self._stream, self._sequence = opening.stream, opening.sequence
        self.positions = dict(opening.positions)
        self._active = number
        self._descriptor = os.open(self._path(number), os.O_WRONLY)
        # A torn record at the end was never answered for: who sent it sends it again.
        os.ftruncate(self._descriptor, entries[-1][1])
        self._sizes[number] = entries[-1][1]
        for entry, _ in entries:
            self._note(entry)
        # Lines without a cut would wait for more: after a restart they are a batch of their own.
        if isinstance(entries[-1][0], Lines):
            self._append([Cut()])
        if opening.manner != self._manner:
            self._open_segment(number + 1)
        return True

    def _open_segment(self, number: int) -> None:
        """Another file, the opening in it; where that fails, the last one is gone on with."""
        path = self._path(number)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        opening = encode_entry(
            Opening(self._stream, self._manner, self._sequence, dict(self.positions))
        )
        try:
            _write_durably(descriptor, 0, opening)
        except OSError:
            os.close(descriptor)
            path.unlink()
            raise
        # fsync of a file does not keep its name: the folder has to be on the disk as well.
        _sync_folder(self.folder)
        if self._sizes and number - 1 in self._sizes:
            os.close(self._descriptor)
        with self._lock:
            self._descriptor, self._active = descriptor, number
            self._sizes[number] = len(opening)

    def _append(self, entries: list[Lines | Cut]) -> None:
        if not entries:
            return
        size = self._sizes[self._active]
        data = b"".join(map(encode_entry, entries))
        _write_durably(self._descriptor, size, data)
        with self._lock:
            self._sizes[self._active] = size + len(data)
            for entry in entries:
                self._note(entry)
                self.unsent_lines += len(entry.lines) if isinstance(entry, Lines) else 0

    def _note(self, entry: Entry) -> None:
        if isinstance(entry, Cut):
            self._sequence += 1
        elif isinstance(entry, Lines) and entry.position is not None:
            self.positions[entry.file] = entry.position

    def _read_acknowledged(self) -> Place:
        first = Place(min(self._sizes))
        try:
            place = msgspec.json.decode((self.folder / _ACKNOWLEDGED).read_bytes(), type=Place)
        except (OSError, msgspec.DecodeError):
            return first
        return place if place.offset <= self._sizes.get(place.segment, -1) else first

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:012}.segment"


def _chunk(counted: list[tuple[bytes, int]], opening: Opening, sequence: int) -> Chunk:
    manner = opening.manner
    return make_chunk(counted, manner.enterprise_id, manner.format, sequence, opening.stream)


def _write_durably(descriptor: int, offset: int, data: bytes) -> None:
    """At `offset`, and to the disk; raises OSError, then the file ends at `offset`."""
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], offset + written)
        os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, offset)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
