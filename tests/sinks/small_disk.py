"""A disk of a few megabytes, to fill: a tmpfs, where the system lets us mount one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """Mounted at `place` until the end; the test is skipped where that is not permitted."""
    place.mkdir()
    if not mount_disk(place, megabytes):
        pytest.skip("mounting is not permitted here")
    try:
        yield place
    finally:
        unmount_disk(place)


def mount_disk(place: Path, megabytes: int) -> bool:
    """Whether a disk of that size is at `place` now."""
    return _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))


def resize_disk(place: Path, megabytes: int) -> bool:
    """Make room, as an operator would, or take it away. Not less than what is on it: then False."""
    return _mount("-o", f"remount,size={megabytes}m", str(place))


def unmount_disk(place: Path) -> None:
    """It is gone, and what was on it."""
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*options: str) -> bool:
    try:
        return subprocess.run(["mount", *options], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
