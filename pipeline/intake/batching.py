"""From lines to batches: how a file becomes Kafka records, the same each time it is read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from schemas.ids import content_id

LINES_PER_BATCH = 200
BYTES_PER_BATCH = 900_000
"""Below the 1 MB that brokers take by default, headers included."""
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

    The memory is bounded: after `REMEMBERED_LINES` different lines it begins anew, and lines
    that far apart count as sent again rather than as seen twice.
    """

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def count(self, line: bytes) -> int:
        """Identical lines before this one; counts this one."""
        if len(self._seen) >= REMEMBERED_LINES:
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
    """Lines in order to chunks of at most `lines_per_batch` lines and `BYTES_PER_BATCH` bytes.

    A single longer line makes a chunk of its own: the broker or the intake says no to it.
    """
    counter = OccurrenceCounter()

    def cut(lines: list[bytes], sequence: int) -> Chunk:
        counts = [counter.count(line) for line in lines]
        return chunk_of(lines, counts, enterprise_id, format, sequence, stream)

    pending: list[bytes] = []
    size = sequence = 0
    for line in lines:
        if pending and (len(pending) == lines_per_batch or size + len(line) > BYTES_PER_BATCH):
            yield cut(pending, sequence)
            pending, size, sequence = [], 0, sequence + 1
        pending.append(line)
        size += len(line) + 1
    if pending:
        yield cut(pending, sequence)


def chunk_of(
    lines: list[bytes],
    counts: list[int],
    enterprise_id: str,
    format: str,
    sequence: int,
    stream: str = "",
) -> Chunk:
    """One batch; `counts` says of each line how many identical ones its source had before."""
    occurrences = {index: count for index, count in enumerate(counts) if count}
    signature = msgspec.json.encode(occurrences)
    batch_id = content_id("batch", enterprise_id, format, signature, b"\n".join(lines))
    return Chunk(
        batch_id=batch_id,
        stream=stream,
        sequence=sequence,
        lines=tuple(lines),
        occurrences=occurrences,
    )
