"""When detections belong together, when they deserve a person, when an incident is over."""

from typing import Annotated, TypeAlias

import msgspec

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

    def __post_init__(self) -> None:
        """Raises ValueError for values that contradict each other."""
        if min(self.quiet_new_s, self.quiet_resolved_s) < self.gap_s:
            raise ValueError("quiet_new_s and quiet_resolved_s must not be less than gap_s")
        if max(self.context_gap_s, self.revision_gap_s) > self.gap_s:
            raise ValueError("context_gap_s and revision_gap_s must not be greater than gap_s")
