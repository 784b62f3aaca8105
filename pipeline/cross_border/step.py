"""The step of exports: events in; counts, standings, obligations and detections out.

Rule 1. A row is written when what it says has changed, and not when it is said again.
Rule 2. A threshold that is crossed makes an obligation. It is done while every export that counts
        rests on a declared ground that suffices, due at once while one does not, withdrawn when
        the threshold is not crossed any more or a graver one takes its place.
Rule 3. A threshold crossed with exports that declare no ground makes a detection, once for each
        threshold and year: of high level where the count is certain, of medium level where it is
        an upper bound, and none where it rests on what is presumed of the operator.
Rule 4. Everything is a function of state and input; `clock.received_at` is now.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from pipeline.cross_border.counting import (
    Year,
    basis_of,
    count,
    counted,
    destinations_of,
    fold,
    is_exempt,
    tally,
    total,
)
from pipeline.cross_border.exports import Export
from pipeline.cross_border.obligations import obligation_of
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.state import CountTold, CrossBorderState, Told
from pipeline.cross_border.weighing import Weighing, weigh_holdings, weigh_year
from pipeline.cross_border.wording import explain, name_finding, summarise
from pipeline.event_time.clock import Clock
from pipeline.intake.entities import entities_of
from schemas.assessment import Obligation
from schemas.context import Context
from schemas.cross_border import ExportCount, ThresholdStanding
from schemas.detection import Detection
from schemas.ids import content_id
from schemas.moments import Moment
from schemas.registry import Enterprise

Row: TypeAlias = ExportCount | ThresholdStanding | Obligation


class Outcome(msgspec.Struct):
    """What exports came to; `past` are those of a year that is not counted any more."""

    rows: list[Row]
    detections: list[Detection]
    past: int = 0
    unreadable: int = 0

    @property
    def remarks(self) -> dict[str, int]:
        """What the batch's account says of them (`intake/reading.py`, REMARKS)."""
        told = {"export_year_past": self.past, "export_unreadable": self.unreadable}
        return {reason: number for reason, number in told.items() if number}


def record(
    policy: CrossBorderPolicy,
    state: CrossBorderState,
    exports: Sequence[Export],
    clock: Clock,
    context: Context,
) -> Outcome:
    """Count exports, and weigh the years that they were of."""
    outcome = Outcome([], [])
    if not exports:
        return outcome
    now = clock.received_at
    outcome.past = count(state.years, exports, now)
    outcome.unreadable = sum(not export.is_readable for export in exports)
    _forget(state)
    for year in sorted({export.year for export in exports} & state.years.keys()):
        outcome.rows += _count_row(state, year, now, context)
        for weighing in weigh_year(policy, context.enterprise, state.years[year], year):
            outcome.rows += _tell(state, weighing, year, now, context)
            last = max((one for one in exports if one.year == year), key=_order)
            outcome.detections += _detect(state, weighing, year, last, context)
    return outcome


def weigh_registry(
    policy: CrossBorderPolicy, state: CrossBorderState, clock: Clock, context: Context
) -> list[Row]:
    """What the registry's figures come to, and the years anew, where the registry or the policy
    has changed since."""
    holdings = _digest(policy, context.enterprise)
    if holdings == state.holdings:
        return []
    state.holdings = holdings
    rows: list[Row] = []
    for weighing in weigh_holdings(policy, context.enterprise):
        if weighing.state != "unknown" or weighing.figure:
            rows += _tell(state, weighing, 0, clock.received_at, context)
    for year, counts in sorted(state.years.items()):
        for weighing in weigh_year(policy, context.enterprise, counts, year):
            rows += _tell(state, weighing, year, clock.received_at, context)
    return rows


def weigh_registry_again(
    policy: CrossBorderPolicy, state: CrossBorderState, clock: Clock, context: Context
) -> list[Row]:
    """The same at a timer, so that a changed registry is told of those that send nothing.

    Only once a batch has brought it first: a state may begin with a command, and when timers
    find that one is in no log, so the rows of two runs would bear different moments.
    """
    return weigh_registry(policy, state, clock, context) if state.holdings else []


def shed(state: CrossBorderState) -> int:
    """Fold the half with the fewest persons of each year; how many."""
    return sum(fold(year) for year in state.years.values())


def _order(export: Export) -> tuple[Moment, str]:
    return export.time, export.event.event_id


def _digest(policy: CrossBorderPolicy, enterprise: Enterprise) -> str:
    figures = (enterprise.persons, enterprise.users, enterprise.listing_abroad)
    said = (*figures, enterprise.critical_infrastructure, policy)
    return content_id("holdings", msgspec.json.encode(said, order="deterministic"))


def _forget(state: CrossBorderState) -> None:
    """Let go of what was told of years that are not counted any more."""
    state.counts = {year: told for year, told in state.counts.items() if year in state.years}
    kept = {f":{year}" for year in (0, *state.years)}
    state.told = {key: it for key, it in state.told.items() if key[key.index(":") :] in kept}


def _count_row(
    state: CrossBorderState, year: int, now: Moment, context: Context
) -> Iterable[ExportCount]:
    told = state.counts.setdefault(year, CountTold())
    row = count_row(state.years[year], year, now, context)
    content = _content(row)
    if content == told.content:
        return
    told.revision, told.content = told.revision + 1, content
    yield msgspec.structs.replace(row, revision=told.revision)


def count_row(year: Year, number: int, now: Moment, context: Context) -> ExportCount:
    """A year's counts as a row, without its revision."""
    subjects, whole = year.subjects.values(), total(year)
    exempt = tally(one for one in subjects if is_exempt(one.grounds))
    return ExportCount(
        enterprise_id=context.enterprise.enterprise_id,
        province=context.enterprise.province,
        sector=context.enterprise.sector,
        year=number,
        revision=0,
        exports=sum(one.exports for one in subjects),
        sets=sum(one.kind == "set" for one in subjects),
        persons=whole.persons,
        persons_least=whole.persons_least,
        sensitive_persons=whole.sensitive_persons,
        sensitive_persons_least=whole.sensitive_persons_least,
        important_exports=sum(one.important for one in subjects),
        exempt_persons=exempt.persons + exempt.sensitive_persons,
        undeclared_exports=sum(one.exports for one in counted(year) if "" in one.grounds),
        unstated_exports=sum(one.unstated for one in subjects),
        folded=sum(one.exports for one in subjects if one.kind == "folded"),
        basis=basis_of(year),
        destinations=destinations_of(year),
        revised_at=now,
        drill=context.drill,
    )


def _tell(
    state: CrossBorderState, weighing: Weighing, year: int, now: Moment, context: Context
) -> Iterable[Row]:
    """The standing if it changed, and the obligation if that did (rules 1 and 2)."""
    key = f"{weighing.threshold.key}:{year}"
    told = state.told.get(key, Told())
    if weighing.figure == 0 and not told.revision:
        return
    state.told[key] = told
    row = standing_row(weighing, year, now, context)
    content = _content(row)
    if content != told.content:
        told.revision, told.content = told.revision + 1, content
        yield msgspec.structs.replace(row, revision=told.revision)
    obligation = obligation_of(told, weighing, year, now, context)
    if obligation is not None:
        yield obligation


def standing_row(weighing: Weighing, year: int, now: Moment, context: Context) -> ThresholdStanding:
    """How a threshold stands as a row, without its revision."""
    row, enterprise = weighing.threshold, context.enterprise
    return ThresholdStanding(
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        threshold=row.key,
        year=year,
        revision=0,
        state=weighing.state,
        figure=weighing.figure,
        least=weighing.least,
        bound=row.bound,
        percent=weighing.percent,
        undeclared=weighing.undeclared,
        uncovered=weighing.uncovered,
        presumed=weighing.presumed,
        reason_zh=explain(weighing, year, context.drill, "zh"),
        reason_en=explain(weighing, year, context.drill, "en"),
        article=row.article.zh,
        article_en=row.article.en,
        confidence=row.confidence,
        revised_at=now,
        drill=context.drill,
    )


def _content(row: ExportCount | ThresholdStanding) -> str:
    """Digest of what a row says, whenever it says it."""
    bare = msgspec.structs.replace(row, revision=0, revised_at=0)
    return content_id("cross_border", msgspec.json.encode(bare, order="deterministic"))


def _detect(
    state: CrossBorderState, weighing: Weighing, year: int, last: Export, context: Context
) -> Iterable[Detection]:
    """Rule 3: that exports without a declared ground are past a threshold."""
    if not (weighing.is_crossed and weighing.undeclared) or weighing.presumed:
        return
    told = state.told[f"{weighing.threshold.key}:{year}"]
    sureness = 2 if weighing.state == "crossed" else 1
    if told.found < sureness:
        told.found = sureness
        yield _detection(weighing, year, last, sureness, context)


def _detection(
    weighing: Weighing, year: int, last: Export, sureness: int, context: Context
) -> Detection:
    event, key = last.event, weighing.threshold.key
    return Detection(
        detection_id=content_id(
            "detection", event.enterprise_id, event.drill, f"cross_border.{key}", str(year)
        ),
        revision=sureness,
        status="active",
        kind="correlation",
        rule_id=f"fenghuo.cross_border.{key}",
        title=name_finding(weighing, "en"),
        title_zh=name_finding(weighing, "zh"),
        level="high" if sureness == 2 else "medium",
        tags=(),
        scenario="illegal_operation",
        enterprise_id=event.enterprise_id,
        province=event.province,
        time=last.time,
        first_time=last.time,
        last_time=last.time,
        received_at=event.received_at,
        event_ids=(event.event_id,),
        event_count=1,
        entities=entities_of(event),
        product=event.product,
        category=event.category,
        service=event.service,
        summary=summarise(weighing, year, "en"),
        summary_zh=summarise(weighing, year, "zh"),
        late=event.late,
        drill=event.drill,
        rule_set_id=context.rule_set_id,
    )
