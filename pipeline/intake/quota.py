"""Whether a batch is within its sender's quota: on the time of receipt, so a replay finds the same.

Rule 1. An allowance is a debt that is paid off at the quota's rate: what is taken is owed, and
        what is owed for longer than `burst_s` is over the quota. So in any span of T seconds at
        most rate x (T + burst_s) are taken within the quota, and one batch.
Rule 2. What is over the quota is not owed, dropped or not: the same batches are over it either way.
Rule 3. A batch is charged its lines before anything of it is read, and afterwards what its
        envelopes held beyond them.
Rule 4. Only a batch whose signature holds is charged: nobody uses up another's quota.
"""

from math import ceil

import msgspec

from pipeline.intake.reading import account_of
from pipeline.intake.texts import count_lines
from schemas.batch import Batch, BatchAccount
from schemas.moments import SECOND, Moment
from schemas.quota import Quota, QuotaOverride

OVER_QUOTA = "over_quota"
BATCH_OVER_QUOTA = "batch_over_quota"

REMEDIES: dict[str, str] = {
    OVER_QUOTA: "Send more slowly, or have your operator raise the quota; dropped batches may be "
    "sent again under their numbers.",
    BATCH_OVER_QUOTA: "Send smaller batches: 200 events are best.",
}


class QuotaState(msgspec.Struct):
    """When all that was taken will have been paid off; part of an enterprise's state record."""

    events_paid_at: Moment = 0
    bytes_paid_at: Moment = 0


class Charge(msgspec.Struct, frozen=True):
    """What a batch comes to: its lines, a key of REMEDIES or "", and whether it is dropped."""

    lines: int
    reason: str = ""
    is_dropped: bool = False


def quota_of(quota: Quota, override: QuotaOverride | None) -> Quota:
    """The quota of an enterprise: the policy's, with what its row says otherwise."""
    if override is None:
        return quota
    stated = {name: said for name in Quota.__struct_fields__ if (said := getattr(override, name))}
    return msgspec.structs.replace(quota, **stated)


def charge(quota: Quota, state: QuotaState, batch: Batch) -> Charge:
    """Rules 1 and 2, before a line is read."""
    lines, size = count_lines(batch.value), len(batch.value)
    # Not owed: nothing of it is taken, so its sender's next batch pays nothing for it.
    if lines > quota.batch_events or size > quota.batch_bytes:
        return Charge(lines, BATCH_OVER_QUOTA, is_dropped=True)
    latest = batch.received_at + quota.burst_s * SECOND
    if state.events_paid_at > latest or state.bytes_paid_at > latest:
        return Charge(lines, OVER_QUOTA, is_dropped=quota.over == "drop")
    _owe(quota, state, batch.received_at, lines, size)
    return Charge(lines)


def settle_charge(
    quota: Quota, state: QuotaState, batch: Batch, charged: Charge, account: BatchAccount
) -> BatchAccount:
    """Rule 3, once it is read: the account, which says so where the batch was over the quota."""
    if charged.reason:
        # What was taken before is over nothing: each of its events has one reason already.
        over = {} if account.outcome == "duplicate" else {charged.reason: account.events}
        reasons = {**account.reasons, **over}
        return msgspec.structs.replace(account, reasons=reasons, quota=quota)
    _owe(quota, state, batch.received_at, max(0, account.events - charged.lines), 0)
    return msgspec.structs.replace(account, quota=quota)


def _owe(quota: Quota, state: QuotaState, now: Moment, events: int, size: int) -> None:
    # Rounded up: no run of tiny batches is free.
    events_take = ceil(events * SECOND / quota.events_per_second)
    bytes_take = ceil(size * SECOND / quota.bytes_per_second)
    state.events_paid_at = max(state.events_paid_at, now) + events_take
    state.bytes_paid_at = max(state.bytes_paid_at, now) + bytes_take


def account_dropped(quota: Quota, batch: Batch, charged: Charge) -> BatchAccount:
    """The account of a batch of which nothing was read: every line is dropped, by name."""
    return account_of(
        batch,
        "refused",
        events=charged.lines,
        dropped=charged.lines,
        reasons={charged.reason: charged.lines},
        quota=quota,
    )
