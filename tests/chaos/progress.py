"""How far a group has come, by its own ledger: committed offsets are only hints."""

import time
from typing import Any

import msgspec

from pipeline.kafka.naming import changelog_name
from pipeline.worker.ledger import Position, parse_key, topic_of
from schemas.topics import DEFAULT_PREFIX, SOURCES, topic_name

Place = tuple[str, int]


class Progress:
    """Follows a group's changelog; of a place, the position of the highest generation counts."""

    def __init__(self, bootstrap: str, group: str, partitions: int, prefix: str) -> None:
        from kafka import KafkaConsumer, TopicPartition

        self._consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap)
        self._applied: dict[Place, tuple[int, int]] = {}
        self._sources = [
            TopicPartition(topic_name(role, prefix), each)
            for role in SOURCES
            for each in range(partitions)
        ]
        changelog = [TopicPartition(changelog_name(group), each) for each in range(partitions)]
        self._consumer.assign(changelog)
        self._consumer.seek_to_beginning(*changelog)

    def ends(self) -> dict[Place, int]:
        """Where the source topics end now."""
        offsets = self._consumer.end_offsets(self._sources)
        return {(place.topic, place.partition): end for place, end in offsets.items()}

    def follow(self) -> dict[Place, int]:
        """The next offset of each place, once nothing more was written for half a second."""
        while self._take_some(500):
            pass
        return self._positions()

    def glance(self) -> dict[Place, int]:
        """The next offset of each place, while workers go on writing."""
        self._take_some(100)
        return self._positions()

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()

    def _positions(self) -> dict[Place, int]:
        return {place: position for place, (_, position) in self._applied.items()}

    def _take_some(self, patience_ms: int) -> bool:
        batch = self._consumer.poll(timeout_ms=patience_ms)
        for record in (record for records in batch.values() for record in records):
            self._take_in(record.key, record.value)
        return bool(batch)

    def _take_in(self, key: bytes, value: bytes | None) -> None:
        (partition, kind, name), generation = parse_key(key)
        if kind == "position" and value is not None:
            position = msgspec.msgpack.decode(value, type=Position)
            place = (topic_of(name), partition)
            if generation >= self._applied.get(place, (0, 0))[0]:
                self._applied[place] = (generation, position.next_offset)


def wait_until_read(
    bootstrap: str,
    group: str,
    partitions: int,
    patience_s: float = 240.0,
    prefix: str = DEFAULT_PREFIX,
) -> None:
    """Until the group has applied every record.

    What is applied is asked before where the topics end: then no sighting that an applied
    record told can be missing from the ends. Raises TimeoutError, with what is left, when
    nothing at all was applied for `patience_s`: how long it takes to read what a long run has
    sent says nothing of its correctness.
    """
    progress = Progress(bootstrap, group, partitions, prefix)
    last: dict[Place, int] = {}
    moved_s = time.monotonic()
    try:
        while left := _left(applied := progress.follow(), progress.ends()):
            if applied != last:
                last, moved_s = applied, time.monotonic()
            if time.monotonic() - moved_s > patience_s:
                raise TimeoutError(f"group {group} has not applied (next, end) {left}")
    finally:
        progress.close()


def applied_records(bootstrap: str, group: str, partitions: int, prefix: str) -> int:
    """How many records the group has applied so far."""
    progress = Progress(bootstrap, group, partitions, prefix)
    try:
        return sum(progress.follow().values())
    finally:
        progress.close()


def _left(applied: dict[Place, int], ends: dict[Place, int]) -> dict[Place, tuple[int, int]]:
    return {
        place: (applied.get(place, 0), end)
        for place, end in ends.items()
        if applied.get(place, 0) < end
    }
