"""Simulated batches as signed Kafka records (shell)."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.batching import chunk_lines
from pipeline.publishing import Sender, publish_chunks
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
) -> int:
    """Sign and send every batch; `published` gets the events of each. Returns their sum."""
    senders = {
        enterprise.enterprise_id: Sender(
            enterprise.enterprise_id,
            enterprise.keys[0].key_id,
            Ed25519PrivateKey.from_private_bytes(secret),
        )
        for enterprise, secret in publishers
    }
    sequences: Counter[tuple[str, str]] = Counter()
    sent = 0
    for batch in batches:
        source = (batch.enterprise_id, batch.format)
        chunks = [
            msgspec.structs.replace(chunk, sequence=sequences[source] + chunk.sequence)
            for chunk in chunk_lines(batch.lines, *source)
        ]
        sequences[source] += len(chunks)
        publish_chunks(producer, topic, senders[batch.enterprise_id], chunks, batch.format)
        sent += len(batch.lines)
        published(len(batch.lines))
    return sent
