"""Records of a past period, read from Kafka without a group: nothing is committed (shell)."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.publishing import addresses_of
from schemas.batch import Record
from schemas.moments import Moment

BOOTSTRAP_MS = 8_000
"""How long a broker may take to answer at all."""


class Period(msgspec.Struct, frozen=True):
    """Records received from `start` up to, and without, `end`."""

    start: Moment
    end: Moment


def read_period(bootstrap: str, topics: list[str], period: Period) -> Iterator[Record]:
    """The period's records in the order of receipt within each partition.

    Every partition is read from the first record of the period (from its beginning, where
    the broker does not answer by time) up to the end that it had at the call. Raises
    kafka.errors.KafkaError where the broker cannot be reached.
    """
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        bootstrap_servers=addresses_of(bootstrap),
        group_id=None,
        enable_auto_commit=False,
        max_partition_fetch_bytes=8_000_000,
        bootstrap_timeout_ms=BOOTSTRAP_MS,
    )
    try:
        yield from _read_assigned(consumer, topics, period)
    finally:
        consumer.close()


def read_record(bootstrap: str, topic: str, partition: int, offset: int) -> Record | None:
    """One record, or None where Kafka no longer has it."""
    from kafka import KafkaConsumer, TopicPartition

    place = TopicPartition(topic, partition)
    consumer = KafkaConsumer(
        bootstrap_servers=addresses_of(bootstrap), group_id=None, enable_auto_commit=False
    )
    try:
        consumer.assign([place])
        first, end = (
            consumer.beginning_offsets([place])[place],
            consumer.end_offsets([place])[place],
        )
        if not first <= offset < end:
            return None
        consumer.seek(place, offset)
        while consumer.position(place) <= offset:
            for message in consumer.poll(timeout_ms=1_000, max_records=1).get(place, ()):
                return _record(message)
        return None
    finally:
        consumer.close()


def _read_assigned(consumer: Any, topics: list[str], period: Period) -> Iterator[Record]:
    from kafka import TopicPartition

    partitions = [
        TopicPartition(topic, partition)
        for topic in topics
        for partition in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    starts = _starts(consumer, partitions, period)
    remaining = {each: ends[each] for each in partitions if starts[each] < ends[each]}
    for each in remaining:
        consumer.seek(each, starts[each])
    while remaining:
        for partition, messages in consumer.poll(timeout_ms=1_000, max_records=2_000).items():
            for message in messages:
                record = _record(message)
                if partition in remaining and period.start <= record.timestamp < period.end:
                    yield record
        for partition in list(remaining):
            if consumer.position(partition) >= remaining[partition]:
                del remaining[partition]


def _starts(consumer: Any, partitions: list[Any], period: Period) -> dict[Any, int]:
    from kafka.errors import KafkaError

    if period.start <= 0:
        return dict(consumer.beginning_offsets(partitions))
    beginnings: dict[Any, int] = consumer.beginning_offsets(partitions)
    try:
        by_time = consumer.offsets_for_times(
            dict.fromkeys(partitions, period.start // 1000), timeout_ms=10_000
        )
    except KafkaError:
        return beginnings
    found = {each: offset.offset for each, offset in by_time.items() if offset is not None}
    if not found:  # nothing since, or an embedded broker that does not answer by time: filter
        return beginnings
    ends: dict[Any, int] = consumer.end_offsets(partitions)
    return ends | found


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=message.timestamp * 1_000,
        key=message.key or b"",
        value=message.value or b"",
        headers=tuple((name, value or b"") for name, value in message.headers),
    )
