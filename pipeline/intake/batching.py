"""From lines to batches: how a file becomes Kafka records, the same each time it is read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import msgspec

from schemas.ids import content_id

LINES_PER_BATCH = 200
BYTES_PER_BATCH = 900_000
"""Below the 1 MB that brokers take by default, headers included."""
LONGEST_GROUP = 50
"""Lines past its number that a batch takes, so that an audit event stays in one."""
REMEMBERED_LINES = 2_000_000


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of one batch. `batch_id` is derived from them, so a retry has the same id.

    `sequence` numbers the batches of a `stream`; without one, "", a batch is known by its id.
    """

    batch_id: str
    stream: str = ""
    sequence: int
    lines: tuple[bytes, ...]
    occurrences: dict[int, int]

    @property
    def value(self) -> bytes:
        """The NDJSON of the batch."""
        return b"\n".join(self.lines)

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return sum(map(len, self.lines)) + len(self.lines) - 1


class OccurrenceCounter:
    """How many identical lines went before, over a whole source.

    The memory is bounded: after `remembered` different lines it begins anew, and lines
    that far apart count as sent again rather than as seen twice.
    """

    def __init__(self, remembered: int = REMEMBERED_LINES) -> None:
        self._remembered = remembered
        self._seen: Counter[bytes] = Counter()

    def count(self, line: bytes) -> int:
        """Identical lines before this one; counts this one."""
        if len(self._seen) >= self._remembered:
            self._seen.clear()
        digest = blake2b(line, digest_size=12).digest()
        before = self._seen[digest]
        self._seen[digest] = before + 1
        return before


def chunk_lines(
    lines: Iterable[bytes],
    enterprise_id: str,
    format: str,
    lines_per_batch: int = LINES_PER_BATCH,
    stream: str = "",
) -> Iterator[Chunk]:
    """The lines of one source in their order to chunks; see `chunk_counted`."""
    counter = OccurrenceCounter()
    counted = ((line, counter.count(line)) for line in lines)
    return chunk_counted(counted, enterprise_id, format, lines_per_batch, stream)


def chunk_counted(
    counted: Iterable[tuple[bytes, int]],
    enterprise_id: str,
    format: str,
    lines_per_batch: int = LINES_PER_BATCH,
    stream: str = "",
) -> Iterator[Chunk]:
    """Lines, each with how many identical ones its source had before, to chunks of about
    `lines_per_batch` lines and at most `BYTES_PER_BATCH` bytes.

    A single longer line makes a chunk of its own: the broker or the intake says no to it.
    """
    pending: list[tuple[bytes, int]] = []
    size = sequence = 0
    for line, count in counted:
        if pending and is_cut(len(pending), size, pending[-1][0], line, lines_per_batch):
            yield make_chunk(pending, enterprise_id, format, sequence, stream)
            pending, size, sequence = [], 0, sequence + 1
        pending.append((line, count))
        size += len(line) + 1
    if pending:
        yield make_chunk(pending, enterprise_id, format, sequence, stream)


def is_cut(count: int, size: int, last: bytes, line: bytes, lines_per_batch: int) -> bool:
    """Whether a batch of `count` lines and `size` bytes ends between `last` and `line`: where it
    is full, but not within an audit event, whose records lend each other what they say."""
    if size + len(line) > BYTES_PER_BATCH or count >= lines_per_batch + LONGEST_GROUP:
        return True
    if count < lines_per_batch:
        return False
    stamp = audit_stamp(line)
    return not stamp or stamp != audit_stamp(last)


def audit_stamp(line: bytes) -> bytes:
    """Time and serial of a Linux audit record; b"" for any other line."""
    start = line.find(b"audit(", 0, 300)
    return line[start : line.find(b")", start, start + 60)] if start >= 0 else b""


def make_chunk(
    counted: Sequence[tuple[bytes, int]],
    enterprise_id: str,
    format: str,
    sequence: int,
    stream: str,
) -> Chunk:
    """These lines, each with how many identical ones went before, as one batch."""
    lines = tuple(line for line, _ in counted)
    occurrences = {index: count for index, (_, count) in enumerate(counted) if count}
    signature = msgspec.json.encode(occurrences)
    batch_id = content_id("batch", enterprise_id, format, signature, b"\n".join(lines))
    return Chunk(
        batch_id=batch_id, stream=stream, sequence=sequence, lines=lines, occurrences=occurrences
    )
