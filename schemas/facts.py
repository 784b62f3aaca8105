"""The facts file of `fenghuo policy try`: what a person asks about, every fact optional."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.command import Impact
from schemas.cross_border import LegalGround
from schemas.registry import PROVINCE_PATTERN, Field, ListingAbroad

When = Annotated[
    datetime,
    msgspec.Meta(tz=True, description="RFC 3339 with an offset, e.g. 2026-01-05T09:00:00Z"),
]


class TrialOperator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who operates what the incident hit; what is left out is unknown."""

    province: (
        Annotated[str, msgspec.Meta(pattern=PROVINCE_PATTERN, description="GB/T 2260, e.g. 330000")]
        | None
    ) = None
    city: (
        Annotated[
            str,
            msgspec.Meta(pattern="^[0-9]{6}$", description="city with separate planning status"),
        ]
        | None
    ) = None
    xpcc: bool = False
    field: Field | None = None
    critical_infrastructure: bool | None = None
    central_organ: bool | None = None


Number = Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000)]


class TrialExports(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What left the country in one calendar year, and what the enterprise holds.

    `persons` are those of whom only other than sensitive information left. `legal_ground` is what
    all of it rests on; "" where none is declared. `are_told_apart` false: the numbers are sums
    over exports that may be of the same persons, so no more than upper bounds.
    """

    year: Annotated[int, msgspec.Meta(ge=1900, le=2199)] | None = None
    persons: Number = 0
    sensitive_persons: Number = 0
    important_exports: Number = 0
    legal_ground: LegalGround | Literal[""] = ""
    are_told_apart: bool = True
    persons_held: Number | None = None
    users: Number | None = None
    listing_abroad: ListingAbroad | None = None


class TrialFacts(Impact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts of one incident: those of `Impact`, and when, where and whether it occurred.

    `occurred` false asks for the warning colour, true (the default) for the response level.
    `outage_hours` says the same as `outage_minutes`: give one of them; part of a minute is
    cut off. Without `discovered_at` the instruments now in force judge, and no deadline can
    be given; without `handling_ended_at` none that counts from the end of handling. `exports`
    are judged beside the incident, by the thresholds for data that leaves the country.
    """

    occurred: bool = True
    discovered_at: When | None = None
    handling_ended_at: When | None = None
    operator: TrialOperator = TrialOperator()
    outage_hours: Decimal | None = None
    exports: TrialExports | None = None
    drill: str = ""
