"""What an after-action report is made of: the rows, its sections, and how a span is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, get_args

import msgspec

from pipeline.drills.scoring import Report
from schemas.drill import DrillInject, DrillRun, DrillScore, Outcome
from schemas.glossary import Terms, capital, read
from schemas.glossary_drills import AFTER_ACTION
from schemas.language import Language

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
NEVER: Final = "—"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One section: paragraphs, then a table if it has columns."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


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


def said(key: str, language: Language, **values: object) -> str:
    """A sentence or heading of the report, filled in."""
    return AFTER_ACTION[key].of(language).format(**values)


def heads(terms: Terms, names: Iterable[str], language: Language) -> tuple[str, ...]:
    """Headings of a table."""
    return tuple(capital(read(terms, name, language)) for name in names)


def span(seconds: float | None) -> str:
    """`2:05`, or `1:02:05`: minutes and seconds, hours where there are any."""
    if seconds is None:
        return NEVER
    sign, whole = ("-" if seconds < 0 else ""), round(abs(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"
