"""Recordings of real attacks under SigmaHQ's rules: one coherent incident, in any order."""

from functools import cache
from pathlib import Path
from random import Random

import pytest

from pipeline.correlation.detections import detection_of
from pipeline.event_time.clock import ClockState, EventTimePolicy
from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_rules
from pipeline.intake.reading import read_batch
from pipeline.sigma.matching.ruleset import RuleSet
from schemas.batch import Batch
from schemas.detection import Detection
from schemas.incident import Incident
from tests.incidents.builders import CONTEXT, ENTERPRISE, Desk, essence

CORPORA = Path(__file__).parents[3] / "shared/corpora"
RULES = CORPORA / "sigma-rules.tar.xz"
RECORDINGS: tuple[tuple[str, str, str], ...] = (
    (
        "mimikatz_CVE-2020-1472_Unauthenticated_NetrServerAuthenticate2",
        "credential_theft",
        "Credentials dumped on workstation5.theshire.local by mimikatz.exe",
    ),
    ("covenant_com_wsman_automation", "lateral_movement", "Remote PowerShell (WinRM)"),
    (
        "covenant_copy_smb_CreateRequest",
        "lateral_movement",
        "Share of workstation6.theshire.local used",
    ),
    ("empire_smbexec_dcerpc_smb_svcctl", "lateral_movement", "Service installed or controlled"),
)
"""Recording, scenario, and what the title must name."""

pytestmark = pytest.mark.skipif(not RULES.exists(), reason=f"the corpora are not there: {RULES}")


@cache
def _rules() -> RuleSet:
    return load_rules([RULES], None)


@cache
def _detections(recording: str) -> tuple[Detection, ...]:
    """Every rule match of a recording, in its order."""
    documents = open_recording(CORPORA / "otrf" / f"{recording}.zip")
    value = b"\n".join(document.raw for document in documents if document.raw)
    batch = Batch(
        enterprise_id=ENTERPRISE.enterprise_id,
        format="windows",
        batch_id="b",
        sequence=0,
        received_at=0,
        value=value,
    )
    reading = read_batch(batch, ENTERPRISE, ClockState(), EventTimePolicy())
    return tuple(
        detection_of(event, rule, reading.times[event.event_id], CONTEXT)
        for event in reading.events
        for rule in _rules().matches(event.fields, event.raw)
    )


def _incidents(detections: tuple[Detection, ...]) -> list[Incident]:
    desk = Desk()
    for start in range(0, len(detections), 7):
        desk.take(*detections[start : start + 7])
    return desk.live()


@pytest.mark.parametrize(("recording", "scenario", "titled"), RECORDINGS)
def test_a_recorded_attack_is_one_incident(recording: str, scenario: str, titled: str) -> None:
    (incident,) = _incidents(_detections(recording))
    assert incident.level in ("high", "critical")
    assert incident.scenario == scenario
    assert titled in incident.title_en
    assert incident.title_zh
    assert incident.title_en.partition(": ")[2] in incident.story_en


@pytest.mark.parametrize("recording", [recording for recording, _, _ in RECORDINGS])
def test_a_shuffled_recording_gives_the_same_incident(recording: str) -> None:
    ordered = _detections(recording)
    span = max(one.time for one in ordered) - min(one.time for one in ordered)
    assert span < 300 * 1_000_000, "the recording is longer than the lateness allows to shuffle"
    shuffled = list(ordered)
    Random(20).shuffle(shuffled)
    assert essence(_incidents(tuple(shuffled))) == essence(_incidents(ordered))
