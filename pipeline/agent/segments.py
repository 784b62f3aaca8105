"""The records of a spool's files: each with its length and CRC-32, so that a torn end is seen.

    segment   Opening (Lines* Cut)* Lines*

A batch is what stands between two cuts; no batch spans two segments. So the same batches, under
the same numbers, are read from the same files whenever they are read.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import TypeAlias
from zlib import crc32

import msgspec

_FRAME = Struct(">II")
"""Length and CRC-32 of what follows."""


class Manner(msgspec.Struct, frozen=True, array_like=True):
    """Whose lines they are, and how they are to be read: the same for all of a segment."""

    enterprise_id: str
    format: str
    time_zone: str = ""
    drill: str = ""


class FilePosition(msgspec.Struct, frozen=True, array_like=True):
    """How far a followed file was read; `head` is a digest of its first `head_bytes` bytes."""

    path: str
    offset: int
    head_bytes: int
    head: bytes


class Opening(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """A segment's first record: the number of its first batch, and how far files were read."""

    stream: str
    manner: Manner
    sequence: int
    positions: dict[str, FilePosition]


class Lines(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """Lines of a batch; `counts`: index to identical lines before. With those of a followed file
    goes the position after them: one is never on the disk without the other."""

    lines: tuple[bytes, ...]
    counts: dict[int, int] = {}
    file: str = ""
    position: FilePosition | None = None


class Cut(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    """Here a batch ends."""


Entry: TypeAlias = Opening | Lines | Cut

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Opening | Lines | Cut).decode


def encode_entry(entry: Entry) -> bytes:
    """The record as it stands in a segment."""
    payload = _encode(entry)
    return _FRAME.pack(len(payload), crc32(payload)) + payload


def read_entries(path: Path, start: int, end: int) -> Iterator[tuple[Entry, int]]:
    """The records from `start` on, each with the offset after it, up to `end` or to the first
    that is torn or damaged; raises OSError."""
    with path.open("rb") as file:
        file.seek(start)
        while start < end:
            head = file.read(_FRAME.size)
            if len(head) < _FRAME.size:
                return
            length, checksum = _FRAME.unpack(head)
            if start + _FRAME.size + length > end:
                return
            payload = file.read(length)
            if crc32(payload) != checksum or len(payload) != length:
                return
            start += _FRAME.size + length
            yield _decode(payload), start
