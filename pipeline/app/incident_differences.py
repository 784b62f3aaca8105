"""What an investigation says otherwise than the live incidents: pure."""

from collections.abc import Iterator, Sequence

from schemas.language import Language
from schemas.moments import Moment, parse_moment
from sinks.contract import Answer

COMPARED = ("scenario", "level", "detection_count", "miit_tier", "cac_tier")
"""What makes two revisions of one incident differ in substance."""


def compare_incidents(
    live: Sequence[Answer],
    replayed: Sequence[Answer],
    enterprises: set[str],
    language: Language = "zh",
    covered: tuple[Moment, Moment] | None = None,
) -> Iterator[str]:
    """One line a difference: `+` only in the investigation, `-` only live, `~` changed.

    Live incidents of other enterprises, and those superseded, are left out of account. Only
    live is what was opened in the period `covered`, of which every record was read: others can
    not be missed.
    """
    before = _by_id(live, enterprises)
    after = _by_id(replayed, enterprises)
    for incident_id in sorted(before.keys() | after.keys()):
        if incident_id not in before:
            yield f"+ {_describe(after[incident_id], language)}"
        elif incident_id not in after:
            if covered is None or _is_opened_in(before[incident_id], *covered):
                yield f"- {_describe(before[incident_id], language)}"
        else:
            yield from _changes(before[incident_id], after[incident_id], language)


def _is_opened_in(incident: Answer, start: Moment, end: Moment) -> bool:
    return start <= parse_moment(str(incident["opened_at"])) < end


def _by_id(incidents: Sequence[Answer], enterprises: set[str]) -> dict[str, Answer]:
    return {
        str(incident["incident_id"]): incident
        for incident in incidents
        if incident["status"] != "superseded"
        and (not enterprises or incident["enterprise_id"] in enterprises)
    }


def _changes(before: Answer, after: Answer, language: Language) -> Iterator[str]:
    changed = [
        f"{name} {before[name] or '-'} → {after[name] or '-'}"
        for name in COMPARED
        if before[name] != after[name]
    ]
    if changed:
        yield f"~ {_describe(after, language)}: {', '.join(changed)}"


def _describe(incident: Answer, language: Language) -> str:
    title = incident["title" if language == "zh" else "title_en"]
    return f"{str(incident['incident_id'])[:12]} {incident['enterprise_id']} {title}"
