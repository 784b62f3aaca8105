"""Publishing: chunks of lines, signed, to Kafka; what was acknowledged is remembered (shell)."""

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.batching import Chunk
from pipeline.intake.signature import sign
from schemas.batch import (
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_OCCURRENCES,
    HEADER_SEQUENCE,
    HEADER_SIGNATURE,
)

IN_FLIGHT = 500
"""Records sent and not yet acknowledged, at most: what a crash can make us send again."""
ACKNOWLEDGE_S = 180
"""Longer than the producer's own delivery timeout, which says more when it ends the wait."""


class Sender(msgspec.Struct, frozen=True):
    """Who publishes, and with which key."""

    enterprise_id: str
    key_id: str
    private_key: Ed25519PrivateKey


def sign_chunk(sender: Sender, chunk: Chunk, format: str, drill: str = "") -> dict[str, bytes]:
    """The headers of a chunk's record, signature included."""
    headers = {
        HEADER_FORMAT: format.encode(),
        HEADER_KEY_ID: sender.key_id.encode(),
        HEADER_BATCH_ID: chunk.batch_id.encode(),
        HEADER_SEQUENCE: str(chunk.sequence).encode(),
    }
    if drill:
        headers[HEADER_DRILL] = drill.encode()
    if chunk.occurrences:
        headers[HEADER_OCCURRENCES] = msgspec.json.encode(chunk.occurrences)
    enterprise = sender.enterprise_id.encode()
    headers[HEADER_SIGNATURE] = sign(sender.private_key, enterprise, headers, chunk.value)
    return headers


def addresses_of(bootstrap: str) -> list[str]:
    """The addresses of `host:port,…`; raises ValueError for a port that is none.

    Kafka's client would open its sockets first and leave them so.
    """
    addresses = [each.strip() for each in bootstrap.split(",")]
    for address in addresses:
        host, _, port = address.rpartition(":")
        if host and not port.isdecimal():
            raise ValueError(f"{address!r} is not host:port")
    return addresses


def make_producer(bootstrap: str, **options: Any) -> Any:
    """A kafka-python producer that waits for all replicas and outlasts a broker's restart."""
    from kafka import KafkaProducer

    settings: dict[str, Any] = {
        "bootstrap_servers": addresses_of(bootstrap),
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": "lz4",
        "linger_ms": 20,
        "batch_size": 1_000_000,
        "max_request_size": 8_000_000,
        "delivery_timeout_ms": 120_000,
        "reconnect_backoff_max_ms": 1_000,
    }
    return KafkaProducer(**{**settings, **options})


class Resume:
    """How far a file was acknowledged: a small JSON file beside it, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def acknowledged(self) -> int:
        """Chunks acknowledged without a gap; 0 where nothing is known."""
        try:
            return int(msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])["chunks"])
        except (FileNotFoundError, KeyError, msgspec.DecodeError):
            return 0

    def acknowledge(self, chunks: int) -> None:
        """Remember that the first `chunks` chunks are acknowledged."""
        aside = self._path.with_name(self._path.name + ".new")
        aside.write_bytes(msgspec.json.encode({"chunks": chunks}))
        aside.replace(self._path)

    def finish(self) -> None:
        """The file is done: nothing to resume."""
        self._path.unlink(missing_ok=True)


class Parcel(msgspec.Struct, frozen=True):
    """One chunk on its way: whose it is, in which format, of which drill."""

    sender: Sender
    chunk: Chunk
    format: str
    drill: str = ""


def publish_parcels(
    producer: Any,
    topic: str,
    parcels: Iterable[Parcel],
    acknowledged: Callable[[Parcel], None] = lambda parcel: None,
) -> None:
    """Send parcels in order; `acknowledged` is called for each, in order, once Kafka has it.

    Raises kafka.errors.KafkaError for the first that is not acknowledged in time.
    """
    waiting: deque[tuple[Parcel, Any]] = deque()
    for parcel in parcels:
        waiting.append((parcel, _send(producer, topic, parcel)))
        if len(waiting) >= IN_FLIGHT:
            _await_first(waiting, acknowledged)
    while waiting:
        _await_first(waiting, acknowledged)


def _send(producer: Any, topic: str, parcel: Parcel) -> Any:
    headers = sign_chunk(parcel.sender, parcel.chunk, parcel.format, parcel.drill)
    key = parcel.sender.enterprise_id.encode()
    return producer.send(topic, key=key, value=parcel.chunk.value, headers=list(headers.items()))


def _await_first(
    waiting: deque[tuple[Parcel, Any]], acknowledged: Callable[[Parcel], None]
) -> None:
    parcel, future = waiting.popleft()
    future.get(timeout=ACKNOWLEDGE_S)
    acknowledged(parcel)
