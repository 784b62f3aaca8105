"""Publishing: chunks of lines, signed, to Kafka; what was acknowledged is remembered (shell)."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.traces import NO_TRACES, SentBatch, Traces
from pipeline.files.replacing import replace_file
from pipeline.intake.batching import Chunk
from pipeline.intake.signature import sign
from schemas.batch import (
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_OCCURRENCES,
    HEADER_SEQUENCE,
    HEADER_SIGNATURE,
    HEADER_STREAM,
    HEADER_TIME_ZONE,
)

IN_FLIGHT = 500
"""Records sent and not yet acknowledged, at most: what a crash can make us send again."""
IN_FLIGHT_BYTES = 16_000_000
"""The same in bytes: half of what the producer holds, so that it never blocks in sending."""
LARGEST_BYTES = 7_900_000
"""Of a value: the topics take 8 MB, headers included. Only a single line can be larger."""
SILENT_S = 5.0
"""After so long without an acknowledgement, somebody should be told."""


class Sender(msgspec.Struct, frozen=True):
    """Who publishes, and with which key."""

    enterprise_id: str
    key_id: str
    private_key: Ed25519PrivateKey


def sign_chunk(
    sender: Sender,
    chunk: Chunk,
    format: str,
    drill: str = "",
    time_zone: str = "",
) -> dict[str, bytes]:
    """The headers of a chunk's record, signature included."""
    headers = {
        HEADER_FORMAT: format.encode(),
        HEADER_KEY_ID: sender.key_id.encode(),
        HEADER_BATCH_ID: chunk.batch_id.encode(),
        HEADER_SEQUENCE: str(chunk.sequence).encode(),
    }
    for name, value in (
        (HEADER_STREAM, chunk.stream),
        (HEADER_DRILL, drill),
        (HEADER_TIME_ZONE, time_zone),
    ):
        # An absent header and an empty one are signed alike: absent costs nothing.
        if value:
            headers[name] = value.encode()
    if chunk.occurrences:
        headers[HEADER_OCCURRENCES] = msgspec.json.encode(chunk.occurrences)
    enterprise = sender.enterprise_id.encode()
    headers[HEADER_SIGNATURE] = sign(sender.private_key, enterprise, headers, chunk.value)
    return headers


class Sent(msgspec.Struct, frozen=True):
    """How far a file was acknowledged: so many chunks, the last of which had this batch id.

    `destination` names broker, topic, format and drill: what went elsewhere was not sent here.
    """

    destination: str
    chunks: int
    last_batch_id: str


class Resume:
    """How far a file was acknowledged: a small JSON file beside it, replaced as a whole."""

    def __init__(self, path: Path, destination: str) -> None:
        self._path = path
        self._destination = destination

    def acknowledged(self) -> Sent | None:
        """What was acknowledged without a gap; None where nothing is known of this job."""
        try:
            sent = msgspec.json.decode(self._path.read_bytes(), type=Sent)
        except (OSError, msgspec.DecodeError):
            return None
        return sent if sent.destination == self._destination else None

    def acknowledge(self, chunks: int, last_batch_id: str) -> None:
        """Remember that the first `chunks` chunks are acknowledged; raises OSError."""
        replace_file(
            self._path, msgspec.json.encode(Sent(self._destination, chunks, last_batch_id))
        )

    def finish(self) -> None:
        """The file is done: nothing to resume."""
        self._path.unlink(missing_ok=True)


def unsent(read: Callable[[], Iterable[Chunk]], sent: Sent | None) -> Iterator[Chunk]:
    """The chunks after those that were acknowledged; `read` begins the file anew.

    All of them where the file no longer begins with what was sent (it was replaced, or is cut
    otherwise): what is sent twice counts once, and what is left out is lost.
    """
    if sent is not None and sent.chunks > 0:
        chunks = iter(read())
        last = next(islice(chunks, sent.chunks - 1, None), None)
        if last is not None and last.batch_id == sent.last_batch_id:
            return chunks
    return iter(read())


class Parcel(msgspec.Struct, frozen=True):
    """One chunk on its way: whose it is, in which format and zone, of which drill."""

    sender: Sender
    chunk: Chunk
    format: str
    drill: str = ""
    time_zone: str = ""


class Waiting(Protocol):
    """Who is told what becomes of parcels."""

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """Kafka has it, in this partition at this offset, and all before it."""

    def left_out(self, parcel: Parcel) -> None:
        """It is larger than any topic takes: not sent, the others are."""

    def silent(self, waited_s: float) -> None:
        """Nothing was acknowledged for so long; it goes on waiting."""


class Sending(msgspec.Struct, frozen=True):
    """A parcel that was sent and is not acknowledged."""

    parcel: Parcel
    future: Any
    trace: SentBatch


def publish_parcels(
    producer: Any,
    topic: str,
    parcels: Iterable[Parcel],
    waiting: Waiting,
    traces: Traces = NO_TRACES,
) -> None:
    """Send parcels in order, and wait until Kafka has all of them.

    Raises kafka.errors.KafkaError for the first that is not acknowledged in time.
    """
    sent: deque[Sending] = deque()
    size = 0
    for parcel in parcels:
        if parcel.chunk.size > LARGEST_BYTES:
            waiting.left_out(parcel)
            continue
        sent.append(_send(producer, topic, parcel, traces))
        size += parcel.chunk.size
        while len(sent) >= IN_FLIGHT or size >= IN_FLIGHT_BYTES:
            size -= _await_first(sent, waiting)
    while sent:
        _await_first(sent, waiting)


def _send(producer: Any, topic: str, parcel: Parcel, traces: Traces) -> Sending:
    sender, chunk = parcel.sender, parcel.chunk
    trace = traces.send(topic, sender.enterprise_id, chunk)
    headers = sign_chunk(sender, chunk, parcel.format, parcel.drill, parcel.time_zone)
    future = producer.send(
        topic,
        key=sender.enterprise_id.encode(),
        value=chunk.value,
        headers=[*headers.items(), *trace.headers.items()],
    )
    return Sending(parcel, future, trace)


def _await_first(sent: deque[Sending], waiting: Waiting) -> int:
    """Wait for the first parcel; its size in bytes."""
    from kafka.errors import KafkaTimeoutError

    first = sent.popleft()
    parcel, future = first.parcel, first.future
    waited_s = 0.0
    while not future.is_done:
        try:
            future.get(timeout=SILENT_S)
        except KafkaTimeoutError:
            if future.is_done:
                raise
            waited_s += SILENT_S
            waiting.silent(waited_s)
    at = future.get(timeout=SILENT_S)
    first.trace.acknowledged(at.partition, at.offset)
    waiting.acknowledged(parcel, (at.partition, at.offset))
    return parcel.chunk.size
