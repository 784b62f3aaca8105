"""What is remembered of an enterprise's incidents to judge them: part of its state record."""

import msgspec

from pipeline.severity.estimates import Reach
from pipeline.severity.facts import Stated
from schemas.assessment import Law, Obligation, Regime, Tier, WarningNotice, WarningState
from schemas.command import Body
from schemas.moments import Moment


class Override(msgspec.Struct, frozen=True, array_like=True):
    """An expert's tier, beside the computed one; None from the moment at which it was lifted."""

    tier: Tier | None
    by: str
    reason: str
    at: Moment


NO_OVERRIDE = Override(None, "", "", 0)


class Fixed(msgspec.Struct, frozen=True, array_like=True):
    """The regulator's tier: which body fixed it, who said so, and what was computed then."""

    tier: Tier
    body: Body
    by: str
    at: Moment
    computed: Tier | None


class Warned(msgspec.Struct, frozen=True, array_like=True):
    """The warning as it was last issued, adjusted or lifted."""

    state: WarningState
    notice: WarningNotice
    at: Moment


class Consented(msgspec.Struct, frozen=True, array_like=True):
    """The Mechanism's consent to lower a tier of I or II (§4.4.5), as a command stated it."""

    tier: Tier
    """The tier that stood until then."""
    by: str
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
    occurred_at: Moment | None = None
    """When it was first said that it occurred."""
    dismissed: str = ""
    """Why it is no incident after all: a verdict, or "superseded"."""
    successor: str = ""
    """The incident that this one became part of."""
    ended_at: Moment | None = None
    """When handling ended: what closing reports are counted from."""
    response_ended_at: Moment | None = None
    """When the body that may do so declared the response ended: what summaries count from."""
    touched_at: Moment = 0
    reach: Reach = Reach()
    facts: dict[str, Stated] = {}
    overrides: dict[Regime, Override] = {}
    fixed: dict[Regime, Fixed] = {}
    held: dict[Regime, Tier] = {}
    """A tier of I or II that was reached: it stands until a change is consented to (§4.4.5)."""
    consented: Consented | None = None
    warned: Warned | None = None
    red_warnings: tuple[Moment, ...] = ()
    """When a red warning was issued or changed: each is copied upward (§3.3)."""
    judged: dict[Regime, Judged] = {}
    standing: dict[Law, Tier | None] = {}
    """The tier that duties follow, as last settled."""
    told: dict[Law, tuple[Tier | None, ...]] = {}
    """The tiers that were stated in reports, in order."""
    obligations: dict[str, Obligation] = {}
    """By the key of their plan: that of the duty, numbered where it may recur."""
    inherited_starts: dict[str, Moment] = {}
    """When the clocks of an incident that became part of this one had started."""
    reports: dict[str, Moment] = {}
    """When a duty was reported as done, by the same key."""


class SeverityState(msgspec.Struct):
    """All incidents of one enterprise that may still change.

    `next_at` is when the next timer is due; None: none is set. `forgotten` counts records
    that were put away before their time because `incidents_max` was reached.
    """

    records: dict[str, IncidentRecord] = {}
    next_at: Moment | None = None
    forgotten: int = 0
