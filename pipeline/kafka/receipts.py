"""The receipts of one enterprise as its topic has them: each once, as they come (shell)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import RequestRefused
from pipeline.kafka.records import MILLISECOND
from schemas.moments import Moment
from schemas.receipt import Receipt

POLL_MS = 1_000
FETCHED = 1_000_000
"""All that a fetch brought is taken at once: the embedded broker does not find back into it."""
SILENT_S = 10.0
"""After so long without a receipt, the broker is asked whether it is still there."""
RETURN_S = 60.0
"""How long a broker that went away may take to come back."""
REMEMBERED = 100_000
"""Receipts whose repetitions are known: a worker that restarts repeats those of one step."""


class ReceiptReader:
    """Where one reader is in the topic."""

    def __init__(self, consumer: Any, access: KafkaAccess, topic: str) -> None:
        from kafka import TopicPartition

        self._consumer = consumer
        self._access = access
        self._place = TopicPartition(topic, 0)
        self._seen: dict[str, None] = {}
        self._heard_s = time.monotonic()
        consumer.assign([self._place])
        self.end: int = consumer.end_offsets([self._place])[self._place]
        """Where the topic ended when it was opened."""

    def begin_at_end(self) -> None:
        """Read what is told from now on."""
        self._consumer.seek(self._place, self.end)

    def go_on_from(self, position: int) -> None:
        """Read what was told since a reader of this topic was there."""
        self._consumer.seek(self._place, position)

    @property
    def position(self) -> int:
        """The offset that is read next."""
        return int(self._consumer.position(self._place))

    def begin(self, since: Moment) -> None:
        """Read what was told since, and maybe some before it."""
        first = self._first_since(since)
        if first is None:
            self._consumer.seek_to_beginning(self._place)
        else:
            self._consumer.seek(self._place, first)

    def _first_since(self, since: Moment) -> int | None:
        """None where nothing is so new, and where the broker (the embedded one) does not say."""
        from kafka.errors import KafkaError

        try:
            found = self._consumer.offsets_for_times({self._place: since // MILLISECOND})
        except KafkaError:
            return None
        answer = found.get(self._place)
        return answer.offset if answer is not None and answer.timestamp >= 0 else None

    @property
    def has_reached_end(self) -> bool:
        """Whether all that was there at the opening was read."""
        return self.position >= self.end

    def poll(self) -> list[tuple[Moment, Receipt]]:
        """What came within a second, and when it was told; a repetition is left out.

        Raises KafkaFault where the broker went away, or where something else is in the topic.
        """
        found = self._consumer.poll(timeout_ms=POLL_MS, max_records=FETCHED)
        messages = [message for some in found.values() for message in some]
        if messages:
            self._heard_s = time.monotonic()
        elif time.monotonic() - self._heard_s > SILENT_S:
            # kafka-python polls for ever and says nothing where the broker is away.
            await_broker(self._access, RETURN_S)
            self._heard_s = time.monotonic()
        told = [(message.timestamp * MILLISECOND, self._decode(message)) for message in messages]
        return [(moment, receipt) for moment, receipt in told if self._is_new(receipt)]

    def _decode(self, message: Any) -> Receipt:
        try:
            return msgspec.json.decode(message.value or b"", type=Receipt)
        except msgspec.DecodeError as fault:
            raise RequestRefused(
                f"{message.topic}, offset {message.offset}: no receipt: {fault}",
                "let only workers write there, and read with their release",
            ) from fault

    def _is_new(self, receipt: Receipt) -> bool:
        if receipt.receipt_id in self._seen:
            return False
        self._seen[receipt.receipt_id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True


@contextmanager
def reading_receipts(access: KafkaAccess, topic: str) -> Iterator[ReceiptReader]:
    """A reader of one enterprise's topic; raises KafkaFault where no broker lets us in."""
    consumer = open_consumer(access)
    try:
        yield ReceiptReader(consumer, access, topic)
    finally:
        consumer.close()
