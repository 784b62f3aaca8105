"""A batch: the NDJSON of many events of one enterprise and one format: one Kafka record."""

import msgspec

from schemas.moments import Moment

SIGNATURE_CONTEXT = b"fenghuo-batch-1"

# Kafka record headers, in the order in which they are signed.
HEADER_FORMAT = "fenghuo-format"
HEADER_KEY_ID = "fenghuo-key-id"
HEADER_BATCH_ID = "fenghuo-batch-id"
HEADER_SEQUENCE = "fenghuo-sequence"
HEADER_DRILL = "fenghuo-drill"
HEADER_OCCURRENCES = "fenghuo-occurrences"
HEADER_SIGNATURE = "fenghuo-signature"

SIGNED_HEADERS = (
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_BATCH_ID,
    HEADER_SEQUENCE,
    HEADER_DRILL,
    HEADER_OCCURRENCES,
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One Kafka record as it was read; `timestamp` is Kafka's, the moment of receipt."""

    topic: str
    partition: int
    offset: int
    timestamp: Moment
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose sender is known: signature verified, or read by the operator from a file.

    `occurrences` maps a line's index to how many identical lines the sender had sent before
    it from the same source. An identical line is the same event when it is sent again, and
    another event when the sensor really wrote it twice: only the sender can tell which.
    """

    enterprise_id: str
    format: str
    batch_id: str
    sequence: int
    received_at: Moment
    value: bytes
    occurrences: dict[int, int] = {}
    drill: str = ""
    topic: str = ""
    partition: int = -1
    offset: int = -1


class BatchAccount(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """What became of one record: events = stored + late + dropped + dead_lettered.

    `outcome` is accepted, duplicate (its batch id was applied before) or refused.
    `reasons` counts the dropped and dead-lettered events by reason code.
    """

    enterprise_id: str
    batch_id: str
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


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, tag="dead_letter"):
    """A record (`line` 0) or one line of it (1-based) that could not be taken, kept whole.

    `remedy` tells the sender what to do; `events` is how many events it stands for.
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
