"""Records that flow while the workers are disturbed."""

import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.records import MILLISECOND
from schemas.moments import Moment


class Outgoing(msgspec.Struct, frozen=True):
    """One record to publish."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


BURST = 200
"""Records of a burst: some hundred times what its partition gets in a second."""


class Traffic:
    """Publishes in a thread, `per_second` records, until stopped; every one is acknowledged.

    `bursts` are what one hot partition gets as fast as it can be sent, now and then.
    """

    def __init__(
        self,
        bootstrap: str,
        records: Iterable[Outgoing],
        per_second: float,
        bursts: Iterable[Outgoing] | None = None,
    ) -> None:
        self.published = 0
        self.ended_at: Moment = 0
        """Receipt of the last record."""
        self._producer: Any = open_producer(KafkaAccess(bootstrap))
        self._records = iter(records)
        self._bursts = iter(bursts or ())
        self._burst = threading.Event()
        self._pause_s = 1 / per_second
        self._stop = threading.Event()
        self._sent: list[Any] = []
        self._thread = threading.Thread(target=self._run, name="traffic")

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End, and make sure that the broker has everything."""
        self._stop.set()
        self._thread.join()
        received_ms = [sent.get(timeout=120).timestamp for sent in self._sent]
        self.ended_at = max(received_ms, default=0) * MILLISECOND
        self.published = len(self._sent)
        self._producer.close()

    def burst(self) -> None:
        """One partition gets so many at once."""
        self._burst.set()

    def _run(self) -> None:
        for record in self._records:
            if self._stop.wait(self._pause_s):
                return
            self._send(record)
            if self._burst.is_set():
                self._burst.clear()
                for each in islice(self._bursts, BURST):
                    self._send(each)

    def _send(self, record: Outgoing) -> None:
        headers = [*record.headers]
        self._sent.append(
            self._producer.send(record.topic, value=record.value, key=record.key, headers=headers)
        )


def counting_records(seed: int, enterprises: int = 200) -> Iterator[Outgoing]:
    """For the counting engine: numbers from enterprises drawn at random, on both topics."""
    random = Random(seed)
    while True:
        key = f"enterprise-{random.randrange(enterprises)}".encode()
        topic = "fenghuo.commands" if random.random() < 0.05 else "fenghuo.events"
        yield Outgoing(topic, key, b"%d" % random.randrange(1_000_000))
