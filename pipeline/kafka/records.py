"""A record of either client as ours: one place that knows what a broker may hand over."""

from collections.abc import Iterable
from typing import Any

from pipeline.kafka.record_batches import StandIn
from schemas.batch import Record
from schemas.moments import FIRST_STORED, LAST_STORED, Moment

MILLISECOND: Moment = 1_000


def record_of(
    message: Any, timestamp: Moment, headers: Iterable[tuple[str, bytes | None]]
) -> Record:
    """`message` has the attributes that both clients give a record.

    Null keys, values and headers become empty ones. A timestamp is the sender's to choose where
    a topic was not made by `fenghuo topics`: one that no store takes is brought into range.
    """
    value = message.value
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=min(max(timestamp, FIRST_STORED), LAST_STORED),
        key=message.key or b"",
        value=bytes(value or b""),
        headers=tuple((name, given or b"") for name, given in headers),
        unreadable=value.unreadable if isinstance(value, StandIn) else None,
    )
