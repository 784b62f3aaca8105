"""How much an enterprise may send, and what becomes of the rest."""

from typing import Annotated, Literal, TypeAlias

import msgspec

Positive: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
Over: TypeAlias = Literal["slow", "drop"]
"""slow: it is taken, after what others wait for; drop: it is counted and not taken."""


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events (lines) and bytes of values a second, `burst_s` seconds of them at once.

    A batch of more than `batch_events` or `batch_bytes` is not taken at all: no waiting makes it
    smaller. The defaults are above what one enterprise sends and below what fills a worker.
    """

    events_per_second: Positive = 2_000
    bytes_per_second: Positive = 4_000_000
    burst_s: Positive = 60
    batch_events: Positive = 20_000
    batch_bytes: Positive = 2_500_000
    """What our own senders cut at, and a line beyond: the worst that can be made of so much, lists
    within lists or XML of empty elements, costs less than a second of CPU (docs/capacity.md)."""
    over: Over = "slow"


class QuotaOverride(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row of the registry says otherwise of one enterprise; None: as the policy has it."""

    events_per_second: Positive | None = None
    bytes_per_second: Positive | None = None
    burst_s: Positive | None = None
    batch_events: Positive | None = None
    batch_bytes: Positive | None = None
    over: Over | None = None
