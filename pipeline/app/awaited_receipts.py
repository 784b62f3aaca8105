"""What is awaited after publishing: the receipt of each record that Kafka acknowledged; pure."""

from collections import Counter
from typing import TypeAlias

import msgspec

from schemas.receipt import Receipt

Place: TypeAlias = tuple[int, int]
"""Partition and offset of a record of events."""


class Summary(msgspec.Struct):
    """What the receipts say in sum; `unanswered` are records without one."""

    receipts: int = 0
    unanswered: int = 0
    duplicates: int = 0
    events: int = 0
    stored: int = 0
    not_correlated: int = 0
    dropped: int = 0
    refused: int = 0


class AwaitedReceipts:
    """Which records wait for their receipt, and what those that came say."""

    def __init__(self) -> None:
        self._open: set[Place] = set()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self.summary = Summary()
        self.is_loss = False

    def sent(self, place: Place) -> None:
        """Kafka has the record."""
        self._open.add(place)
        self.summary.unanswered = len(self._open)

    def told(self, receipt: Receipt) -> bool:
        """Whether the receipt is one of ours; another run's, or the agent's, counts for nothing."""
        place = (receipt.partition, receipt.offset)
        if place not in self._open:
            return False
        self._open.discard(place)
        summary = self.summary
        summary.unanswered = len(self._open)
        summary.receipts += 1
        summary.duplicates += receipt.outcome == "duplicate"
        for name in ("events", "stored", "not_correlated", "dropped", "refused"):
            setattr(summary, name, getattr(summary, name) + getattr(receipt, name))
        for each in receipt.reasons:
            self._reasons[each.reason, each.remedy] += each.events
        self.is_loss = self.is_loss or receipt.is_loss
        return True

    def reasons(self) -> list[tuple[str, int, str]]:
        """Reason, events and remedy, the most frequent first."""
        return [(reason, count, remedy) for (reason, remedy), count in self._reasons.most_common()]
