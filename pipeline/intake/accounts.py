"""What became of records and batches: the account of each, and the dead letter of a whole one."""

from typing import Any

from schemas.batch import (
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_FORMAT,
    Batch,
    BatchAccount,
    DeadLetter,
    Record,
)
from schemas.ids import content_id


def lines_of(value: bytes) -> list[bytes]:
    """The lines of a batch that hold something: its events."""
    return [line for line in value.split(b"\n") if line and not line.isspace()]


def account_of(batch: Batch, outcome: str, **counts: Any) -> BatchAccount:
    """The account of a batch whose sender is known; `counts` are the account's other fields."""
    return BatchAccount(
        enterprise_id=batch.enterprise_id,
        batch_id=batch.batch_id,
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offset,
        format=batch.format,
        received_at=batch.received_at,
        drill=batch.drill,
        outcome=outcome,
        **counts,
    )


def refuse_whole(
    record: Record, reason: str, detail: str, remedy: str
) -> tuple[DeadLetter, BatchAccount]:
    """A record that is not taken at all: kept whole, every line of it counted."""
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    events = len(lines_of(record.value))
    place: dict[str, Any] = {
        "enterprise_id": record.key.decode("utf-8", "replace"),
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
        detail=detail,
        remedy=remedy,
        events=events,
        original=record.value,
        **place,
    )
    account = BatchAccount(
        format=headers.get(HEADER_FORMAT, ""),
        outcome="refused",
        events=events,
        dead_lettered=events,
        reasons={reason: events},
        drill=headers.get(HEADER_DRILL, ""),
        **place,
    )
    return letter, account
