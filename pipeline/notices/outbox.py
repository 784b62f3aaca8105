"""What is still to be told, to whom, and what was given up: a folder that outlives the process.

Rule 1. A notice is put in once: its id follows from what it says, and ids that were put in are
        remembered. It leaves when its receiver has taken it, so each is told at least once.
Rule 2. A receiver that does not answer is asked again after a pause that doubles, up to ten
        minutes; what waits for it waits in order, and no other receiver waits with it.
Rule 3. What a receiver refuses for good, or has not taken within a day, is given up: a line in
        `given-up.ndjson` with the last fault, and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from pipeline.files.replacing import replace_file
from pipeline.notices.content import Notice, is_told
from pipeline.notices.receivers import NotTold
from pipeline.notices.settings import Channel, NoticesFault

FIRST_PAUSE_S, GREATEST_PAUSE_S = 1.0, 600.0
GIVE_UP_S = 86_400.0
REMEMBERED = 100_000
WAITING_MAX = 10_000
"""Of one receiver; the oldest is given up."""


class Waiting(msgspec.Struct):
    """One notice for one channel, since when."""

    channel: str
    notice: Notice
    since_s: float


class _Saved(msgspec.Struct):
    begun_s: float = 0.0
    looked_s: float = 0.0
    known: list[str] = []
    waiting: list[Waiting] = []
    given_up: int = 0


class Pause(msgspec.Struct):
    """Of one channel: how often it failed since it last took something, and until when it rests."""

    failures: int = 0
    until_s: float = 0.0


class Outbox:
    """`begun_s`: what was before is not told."""

    def __init__(self, folder: Path, now_s: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._lost = folder / "outbox.json", folder / "given-up.ndjson"
        try:
            self._saved = msgspec.json.decode(self._file.read_bytes(), type=_Saved)
        except FileNotFoundError:
            self._saved = _Saved(begun_s=now_s)
            self._save()
        except msgspec.DecodeError as fault:
            raise NoticesFault(
                f"{self._file}: {fault}; move it away: notices begin anew, what waited is in it"
            ) from fault
        self._known = dict.fromkeys(self._saved.known)
        self._pauses: dict[str, Pause] = {}

    @property
    def begun_s(self) -> float:
        """When notices were first looked for."""
        return self._saved.begun_s

    @property
    def looked_s(self) -> float:
        """When notices were last put in."""
        return self._saved.looked_s or self._saved.begun_s

    @property
    def waiting(self) -> int:
        """How many are still to be told."""
        return len(self._saved.waiting)

    @property
    def waiting_by_channel(self) -> Counter[str]:
        """The same by channel, also of one that the file of channels does not name any more."""
        return Counter(each.channel for each in self._saved.waiting)

    @property
    def given_up(self) -> int:
        """How many were, since the beginning."""
        return self._saved.given_up

    def put(self, channels: Iterable[Channel], notices: Iterable[Notice], now_s: float) -> int:
        """Those that are new, for the channels that want them; how many are put in."""
        before, receivers = len(self._saved.waiting), list(channels)
        for notice in notices:
            if notice.notice_id not in self._known:
                self._known[notice.notice_id] = None
                wanted = (each.name for each in receivers if is_told(each, notice))
                self._saved.waiting += [Waiting(name, notice, now_s) for name in wanted]
        self._saved.looked_s = now_s
        self._saved.known = list(self._known)[-REMEMBERED:]
        self._save()
        return len(self._saved.waiting) - before

    def deliver(
        self,
        channels: Iterable[Channel],
        tell: Callable[[Channel, Notice], None],
        now_s: Callable[[], float],
    ) -> list[str]:
        """Tell what waits, as far as receivers take it; what went wrong, a line each."""
        faults: list[str] = []
        for channel in channels:
            mine = [each for each in self._saved.waiting if each.channel == channel.name]
            for waiting in mine[: max(0, len(mine) - WAITING_MAX)]:
                self._give_up(waiting, f"more than {WAITING_MAX} wait for {channel.name}", now_s())
            for waiting in mine[-WAITING_MAX:]:
                if now_s() < self._pause(channel).until_s:
                    break
                faults += self._try(channel, waiting, tell, now_s())
        return faults

    def _try(
        self,
        channel: Channel,
        waiting: Waiting,
        tell: Callable[[Channel, Notice], None],
        now_s: float,
    ) -> list[str]:
        pause = self._pause(channel)
        try:
            tell(channel, waiting.notice)
        except NotTold as fault:
            if fault.for_good or now_s - waiting.since_s >= GIVE_UP_S:
                self._give_up(waiting, str(fault), now_s)
                return [f"{channel.name}: given up: {fault}"]
            pause.failures += 1
            rest_s = min(GREATEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(pause.failures - 1, 20))
            pause.until_s = now_s + rest_s
            return [f"{channel.name}: {fault}; again in {rest_s:.0f} s"]
        pause.failures = 0
        self._leave(waiting)
        return []

    def _give_up(self, waiting: Waiting, why: str, now_s: float) -> None:
        told = {"given_up_s": now_s, "why": why, **msgspec.to_builtins(waiting)}
        with self._lost.open("ab") as lost:
            lost.write(msgspec.json.encode(told) + b"\n")
        self._saved.given_up += 1
        self._leave(waiting)

    def _leave(self, waiting: Waiting) -> None:
        self._saved.waiting = [each for each in self._saved.waiting if each is not waiting]
        self._save()

    def _pause(self, channel: Channel) -> Pause:
        return self._pauses.setdefault(channel.name, Pause())

    def _save(self) -> None:
        replace_file(self._file, msgspec.json.encode(self._saved))
