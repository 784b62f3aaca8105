"""The after-action report of a drill: every sentence made from rows, in one language. Pure.

What it is printed as (HTML, Word) is the shell's business.
"""

from collections.abc import Sequence

import msgspec

from pipeline.drills.library import LIBRARY
from pipeline.drills.report_participants import (
    tell_comparison,
    tell_enterprises,
    tell_improvements,
    tell_provinces,
)
from pipeline.drills.report_parts import NEVER, OUTCOMES, Part, Told, heads, said, span
from pipeline.drills.scoring import REACHED, Report, summarise
from schemas.drill import DrillScore
from schemas.glossary import CHANNEL, LAW_SHORT, capital, read
from schemas.glossary_drills import (
    DRILL,
    FORM,
    INJECT,
    MILESTONE,
    OUTCOME,
    SCORE,
)
from schemas.language import Language
from schemas.moments import SECOND, Moment, read_moment, read_span


class AfterAction(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report."""

    title: str
    mark: str
    language: Language
    head: tuple[str, ...]
    parts: tuple[Part, ...]


def report_drill(told: Told, language: Language, printed_at: Moment) -> AfterAction:
    """The report in one language."""
    run = told.run
    parts = (
        _overview(told, language),
        _timeline(told, language),
        _milestones(told, language),
        _statutory(told, language),
        tell_provinces(told, language),
        tell_enterprises(told, language),
        tell_comparison(told, language),
        Part(
            heading=said("improve", language), paragraphs=tuple(tell_improvements(told, language))
        ),
    )
    return AfterAction(
        title=said("title", language, name=run.drill),
        mark=said("mark", language, name=run.drill),
        language=language,
        head=(
            said("organiser", language, name=run.organiser),
            said("printed", language, moment=read_moment(printed_at, language)),
        ),
        parts=parts,
    )


def _overview(told: Told, language: Language) -> Part:
    run, scores = told.run, told.scores
    scenario = LIBRARY[run.scenario].name.of(language) if run.scenario in LIBRARY else run.scenario
    sentences = [
        said(
            "held",
            language,
            name=run.drill,
            scenario=scenario,
            form=read(FORM, run.form, language),
            span=read_span(run.starts_at, run.ends_at, language),
            provinces=len(run.provinces),
            enterprises=run.enterprises,
        ),
        said(
            "sent",
            language,
            sent=f"{run.sent_events:,}",
            arrived=f"{sum(each.arrived_events for each in scores):,}",
        ),
    ]
    if run.pace > 1:
        sentences.append(said("paced", language, pace=run.pace))
    if run.state == "stopped":
        sentences.append(said("stopped", language))
    whole = summarise(run.drill, scores)
    outcomes = tuple(
        (capital(read(OUTCOME, outcome, language)), str(whole.outcomes.get(outcome, 0)))
        for outcome in OUTCOMES
    )
    return Part(
        heading=said("overview", language),
        paragraphs=tuple(sentences),
        columns=heads(DRILL, ("drill_outcome", "participants"), language),
        rows=outcomes,
    )


def _timeline(told: Told, language: Language) -> Part:
    moments: list[tuple[Moment, str, int]] = []
    for kind in INJECT:
        put = [each for each in told.injects if each.kind == kind]
        if put:
            first = min(each.starts_at for each in put)
            count = len({each.enterprise_id for each in put})
            moments.append((first, read(INJECT, kind, language), count))
    for milestone, column in REACHED.items():
        reached = [at for each in told.scores if (at := getattr(each, column)) is not None]
        if reached:
            moments.append((min(reached), read(MILESTONE, milestone, language), len(reached)))
    rows = tuple(
        (span((at - told.run.starts_at) / SECOND), capital(what), str(count))
        for at, what, count in sorted(moments, key=lambda each: each[0])
    )
    return Part(
        heading=said("timeline", language),
        paragraphs=(said("timeline_note", language),),
        columns=(
            said("after_start", language),
            said("what", language),
            capital(read(DRILL, "participants", language)),
        ),
        rows=rows,
    )


def _times(scores: Sequence[DrillScore], column: str) -> list[float]:
    return sorted(
        (at - each.struck_at) / SECOND
        for each in scores
        if (at := getattr(each, column)) is not None
    )


def _milestones(told: Told, language: Language) -> Part:
    hoped = told.run.milestones
    rows = []
    for milestone, column in REACHED.items():
        times = _times(told.scores, column)
        limit_s = hoped[milestone] * 60 if milestone in hoped else None
        kept = sum(1 for each in times if limit_s is not None and each <= limit_s)
        rows.append(
            (
                capital(read(MILESTONE, milestone, language)),
                span(limit_s),
                f"{len(times)}/{len(told.scores)}",
                span(times[(len(times) - 1) // 2]) if times else NEVER,
                span(times[-1]) if times else NEVER,
                f"{kept}/{len(told.scores)}" if limit_s is not None else NEVER,
            )
        )
    names = ("milestone", "hoped", "reached", "median", "slowest", "kept")
    return Part(
        heading=said("milestones", language),
        paragraphs=(said("milestones_note", language),),
        columns=tuple(said(name, language) for name in names),
        rows=tuple(rows),
    )


def _statutory(told: Told, language: Language) -> Part:
    now = max((each.scored_at for each in told.scores), default=told.run.revised_at)
    groups: dict[tuple[str, str, str], list[Report]] = {}
    for reports in told.reports.values():
        for each in reports:
            limit = each.limit_zh if language == "zh" else each.limit_en or each.limit_zh
            groups.setdefault((each.regime, each.channel, limit), []).append(each)
    rows = tuple(
        (
            read(LAW_SHORT, regime, language),
            read(CHANNEL, channel, language),
            limit or span((found[0].due_at - found[0].starts_at) / SECOND),
            str(len(found)),
            str(sum(1 for each in found if each.is_in_time())),
            str(sum(1 for each in found if each.is_late(now))),
        )
        for (regime, channel, limit), found in sorted(groups.items())
    )
    columns = ("law", "channel", "limit")
    return Part(
        heading=said("statutory", language),
        paragraphs=() if rows else (said("no_reports", language),),
        columns=(
            *(said(name, language) for name in columns),
            *heads(SCORE, ("reports", "reports_in_time", "reports_late"), language),
        )
        if rows
        else (),
        rows=rows,
    )
