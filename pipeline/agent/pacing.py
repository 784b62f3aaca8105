"""How fast an agent may send, so that none of it is over its enterprise's quota.

Rule 1. Receipts tell the quota (`Receipt.quota`). Until one has told it, `UNTOLD` is gone by: where
        no worker runs nobody answers, and what is sent meanwhile meets the quota all the same.
Rule 2. The reckoning is the engine's (`intake/quota.py`) with half of its burst: what is sent is
        owed, and paid off at the quota's rate. Kafka stamps a batch somewhere between its sending
        and its acknowledgement; so all that is on its way counts as owed anew, and is paid off from
        the acknowledgement on, and the debt is never less than the engine's.
Rule 3. A restart goes on from what was `Owed`, all that was on its way owed anew, and from half a
        burst at least: what was written last before a loss of power, or the clock, may be wrong.
Rule 4. Others may send for the enterprise and use its quota too. Where a receipt says that it was
        exceeded, half the rate is used, and more again as long as none says so.

Pure: moments are seconds of any one clock that goes evenly.
"""

from typing import Final

import msgspec

from schemas.quota import Quota

LEAST_SHARE: Final = 1 / 64
MORE: Final = 1.25
"""By so much the share grows in each span of a burst without a complaint."""
UNTOLD: Final = Quota(
    events_per_second=Quota().events_per_second // 10,
    bytes_per_second=Quota().bytes_per_second // 10,
    burst_s=Quota().burst_s // 10,
)
"""A tenth of the default: what is sent so slowly is over no quota that is not below it."""


class Owed(msgspec.Struct, frozen=True):
    """What one process owes: seconds until it is paid off, and what is on its way."""

    events_s: float = 0.0
    bytes_s: float = 0.0
    events: int = 0
    size: int = 0

    def after(self, passed_s: float) -> "Owed":
        """So much later, without the process."""
        events_s, bytes_s = max(0.0, self.events_s - passed_s), max(0.0, self.bytes_s - passed_s)
        return msgspec.structs.replace(self, events_s=events_s, bytes_s=bytes_s)


class Pace:
    """What one enterprise's agent owes; `told` is the quota, None where nobody told it yet, and
    `owed` what was owed at its last end, None where it never sent anything."""

    def __init__(self, told: Quota | None, now_s: float, owed: Owed | None = None) -> None:
        self.share = 1.0
        """Of the quota's rate that is used."""
        self.told = told
        self._quota = told or UNTOLD
        self._changed_s = now_s
        self._on_its_way = (0, 0)
        self._paid_s = (now_s, now_s)
        if owed is not None:
            least_s = self._quota.burst_s / 2
            self._paid_s = (
                now_s + max(owed.events_s, least_s),
                now_s + max(owed.bytes_s, least_s),
            )
            self.owe(owed.events, owed.size, now_s)

    def owed(self, now_s: float) -> Owed:
        """What a restart needs to know."""
        events_s, bytes_s = (max(0.0, paid_s - now_s) for paid_s in self._paid_s)
        return Owed(events_s, bytes_s, *self._on_its_way)

    def may_send(self, now_s: float) -> bool:
        """Whether another batch may go now."""
        owed = zip(self._paid_s, self._take_s(*self._on_its_way), strict=True)
        debt_s = max(max(paid_s - now_s, 0.0) + take_s for paid_s, take_s in owed)
        return debt_s <= self._quota.burst_s / 2

    def sent(self, events: int, size: int) -> None:
        """A batch goes out."""
        self._on_its_way = (self._on_its_way[0] + events, self._on_its_way[1] + size)

    def acknowledged(self, events: int, size: int, now_s: float) -> None:
        """Kafka has it, and stamped it at some moment before now."""
        self._on_its_way = (self._on_its_way[0] - events, self._on_its_way[1] - size)
        self.owe(events, size, now_s)

    def lost_sight(self, now_s: float) -> None:
        """What is on its way will be sent again, and Kafka may have stamped it before."""
        self.acknowledged(*self._on_its_way, now_s)

    def owe(self, events: int, size: int, now_s: float) -> None:
        """What is paid off from now on; a batch may hold more events than it has lines."""
        events_s, bytes_s = self._take_s(events, size)
        paid_s = (max(each, now_s) for each in self._paid_s)
        self._paid_s = (next(paid_s) + events_s, next(paid_s) + bytes_s)

    def hear(self, told: Quota | None, is_over: bool, now_s: float) -> bool:
        """What a receipt says: the quota, and whether it was exceeded. Whether that is news."""
        has_rested = now_s - self._changed_s > self._quota.burst_s
        if is_over and (has_rested or self.share == 1):
            self.share, self._changed_s = max(self.share / 2, LEAST_SHARE), now_s
        elif not is_over and has_rested and self.share < 1:
            self.share, self._changed_s = min(self.share * MORE, 1.0), now_s
        if told is None or told == self.told:
            return False
        events, size = self._slower_by(told)
        owed = self.owed(now_s)
        self._paid_s = (now_s + owed.events_s * events, now_s + owed.bytes_s * size)
        self.told = self._quota = told
        return True

    def _slower_by(self, told: Quota) -> tuple[float, float]:
        """How many times as long it takes to pay off what is owed. A faster quota that comes in
        another's place may have come later than what was sent: the engine still owes that."""
        least = 0.0 if self.told is None else 1.0
        events = self._quota.events_per_second / told.events_per_second
        size = self._quota.bytes_per_second / told.bytes_per_second
        return max(events, least), max(size, least)

    def _take_s(self, events: int, size: int) -> tuple[float, float]:
        """How long it takes to pay off so much."""
        rate, quota = self.share, self._quota
        return events / (quota.events_per_second * rate), size / (quota.bytes_per_second * rate)
