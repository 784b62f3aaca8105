"""How an enterprise stands to each threshold: pure, and the same for `policy try`."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from pipeline.cross_border.counting import Grounds, Tally, Year, by_grounds, is_exempt, total
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.state import Settlement
from pipeline.cross_border.thresholds import (
    EXPORT_MEASURES,
    REGISTRY_MEASURES,
    Threshold,
    thresholds_in_force,
)
from schemas.cross_border import ThresholdState
from schemas.registry import Enterprise


class Weighing(msgspec.Struct, frozen=True, kw_only=True):
    """One threshold and what was counted; see `schemas.cross_border.ThresholdStanding`.

    `settlement` is what an analyst said of its duty, where that holds for all that was counted.
    """

    threshold: Threshold
    state: ThresholdState
    figure: int = 0
    least: int = 0
    undeclared: int = 0
    uncovered: int = 0
    presumed: tuple[str, ...] = ()
    settlement: Settlement | None = None

    @property
    def is_owed(self) -> bool:
        """Whether something is still to be done for it."""
        return self.is_crossed and self.uncovered > 0 and self.settlement is None

    @property
    def is_crossed(self) -> bool:
        """Crossed, for certain or as far as the upper bound goes."""
        return self.state in ("crossed", "possibly_crossed")

    @property
    def percent(self) -> int:
        """Share of the threshold that is reached, cut off to a whole number; of one that anything
        crosses, all or nothing."""
        bound = self.threshold.bound
        return 100 * min(self.figure, 1) if bound == 1 else self.figure * 100 // bound


def weigh_year(
    policy: CrossBorderPolicy, enterprise: Enterprise, year: Year, number: int
) -> list[Weighing]:
    """Every threshold of a calendar year's exports; `number` is the year."""
    declared = policy.declared(enterprise.enterprise_id, number)
    counts = Counts(total(year), by_grounds(year), declared)
    weighed = [
        _weigh_exports(policy, enterprise, row, counts)
        for row in thresholds_in_force(policy, EXPORT_MEASURES)
    ]
    crossed = {one.threshold.key for one in weighed if one.state == "crossed"}
    return [
        msgspec.structs.replace(one, state="replaced")
        if one.threshold.replaced_by in crossed
        else one
        for one in weighed
    ]


class Counts(NamedTuple):
    """A year's counts: of all that counts, and of all that left, by its grounds. `declared` is
    the ground of exports that name none, "" where none was shown for them."""

    whole: Tally
    parts: Mapping[Grounds, Tally]
    declared: str

    def part(self, row: Threshold, wanted: Callable[[Grounds], bool]) -> int:
        """The row's measure over the exports on some grounds, at most."""
        counts_exempt = row.measure == "important"
        figures = [
            FIGURES[row.measure](tally)[0]
            for grounds, tally in self.parts.items()
            if wanted(grounds) and (counts_exempt or not is_exempt(grounds))
        ]
        return max(figures, default=0) if row.measure == "anything" else sum(figures)


def weigh_holdings(policy: CrossBorderPolicy, enterprise: Enterprise) -> list[Weighing]:
    """Every threshold of what the registry says of an enterprise."""
    return [
        _weigh_holding(policy, enterprise, row)
        for row in thresholds_in_force(policy, REGISTRY_MEASURES)
    ]


def _weigh_exports(
    policy: CrossBorderPolicy, enterprise: Enterprise, row: Threshold, counts: Counts
) -> Weighing:
    if row.only_for and enterprise.critical_infrastructure is False:
        return Weighing(threshold=row, state="below")
    figure, least = FIGURES[row.measure](counts.whole)
    if row.measure == "important":
        figure = least = counts.part(row, lambda grounds: True)
    presumed = row.only_for and enterprise.critical_infrastructure is None
    declared = counts.declared
    return Weighing(
        threshold=row,
        state=_state(policy, row, figure, least),
        figure=figure,
        least=least,
        undeclared=counts.part(row, lambda grounds: "" in grounds and not declared),
        uncovered=counts.part(
            row, lambda grounds: not {one or declared for one in grounds} <= {*row.grounds}
        ),
        presumed=(row.only_for,) if presumed else (),
    )


FIGURES: dict[str, Callable[[Tally], tuple[int, int]]] = {
    "anything": lambda of: (int(of.is_any), int(of.is_any)),
    "important": lambda of: (of.important, of.important),
    "persons": lambda of: (of.persons, of.persons_least),
    "sensitive_persons": lambda of: (of.sensitive_persons, of.sensitive_persons_least),
}
"""Measure: at most, and at least."""


def _state(policy: CrossBorderPolicy, row: Threshold, figure: int, least: int) -> ThresholdState:
    if row.is_reached(least):
        return "crossed"
    if row.is_reached(figure):
        return "possibly_crossed"
    return "warning" if figure * 100 >= policy.warning_percent * row.bound else "below"


def _weigh_holding(policy: CrossBorderPolicy, enterprise: Enterprise, row: Threshold) -> Weighing:
    figure = enterprise.persons if row.measure == "persons_held" else enterprise.users
    if figure is None:
        return Weighing(threshold=row, state="unknown")
    state = _state(policy, row, figure, figure)
    # Who has filed for the review owes none (Cybersecurity Review Measures Art. 7).
    is_owed = row.measure != "users" or enterprise.listing_abroad == "planned"
    if row.measure == "users" and state != "below":
        state = LISTINGS.get(enterprise.listing_abroad or "", state)
    uncovered = figure if is_owed else 0
    return Weighing(threshold=row, state=state, figure=figure, least=figure, uncovered=uncovered)


LISTINGS: dict[str, ThresholdState] = {"": "unknown", "none": "below"}
"""How a listing that is not stated, or not meant, stands whatever the number of users."""
