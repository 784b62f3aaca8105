"""When the same indicator at several enterprises is a campaign, and how long it is held."""

from typing import Annotated

import msgspec

from pipeline.incidents.policy import Positive, Whole
from schemas.campaign import IndicatorKind


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At how many enterprises an indicator must be, within which span of event time."""

    kind: IndicatorKind
    enterprises: Annotated[int, msgspec.Meta(ge=2)]
    window_s: Positive


THRESHOLDS = (
    Threshold(kind="address", enterprises=3, window_s=604_800),
    Threshold(kind="domain", enterprises=3, window_s=604_800),
    Threshold(kind="hash", enterprises=3, window_s=604_800),
    Threshold(kind="account", enterprises=5, window_s=259_200),
    Threshold(kind="techniques", enterprises=5, window_s=259_200),
)
"""Names of accounts and sets of techniques agree by chance more easily: they need more."""


class CampaignPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When incidents of several enterprises are one campaign; spans in seconds."""

    thresholds: tuple[Threshold, ...] = THRESHOLDS
    """At most one of a kind; a kind without one makes no campaigns."""
    techniques_min: Positive = 4
    """A set of fewer techniques is nobody's handwriting."""
    ignored: tuple[str, ...] = ()
    """Values, in lower case, that everyone of the nation has; techniques joined by `+`."""
    quiet_s: Whole = 604_800
    """A campaign without a new event for this long is over."""
    hold_s: Whole = 7_776_000
    """A campaign that is over for this long leaves the state; what never came to one leaves
    after its kind's window. Both count from the later of its last event and its last word."""
    sightings_max: Annotated[int, msgspec.Meta(ge=2)] = 500
    """Incidents held for one indicator; beyond, those leave first that tell least."""

    def __post_init__(self) -> None:
        """Raises ValueError for values that contradict each other."""
        kinds = [one.kind for one in self.thresholds]
        if len(set(kinds)) < len(kinds):
            raise ValueError("thresholds must name each kind at most once")
        if self.hold_s < max((self.quiet_s, *(one.window_s for one in self.thresholds))):
            raise ValueError("hold_s must not be less than quiet_s or any window_s")

    def threshold_of(self, kind: IndicatorKind) -> Threshold | None:
        """The threshold of a kind, or None."""
        return next((one for one in self.thresholds if one.kind == kind), None)
