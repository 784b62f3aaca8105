"""The after-action report of a drill: every sentence made from rows, in one language. Pure.

What it is printed as (HTML, Word) is the shell's business.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, get_args

import msgspec

from pipeline.drills.library import LIBRARY
from pipeline.drills.scoring import REACHED, Report, by_province, summarise
from schemas.drill import DrillInject, DrillRun, DrillScore, Outcome
from schemas.glossary import CHANNEL, LAW_SHORT, Terms, capital, read
from schemas.glossary_drills import (
    AFTER_ACTION,
    DRILL,
    FORM,
    IMPROVE,
    INJECT,
    MILESTONE,
    OUTCOME,
    SCORE,
)
from schemas.language import Language
from schemas.moments import SECOND, Moment, read_moment, read_span
from schemas.provinces import PROVINCES

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
NEVER: Final = "—"
NAMED: Final = 5
"""Enterprises that a sentence names; it counts the others."""
LISTED: Final = 500
"""Enterprises in the table of all, those with the most to improve first."""
_COMPARED: Final = (
    "missed",
    "right_scenarios",
    "right_verdicts",
    "wrong_verdicts",
    "false_alarms",
    "reports_in_time",
    "reports_late",
    "questions_answered",
)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One section: paragraphs, then a table if it has columns."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class AfterAction(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report."""

    title: str
    mark: str
    language: Language
    head: tuple[str, ...]
    parts: tuple[Part, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report is made of: rows of one drill, and the scores of the one before it
    in its series (none: `before` is None). `names` are enterprises' by id."""

    run: DrillRun
    scores: tuple[DrillScore, ...]
    injects: tuple[DrillInject, ...]
    reports: Mapping[str, Sequence[Report]]
    names: Mapping[str, str]
    before: DrillRun | None = None
    before_scores: tuple[DrillScore, ...] = ()


def report_drill(told: Told, language: Language, printed_at: Moment) -> AfterAction:
    """The report in one language."""
    run = told.run
    parts = (
        _overview(told, language),
        _timeline(told, language),
        _milestones(told, language),
        _statutory(told, language),
        _provinces(told, language),
        _enterprises(told, language),
        _comparison(told, language),
        Part(heading=_said("improve", language), paragraphs=tuple(_improvements(told, language))),
    )
    return AfterAction(
        title=_said("title", language, name=run.drill),
        mark=_said("mark", language, name=run.drill),
        language=language,
        head=(
            _said("organiser", language, name=run.organiser),
            _said("printed", language, moment=read_moment(printed_at, language)),
        ),
        parts=parts,
    )


def _said(key: str, language: Language, **values: object) -> str:
    return AFTER_ACTION[key].of(language).format(**values)


def _heads(terms: Terms, names: Iterable[str], language: Language) -> tuple[str, ...]:
    return tuple(capital(read(terms, name, language)) for name in names)


def span(seconds: float | None) -> str:
    """`2:05`, or `1:02:05`: minutes and seconds, hours where there are any."""
    if seconds is None:
        return NEVER
    sign, whole = ("-" if seconds < 0 else ""), round(abs(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def _overview(told: Told, language: Language) -> Part:
    run, scores = told.run, told.scores
    scenario = LIBRARY[run.scenario].name.of(language) if run.scenario in LIBRARY else run.scenario
    sentences = [
        _said(
            "held",
            language,
            name=run.drill,
            scenario=scenario,
            form=read(FORM, run.form, language),
            span=read_span(run.starts_at, run.ends_at, language),
            provinces=len(run.provinces),
            enterprises=run.enterprises,
        ),
        _said(
            "sent",
            language,
            sent=f"{run.sent_events:,}",
            arrived=f"{sum(each.arrived_events for each in scores):,}",
        ),
    ]
    if run.pace > 1:
        sentences.append(_said("paced", language, pace=run.pace))
    if run.state == "stopped":
        sentences.append(_said("stopped", language))
    whole = summarise(run.drill, scores)
    outcomes = tuple(
        (capital(read(OUTCOME, outcome, language)), str(whole.outcomes.get(outcome, 0)))
        for outcome in OUTCOMES
    )
    return Part(
        heading=_said("overview", language),
        paragraphs=tuple(sentences),
        columns=_heads(DRILL, ("drill_outcome", "participants"), language),
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
        (_clock(at, told.run.starts_at), capital(what), str(count))
        for at, what, count in sorted(moments, key=lambda each: each[0])
    )
    return Part(
        heading=_said("timeline", language),
        paragraphs=(_said("timeline_note", language),),
        columns=(
            _said("after_start", language),
            _said("what", language),
            capital(read(DRILL, "participants", language)),
        ),
        rows=rows,
    )


def _clock(at: Moment, start: Moment) -> str:
    return span((at - start) / SECOND)


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
        heading=_said("milestones", language),
        paragraphs=(_said("milestones_note", language),),
        columns=tuple(_said(name, language) for name in names),
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
        heading=_said("statutory", language),
        paragraphs=() if rows else (_said("no_reports", language),),
        columns=(
            *(_said(name, language) for name in columns),
            *_heads(SCORE, ("reports", "reports_in_time", "reports_late"), language),
        )
        if rows
        else (),
        rows=rows,
    )


def _provinces(told: Told, language: Language) -> Part:
    rows = tuple(
        (
            _province(each.group, language),
            str(each.enterprises),
            *(span(each.median_s.get(milestone)) for milestone in REACHED),
            f"{each.missed}/{each.attacks}",
            f"{each.reports_in_time}/{each.reports}",
            str(each.reports_late),
        )
        for each in by_province(told.scores)
    )
    return Part(
        heading=_said("provinces", language),
        paragraphs=(_said("medians", language),),
        columns=(
            _said("province", language),
            capital(read(DRILL, "participants", language)),
            *_heads(MILESTONE, REACHED, language),
            *_heads(SCORE, ("missed", "reports_in_time", "reports_late"), language),
        ),
        rows=rows,
    )


def _province(code: str, language: Language) -> str:
    if code not in PROVINCES:
        return code
    return PROVINCES[code].zh if language == "zh" else PROVINCES[code].en


def _enterprises(told: Told, language: Language) -> Part:
    order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    worst = sorted(
        told.scores,
        key=lambda each: (order[each.outcome], -each.reports_late, each.enterprise_id),
    )[:LISTED]
    rows = tuple(
        (
            told.names.get(each.enterprise_id) or each.enterprise_id,
            capital(read(OUTCOME, each.outcome, language)),
            *(
                span(None if at is None else (at - each.struck_at) / SECOND)
                for at in (getattr(each, column) for column in REACHED.values())
            ),
            f"{each.missed}/{each.attacks}",
            f"{each.reports_in_time}/{each.reports}",
            str(each.false_alarms),
        )
        for each in worst
    )
    return Part(
        heading=_said("enterprises", language),
        columns=(
            *_heads(DRILL, ("participant", "drill_outcome"), language),
            *_heads(MILESTONE, REACHED, language),
            *_heads(SCORE, ("missed", "reports_in_time", "false_alarms"), language),
        ),
        rows=rows,
    )


def _comparison(told: Told, language: Language) -> Part:
    heading = _said("comparison", language)
    if told.before is None:
        return Part(heading=heading, paragraphs=(_said("first_of_series", language),))
    now = summarise(told.run.drill, told.scores)
    then = summarise(told.before.drill, told.before_scores)
    rows = [
        (capital(read(MILESTONE, name, language)), span(then.median_s.get(name)),
         span(now.median_s.get(name)))
        for name in REACHED
    ]  # fmt: skip
    rows += [
        (capital(read(SCORE, name, language)), _per(then, name), _per(now, name))
        for name in _COMPARED
    ]
    return Part(
        heading=heading,
        paragraphs=(_said("compared", language, enterprises=then.enterprises),),
        columns=(_said("what", language), told.before.drill, told.run.drill),
        rows=tuple(rows),
    )


_WHOLE: Final[Mapping[str, str]] = {
    "missed": "attacks",
    "right_scenarios": "attacks",
    "reports_in_time": "reports",
    "reports_late": "reports",
    "questions_answered": "questions",
}


def _per(summary: object, name: str) -> str:
    """`3/40`: of how many, where that is counted."""
    figure = str(getattr(summary, name))
    return f"{figure}/{getattr(summary, _WHOLE[name])}" if name in _WHOLE else figure


def _improvements(told: Told, language: Language) -> Iterator[str]:
    """One sentence a finding that somebody has, with who they are."""
    conditions: Mapping[str, list[DrillScore]] = {
        "not_sent": [e for e in told.scores if e.outcome == "not_sent"],
        "not_arrived": [e for e in told.scores if e.outcome == "not_arrived"],
        "partly_arrived": [e for e in told.scores if 0 < e.arrived_events < e.sent_events],
        "undetected": [e for e in told.scores if e.outcome == "undetected"],
        "missed": [e for e in told.scores if e.missed and e.arrived_events],
        "unanswered": [e for e in told.scores if e.outcome == "unanswered"],
        "unconfirmed": [
            e for e in told.scores if e.command_at is not None and e.confirmed_at is None
        ],
        "wrong_verdicts": [e for e in told.scores if e.wrong_verdicts],
        "false_alarms": [
            e for e in told.scores if e.false_alarms and e.command_at is not None
        ],
        "reports_late": [e for e in told.scores if e.reports_late],
        "questions": [
            e for e in told.scores
            if e.command_at is not None and e.questions_answered < e.questions
        ],
        "milestones": [
            e for e in told.scores if e.arrived_events and e.milestones_met < e.milestones
        ],
    }  # fmt: skip
    found = False
    for key, scores in conditions.items():
        if scores:
            found = True
            yield (
                IMPROVE[key]
                .of(language)
                .format(count=len(scores), who=_who(scores, told.names, language))
            )
    if not found:
        yield _said("nothing_to_improve", language)


def _who(scores: Sequence[DrillScore], names: Mapping[str, str], language: Language) -> str:
    shown = [names.get(each.enterprise_id) or each.enterprise_id for each in scores[:NAMED]]
    text = ("、" if language == "zh" else ", ").join(shown)
    rest = len(scores) - len(shown)
    return text + (_said("and_others", language, count=rest) if rest else "")
