"""How an enterprise stands to each threshold: pure, and the same for `policy try`."""

from collections.abc import Callable, Iterable

import msgspec

from pipeline.cross_border.counting import Subject, Tally, Year, counted, tally, total
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.thresholds import Threshold, thresholds_in_force
from schemas.cross_border import ThresholdState
from schemas.registry import Enterprise


class Weighing(msgspec.Struct, frozen=True, kw_only=True):
    """One threshold and what was counted; see `schemas.cross_border.ThresholdStanding`."""

    threshold: Threshold
    state: ThresholdState
    figure: int = 0
    least: int = 0
    undeclared: int = 0
    uncovered: int = 0
    presumed: tuple[str, ...] = ()

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
    rows = [row for row in thresholds_in_force(policy) if row.is_yearly]
    weighed = [_weigh_exports(policy, enterprise, row, year, declared) for row in rows]
    crossed = {one.threshold.key for one in weighed if one.state == "crossed"}
    return [
        msgspec.structs.replace(one, state="replaced")
        if one.threshold.replaced_by in crossed
        else one
        for one in weighed
    ]


def weigh_holdings(policy: CrossBorderPolicy, enterprise: Enterprise) -> list[Weighing]:
    """Every threshold of what the registry says of an enterprise."""
    return [
        _weigh_holding(policy, enterprise, row)
        for row in thresholds_in_force(policy)
        if not row.is_yearly
    ]


def _weigh_exports(
    policy: CrossBorderPolicy, enterprise: Enterprise, row: Threshold, year: Year, declared: str
) -> Weighing:
    """`declared` is the ground of exports that name none, "" where none was shown for them."""
    if row.only_for and enterprise.critical_infrastructure is False:
        return Weighing(threshold=row, state="below")
    figure, least = FIGURES[row.measure](total(year))
    subjects = year.subjects.values() if row.measure == "important" else counted(year)
    if row.measure == "important":
        figure = least = tally(subjects).important
    presumed = row.only_for and enterprise.critical_infrastructure is None
    return Weighing(
        threshold=row,
        state=_state(policy, row, figure, least),
        figure=figure,
        least=least,
        undeclared=_part(row, subjects, lambda one: "" in one.grounds and not declared),
        uncovered=_part(
            row,
            subjects,
            lambda one: not {ground or declared for ground in one.grounds} <= {*row.grounds},
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


def _part(row: Threshold, subjects: Iterable[Subject], wanted: Callable[[Subject], bool]) -> int:
    """The measure over some of the subjects."""
    return FIGURES[row.measure](tally(one for one in subjects if wanted(one)))[0]


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
    is_owed = row.measure != "users" or enterprise.listing_abroad == "planned"
    if row.measure == "users" and state != "below":
        state = LISTINGS.get(enterprise.listing_abroad or "", state)
    uncovered = figure if is_owed else 0
    return Weighing(threshold=row, state=state, figure=figure, least=figure, uncovered=uncovered)


LISTINGS: dict[str, ThresholdState] = {"": "unknown", "none": "below"}
"""How a listing that is not stated, or not meant, stands whatever the number of users."""
