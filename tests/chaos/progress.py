"""How far a group has come, by its own ledger: committed offsets are only hints."""

import time
from typing import Any

import msgspec

from pipeline.worker.ledger import Position, parse_key
from pipeline.worker.naming import changelog_name

SOURCES = ("fenghuo.events", "fenghuo.commands")
Place = tuple[str, int]


def wait_until_read(bootstrap: str, group: str, partitions: int, patience_s: float = 240.0) -> None:
    """Until the group has applied every record; TimeoutError names what is left."""
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    deadline_s = time.monotonic() + patience_s
    try:
        sources = [TopicPartition(topic, each) for topic in SOURCES for each in range(partitions)]
        ends = {
            (place.topic, place.partition): end
            for place, end in consumer.end_offsets(sources).items()
        }
        changelog = [TopicPartition(changelog_name(group), each) for each in range(partitions)]
        consumer.assign(changelog)
        consumer.seek_to_beginning(*changelog)
        applied: dict[Place, tuple[int, int]] = {}
        while left := _left(ends, applied):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"group {group} has not applied (place: next, end) {left}")
            _follow(consumer, applied)
    finally:
        consumer.close()


def _left(ends: dict[Place, int], applied: dict[Place, tuple[int, int]]) -> dict[Place, Any]:
    reached = {place: applied.get(place, (0, 0))[1] for place in ends}
    return {place: (reached[place], end) for place, end in ends.items() if reached[place] < end}


def _follow(consumer: Any, applied: dict[Place, tuple[int, int]]) -> None:
    """Take in what was written since; of a place the highest generation counts."""
    for records in consumer.poll(timeout_ms=500).values():
        for record in records:
            (partition, kind, topic), generation = parse_key(record.key)
            if kind == "position" and record.value is not None:
                position = msgspec.msgpack.decode(record.value, type=Position)
                place = (topic, partition)
                if generation >= applied.get(place, (0, 0))[0]:
                    applied[place] = (generation, position.next_offset)
