"""A campaign: one indicator in the incidents of several enterprises, without their names."""

from typing import Literal, TypeAlias

import msgspec

from schemas.assessment import Tier
from schemas.detection import Level
from schemas.moments import Moment

IndicatorKind: TypeAlias = Literal["address", "domain", "hash", "account", "techniques"]
CampaignStatus: TypeAlias = Literal["active", "over", "withdrawn"]
"""`over`: nothing new for a while. `withdrawn`: too few enterprises are left."""


class Indicator(msgspec.Struct, frozen=True, order=True, array_like=True):
    """What incidents have in common, in normal form; `techniques` are joined by `+`."""

    kind: IndicatorKind
    value: str


class Spread(msgspec.Struct, frozen=True, order=True):
    """How many enterprises of one province are struck (GB/T 2260 code)."""

    province: str
    enterprises: int


class Growth(msgspec.Struct, frozen=True, order=True):
    """Enterprises first struck on one day (China Standard Time, `YYYY-MM-DD`), and until then."""

    day: str
    new: int
    total: int


class Campaign(msgspec.Struct, frozen=True, kw_only=True, tag="campaign"):
    """One revision of one campaign, in the form for every province that it reached.

    `campaign_id` is derived from indicator and drill alone: the same wherever it is worked
    out. No enterprise and no incident is named here; `CampaignMember` does that. `provinces`,
    `sectors` and `spread` begin with the most enterprises. The lists are empty, and the counts
    0, in a withdrawn one. `content` is the content id of all but revision and its moment.

    The combined tiers are what the harm of its incidents together would come to, never below the
    gravest of their own: estimated upper bounds, which create no duty.
    """

    campaign_id: str
    revision: int
    status: CampaignStatus
    kind: IndicatorKind
    indicator: str
    enterprise_count: int
    incident_count: int
    provinces: tuple[str, ...]
    sectors: tuple[str, ...]
    scenarios: tuple[str, ...]
    level: Level
    """The gravest of its incidents."""
    first_time: Moment
    last_time: Moment
    first_province: str
    """Where the first incident was."""
    first_sector: str
    spread: tuple[Spread, ...]
    growth: tuple[Growth, ...]
    combined_miit_tier: Tier | None
    combined_cac_tier: Tier | None
    evicted: int
    """Sights that had to leave its state: with any, the counts are lower bounds."""
    revised_at: Moment
    drill: str
    content: str = ""


class CampaignMember(msgspec.Struct, frozen=True, kw_only=True, tag="campaign_member"):
    """One incident's part in one revision of a campaign; for those who may see the enterprise.

    A campaign's members are those of its current revision; `place` counts them from 1, in the
    order of their first events, so the first enterprise is that of place 1.
    """

    campaign_id: str
    incident_id: str
    revision: int
    place: int
    enterprise_id: str
    province: str
    first_time: Moment
    drill: str
