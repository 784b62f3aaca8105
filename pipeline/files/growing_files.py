"""A file that grows, or a pipe: its lines as they are written (shell)."""

import os
import time
from collections.abc import Generator
from io import FileIO
from pathlib import Path
from stat import S_ISREG

import msgspec

from pipeline.files.recordings import LONGEST_LINE

PAUSE_S = 1.0
"""Between two looks at a file that did not grow."""
READ_AT_ONCE = 1 << 20


class Growth(msgspec.Struct, frozen=True):
    """Whole lines that were written, each with the offset of its end. `is_anew`: they begin a
    file, the first one or what came in its place."""

    lines: list[tuple[bytes, int]]
    is_anew: bool = False


def growths_of(place: Path) -> Generator[Growth, None, None]:
    """What is in it, then what is added; without end where it is a file, until it is closed where
    it is a pipe.

    A file that was replaced or cut short is read from its beginning. Blank lines are left out;
    the last line is awaited until its end is written. Raises OSError.
    """
    while True:
        with FileIO(place) as opened:
            is_file = S_ISREG(os.fstat(opened.fileno()).st_mode)
            yield from _growths(opened, place, is_file)
        if not is_file:
            return
        while not place.exists():  # rotated away, the next one not there yet
            time.sleep(PAUSE_S)


def _growths(opened: FileIO, place: Path, is_file: bool) -> Generator[Growth, None, None]:
    rest, end, is_anew = b"", 0, True
    while True:
        block = opened.read(READ_AT_ONCE)
        is_over = not block and (not is_file or _is_replaced(opened, place, end + len(rest)))
        if not block and not is_over:
            time.sleep(PAUSE_S)
            continue
        *whole, rest = (rest + block).split(b"\n")
        if is_over or len(rest) > LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        lines = []
        for line in whole:
            end += len(line) + 1
            if line.strip():
                lines.append((line.rstrip(b"\r"), end))
        if lines:
            yield Growth(lines, is_anew)
            is_anew = False
        if is_over:
            return


def _is_replaced(opened: FileIO, place: Path, read: int) -> bool:
    """Whether the name stands for another file by now, or for less than was read of this one."""
    mine = os.fstat(opened.fileno())
    try:
        now = place.stat()
    except FileNotFoundError:
        return True
    return (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino) or now.st_size < read
