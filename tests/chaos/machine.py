"""What goes wrong with the machine that a worker runs on, while it runs: clock, store, disk."""

import os
import time
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tests.sinks.small_disk import mount_disk, resize_disk, unmount_disk

CLOCK: Final = "clock"
"""The file that says how many seconds a worker's wall clock is ahead."""
SINK: Final = "sink"
"""The file that says what its store does."""
SLOW_S: Final = 1.5
"""Of each write to a slow store: more than the records of a second may wait."""
DISK_MB: Final = 4_000
LOOK_S: Final = 0.1
"""How long what a file said is believed: a clock is asked often."""

SinkState: TypeAlias = Literal["", "away", "slow", "unanswering"]


class Switch:
    """A file that one process writes and another one reads; empty where it is absent."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._read_s = -LOOK_S
        self._says = ""

    def read(self) -> str:
        """What it says, or said a moment ago."""
        if time.monotonic() - self._read_s >= LOOK_S:
            self._read_s = time.monotonic()
            self._says = self._place.read_text() if self._place.exists() else ""
        return self._says

    def write(self, says: str) -> None:
        """At once as a whole: no reader finds half of it."""
        draft = self._place.with_suffix(".new")
        draft.write_text(says)
        draft.replace(self._place)


class Machine:
    """One worker's. `folder` is the worker's, its store below it on a disk of its own where the
    system lets us mount one."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.store.mkdir(parents=True, exist_ok=True)
        self._clock, self._sink = Switch(folder / CLOCK), Switch(folder / SINK)
        self.has_disk = mount_disk(self.store, DISK_MB)

    def set_clock(self, ahead_s: int) -> None:
        """The wall clock jumps to so many seconds ahead of the right time; negative: behind."""
        self._clock.write(str(ahead_s))

    def set_sink(self, state: SinkState) -> None:
        """From the store's next write on."""
        self._sink.write(state)

    def fill_disk(self) -> None:
        """Next to nothing is free on it: as if another program had filled it."""
        for spare_mb in (2, 8, 32):  # more may be written on it since it was looked at
            disk = os.statvfs(self.store)
            used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
            if resize_disk(self.store, used // 1_048_576 + spare_mb):
                return

    def clear_disk(self) -> None:
        """There is room again."""
        if self.has_disk:
            resize_disk(self.store, DISK_MB)

    def mend(self) -> None:
        """Everything is as it should be."""
        self.set_clock(0)
        self.set_sink("")
        self.clear_disk()

    def close(self) -> None:
        """Its disk is gone, and what was on it."""
        if self.has_disk:
            unmount_disk(self.store)
