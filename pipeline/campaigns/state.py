"""What both halves of the stage remember: of an enterprise, what it told; of an indicator, by whom.

Rule 1. One record an indicator and drill, small and bounded: at most `sightings_max` sights.
Rule 2. What an indicator's record holds is the set of the latest sights: the order in which they
        came, and how often, makes no difference to it.
Rule 3. A record of which nothing is left is empty, and is not kept at all. One of
        which a campaign was published keeps its revision for good: revisions must go on.
"""

import msgspec

from schemas.campaign import Indicator
from schemas.sighting import Sight

CAMPAIGN_STATE_VERSION = 1


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What was last told of one incident: the content of the sight, and by which indicators."""

    content: str = ""
    indicators: tuple[Indicator, ...] = ()


class SightingsState(msgspec.Struct):
    """Part of an enterprise's record. `order` counts what was told, and never runs backwards."""

    order: int = 0
    told: dict[str, Told] = {}
    """By incident id; only incidents that the enterprise's record holds."""


class Subject(msgspec.Struct, frozen=True, array_like=True):
    """What a campaign is of."""

    indicator: Indicator
    drill: str


class CampaignState(msgspec.Struct):
    """The record of one indicator; mutable, owned by the stage during a call."""

    version: int = CAMPAIGN_STATE_VERSION
    subject: Subject | None = None
    """None before the first sighting."""
    sights: dict[str, Sight] = {}
    """By incident id; also those that no longer stand, so that an older one cannot come back."""
    evicted: int = 0
    """Sights that stood and had to leave, since the beginning."""
    revision: int = 0
    """Of what was last published; 0: nothing was."""
    content: str = ""
    """Content id of what was last published; "" after its sights have left too."""
