"""What a form is filled from: rows of the store's views, and facts stated in commands."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from pipeline.severity.facts import Facts, Stated, read_en, read_zh, state_impact
from schemas.command import Command
from schemas.moments import SHANGHAI, datetime_of, parse_moment

Lang: TypeAlias = Literal["zh", "en"]
Row: TypeAlias = Mapping[str, object]
SHOWN_MAX = 20
"""More values of one kind than this are counted, not listed."""


class FormSource(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `incidents`, `assessments` (of the form's regime), `enterprises`; facts; acts.

    A row that the store does not have is {}; `commands` are the accepted ones, in order.
    """

    incident: Row
    assessment: Row
    enterprise: Row
    facts: Facts
    commands: tuple[Command, ...] = ()
    place: tuple[str, str] = ("", "")
    regulator: tuple[str, str] = ("", "")


def facts_of(commands: Iterable[Command]) -> dict[str, Stated]:
    """The facts that the accepted commands state, later ones in place of earlier ones."""
    facts: dict[str, Stated] = {}
    for command in commands:
        if command.verb == "impact" and command.impact is not None:
            facts.update(state_impact(command.impact, command.analyst, command.said_at))
    return facts


def text_of(row: Row, name: str) -> str:
    """The column as text, "" where the row has none."""
    value = row.get(name)
    return "" if value is None else str(value)


def localised(source: FormSource, name: str, lang: Lang) -> str:
    """A column of the incident that has an English twin."""
    return text_of(source.incident, name if lang == "zh" else f"{name}_en")


def minute_of(row: Row, name: str) -> str:
    """A moment of the row, local and to the minute, as the forms ask."""
    text = text_of(row, name)
    if not text:
        return ""
    local = datetime_of(parse_moment(text)).astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M} (UTC+8)"


def fact_text(source: FormSource, name: str, lang: Lang) -> str:
    """A stated fact with its unit and who says so, "" where nobody does."""
    stated = source.facts.get(name)
    if stated is None:
        return ""
    read = read_zh if lang == "zh" else read_en
    return f"{read(name, stated.value)} ({stated.stated_by})"


def entities_of(source: FormSource, kinds: tuple[str, ...], lang: Lang) -> str:
    """The incident's entities of these kinds; beyond SHOWN_MAX the rest is counted."""
    named = zip(
        _list(source.incident, "entity_kinds"),
        _list(source.incident, "entity_values"),
        strict=False,
    )
    values = list(dict.fromkeys(value for kind, value in named if kind in kinds))
    more = len(values) - SHOWN_MAX
    rest = "" if more <= 0 else (f" 等另 {more} 项" if lang == "zh" else f" and {more} more")
    return "; ".join(values[:SHOWN_MAX]) + rest


def _list(row: Row, name: str) -> list[str]:
    value = row.get(name)
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def measures_of(source: FormSource) -> str:
    """What analysts did, with the reasons that they gave."""
    acts = [command for command in source.commands if command.verb not in ("impact", "override")]
    return "; ".join(
        f"{datetime_of(act.said_at).astimezone(SHANGHAI):%Y-%m-%d %H:%M} {act.verb}"
        + (f": {act.reason}" if act.reason else "")
        for act in acts
    )
