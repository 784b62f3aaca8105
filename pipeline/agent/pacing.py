"""How fast an agent may send, so that none of it is over its enterprise's quota.

Rule 1. Receipts tell the quota (`Receipt.quota`). Until one has told it a first batch goes alone;
        if nobody answers that within `FIRST_S`, the default quota is taken to be it.
Rule 2. The reckoning is the engine's (`intake/quota.py`) with half of its burst: what is sent is
        owed, and paid off at the quota's rate. Kafka stamps a batch somewhere between its sending
        and its acknowledgement; so all that is on its way counts as owed anew, and is paid off from
        the acknowledgement on, and the debt is never less than the engine's.
Rule 3. A restart knows of no debt: it begins with half a burst owed, that is at the quota's rate.
Rule 4. Others may send for the enterprise and use its quota too. Where a receipt says that it was
        exceeded, half the rate is used, and more again as long as none says so.

Pure: moments are seconds of any one clock that goes evenly.
"""

from typing import Final

from schemas.quota import Quota

FIRST_S: Final = 3.0
LEAST_SHARE: Final = 1 / 64
MORE: Final = 1.25
"""By so much the share grows in each span of a burst without a complaint."""


class Pace:
    """What one enterprise's agent owes; `told` is the quota, None where nobody told it yet."""

    def __init__(self, told: Quota | None, now_s: float) -> None:
        self.share = 1.0
        """Of the quota's rate that is used."""
        self._is_heard = told is not None
        self._is_assumed = False
        self._quota = told or Quota()
        self._first_s: float | None = None
        self._changed_s = now_s
        self._on_its_way = (0, 0)
        self._paid_s = (now_s + self._quota.burst_s / 2,) * 2

    def may_send(self, now_s: float) -> bool:
        """Whether another batch may go now."""
        if not self._is_heard and not self._is_assumed and self._first_s is not None:
            self._is_assumed = now_s >= self._first_s + FIRST_S
            if not self._is_assumed:
                return False
        owed = zip(self._paid_s, self._take_s(*self._on_its_way), strict=True)
        debt_s = max(max(paid_s - now_s, 0.0) + take_s for paid_s, take_s in owed)
        return debt_s <= self._quota.burst_s / 2

    def sent(self, events: int, size: int, now_s: float) -> None:
        """A batch goes out."""
        self._on_its_way = (self._on_its_way[0] + events, self._on_its_way[1] + size)
        self._first_s = now_s if self._first_s is None else self._first_s

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
        if told is None:
            return False
        is_news = told != self._quota or not self._is_heard
        if not self._is_heard:  # what was owed by the default quota says nothing of this one
            self._paid_s = (now_s + told.burst_s / 2,) * 2
        self._is_heard, self._is_assumed, self._quota = True, False, told
        return is_news

    def _take_s(self, events: int, size: int) -> tuple[float, float]:
        """How long it takes to pay off so much."""
        rate, quota = self.share, self._quota
        return events / (quota.events_per_second * rate), size / (quota.bytes_per_second * rate)
