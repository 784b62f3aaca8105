"""Counters of what left the country, by calendar year: part of an enterprise's state record.

Rule 1. A year is a map from subjects (a declared set of persons, or one event) to what is known
        of them. What is said again of a subject is joined to it: the greater number, any ground,
        any destination. So neither order nor repetition changes a count.
Rule 2. A year's persons are at most the sum over its subjects, and exactly that where all of them
        are declared sets, which are held to have no person in common. They are at least the sum
        over its sets, or the greatest single event.
Rule 3. Of more than SUBJECTS_MAX the half with the fewest persons is folded into sums, one for
        each combination of grounds: sent again, those would count again. The upper bound stays
        one, and the least that was certain is kept.
Rule 4. The year of receipt and the two before it are counted. What happened earlier is not, and
        the batch's account says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from pipeline.cross_border.exports import Export, year_of
from schemas.cross_border import MECHANISMS, CountBasis
from schemas.ids import content_id
from schemas.moments import Moment

SUBJECTS_MAX = 2_000
YEARS_KEPT = 3
DESTINATIONS_MAX = 16
PURPOSES_MAX = 4

Kind: TypeAlias = Literal["set", "event", "folded"]
Grounds: TypeAlias = tuple[str, ...]
"""In order; "" for an export that declared none."""


class Subject(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one set of persons, or one event, or of `exports` folded ones."""

    kind: Kind
    persons: int
    sensitive_persons: int
    important: int
    unstated: int
    grounds: Grounds
    destinations: tuple[str, ...]
    exports: int = 1
    purposes: tuple[str, ...] = ()


class Year(msgspec.Struct):
    """One calendar year of one enterprise."""

    subjects: dict[int, Subject] = {}
    persons_floor: int = 0
    """The least that was certain before subjects were folded."""
    sensitive_floor: int = 0


class Tally(msgspec.Struct, frozen=True):
    """Persons of some subjects: at most, and at least."""

    persons: int = 0
    persons_least: int = 0
    sensitive_persons: int = 0
    sensitive_persons_least: int = 0
    important: int = 0
    exports: int = 0
    is_any: bool = False
    """Whether any personal information, even of persons unstated, or important data is in it."""


def is_exemption(ground: str) -> bool:
    """Whether a declared ground is an exemption rather than a mechanism."""
    return ground not in ("", *MECHANISMS)


@lru_cache(maxsize=1024)
def is_exempt(grounds: Grounds) -> bool:
    """Whether these are exemptions alone, which do not count towards thresholds."""
    return all(is_exemption(ground) for ground in grounds)


def count(years: dict[int, Year], exports: Iterable[Export], now: Moment) -> int:
    """Count exports into their years, as of receipt `now`; how many were of a year past."""
    oldest = year_of(now) - YEARS_KEPT + 1
    for past in [year for year in years if year < oldest]:
        del years[past]
    left = 0
    for export in exports:
        if export.year < oldest:
            left += 1
        else:
            add(years.setdefault(export.year, Year()), export)
    return left


def add(year: Year, export: Export) -> None:
    """Count one export (rules 1 and 3)."""
    key, subject = _key(export), _subject_of(export)
    known = year.subjects.get(key)
    year.subjects[key] = join(known, subject) if known else subject
    if len(year.subjects) > SUBJECTS_MAX:
        fold(year)


def fold(year: Year) -> int:
    """Fold the half with the fewest persons (rule 3); how many subjects."""
    # Before sums hide it: what was certain stays certain (rule 3).
    whole = tally(counted(year))
    year.persons_floor = max(year.persons_floor, whole.persons_least)
    year.sensitive_floor = max(year.sensitive_floor, whole.sensitive_persons_least)
    single = [(key, one) for key, one in year.subjects.items() if one.kind != "folded"]
    single.sort(key=lambda item: (item[1].persons + item[1].sensitive_persons, item[0]))
    for key, one in single[: (len(single) + 1) // 2]:
        del year.subjects[key]
        into = int(content_id("export_fold", *one.grounds)[:15], 16)
        folded = msgspec.structs.replace(one, kind="folded")
        known = year.subjects.get(into)
        year.subjects[into] = _sum(known, folded) if known else folded
    return (len(single) + 1) // 2


def tally(subjects: Iterable[Subject]) -> Tally:
    """Persons of these subjects (rule 2)."""
    persons = sensitive = important = exports = unstated = 0
    of_sets, of_events = [0, 0], [0, 0]
    for one in subjects:
        persons += one.persons
        sensitive += one.sensitive_persons
        important += one.important
        exports += one.exports
        unstated += one.unstated
        if one.kind == "set":
            of_sets[0] += one.persons
            of_sets[1] += one.sensitive_persons
        elif one.kind == "event":
            of_events[0] = max(of_events[0], one.persons)
            of_events[1] = max(of_events[1], one.sensitive_persons)
    return Tally(
        persons=persons,
        persons_least=max(of_sets[0], of_events[0]),
        sensitive_persons=sensitive,
        sensitive_persons_least=max(of_sets[1], of_events[1]),
        important=important,
        exports=exports,
        is_any=bool(persons or sensitive or important or unstated),
    )


def counted(year: Year) -> list[Subject]:
    """The subjects whose persons count towards thresholds: those that are not exempt."""
    return [one for one in year.subjects.values() if not is_exempt(one.grounds)]


def by_grounds(year: Year) -> dict[Grounds, Tally]:
    """All subjects, exempt ones too, by what they rest on."""
    groups: dict[Grounds, list[Subject]] = {}
    for subject in year.subjects.values():
        groups.setdefault(subject.grounds, []).append(subject)
    return {grounds: tally(group) for grounds, group in groups.items()}


def total(year: Year) -> Tally:
    """Of all that counts, with the least that was once certain."""
    whole = tally(counted(year))
    return msgspec.structs.replace(
        whole,
        persons_least=max(whole.persons_least, year.persons_floor),
        sensitive_persons_least=max(whole.sensitive_persons_least, year.sensitive_floor),
    )


def basis_of(year: Year) -> CountBasis:
    """What the count of a year is."""
    held = year.subjects.values()
    is_bound = any(one.kind != "set" for one in held if one.persons or one.sensitive_persons)
    is_short = any(one.unstated for one in held)
    if is_short:
        return "open" if is_bound else "at_least"
    return "upper_bound" if is_bound else "declared"


def exports_by(year: Year, names: Callable[[Subject], tuple[str, ...]]) -> dict[str, int]:
    """Exports by what `names` says of them, the most first; one of two destinations is in both."""
    counts: Counter[str] = Counter()
    for one in year.subjects.values():
        for name in names(one):
            counts[name] += one.exports
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def join(one: Subject, other: Subject) -> Subject:
    """What two messages say of one subject: in any order, and however often, the same."""
    return Subject(
        kind=one.kind,
        persons=max(one.persons, other.persons),
        sensitive_persons=max(one.sensitive_persons, other.sensitive_persons),
        important=max(one.important, other.important),
        unstated=min(one.unstated, other.unstated),
        grounds=_union(one.grounds, other.grounds),
        destinations=_union(one.destinations, other.destinations)[:DESTINATIONS_MAX],
        purposes=_union(one.purposes, other.purposes)[:PURPOSES_MAX],
    )


def _sum(one: Subject, other: Subject) -> Subject:
    return Subject(
        kind="folded",
        persons=one.persons + other.persons,
        sensitive_persons=one.sensitive_persons + other.sensitive_persons,
        important=one.important + other.important,
        unstated=one.unstated + other.unstated,
        grounds=one.grounds,
        destinations=_union(one.destinations, other.destinations)[:DESTINATIONS_MAX],
        exports=one.exports + other.exports,
        purposes=_union(one.purposes, other.purposes)[:PURPOSES_MAX],
    )


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))


def _key(export: Export) -> int:
    """A set that left on an exemption and on none is two subjects: only one of them counts."""
    return export.subject * 2 + is_exemption(export.ground)


def _subject_of(export: Export) -> Subject:
    return Subject(
        kind="set" if export.is_set else "event",
        persons=export.persons,
        sensitive_persons=export.sensitive_persons,
        important=int(export.is_important),
        unstated=int(not export.is_stated),
        grounds=(export.ground,),
        destinations=(export.country,),
        purposes=(export.purpose,),
    )
