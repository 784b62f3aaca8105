"""Values for tests of tiers: enterprises, incidents, commands, contexts."""

from typing import Any

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.severity.facts import KINDS, Stated
from schemas.command import Command, Impact
from schemas.context import Context
from schemas.incident import Incident
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise

FACTORY = Enterprise(
    enterprise_id="works-1",
    name="A factory",
    province="330000",
    sector="machinery",
    field="industrial",
    critical_infrastructure=False,
    central_organ=False,
    data_classes=("general", "important"),
    persons=2_000_000,
    sensitive_persons=50_000,
)


def at(text: str) -> Moment:
    """A local moment of Shanghai: `2026-01-05 09:00` or with seconds."""
    return parse_moment(f"{text}+08:00")


def clock(now: Moment) -> Clock:
    return Clock(now, now)


def context(enterprise: Enterprise = FACTORY) -> Context:
    return Context(enterprise=enterprise, rule_set_id="r")


def incident(opened_at: Moment, **changes: Any) -> Incident:
    """A fresh suspected incident, discovered when it was opened."""
    base = Incident(
        incident_id="a" * 32,
        enterprise_id="works-1",
        province="330000",
        sector="machinery",
        revision=1,
        status="new",
        verdict="unknown",
        scenario="other",
        category="",
        title_zh="",
        title_en="",
        story_zh="",
        story_en="",
        level="high",
        confidence=50,
        risk=50,
        first_time=opened_at,
        last_time=opened_at,
        opened_at=opened_at,
        revised_at=opened_at,
        tactics=("execution",),
        techniques=(),
        entities=(),
        detections=(),
        detection_ids=(),
        event_ids=(),
        detection_count=1,
        event_count=1,
        confirmed=False,
        assignee="",
        superseded_by="",
        rule_set_id="r",
        drill="",
    )
    return msgspec.structs.replace(base, **changes)


def command(verb: Any, said_at: Moment, **changes: Any) -> Command:
    base = Command(
        command_id="c" * 32,
        enterprise_id="works-1",
        incident_id="a" * 32,
        verb=verb,
        analyst="li",
        said_at=said_at,
    )
    return msgspec.structs.replace(base, **changes)


def impact(said_at: Moment, **facts: Any) -> Command:
    return command("impact", said_at, impact=Impact(**facts))


def stated(text: str) -> dict[str, Stated]:
    """Facts from `name=value name=value`; a value is a whole number or a word of the fact."""
    facts = {}
    for part in text.split():
        name, _, value = part.partition("=")
        word = value in KINDS[name].words
        facts[name] = Stated(value if word else int(value), "li", 1, "reported")
    return facts
