"""Drills that are registered: what may bear a drill's name, and until when its state is kept.

A name that nobody registered would cost a state each time somebody makes one up.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from schemas.moments import DAY, Moment, moment_of

KEPT_AFTER = DAY
"""So long after its end analysts may still work on a drill; then its states are deleted."""


class Drill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exercise: batches of these enterprises (empty: of all) may bear its name meanwhile.

    `start` and `end` have an offset from UTC; what is received at `end` is outside. `organiser`
    is who may sign in their names (`schemas/organiser.py`); "": nobody but they themselves.
    """

    name: str
    start: datetime
    end: datetime
    enterprises: tuple[str, ...] = ()
    organiser: str = ""


def faults_of(drills: Sequence[Drill]) -> Iterator[str]:
    """Everything that is wrong with a list of drills."""
    names = [drill.name for drill in drills]
    for number, drill in enumerate(drills):
        place = f"drills[{number}]"
        if not drill.name or "#" in drill.name:
            yield f"{place}.name: {drill.name!r} is empty or holds '#'; choose another name"
        if drill.name in names[:number]:
            yield f"{place}.name: {drill.name!r} stands twice; keep one of the two"
        if drill.start.tzinfo is None or drill.end.tzinfo is None:
            yield f"{place}: a time without an offset; write 2026-06-01T09:00:00+08:00"
        elif drill.start >= drill.end:
            yield f"{place}: it ends before it starts; correct start or end"


def refusal_of(drills: Iterable[Drill], name: str, enterprise_id: str, at: Moment) -> str:
    """Why a batch that was received at this moment may not bear the name; "" if it may."""
    drill = _named(drills, name)
    if drill is None:
        return f"no drill {name!r} is registered"
    if drill.enterprises and enterprise_id not in drill.enterprises:
        return f"{enterprise_id!r} takes no part in drill {name!r}"
    if not moment_of(drill.start) <= at < moment_of(drill.end):
        return f"drill {name!r} runs from {drill.start.isoformat()} to {drill.end.isoformat()}"
    return ""


def is_kept(drills: Iterable[Drill], name: str, at: Moment) -> bool:
    """Whether there is still a drill of this name to keep states for."""
    drill = _named(drills, name)
    return drill is not None and at < moment_of(drill.end) + KEPT_AFTER


def for_files(name: str) -> Drill:
    """A drill that an operator names over recordings: without an end."""
    return Drill(
        name=name, start=datetime(1970, 1, 1, tzinfo=UTC), end=datetime(9999, 1, 1, tzinfo=UTC)
    )


def joined(*lists: Iterable[Drill]) -> tuple[Drill, ...]:
    """One list; of two drills of one name the later."""
    return tuple({drill.name: drill for drills in lists for drill in drills}.values())


def _named(drills: Iterable[Drill], name: str) -> Drill | None:
    return next((drill for drill in drills if drill.name == name), None)
