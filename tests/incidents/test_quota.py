"""The quota: noise costs itself, and what is folded is still counted."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.incidents.policy import IncidentPolicy
from tests.incidents.builders import Desk, detection

TIGHT = IncidentPolicy(detections_max=20)


def test_repeats_are_folded_and_still_counted() -> None:
    desk = Desk(TIGHT)
    for place in range(100):
        desk.take(detection(f"d{place:03}", place / 10, "host:ws1", level="high", rule="r"))
    desk.wait_until(20)
    assert len(desk.state.evidence) <= 20
    assert desk.only().detection_count == 100
    assert desk.only().event_count == 100
    assert desk.state.folded >= 80
    assert desk.state.evicted == 0


def test_folding_keeps_id_first_time_and_what_else_is_in_the_incident() -> None:
    desk = Desk(TIGHT)
    desk.take(detection("first", 0, "host:ws1", level="critical", rule="other"))
    opened = desk.only()
    for place in range(60):
        desk.take(detection(f"d{place:03}", 1 + place / 10, "host:ws1", rule="r"))
    desk.wait_until(20)
    assert desk.only().incident_id == opened.incident_id
    assert desk.only().first_time == opened.first_time
    assert {one.rule_id: one.count for one in desk.only().detections} == {"other": 1, "r": 60}


def test_a_folded_detection_that_comes_again_is_not_counted_again() -> None:
    desk = Desk(TIGHT)
    made = [
        detection(f"d{place:03}", place / 10, "host:ws1", level="high", rule="r")
        for place in range(40)
    ]
    desk.take(*made)
    assert desk.take(*made) == []


def test_context_goes_before_incidents_when_nothing_is_left_to_fold() -> None:
    desk = Desk(TIGHT)
    desk.take(detection("grave", 0, "host:ws0", level="high"))
    for place in range(1, 40):
        desk.take(detection(f"d{place:03}", place, f"host:ws{place}", level="low"))
    assert desk.state.evicted > 0
    assert "grave" in desk.state.evidence
    assert len(desk.state.evidence) <= 20


@given(st.integers(21, 120), st.integers(1, 5))
def test_the_state_never_exceeds_the_quota(count: int, hosts: int) -> None:
    desk = Desk(TIGHT)
    for place in range(count):
        level = "high" if place % 7 == 0 else "low"
        desk.take(
            detection(
                f"d{place:03}",
                place / 5,
                f"host:ws{place % hosts}",
                level=level,  # type: ignore[arg-type]
                rule=f"r{place % 3}",
            )
        )
        assert len(desk.state.evidence) <= TIGHT.detections_max
    counted = sum(one.count for one in desk.state.evidence.values())
    assert counted + desk.state.evicted == count


def test_the_state_at_the_default_quota_is_compact() -> None:
    desk = Desk()
    for place in range(desk.policy.detections_max):
        desk.take(
            detection(
                f"{place:032x}",
                place / 60,
                "host:ws1.corp.example",
                "account:li",
                "process:c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe",
                rule=f"rule-{place % 50}",
                level="high",
                event_ids=(f"{place:032x}",),
            )
        )
    assert len(msgspec.msgpack.encode(desk.state)) < 400 * desk.policy.detections_max
