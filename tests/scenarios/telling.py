"""What a recording came to, as a page that a person reads and judges."""

from collections import Counter
from collections.abc import Iterable
from textwrap import wrap

from pipeline.incidents.policy import LEVEL_PLACE
from schemas.detection import Detection, Entity
from schemas.incident import DetectionSummary, Incident
from schemas.moments import format_moment
from tests.scenarios.judgements import JUDGEMENTS, Judgement
from tests.scenarios.running import Outcome

KINDS_SHOWN: dict[str, str] = {
    "host": "hosts",
    "account": "accounts",
    "address": "addresses",
    "domain": "domains",
}
"""Kind of entity, and the name of its line."""
UNJUDGED = Judgement("unjudged", "nobody has judged it yet")


def tell(recording: str, outcome: Outcome) -> str:
    """The page in Markdown: the judgement first, then each incident, then what is context."""
    judged = JUDGEMENTS.get(recording, UNJUDGED)
    parts = [
        f"# {recording}",
        f"Judged: **{judged.verdict}**. {judged.reason}",
        f"{outcome.events} events, {len(outcome.detections)} detections, "
        f"{len(outcome.incidents)} incidents, {len(outcome.context)} detections left as context.",
        *(_incident(place, one) for place, one in enumerate(outcome.incidents, start=1)),
        *(["## Context", _context(outcome.context)] if outcome.context else []),
    ]
    return "\n\n".join(parts) + "\n"


def _incident(place: int, incident: Incident) -> str:
    facts = (
        ("level, risk, confidence", f"{incident.level}, {incident.risk}, {incident.confidence}"),
        ("scenario, category", f"{incident.scenario}, {incident.category}"),
        ("first", format_moment(incident.first_time)),
        ("last", format_moment(incident.last_time)),
        ("tactics", ", ".join(incident.tactics)),
        ("techniques", ", ".join(incident.techniques)),
        *((name, _entities(kind, incident)) for kind, name in KINDS_SHOWN.items()),
    )
    return "\n\n".join(
        (
            f"## Incident {place}: {_cell(incident.title_en)}",
            _table(("", ""), facts),
            _quoted(incident.story_en, 96),
            _quoted(incident.story_zh, 60),
            _table(
                ("level", "rule", "count", "first"),
                (_rule(one) for one in incident.detections),
            ),
        )
    )


def _entities(kind: str, incident: Incident) -> str:
    return ", ".join(_entity(one) for one in incident.entities if one.kind == kind)


def _entity(entity: Entity) -> str:
    return f"{entity.value} ({entity.role})" if entity.role else entity.value


def _rule(one: DetectionSummary) -> tuple[str, str, str, str]:
    return one.level, one.title, str(one.count), format_moment(one.first_time)


def _context(detections: Iterable[Detection]) -> str:
    counted = Counter((one.level, one.title) for one in detections)
    ranked = sorted(counted, key=lambda pair: (-LEVEL_PLACE[pair[0]], pair[1]))
    return _table(
        ("level", "rule", "count"),
        ((level, title, str(counted[level, title])) for level, title in ranked),
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = (heads, tuple("---" for _ in heads), *rows)
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _quoted(text: str, width: int) -> str:
    """A story as it is, in lines: commands in it are not Markdown."""
    return "\n".join(("```text", *wrap(text, width, break_on_hyphens=False), "```"))
