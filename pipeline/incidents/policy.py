"""When detections belong together, when they deserve a person, when an incident is over."""

from typing import Annotated, TypeAlias

import msgspec

from schemas.campaign import IndicatorKind
from schemas.detection import Level
from schemas.incident import Verdict

Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Positive: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]

LEVELS: tuple[Level, ...] = ("informational", "low", "medium", "high", "critical")
LEVEL_PLACE: dict[Level, int] = {level: place for place, level in enumerate(LEVELS)}


class RiskOfLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one rule of each level adds to accumulated risk."""

    informational: Whole = 0
    low: Whole = 3
    medium: Whole = 10
    high: Whole = 40
    critical: Whole = 80

    def of(self, level: Level) -> int:
        """The weight of a level."""
        weight: int = getattr(self, level)
        return weight


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
    """What is over for this long leaves the state."""

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


class IncidentPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Thresholds as data; spans in seconds of event time."""

    gap_s: Positive = 7_200
    """Two detections that share an entity belong together within this span, if one of them
    bridges: is of `bridging_level`, or a correlation. A machine's own doing bridges from
    `opening_level` on."""
    context_gap_s: Positive = 900
    """The same for two detections that do not: chatter does not chain the days together."""
    bridging_level: Level = "medium"
    joining_level: Level = "low"
    """A detection of this level joins cases; what is below, and a machine's own doing, is
    context of one."""
    opening_level: Level = "high"
    """One detection of this level opens an incident."""
    opening_correlation_level: Level = "informational"
    """So does one correlation that fired, of this level."""
    opening_risk: Whole = 45
    """So does this much accumulated risk."""
    risk_of_level: RiskOfLevel = RiskOfLevel()
    """Each rule counts once, however often it matched; what is a machine's own doing
    counts as of the next lower level."""
    risk_of_tactic: Whole = 5
    """For each distinct ATT&CK tactic after the first."""
    reopening_level: Level = "medium"
    """New evidence of this level, or a correlation, reopens what was resolved or closed."""
    settling_verdicts: tuple[Verdict, ...] = (
        "false_positive",
        "benign",
        "disregard",
        "test",
        "duplicate",
    )
    """Closed with one of these, more of the rules already judged does not reopen it."""
    quiet_new_s: Whole = 259_200
    """A new incident that nobody took closes after this long without evidence."""
    quiet_resolved_s: Whole = 86_400
    """A resolved one becomes closed after this long without evidence."""
    hold_s: Whole = 172_800
    """What is over stays in the state this much longer than the gap: a late detection, a
    correlation that no longer holds, a correction by an analyst still find it."""
    revision_gap_s: Whole = 60
    """What only adds to counts is told at most once in this much event time."""
    detections_max: Positive = 1_000
    """Detections of one enterprise held apart from each other; beyond, they are folded."""
    campaigns: CampaignPolicy = CampaignPolicy()
    """The same indicator at several enterprises."""

    def __post_init__(self) -> None:
        """Raises ValueError for values that contradict each other."""
        if min(self.quiet_new_s, self.quiet_resolved_s) < self.gap_s:
            raise ValueError("quiet_new_s and quiet_resolved_s must not be less than gap_s")
        if self.context_gap_s > self.gap_s:
            raise ValueError("context_gap_s must not be greater than gap_s")
