"""What a duty to tell is: who, to whom, by what channel, within what, from when.

Limits that the instruments give in words (立即, 及时, 第一时间) have no figure and never turn
late by themselves.
"""

from typing import Literal

import msgspec

from pipeline.severity.articles import Article
from pipeline.severity.limbs import Condition
from schemas.assessment import UNCONFIRMED, Confidence, Law, Tier

When = Literal["occurred", "risk", "either"]
Start = Literal["actor", "receipt", "handling_ended", "response_ended", "red_warning"]
Follows = Literal["", "rise", "fall", "report"]


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One duty. It exists when the tier is one of `tiers` (() any) and all `needs` are met.

    `when`: "occurred" (it has), "risk" (it may, and no report of an incident replaced it),
    "either". `follows`: after a report that stated the tier (`states_tier`), when the tier has
    risen above the one it stated, or fallen below, or in any case. `start`: the sender's own
    clock (policy `clock_start`); receipt of the report named `after`; the end of handling
    (resolved, closed or response ended); the end of the response, which a body declares; a red
    warning that was issued, or changed, whatever came of it since. At most one limit is set; none
    means only the words of `limit_zh`, and `at_once` whether those words ask for it now.
    `otherwise` names the duty that holds instead where an unknown fact about the operator turns
    out the other way. `form` is filled from the incident.
    """

    key: str
    law: Law
    when: When = "occurred"
    tiers: tuple[Tier, ...] = ()
    sender: str
    recipient: str
    channel: str
    limit_zh: str
    limit_en: str
    article: Article
    confidence: Confidence = "full_text"
    needs: tuple[Condition, ...] = ()
    follows: Follows = ""
    states_tier: bool = False
    start: Start = "actor"
    after: str = ""
    limit_minutes: int | None = None
    limit_working_days: int | None = None
    limit_days: int | None = None
    at_once: bool = False
    form: str = ""
    otherwise: str = ""

    @property
    def recurs(self) -> bool:
        """Whether it arises anew: after each report of another tier, with each red warning."""
        return self.follows in ("rise", "fall") or self.start == "red_warning"

    @property
    def unconfirmed(self) -> bool:
        """Whether it rests on less than the instrument's own words."""
        return self.confidence in UNCONFIRMED


MAJOR: tuple[Tier, ...] = ("I", "II")
REPORTABLE: tuple[Tier, ...] = ("I", "II", "III")
