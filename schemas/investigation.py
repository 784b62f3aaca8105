"""What a replay was asked, and whether it came to its end: one row in a database of its own."""

import msgspec

from schemas.moments import Moment


class InvestigationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What decides what is found, under the names of the options; moments as RFC 3339.

    Rules, policy and registry as ids of their content.
    """

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    enterprises: tuple[str, ...] = msgspec.field(name="enterprise")
    source: str
    prefix: str
    rules: str
    policy: str
    registry: str


class Investigation(msgspec.Struct, frozen=True, kw_only=True):
    """Written first, without an end, and last, with it: without one, rows may be missing."""

    investigation: str
    settings: InvestigationSettings
    began_at: Moment
    finished_at: Moment | None = None
