"""A sighting: one indicator in one incident, told by an enterprise's stage to the campaigns'."""

from typing import TypeAlias

import msgspec

from schemas.assessment import Regime, Tier
from schemas.campaign import IndicatorKind
from schemas.detection import Level
from schemas.moments import Moment

Harm: TypeAlias = dict[str, int | str]
"""Facts by their name in `schemas/command.py` `Impact`, in its units and words."""


class Sight(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One incident as campaigns see it, at one moment.

    Of two sights of an incident the one of greater `order` counts, which counts up over all that
    its enterprise tells; of two of one order, the one told later. `stands` is false where the
    indicator has left the incident, the incident became part of another, or proved harmless.
    `tiers` are the computed ones; `harm` are the facts that they rest on, without the operator's.
    """

    order: int
    emitted_at: Moment
    stands: bool
    enterprise_id: str
    province: str
    sector: str
    scenario: str
    level: Level
    first_time: Moment
    last_time: Moment
    tiers: dict[Regime, Tier] = {}
    harm: Harm = {}

    @property
    def precedence(self) -> tuple[int, Moment]:
        """Greater for the sight that counts."""
        return self.order, self.emitted_at


class Sighting(msgspec.Struct, frozen=True, kw_only=True, tag="sighting"):
    """What one incident says of one indicator; the record's key is its `campaign_id`."""

    campaign_id: str
    kind: IndicatorKind
    indicator: str
    drill: str
    incident_id: str
    sight: Sight
