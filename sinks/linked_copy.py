"""An embedded store beside the process that has it open: a copy made of links. Shell.

Rule 1. ClickHouse writes a part once, under a name of its own, and never changes it: it is put in
        place by one rename, and taken away after what replaces it is there. So a folder of hard
        links to the parts is the store as it was at one moment, and costs no room.
Rule 2. Definitions are copied; the lock, the memory of inserts, and whatever is being written or
        taken away, are left out.
Rule 3. It is gone through until nothing new is found, so that no table is later than another: a
        batch's account is there only where its events are. What has gone meanwhile stays linked,
        as what replaced it covers it.
Rule 4. The copy is beside the store, as links cross no disk. One whose process has gone is
        deleted by the next.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from sinks.contract import SinkUnavailable

LOCK: Final = "status"
"""ClickHouse's lock: held for as long as a process has the folder open."""
PASSES: Final = 200
LEFT_OUT: Final = ("deduplication_logs", "detached")
IN_PROGRESS: Final = ("tmp", "delete_tmp_")
TABLES: Final = "store/*/*"
"""A folder each, with one folder a part; of a database, its tables' definitions."""


def is_open_elsewhere(directory: Path) -> bool:
    """Whether another process has the store open: it locks the file that says its PID."""
    try:
        with (directory / LOCK).open("rb") as lock:
            holder = lock.readline().split()
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return holder != [b"PID:", str(os.getpid()).encode()]  # this one opens it once more
    return False


@contextmanager
def linked_copy(directory: Path) -> Iterator[Path]:
    """The store as it is now, in a folder that is deleted afterwards.

    Raises SinkUnavailable, with the remedy, where it cannot be linked.
    """
    try:
        _sweep(directory)
        copy = Path(mkdtemp(prefix=f"{_prefix(directory)}{os.getpid()}-", dir=directory.parent))
    except OSError as fault:
        raise _unlinkable(directory, fault) from fault
    try:
        yield _linked(directory.resolve(), copy / "store")
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _linked(directory: Path, copy: Path) -> Path:
    try:
        for folder in ("metadata", "data"):
            shutil.copytree(directory / folder, copy / folder, symlinks=True)
        if any(not _add(directory, copy) for _ in range(PASSES)):
            return copy
    except OSError as fault:
        raise _unlinkable(directory, fault) from fault
    raise SinkUnavailable(
        f"{directory}: another process has it open and changes it faster than it can be read; "
        "try again"
    )


def _add(directory: Path, copy: Path) -> bool:
    """Link what is not there yet; whether there was anything."""
    is_new = False
    for table in directory.glob(TABLES):
        target = copy / table.relative_to(directory)
        target.mkdir(parents=True, exist_ok=True)
        for entry in os.scandir(table):
            place = target / entry.name
            if entry.name in LEFT_OUT or entry.name.startswith(IN_PROGRESS) or place.exists():
                continue
            is_new = True
            _take(Path(entry.path), place)
    return is_new


def _take(source: Path, place: Path) -> None:
    """A part, linked; anything else, copied; nothing, where it goes meanwhile."""
    try:
        if source.is_dir():
            _link(source, place)
        else:
            shutil.copy2(source, place)
    except FileNotFoundError:
        shutil.rmtree(place, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    target.mkdir()
    for entry in os.scandir(source):
        if entry.is_dir():
            _link(Path(entry.path), target / entry.name)
        else:
            os.link(entry.path, target / entry.name)


def _sweep(directory: Path) -> None:
    """Delete what copies left whose process was killed."""
    prefix = _prefix(directory)
    for left in directory.parent.glob(f"{prefix}*"):
        pid = left.name.removeprefix(prefix).partition("-")[0]
        if pid.isdecimal() and not _is_running(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _prefix(directory: Path) -> str:
    return f".{directory.resolve().name}.read-by-"


def _unlinkable(directory: Path, fault: OSError) -> SinkUnavailable:
    return SinkUnavailable(
        f"{directory}: another process has it open, and a copy of links beside it cannot be made"
        f" ({fault.strerror}): give the command as the user of that process, where it may write"
        f" into {directory.parent}, or when the process has ended"
    )
