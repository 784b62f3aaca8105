"""What a run came to, in one line whose numbers add up."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from schemas.batch import BatchAccount
from schemas.decision import Decision


class Summary(msgspec.Struct):
    """Sums over the accounts: events = stored + late + dropped + dead_lettered."""

    batches: int = 0
    events: int = 0
    stored: int = 0
    late: int = 0
    dropped: int = 0
    dead_lettered: int = 0
    future: int = 0
    """Of the stored and late: dated further ahead of their receipt than clocks may differ."""
    repeated: int = 0
    """Events of batches that were applied before; they are among the dropped."""
    unplaced: int = 0
    """Events that say nothing of their source: they met no rule that names a product."""

    def add(self, decisions: Iterable[Decision]) -> None:
        """Add the accounts among the decisions."""
        for account in decisions:
            if isinstance(account, BatchAccount):
                self.batches += 1
                self.events += account.events
                self.stored += account.stored
                self.late += account.late
                self.dropped += account.dropped
                self.dead_lettered += account.dead_lettered
                self.future += account.future
                self.repeated += account.events if account.outcome == "duplicate" else 0

    def line(self) -> str:
        """The sums as a person reads them."""
        return (
            f"{self.events} events in {self.batches} batches = {self.stored} stored + "
            f"{self.late} late + {self.dropped} dropped + {self.dead_lettered} dead-lettered"
        )

    def advice(self, store: Path) -> list[str]:
        """Where to look, or what to do, about what was not stored."""
        told = (
            (
                self.late,
                f"{self.late} of them no correlation saw: they are older than what this store "
                "still holds; rules for single events did see them. Give all files to one run",
            ),
            (
                self.future,
                f"{self.future} of them are dated in the future and are correlated as of their "
                "receipt: correct the clock, or name the zone",
            ),
            (
                self.repeated,
                f"{self.repeated} of them are in this store already: for other rules, "
                "take another --store",
            ),
            (
                self.dead_lettered,
                f"dead-lettered lines and why: `fenghuo dead-letters list --store {store}`",
            ),
            (
                self.unplaced,
                f"{self.unplaced} of them say nothing of their log source and met no rule that "
                "names a product: a policy says what they are (`rules: {assumed_source: …}`)",
            ),
        )
        return [advice for count, advice in told if count]
