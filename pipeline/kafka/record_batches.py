"""Record batches within limits, for both clients: one that goes past them costs one record.

A record batch that unpacks to too much, holds too many records, or cannot be read (damaged, or
the name of a header is not UTF-8, for which no broker looks) makes either client raise each
time it comes to it, so that its partition stops for good. Here a stand-in takes the place of
the records that could not be had, and reading goes on after them.

Neither client has a hook for this. Both build `MemoryRecords` from the bytes of a fetch, and
take its batches one by one: `keep_within_limits` sets ours in its place, and `CODECS` in place
of their decoders. Also, a fetch ends early once so much of it is unpacked (`FETCHED_BYTES`);
the client fetches the rest again.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pipeline.kafka.unpacking import CODECS, UNPACKED_BYTES, UnpackedTooLarge
from schemas.batch import Unreadable

RECORDS = 20_000
"""A record batch may hold so many: 1 MB of the smallest signed ones are 3,000."""
FETCHED_BYTES = 16_000_000
"""Unpacked of one partition in one go; a batch that was begun is taken whole."""


class StandIn(bytes):
    """The value of a record that stands for those that could not be read: empty."""

    unreadable: Unreadable


class _StandInRecord:
    """The attributes that the clients read of a record."""

    checksum = None
    key = None
    headers: tuple[tuple[str, bytes], ...] = ()
    size_in_bytes = 0

    def __init__(self, batch: Any, offset: int, reason: str, detail: str) -> None:
        self.offset = offset
        self.timestamp = batch.max_timestamp
        self.timestamp_type = batch.timestamp_type
        self.value = StandIn()
        crc = f"record batch at offset {batch.base_offset} with CRC-32C {batch.crc:08x}"
        self.value.unreadable = Unreadable(reason, f"{crc}: {detail}", batch.next_offset - 1)

    def validate_crc(self) -> bool:
        return True


class LimitedBatch:
    """A batch of either client; iterating never raises."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch
        self.unpacked_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        """The first record of a control batch."""
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        offset = self._batch.base_offset
        try:
            # By the offsets of its header, before anything is unpacked.
            count = self._batch.next_offset - offset
            if count > RECORDS:
                raise UnpackedTooLarge(f"it holds {count} records, and may hold {RECORDS}")
            for record in self._batch:
                self.unpacked_bytes += len(record.key or b"") + len(record.value or b"")
                yield record
                offset = record.offset + 1
        except UnpackedTooLarge as fault:
            yield _StandInRecord(self._batch, offset, "record_batch_too_large", str(fault))
        except Exception as fault:  # whatever a client or codec raises on bytes that are wrong
            detail = f"{type(fault).__name__}: {fault}"
            yield _StandInRecord(self._batch, offset, "record_batch_unreadable", detail)


class LimitedRecords:
    """The record batches of one fetch of one partition, in place of a client's `MemoryRecords`."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self._last: LimitedBatch | None = None
        self._unpacked_bytes = 0

    def size_in_bytes(self) -> int:
        """Of the fetch, compressed."""
        size: int = self._records.size_in_bytes()
        return size

    def has_next(self) -> bool:
        """Whether there is another batch that may be unpacked in this fetch."""
        if self._last is not None:
            self._unpacked_bytes += self._last.unpacked_bytes
            self._last = None
        return self._unpacked_bytes < FETCHED_BYTES and bool(self._records.has_next())

    def next_batch(self) -> LimitedBatch | None:
        """The next batch; None at the end."""
        if self.has_next():
            self._last = LimitedBatch(self._records.next_batch())
        return self._last


FETCHERS = ("aiokafka.consumer.fetcher", "kafka.consumer.fetcher")
DECODERS = (
    "aiokafka.record.default_records",
    "aiokafka.record.legacy_records",
    "aiokafka.record._crecords.default_records",
    "aiokafka.record._crecords.legacy_records",
    "kafka.record.default_records",
    "kafka.record.legacy_records",
)
"""Where the two clients have what is replaced. A test fails where a release moves it."""


def keep_within_limits() -> None:
    """Put both clients under the limits, for the whole process; once is enough."""
    for name in FETCHERS:
        fetcher: Any = import_module(name)
        if not hasattr(fetcher.MemoryRecords, "is_limited"):
            fetcher.MemoryRecords = _limited(fetcher.MemoryRecords)
    for name in DECODERS:
        _replace_decoders(import_module(name))
    kafka_codecs: Any = import_module("kafka.codec")
    kafka_codecs.has_snappy = kafka_codecs.has_zstd = lambda: True  # by ours, not its libraries


def _limited(original: Any) -> Any:
    def make(data: bytes) -> LimitedRecords:
        return LimitedRecords(original(data))

    make.is_limited = True  # type: ignore[attr-defined]  # so that it is done once
    return make


def _replace_decoders(module: Any) -> None:
    for codec, unpack in CODECS.items():
        if hasattr(module, f"{codec}_decode"):
            setattr(module, f"{codec}_decode", _decoder(unpack))


def _decoder(unpack: Any) -> Any:
    return lambda data: unpack(bytes(data), UNPACKED_BYTES)
