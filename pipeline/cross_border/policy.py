"""What a site may decide otherwise of exports: when to warn, and other bounds of the table."""

from typing import Annotated

import msgspec


class ThresholdChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another bound for one row of `thresholds.py`, with the reason for it."""

    threshold: str
    bound: Annotated[int, msgspec.Meta(ge=1)]
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    article: str = ""


class CrossBorderPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`warning_percent`: share of a threshold from which its standing is a warning."""

    warning_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    changes: tuple[ThresholdChange, ...] = ()
