"""A receipt: what became of one batch, told to the enterprise whose signature it carries."""

import msgspec

from schemas.moments import ZonedTime
from schemas.quota import Quota


class Reason(msgspec.Struct, frozen=True):
    """Why so many events of a batch were not taken, or what is remarked of stored ones."""

    reason: str
    events: int
    remedy: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the record at `topic/partition/offset`:
    events = stored + not_correlated + dropped + refused.

    `receipt_id` is the same whenever it is sent again. `outcome` is accepted, duplicate (the
    batch was taken before) or refused. `not_correlated` came too late for any window: stored,
    and seen by rules for single events alone. `future` are those of the stored ones whose clock
    was ahead. `unverified` is why it cannot be known whether the batch was taken before. `quota` is
    how much the enterprise may send, as this batch was held against it.
    """

    receipt_id: str
    enterprise_id: str
    batch_id: str
    topic: str
    partition: int
    offset: int
    received_at: ZonedTime
    outcome: str
    events: int
    stored: int
    not_correlated: int
    dropped: int
    refused: int
    future: int = 0
    reasons: tuple[Reason, ...] = ()
    drill: str = ""
    unverified: str = ""
    quota: Quota | None = None

    @property
    def is_loss(self) -> bool:
        """Whether events of it are nowhere: those of a duplicate were taken before."""
        return self.refused > 0 or (self.dropped > 0 and self.outcome != "duplicate")
