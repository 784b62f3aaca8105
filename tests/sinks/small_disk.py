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
    if _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)):
        pytest.skip("mounting is not permitted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def enlarge(place: Path, megabytes: int) -> None:
    """Make room, as an operator would."""
    assert _mount("-o", f"remount,size={megabytes}m", str(place)) == 0


def _mount(*options: str) -> int:
    try:
        return subprocess.run(["mount", *options], capture_output=True).returncode
    except FileNotFoundError:
        return 1
