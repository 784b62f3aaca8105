"""What a form is filled from: rows of the store's views, and what was stated in commands."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from pipeline.severity.facts import Facts, Stated, read_en, read_zh, state_impact
from schemas.assessment import TIERS, Tier
from schemas.command import Command, Particulars
from schemas.glossary import STATED_BY, VERB, read
from schemas.language import Language
from schemas.moments import parse_moment, read_moment
from schemas.registry import Enterprise

Row: TypeAlias = Mapping[str, object]
SHOWN_MAX = 10
"""More values of one kind than this are counted, not listed: a form is read by people."""
ID_SHOWN = 12
"""Of an incident's id: as much as every command takes for the whole."""


class FormSource(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `incidents`, `assessments` (of the form's regime), `enterprises`; what was said.

    A row that the store does not have is {}; `commands` are the accepted ones, in order.
    `operator` is the enterprise as far as place, regulator and kind of operator go.
    """

    incident: Row
    assessment: Row
    enterprise: Row
    facts: Facts
    particulars: Particulars
    operator: Enterprise
    commands: tuple[Command, ...] = ()


def facts_of(commands: Iterable[Command]) -> dict[str, Stated]:
    """The facts that the accepted commands state, later ones in place of earlier ones."""
    facts: dict[str, Stated] = {}
    for command in commands:
        if command.verb == "impact" and command.impact is not None:
            facts.update(state_impact(command.impact, command.analyst, command.said_at))
    return facts


def particulars_of(commands: Iterable[Command]) -> Particulars:
    """What the accepted commands describe, field by field, the later one holding."""
    stated: dict[str, object] = {}
    for command in commands:
        if command.verb == "describe" and command.particulars is not None:
            said = command.particulars
            stated.update(
                (name, getattr(said, name))
                for name in said.__struct_fields__
                if getattr(said, name) is not None
            )
    return Particulars(**stated)  # type: ignore[arg-type]  # names and values are its own


def text_of(row: Row, name: str) -> str:
    """The column as text, "" where the row has none."""
    value = row.get(name)
    return "" if value is None else str(value)


def tier_of(row: Row, *names: str) -> Tier | None:
    """The first tier that one of these columns of an assessment holds."""
    held = (text_of(row, name) for name in names)
    return next((tier for text in held for tier in TIERS if tier == text), None)


STANDING = ("fixed_tier", "standing_tier", "tier")
"""The tier of a form: the regulator's, else the one that duties follow."""


def localised(source: FormSource, name: str, language: Language) -> str:
    """A column of the incident that has an English twin."""
    return text_of(source.incident, name if language == "zh" else f"{name}_en")


def minute_of(row: Row, name: str, language: Language) -> str:
    """A moment of the row, local and to the minute, as the forms ask."""
    text = text_of(row, name)
    return read_moment(parse_moment(text), language) if text else ""


def fact_text(source: FormSource, name: str, language: Language) -> str:
    """A stated fact with its unit and who says so, "" where nobody does."""
    stated = source.facts.get(name)
    if stated is None:
        return ""
    return value_text(name, stated, language) + by_whom(stated, language)


def value_text(name: str, stated: Stated, language: Language) -> str:
    """The value with its unit: `1,200,000人`, `6小时30分钟`; of persons, 0 reads as none."""
    if name in ("persons", "sensitive_persons") and stated.value == 0:
        return "不涉及" if language == "zh" else "none"
    if name.endswith("_minutes"):
        return read_duration(int(stated.value), language)
    if language == "zh":
        return read_zh(name, stated.value).replace(" ", "")
    return read_en(name, stated.value)


def by_whom(stated: Stated, language: Language) -> str:
    """Who says so."""
    by = read(STATED_BY, stated.stated_by, language)
    return f"（{by}填报）" if language == "zh" else f" (stated by {by})"


def read_duration(minutes: int, language: Language) -> str:
    """Hours and minutes, as the annexes count: `7小时30分钟`."""
    hours, rest = divmod(minutes, 60)
    units = ("小时", "分钟") if language == "zh" else (" h ", " min")
    parts = [f"{number}{unit}" for number, unit in zip((hours, rest), units, strict=True) if number]
    return "".join(parts).strip() or f"0{units[1]}"


def entities_of(source: FormSource, kind: str, language: Language) -> str:
    """The incident's entities of one kind; beyond SHOWN_MAX the rest is counted."""
    named = zip(
        _list(source.incident, "entity_kinds"),
        _list(source.incident, "entity_values"),
        strict=False,
    )
    values = list(dict.fromkeys(value for held, value in named if held == kind))
    more = len(values) - SHOWN_MAX
    rest = "" if more <= 0 else (f"等{len(values)}项" if language == "zh" else f" and {more} more")
    # With a space in both languages: a line may end there, and not within an address.
    return ", ".join(values[:SHOWN_MAX]) + rest


def techniques_of(source: FormSource) -> list[str]:
    """ATT&CK techniques by number, as ATT&CK writes them."""
    return [technique.upper() for technique in _list(source.incident, "techniques")]


def _list(row: Row, name: str) -> list[str]:
    value = row.get(name)
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


NO_MEASURE = frozenset(
    {"impact", "override", "describe", "fix_tier"}
    | {"issue_warning", "adjust_warning", "lift_warning"}
    | {"assign", "note", "add_task", "end_task", "attach", "merge", "split"}
)
"""Acts that state or decide something, or organise the work, and change nothing at the site."""


def acts_of(source: FormSource, language: Language) -> str:
    """The record of handling: one sentence an act, with the reason that was given."""
    acts = [command for command in source.commands if command.verb not in NO_MEASURE]
    return "".join(_sentence(act, language) for act in acts).strip()


def _sentence(act: Command, language: Language) -> str:
    when, what = read_moment(act.said_at, language), read(VERB, act.verb, language)
    if language == "zh":
        reason = f"：{act.reason}" if act.reason else ""
        return f"{when}，{what}{reason}。"
    reason = f": {act.reason}" if act.reason else ""
    return f"On {when}, {what}{reason}. "


def boxes(terms: Iterable[tuple[str, str]], chosen: Iterable[str], *, remark: str = "") -> str:
    """Boxes to tick, as the annex prints them: `☑ 重大　☐ 较大`, each with its word on one line."""
    ticked = set(chosen)
    marks = [
        f"{'☑' if key in ticked else '☐'}\u00a0{text.replace(' ', chr(0xA0))}"
        for key, text in terms
    ]
    return "  ".join([*marks, *([remark] if remark else [])])
