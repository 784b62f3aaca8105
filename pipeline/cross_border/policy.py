"""What a site may decide otherwise of exports: when to warn, and other bounds of the table."""

from typing import Annotated, Literal

import msgspec


class ThresholdChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another bound for one row of `thresholds.py`, with the reason for it."""

    threshold: str
    bound: Annotated[int, msgspec.Meta(ge=1)]
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    article: str = ""


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an enterprise's exports of one year rest on where they do not say it themselves, as it
    was shown afterwards: a mechanism, and by what (a number, a date)."""

    enterprise_id: str
    year: Annotated[int, msgspec.Meta(ge=2000, le=2199)]
    ground: Literal["security_assessment", "standard_contract", "certification"]
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class CrossBorderPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`warning_percent`: share of a threshold from which its standing is a warning."""

    warning_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    changes: tuple[ThresholdChange, ...] = ()
    declarations: tuple[Declaration, ...] = ()

    def declared(self, enterprise_id: str, year: int) -> str:
        """The ground that was shown afterwards; "" where none was. The last one holds."""
        grounds = [
            one.ground
            for one in self.declarations
            if (one.enterprise_id, one.year) == (enterprise_id, year)
        ]
        return grounds[-1] if grounds else ""
