"""Recordings of real attacks through the whole engine, each once."""

from functools import cache
from pathlib import Path

import msgspec

from pipeline.app.file_runs import BatchReader
from pipeline.files.rule_files import load_rules
from pipeline.intake.formats.table import AUTO
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.state import EnterpriseState
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.incident import Incident
from schemas.moments import parse_moment
from schemas.registry import Enterprise

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
RULES = CORPORA / "sigma-rules.tar.xz"
HOUSE_RULES = Path(__file__).parents[2] / "pipeline" / "rules"
RECEIVED_AT = parse_moment("2026-01-05T09:00:00+08:00")
ENTERPRISE = Enterprise(
    enterprise_id="works", name="Works", province="130000", sector="steel", field="industrial"
)


class Outcome(msgspec.Struct, frozen=True):
    """What a recording comes to: its events counted, detections and live incidents at the end."""

    events: int
    detections: tuple[Detection, ...]
    incidents: tuple[Incident, ...]

    @property
    def context(self) -> tuple[Detection, ...]:
        """The detections that are in no incident."""
        told = {each for incident in self.incidents for each in incident.detection_ids}
        return tuple(one for one in self.detections if one.detection_id not in told)


def recordings() -> list[str]:
    """Names of all recordings; none where the corpora are absent."""
    return sorted(file.stem for file in (CORPORA / "otrf").glob("*.zip"))


@cache
def _engine() -> Engine:
    rules = load_rules([RULES, HOUSE_RULES], None)
    return Engine(rules, Policy(), {ENTERPRISE.enterprise_id: ENTERPRISE})


@cache
def outcome_of(recording: str) -> Outcome:
    """The recording from its first event to its end, as its own enterprise."""
    engine, state = _engine(), EnterpriseState()
    reader = BatchReader(ENTERPRISE, AUTO, RECEIVED_AT, "", print)
    decisions: list[Decision] = []
    file = CORPORA / "otrf" / f"{recording}.zip"
    for batch in reader.batches([file], 0):
        decisions += engine.process(state, batch)
    decisions += engine.settle(state, ENTERPRISE.enterprise_id)
    return _outcome(decisions)


def _outcome(decisions: list[Decision]) -> Outcome:
    detections = {one.detection_id: one for one in decisions if isinstance(one, Detection)}
    incidents = {one.incident_id: one for one in decisions if isinstance(one, Incident)}
    live = [one for one in incidents.values() if one.status != "superseded"]
    return Outcome(
        sum(isinstance(one, Event) for one in decisions),
        tuple(one for one in detections.values() if one.status == "active"),
        tuple(sorted(live, key=lambda one: (-one.risk, one.incident_id))),
    )
