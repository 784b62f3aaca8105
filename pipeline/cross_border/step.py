"""The step of exports: events in; counts, standings, obligations and detections out.

Rule 1. A row is written when what it says has changed, and not when it is said again.
Rule 2. A threshold that is crossed makes an obligation. It is done while every export that counts
        rests on a declared ground that suffices, due at once while one does not, withdrawn when
        the threshold is not crossed any more or a graver one takes its place.
Rule 3. A threshold crossed with exports that declare no ground makes a detection, once for each
        threshold and year: of high level where the count is certain, of medium level where it is
        an upper bound, and none where it rests on what is presumed of the operator.
Rule 4. A settlement (an analyst's command) holds for what had been counted when it came: the next
        export without a ground that suffices makes the duty due again. One that is taken back is
        as if it had not been said: the duty is due since it first was.
Rule 5. Everything is a function of state and input; `clock.received_at` is now.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

import msgspec

from pipeline.cross_border.counting import count, fold
from pipeline.cross_border.exports import Export
from pipeline.cross_border.obligations import REOPENING, SETTLING, id_of, obligation_of
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.rows import content_of, count_row, detection_of, standing_row
from pipeline.cross_border.state import CountTold, CrossBorderState, Settlement, Told
from pipeline.cross_border.weighing import Weighing, weigh_holdings, weigh_year
from pipeline.event_time.clock import Clock
from schemas.assessment import Obligation
from schemas.command import Command
from schemas.context import Context
from schemas.cross_border import ExportCount, ThresholdStanding
from schemas.detection import Detection
from schemas.ids import content_id
from schemas.moments import Moment

DIGESTS_KEPT = 4_096
"""Different figures of enterprises whose digest is remembered."""

Row: TypeAlias = ExportCount | ThresholdStanding | Obligation


class Outcome(msgspec.Struct):
    """What exports came to; `remarks` is what the batch's account says of them, by reason
    (`intake/reading.py`, REMARKS)."""

    rows: list[Row] = []
    detections: list[Detection] = []
    remarks: dict[str, int] = {}


def record(
    policy: CrossBorderPolicy,
    state: CrossBorderState,
    exports: Sequence[Export],
    clock: Clock,
    context: Context,
) -> Outcome:
    """Count exports, and weigh the years that they were of."""
    now = clock.received_at
    remarks = {
        "export_year_past": count(state.years, exports, now),
        "export_unreadable": sum(not export.is_readable for export in exports),
    }
    outcome = Outcome(remarks={reason: number for reason, number in remarks.items() if number})
    # Counting a new year lets go of the oldest: what was told of it goes too.
    state.counts = {year: told for year, told in state.counts.items() if year in state.years}
    kept = {f":{year}" for year in (0, *state.years)}
    state.told = {key: it for key, it in state.told.items() if key[key.index(":") :] in kept}
    for year in sorted({export.year for export in exports} & state.years.keys()):
        outcome.rows += _count_row(state, year, now, context)
        for weighing in _weigh(policy, state, year, context):
            outcome.rows += _revise(state, weighing, year, now, context)
            of_year = (one for one in exports if one.year == year)
            last = max(of_year, key=lambda one: (one.time, one.event.event_id))
            outcome.detections += _detect(state, weighing, year, last, context)
    return outcome


def weigh_registry(
    policy: CrossBorderPolicy, state: CrossBorderState, clock: Clock, context: Context
) -> list[Row]:
    """What the registry's figures come to, and the years anew, where the registry or the policy
    has changed since."""
    enterprise = context.enterprise
    figures = (enterprise.persons, enterprise.users, enterprise.listing_abroad)
    holdings = _digest_of((*figures, enterprise.critical_infrastructure, policy))
    if holdings == state.holdings:
        return []
    state.holdings = holdings
    rows: list[Row] = []
    # Of figures that the registry does not state nothing is known, and nothing is told.
    is_stated = (enterprise.persons, enterprise.users) != (None, None)
    for weighing in _weigh(policy, state, 0, context) if is_stated else ():
        if weighing.state != "unknown" or weighing.figure:
            rows += _revise(state, weighing, 0, clock.received_at, context)
    for year in sorted(state.years):
        for weighing in _weigh(policy, state, year, context):
            rows += _revise(state, weighing, year, clock.received_at, context)
    return rows


def weigh_registry_again(
    policy: CrossBorderPolicy, state: CrossBorderState, clock: Clock, context: Context
) -> list[Row]:
    """The same at a timer, so that a changed registry is told of those that send nothing.

    Only once a batch has brought it first: a state may begin with a command, and when timers
    find that one is in no log, so the rows of two runs would bear different moments.
    """
    return weigh_registry(policy, state, clock, context) if state.holdings else []


def settle(
    policy: CrossBorderPolicy,
    state: CrossBorderState,
    command: Command,
    received_at: Moment,
    context: Context,
) -> list[Row]:
    """What an accepted command on a duty changes (rule 4)."""
    key = next(key for key in state.told if id_of(key, context) == command.obligation_id)
    name, _, year = key.partition(":")
    weighed = _weigh(policy, state, int(year), context)
    weighing = next(one for one in weighed if one.threshold.key == name)
    told = state.told[key]
    if command.verb == REOPENING:
        told.settlement = None
        if weighing.is_owed:
            told.duty_state = "pending"  # else a waived one would be due only since now
    else:
        said = command.analyst, command.said_at, command.reason
        told.settlement = Settlement(SETTLING[command.verb], weighing.uncovered, *said)
    return [*_revise(state, weighing, int(year), received_at, context)]


def _weigh(
    policy: CrossBorderPolicy, state: CrossBorderState, year: int, context: Context
) -> list[Weighing]:
    """Every threshold of a year, or of the registry's figures (0)."""
    if not year:
        return weigh_holdings(policy, context.enterprise)
    return weigh_year(policy, context.enterprise, state.years[year], year)


def shed(state: CrossBorderState) -> int:
    """Fold the half with the fewest persons of each year; how many."""
    return sum(fold(year) for year in state.years.values())


@lru_cache(DIGESTS_KEPT)  # asked for every batch, and the same until the registry changes
def _digest_of(said: tuple[object, ...]) -> str:
    return content_id("holdings", msgspec.json.encode(said, order="deterministic"))


def _count_row(
    state: CrossBorderState, year: int, now: Moment, context: Context
) -> Iterable[ExportCount]:
    told = state.counts.setdefault(year, CountTold())
    row = count_row(state.years[year], year, now, context)
    content = content_of(row)
    if content == told.content:
        return
    told.revision, told.content = told.revision + 1, content
    yield msgspec.structs.replace(row, revision=told.revision)


def _revise(
    state: CrossBorderState, weighing: Weighing, year: int, now: Moment, context: Context
) -> Iterable[Row]:
    """The standing if it changed, and the obligation if that did (rules 1 and 2)."""
    key = f"{weighing.threshold.key}:{year}"
    told = state.told.get(key, Told())
    # Nothing left and nothing was ever said: eight rows of zeros an enterprise would say nothing.
    if weighing.figure == 0 and not told.revision:
        return
    state.told[key] = told
    settlement = told.settlement
    if settlement is not None and weighing.uncovered <= settlement.uncovered:
        weighing = msgspec.structs.replace(weighing, settlement=settlement)
    row = standing_row(weighing, year, now, context)
    content = content_of(row)
    if content != told.content:
        told.revision, told.content = told.revision + 1, content
        yield msgspec.structs.replace(row, revision=told.revision)
    obligation = obligation_of(told, weighing, year, now, context)
    if obligation is not None:
        yield obligation


def _detect(
    state: CrossBorderState, weighing: Weighing, year: int, last: Export, context: Context
) -> Iterable[Detection]:
    """Rule 3: that exports without a declared ground are past a threshold."""
    if not (weighing.is_crossed and weighing.undeclared) or weighing.presumed:
        return
    told = state.told[f"{weighing.threshold.key}:{year}"]
    # Once by the upper bound and once more when it is certain: each export after says no more.
    sureness = 2 if weighing.state == "crossed" else 1
    if told.found < sureness:
        told.found = sureness
        yield detection_of(weighing, year, last, sureness, context)
