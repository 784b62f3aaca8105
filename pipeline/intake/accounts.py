"""What became of records and batches: the account of each, and the dead letter of a whole one."""

from typing import Any

from schemas.batch import (
    DETAIL_CHARS,
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_FORMAT,
    Batch,
    BatchAccount,
    DeadLetter,
    Record,
    original_of,
)
from schemas.ids import content_id
from schemas.names import is_name


def lines_of(value: bytes) -> list[bytes]:
    """The lines of a batch that hold something: its events."""
    return [line for line in value.split(b"\n") if line and not line.isspace()]


def count_lines(value: bytes) -> int:
    """How many `lines_of` a value, of whatever size, without making them."""
    dense = value.translate(None, b" \t\r\x0b\x0c").strip(b"\n")
    while b"\n\n" in dense:
        dense = dense.replace(b"\n\n", b"\n")
    return dense.count(b"\n") + 1 if dense else 0


def account_of(batch: Batch, outcome: str, **counts: Any) -> BatchAccount:
    """The account of a batch whose sender is known; `counts` are the account's other fields."""
    return BatchAccount(
        enterprise_id=batch.enterprise_id,
        batch_id=batch.batch_id,
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offset,
        format=batch.format,
        key_id=batch.key_id,
        received_at=batch.received_at,
        drill=batch.drill,
        outcome=outcome,
        **counts,
    )


def refuse_whole(
    record: Record, reason: str, detail: str, remedy: str, key_id: str = ""
) -> tuple[DeadLetter, BatchAccount]:
    """A record that is not taken at all: its beginning kept, every line of it counted.

    Whose it is, is what it says, and only as far as that can be a name. `key_id` is that of the
    signature, where it was found to hold.
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
        drill=headers.get(HEADER_DRILL, ""),
        **place,
    )
    return letter, account


def _claim(name: bytes | None) -> str:
    """A name as an unknown sender gives it; "" for what cannot be one."""
    text = (name or b"").decode("utf-8", "replace")
    return text if is_name(text) else ""
