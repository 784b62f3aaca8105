"""A batch: the NDJSON of many events of one enterprise and one format: one Kafka record."""

from hashlib import sha256
from typing import TypedDict

import msgspec

from schemas.moments import Moment
from schemas.quota import Quota

SIGNATURE_CONTEXT = b"fenghuo-batch-2"

# Kafka record headers, in the order in which they are signed.
HEADER_FORMAT = "fenghuo-format"
HEADER_KEY_ID = "fenghuo-key-id"
HEADER_BATCH_ID = "fenghuo-batch-id"
HEADER_STREAM = "fenghuo-stream"
HEADER_SEQUENCE = "fenghuo-sequence"
HEADER_DRILL = "fenghuo-drill"
HEADER_OCCURRENCES = "fenghuo-occurrences"
HEADER_TIME_ZONE = "fenghuo-time-zone"
HEADER_ENCODING = "fenghuo-encoding"
HEADER_SIGNATURE = "fenghuo-signature"

SIGNED_HEADERS = (
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_BATCH_ID,
    HEADER_STREAM,
    HEADER_SEQUENCE,
    HEADER_DRILL,
    HEADER_OCCURRENCES,
    HEADER_TIME_ZONE,
    HEADER_ENCODING,
)


class Unreadable(msgspec.Struct, frozen=True):
    """Why the records up to the offset `last` could not be read: a reason, and the particulars."""

    reason: str
    detail: str
    last: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One Kafka record as it was read; `timestamp` is Kafka's, the moment of receipt.

    A record without a key has the key b""; a header's value may be None, as Kafka allows. Where
    records could not be read, one without key and value stands for all of them.
    """

    topic: str
    partition: int
    offset: int
    timestamp: Moment
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...] = ()
    unreadable: Unreadable | None = None

    @property
    def next_offset(self) -> int:
        """The offset after it, or after those that it stands for."""
        return (self.offset if self.unreadable is None else self.unreadable.last) + 1


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose sender is known: signature verified, or read by the operator from a file.

    `sequence` numbers the batches of a `stream` (of this `key_id`) without repeating a number;
    without a stream, "", it says nothing.

    `occurrences` maps a line's index to how many identical lines the sender had sent before
    it from the same source. An identical line is the same event when it is sent again, and
    another event when the sensor really wrote it twice: only the sender can tell which.
    `recorded` says that it is part of a recording, which is read in the order of its events.
    `time_zone` is that of times without an offset, `encoding` that of the value, each ""
    where the sender does not say.
    """

    enterprise_id: str
    format: str
    batch_id: str
    key_id: str = ""
    stream: str = ""
    sequence: int
    received_at: Moment
    value: bytes
    occurrences: dict[int, int] = {}
    drill: str = ""
    recorded: bool = False
    time_zone: str = ""
    encoding: str = ""
    topic: str = ""
    partition: int = -1
    offset: int = -1


class BatchAccount(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """What became of one record: events = stored + late + dropped + dead_lettered.

    `outcome` is accepted, duplicate (it was taken before) or refused. `reasons` counts the
    dropped and dead-lettered events by reason code, and what was remarked of stored ones
    (`REMARKS` in pipeline/intake/reading.py). `unverified` is why it cannot be known whether an
    accepted batch was taken before; "" where it was not. `key_id` is that of the signature that
    holds; "" where none does: then nobody is answered. `quota` is what it was held against; None
    where it was not. `rule_set_id` are the rules that saw its events; "" where none did.
    """

    enterprise_id: str
    batch_id: str
    key_id: str = ""
    topic: str
    partition: int
    offset: int
    format: str
    received_at: Moment
    outcome: str
    events: int
    stored: int = 0
    late: int = 0
    dropped: int = 0
    dead_lettered: int = 0
    future: int = 0
    reasons: dict[str, int] = {}
    drill: str = ""
    unverified: str = ""
    quota: Quota | None = None
    rule_set_id: str = ""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, tag="dead_letter"):
    """A record (`line` 0) or one line of it (1-based) that could not be taken.

    `original` is its beginning, `ORIGINAL_BYTES` at most: make it with `original_of`. `size` is
    how many bytes it has in all and `sha256` their digest, so that what Kafka still holds at
    its place can be told to be it. `remedy` tells the sender what to do; `events` is how many
    events it stands for: the last letter of a record stands for every line that is left.
    """

    dead_letter_id: str
    enterprise_id: str
    batch_id: str
    topic: str
    partition: int
    offset: int
    line: int
    received_at: Moment
    reason: str
    detail: str
    remedy: str
    events: int
    original: bytes
    size: int
    sha256: str
    drill: str = ""
    """Of what is proved to belong to one: an unknown sender's word is not taken for it."""


ORIGINAL_BYTES = 65_536
"""Of what could not be taken, kept in a dead letter: it always fits a message."""
DETAIL_CHARS = 500
"""Of a dead letter's `detail`, which may quote what came."""


class Original(TypedDict):
    """The fields of a dead letter that say what came."""

    original: bytes
    size: int
    sha256: str


def original_of(data: bytes) -> Original:
    """What a dead letter keeps of the bytes that could not be taken."""
    return Original(original=data[:ORIGINAL_BYTES], size=len(data), sha256=sha256(data).hexdigest())
