"""Decompression that ends at a limit: what a few kilobytes unpack to is the sender's to choose.

Both clients decompress a record batch whole, before any of its records can be looked at: 20 kB
of zeros under zstd become 600 MB. These take the place of their decoders (`record_batches.py`).
"""

import zlib
from collections.abc import Callable, Mapping
from struct import unpack_from
from typing import TypeAlias

import cramjam

UNPACKED_BYTES = 32_000_000
"""A record batch may unpack to so much: four times the largest record that is admitted."""
FIRST_TRIAL = 16
"""Room for this ratio is tried first, as setting the whole limit aside costs more."""

Codec: TypeAlias = Callable[[bytes, int], bytes]
"""Compressed bytes and the limit in bytes to the unpacked; raises UnpackedTooLarge, or whatever
its library raises for what is not of its format."""


class UnpackedTooLarge(Exception):
    """A record batch unpacks to more than it may."""


def _too_large(limit: int) -> UnpackedTooLarge:
    return UnpackedTooLarge(f"it unpacks to more than {limit} bytes")


def _unpack_gzip(data: bytes, limit: int) -> bytes:
    unpacked = bytearray()
    while data:  # gzip allows several members (RFC 1952, 2.2)
        member = zlib.decompressobj(wbits=31)
        unpacked += member.decompress(data, limit + 1 - len(unpacked))
        if len(unpacked) > limit:
            raise _too_large(limit)
        if not member.eof:
            raise zlib.error("the gzip data is cut off")
        data = member.unused_data
    return bytes(unpacked)


_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_HEADER_BYTES = 16


def _unpack_snappy(data: bytes, limit: int) -> bytes:
    """Raw, or in the blocks of snappy-java, as Kafka's own client writes it."""
    blocks = _xerial_blocks(data) if data.startswith(_XERIAL_MAGIC) else [data]
    if sum(map(cramjam.snappy.decompress_raw_len, blocks)) > limit:
        raise _too_large(limit)
    return b"".join(bytes(cramjam.snappy.decompress_raw(block)) for block in blocks)


def _xerial_blocks(data: bytes) -> list[bytes]:
    blocks, at = [], _XERIAL_HEADER_BYTES
    while at < len(data):
        (size,) = unpack_from(">I", data, at)
        blocks.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return blocks


def _unpack_into(unpack: Callable[[bytes, bytearray], int]) -> Codec:
    """A codec whose library writes into room that is given, and raises where there is too little.

    Whether it was for lack of room, only its message says.
    """

    def codec(data: bytes, limit: int) -> bytes:
        for size in (min(limit, FIRST_TRIAL * len(data)), limit):
            room = bytearray(size)
            try:
                return bytes(memoryview(room)[: unpack(data, room)])
            except cramjam.DecompressionError as fault:
                if "whole buffer" not in str(fault):
                    raise
        raise _too_large(limit)

    return codec


CODECS: Mapping[str, Codec] = {
    "gzip": _unpack_gzip,
    "snappy": _unpack_snappy,
    "lz4": _unpack_into(cramjam.lz4.decompress_into),
    "zstd": _unpack_into(cramjam.zstd.decompress_into),
}
"""Every compression that Kafka has, by its name there."""
