"""What is remembered of an enterprise's incidents to judge them: part of its state record."""

import msgspec

from pipeline.severity.estimates import Reach
from pipeline.severity.facts import Stated
from schemas.assessment import Obligation, Regime, Tier
from schemas.moments import Moment


class Override(msgspec.Struct, frozen=True, array_like=True):
    """An expert's tier, beside the computed one; None from the moment at which it was lifted."""

    tier: Tier | None
    by: str
    reason: str
    at: Moment


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """The last assessment that was written: enough to tell whether the next one differs."""

    revision: int
    digest: str
    occurred: bool
    tier: Tier | None
    judged_at: Moment
    """When this tier was first reached, without a break."""


class IncidentRecord(msgspec.Struct, kw_only=True):
    """One incident, as far as tiers and duties go."""

    incident_id: str
    province: str
    drill: str
    discovered_at: Moment
    occurred: bool = False
    dismissed: str = ""
    """Why it is no incident after all: a verdict, or "superseded"."""
    successor: str = ""
    """The incident that this one became part of."""
    ended_at: Moment | None = None
    """When handling ended: what summaries and closing reports are counted from."""
    touched_at: Moment = 0
    reach: Reach = Reach()
    facts: dict[str, Stated] = {}
    overrides: dict[Regime, Override] = {}
    judged: dict[Regime, Judged] = {}
    obligations: dict[str, Obligation] = {}
    """By key of the table of duties."""
    reports: dict[str, Moment] = {}
    """When a duty was reported as done, by its key."""


class SeverityState(msgspec.Struct):
    """All incidents of one enterprise that may still change.

    `next_at` is when the next timer rings; None: none is set. `forgotten` counts records
    that were put away before their time because `incidents_max` was reached.
    """

    records: dict[str, IncidentRecord] = {}
    next_at: Moment | None = None
    forgotten: int = 0
