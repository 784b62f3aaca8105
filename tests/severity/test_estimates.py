"""What may occur follows the incident as it is told now, and the registry's key systems."""

import msgspec
import pytest

from pipeline.severity.estimates import Reach, reach_of
from pipeline.severity.policy import STAGES, SeverityPolicy
from schemas.detection import Entity
from tests.severity.builders import FACTORY, at, incident

POLICY = SeverityPolicy()
OPENED = at("2026-01-05 09:00")
KEYED = msgspec.structs.replace(FACTORY, key_systems=("DC01.corp.example", "10.1.0.9"))


def _stage(*entities: Entity, scenario: str = "credential_theft") -> str:
    case = incident(OPENED, scenario=scenario, tactics=("credential-access",), entities=entities)
    return STAGES[reach_of(POLICY, KEYED, case, Reach()).stage]


@pytest.mark.parametrize(
    ("entity", "stage"),
    [
        (Entity("host", "ws5.corp.example", "target"), "spread"),
        (Entity("host", "dc01", "target"), "objective"),
        (Entity("host", "dc01.corp.example", ""), "objective"),
        (Entity("address", "10.1.0.9", "target"), "objective"),
        (Entity("address", "10.1.0.99", "target"), "spread"),
        (Entity("host", "dc01", "actor"), "spread"),
        (Entity("host", "dc01", "observer"), "spread"),
        (Entity("account", "dc01", "target"), "spread"),
    ],
)
def test_a_key_system_that_was_reached_is_one_stage_further(entity: Entity, stage: str) -> None:
    assert _stage(entity) == stage


def test_an_incident_that_is_told_otherwise_is_estimated_anew() -> None:
    taken = incident(OPENED, scenario="ransomware", tactics=("impact",))
    before = reach_of(POLICY, FACTORY, taken, Reach())
    told = msgspec.structs.replace(
        taken, scenario="credential_theft", tactics=("credential-access",), revised_at=OPENED + 1
    )
    after = reach_of(POLICY, FACTORY, told, before)
    assert (STAGES[before.stage], before.disruptive) == ("objective", True)
    assert (STAGES[after.stage], after.disruptive, after.since) == ("spread", False, OPENED + 1)


def test_a_revision_that_changes_nothing_keeps_since_when() -> None:
    case = incident(OPENED, tactics=("execution",))
    before = reach_of(POLICY, FACTORY, case, Reach())
    again = msgspec.structs.replace(case, revised_at=OPENED + 1)
    assert reach_of(POLICY, FACTORY, again, before) == before
