"""Room on the disk of an embedded store: how much there is, and how little is too little. Shell."""

import shutil
from pathlib import Path
from typing import Final

from sinks.contract import SinkUnavailable, StoreFull

FLOOR_BYTES: Final = 256_000_000
"""ClickHouse merges parts of its own accord, and a merge needs as much as the parts it reads;
states, checkpoints and reports are written beside the tables."""
FLOOR_SHARE: Final = 20
"""Of a small disk: the twentieth part of it."""


def free_bytes(folder: Path) -> int:
    """What may still be written on the folder's disk; raises OSError."""
    return shutil.disk_usage(folder).free


def floor_bytes(folder: Path) -> int:
    """How much must stay free; raises OSError."""
    return min(FLOOR_BYTES, shutil.disk_usage(folder).total // FLOOR_SHARE)


def require_room(folder: Path) -> None:
    """Raises StoreFull below the floor, SinkUnavailable where the folder is not there."""
    try:
        free, floor = free_bytes(folder), floor_bytes(folder)
    except OSError as fault:
        raise SinkUnavailable(f"{folder}: {fault.strerror}; bring it back") from fault
    if free < floor:
        raise StoreFull(
            f"{folder}: the disk is full: {megabytes(free)} free, {megabytes(floor)} must stay"
            " free; make room on it (shorter retention, other files), or take a larger one"
        )


def megabytes(size: int) -> str:
    """A size as a person reads it."""
    return f"{size / 1_000_000:,.1f} MB"
