"""Who is to be covered, and what each enterprise has done: the words of coverage."""

from typing import Final, Literal, TypeAlias

import msgspec

Membership: TypeAlias = Literal["yes", "no", "unknown"]
"""Of the top tenth by revenue; unknown where nobody stated the revenue or the sector."""
Step: TypeAlias = Literal[
    "has_revenue",
    "has_key",
    "is_connected",
    "is_publishing",
    "is_complete",
    "is_graded",
    "is_assessed",
    "has_drilled",
    "is_trained",
]
STEPS: Final[tuple[Step, ...]] = (
    "has_revenue",
    "has_key",
    "is_connected",
    "is_publishing",
    "is_complete",
    "is_graded",
    "is_assessed",
    "has_drilled",
    "is_trained",
)
"""In the order in which an enterprise takes them: columns of the view `enterprise_coverage`, each
`yes`, `no`, `unknown` (nobody stated it) or `not_required`."""
TARGET_GRADED: Final = 45_000
"""Enterprises under classified and graded protection by the end of 2026 (工信部网安〔2024〕34号;
known from secondary sources)."""


class RevenueRank(msgspec.Struct, frozen=True, kw_only=True):
    """Where one enterprise stands by revenue among those of its sector in its province.

    `place` is 1 for the greatest revenue and the same for equal ones, 0 for one that is not
    ranked; `ranked` of `candidates` have stated theirs, and `seats` is a tenth of the candidates.
    `registered` is False once it has left the registry.
    """

    enterprise_id: str
    province: str
    sector: str
    registered: bool = True
    top_tenth: Membership = "no"
    place: int = 0
    ranked: int = 0
    candidates: int = 0
    seats: int = 0
