"""The sections of an after-action report that compare: provinces, participants, the drill before,
and what to improve."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.drills.report_parts import OUTCOMES, Part, Told, heads, said, span
from pipeline.drills.scoring import REACHED, by_province, summarise
from schemas.drill import DrillScore
from schemas.glossary import capital, read
from schemas.glossary_drills import DRILL, IMPROVE, MILESTONE, OUTCOME, SCORE
from schemas.language import Language
from schemas.moments import SECOND
from schemas.provinces import PROVINCES

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


def tell_provinces(told: Told, language: Language) -> Part:
    """Medians and sums of each province."""
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
        heading=said("provinces", language),
        paragraphs=(said("medians", language),),
        columns=(
            said("province", language),
            capital(read(DRILL, "participants", language)),
            *heads(MILESTONE, REACHED, language),
            *heads(SCORE, ("missed", "reports_in_time", "reports_late"), language),
        ),
        rows=rows,
    )


def _province(code: str, language: Language) -> str:
    if code not in PROVINCES:
        return code
    return PROVINCES[code].zh if language == "zh" else PROVINCES[code].en


def tell_enterprises(told: Told, language: Language) -> Part:
    """Every participant, those with the most to improve first."""
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
        heading=said("enterprises", language),
        columns=(
            *heads(DRILL, ("participant", "drill_outcome"), language),
            *heads(MILESTONE, REACHED, language),
            *heads(SCORE, ("missed", "reports_in_time", "false_alarms"), language),
        ),
        rows=rows,
    )


def tell_comparison(told: Told, language: Language) -> Part:
    """Beside the latest scored drill of the series."""
    heading = said("comparison", language)
    if told.before is None:
        return Part(heading=heading, paragraphs=(said("first_of_series", language),))
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
        paragraphs=(said("compared", language, enterprises=then.enterprises),),
        columns=(said("what", language), told.before.drill, told.run.drill),
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


def tell_improvements(told: Told, language: Language) -> Iterator[str]:
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
        yield said("nothing_to_improve", language)


def _who(scores: Sequence[DrillScore], names: Mapping[str, str], language: Language) -> str:
    shown = [names.get(each.enterprise_id) or each.enterprise_id for each in scores[:NAMED]]
    text = ("、" if language == "zh" else ", ").join(shown)
    rest = len(scores) - len(shown)
    return text + (said("and_others", language, count=rest) if rest else "")
