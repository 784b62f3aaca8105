"""A drill as its organiser writes it: one YAML file, every fault of it with place and remedy.

All minutes are those of the drill told at its own pace: at pace n they pass n times faster.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from pipeline.drills.library import LIBRARY, Form
from schemas.drill import Milestone

Minutes: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=2_880)]
Span: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=1_440)]
Question: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
PACE_MAX: Final = 60


class _Inject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after_minutes` counts from the drill's start; without `enterprises` it is put to all."""

    after_minutes: Minutes
    enterprises: tuple[str, ...] = ()


class Silence(_Inject, frozen=True, kw_only=True, tag_field="kind", tag="silence"):
    """Nothing is sent of what happens in these minutes."""

    minutes: Span


class Late(_Inject, frozen=True, kw_only=True, tag_field="kind", tag="late"):
    """What happens in these minutes is sent so much later."""

    minutes: Span
    delay_minutes: Span


class FalseAlarm(_Inject, frozen=True, kw_only=True, tag_field="kind", tag="false_alarm"):
    """Rightful work that rules answer."""


class SecondWave(_Inject, frozen=True, kw_only=True, tag_field="kind", tag="second_wave"):
    """The first attack once more."""


class PressQuestion(_Inject, frozen=True, kw_only=True, tag_field="kind", tag="question"):
    """A journalist's question; whoever handles the incident answers it with `describe`."""

    zh: Question
    en: str = ""


InjectOrder: TypeAlias = Silence | Late | FalseAlarm | SecondWave | PressQuestion


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes part: these ids, or else who fits; then a sample of so many, by the seed."""

    ids: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    top_tenth: bool = False
    sample: Annotated[int, msgspec.Meta(ge=1)] | None = None


class DrillFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One drill. `start` has an offset from UTC; `series` groups drills that are compared."""

    name: str
    scenario: str
    organiser: str
    enterprises: Selection
    start: datetime
    series: str = ""
    form: Form = "short"
    pace: Annotated[int, msgspec.Meta(ge=1, le=PACE_MAX)] = 1
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 1
    injects: tuple[InjectOrder, ...] = ()
    milestones: dict[Milestone, Span] = {}


class DrillFault(msgspec.Struct, frozen=True):
    """One thing wrong with a drill file: where, what, and what to do."""

    file: str
    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.problem}; {self.remedy}"


class ParsedDrill(msgspec.Struct, frozen=True):
    """The drill where it could be read, and every fault."""

    drill: DrillFile | None
    faults: tuple[DrillFault, ...]


REMEDIES: Final[Mapping[str, str]] = {
    "name": "give it a name of its own, such as shield-2026-06",
    "series": "name the series whose drills are compared, or leave it out",
    "scenario": f"write one of {', '.join(LIBRARY)}",
    "organiser": "write the organiser's id, as the policy has it",
    "enterprises": "write ids, or provinces, sectors and sample (docs/drills.md)",
    "enterprises.ids": "write ids of the registry as a list: [E00001, E00002]",
    "enterprises.provinces": 'write GB/T 2260 codes as quoted text: ["330000", "320000"]',
    "enterprises.sectors": "write the registry's words for sectors as a list: [steel]",
    "enterprises.top_tenth": "write true or false",
    "enterprises.sample": "write how many take part, 1 or more",
    "start": "write it with its offset: 2026-06-01T09:00:00+08:00",
    "form": "write short (15 minutes) or long (a day)",
    "pace": f"write a whole number from 1 (real time) to {PACE_MAX}",
    "seed": "write a whole number; the same seed gives the same drill",
    "injects": "write {kind: …, after_minutes: …}; kinds: silence, late, false_alarm, second_wave, "
    "question (docs/drills.md)",
    "milestones": "write minutes for detection, incident, tier, command or confirmation",
}
"""By the place of a fault; the place above it counts where there is none."""


def parse_drill(text: str, file: str) -> ParsedDrill:
    """YAML to a drill; a fault of one field hides none of another."""
    try:
        # YAML has times of its own: as text they are read like quoted ones.
        document = msgspec.to_builtins(msgspec.yaml.decode(text))
    except msgspec.DecodeError as fault:
        problem = " ".join(str(fault).split())
        return ParsedDrill(None, (DrillFault(file, "file", problem, "write it as YAML"),))
    if not isinstance(document, dict):
        remedy = "write name, scenario, organiser, enterprises and start"
        return ParsedDrill(None, (DrillFault(file, "file", "no mapping of fields", remedy),))
    faults = [
        DrillFault(file, place, problem, _remedy(place))
        for place, problem in _problems(document, DrillFile, "")
    ]
    return ParsedDrill(None if faults else msgspec.convert(document, DrillFile), tuple(faults))


def _problems(document: Mapping[str, Any], of: type, above: str) -> Iterator[tuple[str, str]]:
    """(place, problem) of each field that is missing, unknown or of another type."""
    fields = {field.name: field for field in msgspec.structs.fields(of)}
    for name in sorted(map(str, document.keys() - fields.keys())):
        yield f"{above}{name}", "there is no such field"
    for name, field in fields.items():
        if name in document:
            yield from _INSIDE.get(name, _problems_of)(document[name], field.type, above + name)
        elif field.required:
            yield above + name, "it is missing"


def _problems_of(value: Any, of: Any, place: str) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(value, of)
    except msgspec.ValidationError as fault:
        problem, _, path = str(fault).partition(" - at ")
        is_inside = path.startswith("`$")  # `key` in `$` for the key of a mapping
        yield place + (path.strip("`").removeprefix("$") if is_inside else ""), problem


def _problems_of_selection(value: Any, of: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from _problems(value, of, f"{place}.")
    else:
        yield from _problems_of(value, of, place)


def _problems_of_injects(value: Any, of: Any, place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield from _problems_of(value, of, place)
        return
    for number, each in enumerate(value):
        yield from _problems_of(each, InjectOrder, f"{place}[{number}]")


_INSIDE: Final[Mapping[str, Callable[[Any, Any, str], Iterator[tuple[str, str]]]]] = {
    "enterprises": _problems_of_selection,
    "injects": _problems_of_injects,
}
"""Fields that have parts, each of which may be wrong by itself."""


def _remedy(place: str) -> str:
    name = place.partition("[")[0]
    while name not in REMEDIES:
        name = name.rpartition(".")[0]
        if not name:
            return f"take it out, or write one of {', '.join(DrillFile.__struct_fields__)}"
    return REMEDIES[name]
