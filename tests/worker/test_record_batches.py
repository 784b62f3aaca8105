"""Record batches past the limits, as both clients read them: one stand-in each, and on."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import aiokafka.consumer.fetcher
import cramjam
import kafka.consumer.fetcher
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from pipeline.kafka.record_batches import FETCHED_BYTES, RECORDS, StandIn, keep_within_limits
from pipeline.kafka.unpacking import CODECS, UNPACKED_BYTES, UnpackedTooLarge

keep_within_limits()
CLIENTS = [aiokafka.consumer.fetcher, kafka.consumer.fetcher]
NUMBERS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}

Header = tuple[str, bytes | None]


def batch_of(
    values: list[bytes], codec: str = "", first: int = 0, headers: list[Header] | None = None
) -> bytes:
    """The bytes of one record batch of format v2."""
    builder: Any = DefaultRecordBatchBuilder(2, NUMBERS.get(codec, 0), 0, -1, -1, -1, 1_000_000_000)
    for offset, value in enumerate(values):
        builder.append(offset, 1_000, b"k", value, headers or [])
    data = bytearray(builder.build())
    data[:8] = first.to_bytes(8)  # not covered by the checksum: the broker sets it
    return bytes(data)


def read(client: Any, data: bytes) -> list[Any]:
    """Records of one fetch."""
    records, found = client.MemoryRecords(data), []
    while records.has_next():
        found += list(records.next_batch())
    return found


def told(records: list[Any]) -> list[tuple[int, bytes, str]]:
    """Offset, value, and why it stands for others."""
    return [
        (each.offset, bytes(each.value), each.value.unreadable.reason)
        if isinstance(each.value, StandIn)
        else (each.offset, bytes(each.value), "")
        for each in records
    ]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("codec", ["", *NUMBERS])
def test_what_is_within_the_limits_is_read_as_it_was_written(client: Any, codec: str) -> None:
    assert told(read(client, batch_of([b"a" * 70_000, b"b"], codec, 7))) == [
        (7, b"a" * 70_000, ""),
        (8, b"b", ""),
    ]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("codec", NUMBERS)
def test_what_unpacks_to_too_much_is_one_stand_in_and_the_next_batch_is_read(
    client: Any, codec: str
) -> None:
    data = batch_of([b"\0" * (UNPACKED_BYTES + 1), b"x"], codec, 5) + batch_of([b"y"], codec, 7)
    found = read(client, data)
    assert told(found) == [(5, b"", "record_batch_too_large"), (7, b"y", "")]
    assert found[0].value.unreadable.last == 6
    assert "offset 5 with CRC-32C" in found[0].value.unreadable.detail


@pytest.mark.parametrize("client", CLIENTS)
def test_too_many_records_are_not_even_unpacked(client: Any) -> None:
    found = read(client, batch_of([b""] * (RECORDS + 1)))
    assert told(found) == [(0, b"", "record_batch_too_large")]
    assert found[0].value.unreadable.last == RECORDS


@pytest.mark.parametrize("client", CLIENTS)
def test_the_name_of_a_header_that_is_no_text_costs_its_batch_alone(client: Any) -> None:
    spoilt = batch_of([b"a"], headers=[("hh", b"1")]).replace(b"hh", b"\xff\xfe")
    found = read(client, spoilt + batch_of([b"b"], first=1))
    assert told(found) == [(0, b"", "record_batch_unreadable"), (1, b"b", "")]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_fetch_ends_once_much_of_it_is_unpacked(client: Any) -> None:
    size = FETCHED_BYTES // 2
    data = b"".join(batch_of([b"\0" * size], "zstd", number) for number in range(5))
    assert [each.offset for each in read(client, data)] == [0, 1]


PACK: dict[str, Callable[[bytes], Any]] = {
    "gzip": gzip.compress,
    "snappy": cramjam.snappy.compress_raw,
    "lz4": cramjam.lz4.compress,
    "zstd": cramjam.zstd.compress,
}


@given(st.sampled_from(sorted(CODECS)), st.binary(max_size=3_000), st.integers(0, 3_000))
def test_unpacking_gives_what_was_packed_or_says_that_it_is_more(
    codec: str, data: bytes, limit: int
) -> None:
    packed = bytes(PACK[codec](data))
    if len(data) <= limit:
        assert CODECS[codec](packed, limit) == data
    else:
        with pytest.raises(UnpackedTooLarge):
            CODECS[codec](packed, limit)


def test_gzip_in_several_members_is_one_text_and_one_that_is_cut_off_none() -> None:
    packed = gzip.compress(b"a") + gzip.compress(b"b")
    assert CODECS["gzip"](packed, 2) == b"ab"
    with pytest.raises(zlib.error):
        CODECS["gzip"](packed[:-1], 2)
