"""Which detections of an investigation are late findings."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.replay.late_findings import (
    PART_BYTES,
    Found,
    LiveDetection,
    Saw,
    late_findings,
    parts_of,
)
from schemas.late_finding import LateDetection
from schemas.moments import SECOND

SAW = Saw(
    rule_set_of={("E1", "b1"): "old", ("E1", "b2"): "new", ("E2", "b1"): "new"},
    known={"old": {"r1": "before"}, "new": {"r1": "now", "r2": "now"}},
    contents={"r1": "now", "r2": "now"},
)


def detection(rule_id: str = "r1", detection_id: str = "d1", summary: str = "") -> LateDetection:
    return LateDetection(
        detection_id=detection_id,
        revision=1,
        kind="rule",
        rule_id=rule_id,
        title="A",
        level="high",
        time=SECOND,
        first_time=SECOND,
        last_time=SECOND,
        event_ids=("e1",),
        event_count=1,
        summary=summary,
    )


@pytest.mark.parametrize(
    ("enterprise_id", "rule_id", "batches", "is_late"),
    [
        ("E1", "r1", {"b1"}, True),  # the rule was changed
        ("E1", "r2", {"b1"}, True),  # the rule was added
        ("E1", "r1", {"b2"}, False),  # it was seen as it came
        ("E1", "r1", {"b1", "b2"}, True),  # a window over both
        ("E2", "r1", {"b1"}, False),  # another enterprise's batch of that id
        ("E1", "r1", {"b9"}, True),  # nobody knows what saw it
        ("E1", "r1", set(), False),  # no event of it is of the period
    ],
)
def test_a_late_finding_is_of_events_that_the_rule_had_not_seen(
    enterprise_id: str, rule_id: str, batches: set[str], is_late: bool
) -> None:
    found = Found(enterprise_id, detection(rule_id), frozenset(batches))
    assert list(late_findings([found], [], SAW)) == ([found] if is_late else [])


@pytest.mark.parametrize(
    ("live", "is_late"),
    [
        (LiveDetection("E1", "d1", "r1", ("e9",)), False),  # the same id
        (LiveDetection("E1", "d2", "r1", ("e1",)), False),  # another window over its event
        (LiveDetection("E1", "d2", "r2", ("e1",)), True),  # another rule's
        (LiveDetection("E2", "d1", "r1", ("e1",)), True),  # another enterprise's
    ],
)
def test_what_is_live_already_is_none(live: LiveDetection, is_late: bool) -> None:
    found = Found("E1", detection(), frozenset({"b1"}))
    assert list(late_findings([found], [live], SAW)) == ([found] if is_late else [])


@given(st.lists(st.integers(0, 30_000), max_size=12))
def test_parts_hold_each_once_in_order_and_what_one_command_holds(sizes: list[int]) -> None:
    given = [detection(detection_id=f"d{n}", summary="x" * size) for n, size in enumerate(sizes)]
    parts = parts_of(given)
    assert [each for part in parts for each in part] == given
    for part in parts:
        size = sum(len(msgspec.json.encode(each)) for each in part)
        assert size <= PART_BYTES or len(part) == 1
