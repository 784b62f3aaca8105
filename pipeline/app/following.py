"""Publishing what is added to a file: each line once, over any number of runs (shell).

The note beside the file says how far Kafka acknowledged. A run reads the file from its beginning
all the same: only so it knows which line is the second of its kind.
"""

from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import msgspec

from pipeline.files.growing_files import Growth
from pipeline.files.replacing import replace_file
from pipeline.intake.batching import Chunk, OccurrenceCounter, chunk_counted

HEAD_BYTES = 1_024
"""By which a file is known again; its name may be another's by now."""


class Followed(msgspec.Struct, frozen=True):
    """How far a file was acknowledged: to this offset, and how it began."""

    destination: str
    offset: int
    head: str


class FollowNote:
    """The note of one file and one destination, replaced as a whole."""

    def __init__(self, note: Path, file: Path, destination: str) -> None:
        self.place = note
        self._file = file
        self._destination = destination

    def acknowledged(self) -> int:
        """The offset up to which this very file was sent; 0 where nothing is known of it."""
        try:
            noted = msgspec.json.decode(self.place.read_bytes(), type=Followed)
            is_same = noted == self._followed(noted.offset)
            return noted.offset if is_same and self._file.stat().st_size >= noted.offset else 0
        except (OSError, msgspec.DecodeError):
            return 0

    def acknowledge(self, offset: int) -> None:
        """Remember it; raises OSError."""
        replace_file(self.place, msgspec.json.encode(self._followed(offset)))

    def _followed(self, offset: int) -> Followed:
        with self._file.open("rb") as opened:
            head = opened.read(min(HEAD_BYTES, offset))
        return Followed(self._destination, offset, blake2b(head, digest_size=16).hexdigest())


class Follower:
    """Growths to chunks of one stream, which begins with this run."""

    def __init__(self, enterprise_id: str, manner: str, sent_to: int) -> None:
        self._enterprise_id = enterprise_id
        self._manner = manner
        self._sent_to = sent_to
        self._stream = token_hex(16)
        self._sequence = 0
        self._counter = OccurrenceCounter()
        self._is_first = True

    def chunks(self, growth: Growth) -> list[Chunk]:
        """Those of its lines that were not sent by a run before."""
        if growth.is_anew:
            self._counter = OccurrenceCounter()
            self._sent_to = self._sent_to if self._is_first else 0
            self._is_first = False
        counted = [(line, self._counter.count(line), end) for line, end in growth.lines]
        fresh = ((line, count) for line, count, end in counted if end > self._sent_to)
        chunks = [
            msgspec.structs.replace(chunk, sequence=self._sequence + chunk.sequence)
            for chunk in chunk_counted(
                fresh, self._enterprise_id, self._manner, stream=self._stream
            )
        ]
        self._sequence += len(chunks)
        return chunks
