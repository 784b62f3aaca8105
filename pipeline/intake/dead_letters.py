"""The dead letters of whole records, the sender's fault or ours.

What intake refuses its senders did wrong (`pipeline/intake/admission.py`). The reasons named here
mean that something on our side is wrong: the engine raised, the store refused, Kafka forgot; so
each also raises an alarm.
"""

from typing import Any

import msgspec

from pipeline.intake.texts import count_lines
from schemas.batch import (
    DETAIL_CHARS,
    HEADER_BATCH_ID,
    HEADER_FORMAT,
    BatchAccount,
    DeadLetter,
    Record,
    Unreadable,
    original_of,
)
from schemas.ids import content_id, is_name
from schemas.moments import Moment
from schemas.topics import is_sightings

ENGINE_FAULT = "engine_fault"
SIGHTING_MALFORMED = "sighting_malformed"
ROWS_REFUSED = "rows_refused"
EXPIRED = "expired"
RECREATED = "topic_recreated"

REMEDIES: dict[str, str] = {
    ENGINE_FAULT: "A fault of the engine: report it with this record, then requeue it.",
    SIGHTING_MALFORMED: "Let only workers of one release and policy write there, then requeue it.",
    ROWS_REFUSED: "A fault of the mapping to rows: report it with this row, then requeue it.",
    "wrong_partition": "Let only workers write there: they use Kafka's default partitioner.",
    RECREATED: "Records of the old topic that were not read are lost: have them published again.",
    "record_batch_too_large": "Send smaller record batches: set batch.size to 1 MB at most.",
    "record_batch_unreadable": "Send with a client of Kafka, names of headers in UTF-8.",
    EXPIRED: "Keep records longer than a worker may be down; have the sender publish again.",
}


def refuse_whole(
    record: Record, reason: str, detail: str, remedy: str, key_id: str = ""
) -> tuple[DeadLetter, BatchAccount]:
    """A record that is not taken at all: its beginning kept, every line of it counted.

    Whose it is, is what it says, and only as far as that can be a name. A drill's it is not,
    whatever it says: what is refused is seen where people look, among what is in earnest. `key_id`
    is that of the signature, where it was found to hold.
    """
    headers = {name: _claim(value) for name, value in record.headers}
    events = count_lines(record.value)
    place: dict[str, Any] = {
        "enterprise_id": _claim(record.key),
        "batch_id": headers.get(HEADER_BATCH_ID, ""),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "received_at": record.timestamp,
    }
    where = f"{record.topic}/{record.partition}/{record.offset}"
    letter = DeadLetter(
        dead_letter_id=content_id("dead_letter", where, "0"),
        line=0,
        reason=reason,
        detail=detail[:DETAIL_CHARS],
        remedy=remedy,
        events=events,
        **original_of(record.value),
        **place,
    )
    account = BatchAccount(
        format=headers.get(HEADER_FORMAT, ""),
        key_id=key_id,
        outcome="refused",
        events=events,
        dead_lettered=events,
        reasons={reason: events},
        **place,
    )
    return letter, account


def _claim(name: bytes | None) -> str:
    """A name as an unknown sender gives it; "" for what cannot be one."""
    text = (name or b"").decode("utf-8", "replace")
    return text if is_name(text) else ""


def refuse_record(record: Record, detail: str) -> list[DeadLetter | BatchAccount]:
    """A record on which the engine raised each time: its dead letter, and its sender's account."""
    if is_sightings(record.topic):
        return [refuse_sighting(record, detail, ENGINE_FAULT)]
    return [*refuse_whole(record, ENGINE_FAULT, detail, REMEDIES[ENGINE_FAULT])]


def refuse_sighting(record: Record, detail: str, reason: str = SIGHTING_MALFORMED) -> DeadLetter:
    """The dead letter of a sighting: it is nobody's event, so it has no account."""
    letter, _ = refuse_whole(record, reason, detail, REMEDIES[reason])
    return msgspec.structs.replace(letter, enterprise_id="", events=0)


def refuse_unreadable(record: Record, unreadable: Unreadable) -> DeadLetter:
    """The dead letter of records that could not be read; whose they were is not known either."""
    letter, _ = refuse_whole(
        record, unreadable.reason, unreadable.detail, REMEDIES[unreadable.reason]
    )
    return letter


def expire_offsets(met: Record, first: int, last: int) -> DeadLetter:
    """The dead letter of offsets that Kafka deleted unread; `met` is the record found instead.

    Nothing is known of their events, so `events` is 0 and the original is empty.
    """
    place = f"{met.topic}/{met.partition}/{first}-{last}"
    return DeadLetter(
        dead_letter_id=content_id("dead_letter", place, EXPIRED),
        enterprise_id="",
        batch_id="",
        topic=met.topic,
        partition=met.partition,
        offset=first,
        line=0,
        received_at=met.timestamp,
        reason=EXPIRED,
        detail=f"offsets {first} to {last} were deleted before they were read",
        remedy=REMEDIES[EXPIRED],
        events=0,
        **original_of(b""),
    )


def recreate_topic(old: str, partition: int, next_offset: int, now: Moment) -> DeadLetter:
    """The dead letter of a topic that was deleted and made again, in one of its partitions.

    `old` is the topic's name, `@`, and the id that it had; `next_offset` is how far that one had
    been read. What it held beyond is not known.
    """
    topic, _, topic_id = old.partition("@")
    return DeadLetter(
        dead_letter_id=content_id("dead_letter", f"{old}/{partition}", RECREATED),
        enterprise_id="",
        batch_id="",
        topic=topic,
        partition=partition,
        offset=next_offset,
        line=0,
        received_at=now,
        reason=RECREATED,
        detail=f"the topic was rebuilt; of the old one, with id {topic_id or 'unknown'}, "
        f"the offsets below {next_offset} were read",
        remedy=REMEDIES[RECREATED],
        events=0,
        **original_of(b""),
    )
