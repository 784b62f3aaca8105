"""An exception: a rule that an analyst silenced at one enterprise, for a period of event time."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.moments import FIRST_STORED, LAST_STORED, Moment

Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=1_024)]
Bound: TypeAlias = Annotated[int, msgspec.Meta(ge=FIRST_STORED, le=LAST_STORED)]
ExceptionState: TypeAlias = Literal["active", "ended", "expired"]


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is silenced: a rule, wherever all that is named here takes part.

    `host` without a dot is also the first label of a longer name; `address` is an address or a
    network (CIDR). Nothing named but the rule: the whole enterprise. `starts_at` and `ends_at`
    bound the event time, the end not among it.
    """

    rule_id: Name
    host: Name = ""
    account: Name = ""
    address: Name = ""
    starts_at: Bound
    ends_at: Bound


class RuleException(msgspec.Struct, frozen=True, kw_only=True, tag="exception"):
    """One revision of one exception; every revision is kept, the highest is current.

    `exception_id` is derived from the command that added it. `hidden` counts the matches of a
    rule, or the detections of a correlation, that it kept from being told; what several
    exceptions cover counts in each.
    """

    exception_id: str
    enterprise_id: str
    province: str
    revision: int
    state: ExceptionState
    scope: Scope
    reason: str
    analyst: str
    added_at: Moment
    ended_by: str = ""
    ended_reason: str = ""
    hidden: int = 0
    first_hidden: Moment | None = None
    """In event time, as `last_hidden`; None: it has hidden nothing yet."""
    last_hidden: Moment | None = None
    revised_at: Moment
    drill: str
