"""Simulated batches as signed Kafka records (shell)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Parcel, Sender, publish_parcels
from pipeline.intake.batching import chunk_lines
from pipeline.simulate.registry import Publisher
from pipeline.simulate.traffic import SimulatedBatch
from schemas.registry import Enterprise


def write_registry(file: Path, enterprises: Iterable[Enterprise]) -> None:
    """The registry as NDJSON."""
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in enterprises))


def publish_traffic(
    producer: Any,
    topic: str,
    publishers: Iterable[Publisher],
    batches: Iterable[SimulatedBatch],
    published: Callable[[int], None],
) -> None:
    """Sign and send every batch; `published` gets the events of each, once Kafka has it."""
    senders = {
        enterprise.enterprise_id: Sender(
            enterprise.enterprise_id,
            enterprise.keys[0].key_id,
            Ed25519PrivateKey.from_private_bytes(secret),
        )
        for enterprise, secret in publishers
    }
    publish_parcels(producer, topic, _parcels(senders, batches), _Counting(published))


class _Counting:
    """Tells of each batch how many events it had."""

    def __init__(self, published: Callable[[int], None]) -> None:
        self._published = published

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """Kafka has it."""
        self._published(len(parcel.chunk.lines))

    def left_out(self, parcel: Parcel) -> None:
        """The simulator writes no such lines."""
        raise AssertionError(parcel.chunk.batch_id)

    def silent(self, waited_s: float) -> None:
        """The demonstration's own broker: nothing to say."""


def _parcels(senders: Mapping[str, Sender], batches: Iterable[SimulatedBatch]) -> Iterator[Parcel]:
    """Each batch's chunks, numbered on over the batches of its enterprise and format."""
    sequences: Counter[tuple[str, str]] = Counter()
    stream = token_hex(16)
    for batch in batches:
        source = (batch.enterprise_id, batch.format)
        for chunk in chunk_lines(batch.lines, *source):
            numbered = msgspec.structs.replace(
                chunk, stream=f"{stream}-{batch.format}", sequence=sequences[source]
            )
            sequences[source] += 1
            yield Parcel(senders[batch.enterprise_id], numbered, batch.format)
