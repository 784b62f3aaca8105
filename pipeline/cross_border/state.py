"""What is remembered of an enterprise's exports: part of its state record."""

from typing import Literal

import msgspec

from pipeline.cross_border.counting import Year
from schemas.assessment import ObligationState
from schemas.moments import Moment


class Settlement(msgspec.Struct, frozen=True, array_like=True):
    """That a duty was fulfilled, or is waived, as an analyst said; `uncovered` is what it settles:
    what had been counted by then without a ground that suffices."""

    kind: Literal["fulfilled", "waived"]
    uncovered: int
    analyst: str
    said_at: Moment
    reason: str


class Told(msgspec.Struct, array_like=True):
    """What was last written of one threshold in one year (0: of the registry)."""

    revision: int = 0
    content: str = ""
    duty_revision: int = 0
    duty: str = ""
    """The obligation's state and reason, digested; "" while there is none."""
    duty_state: ObligationState = "withdrawn"
    starts_at: Moment = 0
    found: int = 0
    """How sure a detection was of it: 0 none, 1 by the upper bound, 2 certain."""
    settlement: Settlement | None = None
    """The last one that was said."""


class CountTold(msgspec.Struct, array_like=True):
    """What was last written of a year's counts."""

    revision: int = 0
    content: str = ""


class CrossBorderState(msgspec.Struct):
    """Counts by calendar year, and what was told of them.

    Bounded: three years of 2,000 subjects each (`counting.py`), and a few rows a year.
    """

    years: dict[int, Year] = {}
    counts: dict[int, CountTold] = {}
    told: dict[str, Told] = {}
    """By `<threshold>:<year>`."""
    holdings: str = ""
    """Digest of what of the registry was last weighed, and by which policy."""
