"""Files that grow: followed by their inode, over rotation, truncation and restarts (shell).

Rule 1. A file is its device and inode while its first bytes are the same; else it is another
        one, read from its beginning. So is one that is shorter than it was (copytruncate).
Rule 2. How far a file was read stands in the spool, in the same record as the lines.
Rule 3. A file that was renamed or removed is read to its end, and until it has rested a while;
        one that was renamed while the agent was away is looked for in its folder.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from glob import iglob
from hashlib import blake2b
from pathlib import Path

import structlog

from pipeline.agent.collecting import Collector
from pipeline.agent.segments import FilePosition
from pipeline.agent.settings import Files
from pipeline.intake.batching import OccurrenceCounter
from pipeline.intake.lines import LINE_BYTES

POLL_S = 1.0
REST_S = 60.0
"""A removed file that did not grow for so long is done; an unfinished line is a line then."""
BLOCK_BYTES = LINE_BYTES + 100_000
HEAD_BYTES = 256
COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip")
"""What rotation makes of files that were read: not text, and not new."""
REMEMBERED_LINES = 5_000
"""Of each file, for identical ones."""

log = structlog.get_logger("fenghuo.agent")


class Followed:
    """One open file: how far it was read."""

    def __init__(self, path: Path, descriptor: int, offset: int = 0) -> None:
        self.path = path
        self.descriptor = descriptor
        self.offset = offset
        self.counter = OccurrenceCounter(REMEMBERED_LINES)
        self.is_there = True
        """Under a name that is asked for."""
        self._head = os.pread(descriptor, min(HEAD_BYTES, offset), 0)
        self._is_skipping = False
        self._grew_s = time.monotonic()
        self._size = -1

    @property
    def is_resting(self) -> bool:
        """It has not grown for a while."""
        return time.monotonic() - self._grew_s > REST_S

    def read(self) -> tuple[list[bytes], int]:
        """The whole lines of the next block, and how many were too long; moves on behind them."""
        size = os.fstat(self.descriptor).st_size
        if size != self._size:
            self._size, self._grew_s = size, time.monotonic()
        if size < self.offset or self._is_another():
            self.offset, self._head, self._is_skipping = 0, b"", False
            self.counter = OccurrenceCounter(REMEMBERED_LINES)
        block = os.pread(self.descriptor, BLOCK_BYTES, self.offset)
        end = block.rfind(b"\n") + 1
        if not end and block and self.is_resting:
            end = len(block)
        # Longer than any line that is taken: skipped to its end, and counted once.
        if not end and len(block) > LINE_BYTES:
            self._move(len(block))
            is_first, self._is_skipping = not self._is_skipping, True
            return [], int(is_first)
        lines = block[:end].split(b"\n")
        if end and self._is_skipping:
            self._is_skipping = False
            lines = lines[1:]
        self._move(end)
        return [line for each in lines if (line := each.rstrip(b"\r"))], 0

    def position(self) -> FilePosition:
        """What finds the place again."""
        return FilePosition(str(self.path), self.offset, len(self._head), _digest(self._head))

    def _move(self, by: int) -> None:
        self.offset += by
        if len(self._head) < HEAD_BYTES:
            self._head = os.pread(self.descriptor, min(HEAD_BYTES, self.offset), 0)

    def _is_another(self) -> bool:
        """Truncated, and longer again than it was."""
        return os.pread(self.descriptor, len(self._head), 0) != self._head


class FileFollower:
    """All files of one input."""

    def __init__(self, settings: Files, collector: Collector) -> None:
        self._settings = settings
        self._collector = collector
        self._positions = collector.spool.positions
        self._is_first_time = not self._positions
        self._followed: dict[str, Followed] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            await asyncio.to_thread(self._find_renamed)
            while True:
                await asyncio.to_thread(self._look)
                if not await self.step():
                    await asyncio.sleep(POLL_S)
        finally:
            for each in self._followed.values():
                os.close(each.descriptor)

    async def step(self) -> bool:
        """One block of each file; whether there was anything new."""
        is_moving = False
        for key, each in list(self._followed.items()):
            before = each.offset
            try:
                lines, too_long = await asyncio.to_thread(each.read)
            except OSError as fault:  # opened anew where it is, if it is
                self._collector.troubles[str(each.path)] = f"{each.path}: {fault.strerror}"
                self._close(key)
                continue
            self._collector.refuse("line_too_long", too_long)
            if each.offset != before:
                is_moving = True
                await self._collector.put_patiently(lines, each.counter, key, each.position())
            elif not each.is_there and each.is_resting:
                self._close(key)
                self._collector.spool.forget(key)
        return is_moving

    def _close(self, key: str) -> None:
        os.close(self._followed.pop(key).descriptor)

    def _look(self) -> None:
        """Open what is new, and note what is not there any more."""
        there = set()
        for path in self._named():
            with suppress(FileNotFoundError):  # between being listed and being opened
                there.add(self._follow(path))
        for key, each in self._followed.items():
            each.is_there = key in there
        self._is_first_time = False

    def _named(self) -> Iterator[Path]:
        for pattern in self._settings.paths:
            for name in iglob(str(pattern), recursive=True):  # noqa: PTH207 - absolute patterns
                path = Path(name)
                if path.is_file() and not name.endswith(COMPRESSED):
                    yield path

    def _follow(self, path: Path) -> str:
        """The file's key; opened unless it is open."""
        key = _key(path.stat())
        if key in self._followed:
            self._followed[key].path = path
            return key
        try:
            # Non-blocking: a pipe that was put under the name would never return.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            raise
        except OSError as fault:
            self._collector.troubles[str(path)] = f"{path}: {fault.strerror}; it is not read"
            return key
        self._collector.troubles.pop(str(path), None)
        # Of what was opened: rotation may have come between the look and the opening.
        key = _key(os.fstat(descriptor))
        offset = self._resume_at(key, descriptor)
        self._followed[key] = Followed(path, descriptor, offset)
        return key

    def _resume_at(self, key: str, descriptor: int) -> int:
        size = os.fstat(descriptor).st_size
        known = self._positions.get(key)
        if known is not None:
            head = os.pread(descriptor, known.head_bytes, 0)
            return known.offset if size >= known.offset and _digest(head) == known.head else 0
        return size if self._is_first_time and self._settings.start == "end" else 0

    def _find_renamed(self) -> None:
        """Files that were renamed while nobody looked: to be read to their ends."""
        named = {_key(path.stat()) for path in self._named()}
        for key, position in list(self._positions.items()):
            if key in named:
                continue
            folder = Path(position.path).parent
            siblings = folder.iterdir() if folder.is_dir() else iter(())
            here = [each for each in siblings if each.is_file() and _key(each.stat()) == key]
            if here:
                self._follow(here[0])
            else:
                log.warning("a file is gone", path=position.path, read_bytes=position.offset)
                self._collector.spool.forget(key)


def _key(stat: os.stat_result) -> str:
    return f"{stat.st_dev}:{stat.st_ino}"


def _digest(head: bytes) -> bytes:
    return blake2b(head, digest_size=16).digest()
