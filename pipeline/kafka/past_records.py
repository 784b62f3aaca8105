"""Records of a past period, read from Kafka without a group: nothing is committed (shell)."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import BrokerAbsent, RequestRefused
from pipeline.kafka.records import MILLISECOND, record_of
from schemas.batch import Record
from schemas.moments import HOUR, Moment

SKEW = HOUR
"""How far the clocks of two brokers may differ: a new leader's records can be stamped earlier."""
WAITING = 100
"""Records of one partition held in memory while those of another are awaited."""
FETCHED = 1_000_000
"""Whatever a fetch brought is taken at once, so that reading pauses between batches of records:
the embedded broker does not find its way back into one."""
SILENT_S = 10.0
"""After so long without a record, the broker is asked whether it is still there."""
RETURN_S = 60.0
"""How long a broker that went away may take to come back."""
VAIN = 6
"""Times that a broker may be there and yet send nothing."""


class Period(msgspec.Struct, frozen=True):
    """Records received from `start` up to, and without, `end`."""

    start: Moment
    end: Moment


class Span(msgspec.Struct, frozen=True):
    """Offsets of one partition: from `first`, at least up to and without `end`."""

    first: int
    end: int


def read_period(access: KafkaAccess, topics: list[str], period: Period) -> Iterator[Record]:
    """The period's records in the order of receipt, over all topics and partitions.

    So a command comes after the events that it speaks of. Every partition is read at least to
    the end that it had at the call. A broker that goes away is waited for, `RETURN_S` at most.
    Raises KafkaFault and kafka.errors.KafkaError.
    """
    consumer = open_consumer(access)
    try:
        spans = _spans(consumer, topics, period)
        for record in Merge(consumer, access, spans).records():
            if period.start <= record.timestamp < period.end:
                yield record
    finally:
        consumer.close()


def held_since(access: KafkaAccess, topic: str) -> Moment | None:
    """The moment since which every partition of the topic has all that it received.

    None where nothing was ever deleted, and where the broker does not tell (the embedded one
    deletes nothing). Raises KafkaFault and kafka.errors.KafkaError.
    """
    from kafka import TopicPartition

    consumer = open_consumer(access)
    try:
        places = [TopicPartition(topic, each) for each in _partitions(consumer, topic)]
        first = consumer.beginning_offsets(places)
        cut = [place for place in places if first[place] > 0]
        # Of its own millisecond, records before the first that is left may be gone.
        return max((first + MILLISECOND for first in _first_moments(consumer, cut)), default=None)
    finally:
        consumer.close()


def read_record(access: KafkaAccess, topic: str, partition: int, offset: int) -> Record | None:
    """One record, or None where Kafka no longer has it; raises as `read_period` does."""
    from kafka import TopicPartition

    place = TopicPartition(topic, partition)
    consumer = open_consumer(access)
    try:
        if partition not in _partitions(consumer, topic):
            return None
        consumer.assign([place])
        first, end = consumer.beginning_offsets([place]), consumer.end_offsets([place])
        if not first[place] <= offset < end[place]:
            return None
        merge = Merge(consumer, access, {place: Span(offset, offset + 1)})
        return next((record for record in merge.records() if record.offset == offset), None)
    finally:
        consumer.close()


def read_whole(access: KafkaAccess, topic: str) -> Iterator[Record]:
    """All that the topic holds at the call; of one partition in its order.

    Raises as `read_period` does.
    """
    from kafka import TopicPartition

    spans = {TopicPartition(*place): span for place, span in spans_of(access, [topic]).items()}
    consumer = open_consumer(access)
    try:
        yield from Merge(consumer, access, spans).records()
    finally:
        consumer.close()


def spans_of(access: KafkaAccess, topics: Iterable[str]) -> dict[tuple[str, int], Span]:
    """What each partition of the topics holds now; raises as `read_period` does."""
    from kafka import TopicPartition

    consumer = open_consumer(access)
    try:
        places = [TopicPartition(name, at) for name in topics for at in _partitions(consumer, name)]
        first, end = consumer.beginning_offsets(places), consumer.end_offsets(places)
        return {(at.topic, at.partition): Span(first[at], end[at]) for at in places}
    finally:
        consumer.close()


class Merge:
    """Partitions read side by side, the earliest received record first."""

    def __init__(self, consumer: Any, access: KafkaAccess, spans: dict[Any, Span]) -> None:
        self._consumer = consumer
        self._access = access
        self._open = {place: span.end for place, span in spans.items() if span.first < span.end}
        self._waiting: dict[Any, deque[Record]] = {place: deque() for place in self._open}
        self._silence = _Silence(access)
        consumer.assign(list(self._open))
        for place in self._open:
            consumer.seek(place, spans[place].first)

    def records(self) -> Iterator[Record]:
        """All of them; blocks while the broker has more to send."""
        while True:
            while all(self._waiting[place] for place in self._open):
                heads = [place for place, waiting in self._waiting.items() if waiting]
                if not heads:
                    return
                yield self._waiting[min(heads, key=self._received)].popleft()
            self._fetch()

    def _received(self, place: Any) -> tuple[Moment, str, int]:
        return (self._waiting[place][0].timestamp, place.topic, place.partition)

    def _fetch(self) -> None:
        """What the broker has for the partitions of which little is waiting."""
        full = [place for place in self._open if len(self._waiting[place]) >= WAITING]
        self._consumer.pause(*full)
        before = {place: self._consumer.position(place) for place in self._open}
        for place, messages in self._consumer.poll(timeout_ms=1_000, max_records=FETCHED).items():
            if place in self._open:  # past its end too: the embedded one takes a batch for a record
                self._waiting[place].extend(map(_record, messages))
        self._consumer.resume(*full)
        after = {place: self._consumer.position(place) for place in self._open}
        self._silence.judge(has_moved=before != after)
        self._open = {place: end for place, end in self._open.items() if after[place] < end}


class _Silence:
    """Distinguishes a broker that is away, and one that sends nothing, from one that is slow."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._moved_s = time.monotonic()
        self._vain = 0

    def judge(self, *, has_moved: bool) -> None:
        """Raises KafkaFault where nothing more is to be hoped for."""
        if has_moved:
            self._moved_s, self._vain = time.monotonic(), 0
        elif time.monotonic() - self._moved_s > SILENT_S:
            await_broker(self._access, RETURN_S)
            self._moved_s, self._vain = time.monotonic(), self._vain + 1
        if self._vain >= VAIN:
            raise BrokerAbsent(
                f"{self._access.bootstrap} is there, and its records do not come",
                "look at the broker's log and at the partitions' leaders",
            )


def _spans(consumer: Any, topics: list[str], period: Period) -> dict[Any, Span]:
    from kafka import TopicPartition

    places = [
        TopicPartition(topic, partition)
        for topic in topics
        for partition in _partitions(consumer, topic)
    ]
    consumer.assign(places)
    beginnings, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
    since, until = _by_time(consumer, places, period.start), {}
    if since:  # else nothing since, or an embedded broker that does not answer by time
        beginnings = ends | since
        until = _by_time(consumer, places, period.end + SKEW)
    return {each: Span(beginnings[each], until.get(each, ends[each])) for each in places}


def _partitions(consumer: Any, topic: str) -> list[int]:
    partitions = sorted(consumer.partitions_for_topic(topic) or ())
    if not partitions:
        raise RequestRefused(
            f"there is no topic {topic}, or it is not shown to us",
            "check --prefix, or make it: `fenghuo topics`",
        )
    return partitions


def _first_moments(consumer: Any, places: list[Any]) -> list[Moment]:
    """When the first record that each partition still has was received; now where it has none."""
    if not places:
        return []
    found = consumer.offsets_for_times(dict.fromkeys(places, 0), timeout_ms=10_000)
    now = time.time_ns() // 1_000
    return [answer.timestamp * 1_000 if answer else now for answer in map(found.get, places)]


def _by_time(consumer: Any, places: list[Any], moment: Moment) -> dict[Any, int]:
    """The first offset received at or after the moment, where there is one."""
    from kafka.errors import KafkaError

    if not 0 < moment < 2**62:
        return {}
    wanted = dict.fromkeys(places, moment // 1_000)
    try:
        found = consumer.offsets_for_times(wanted, timeout_ms=10_000)
    except KafkaError:  # the embedded broker: all is read, and filtered by time
        return {}
    return {
        place: answer.offset
        for place, answer in found.items()
        if answer is not None and answer.timestamp >= 0  # the embedded broker: -1 for none
    }


def _record(message: Any) -> Record:
    return record_of(message, message.timestamp * MILLISECOND, message.headers)
