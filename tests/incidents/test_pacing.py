"""What is told at once, and what waits to be told together."""

import msgspec
import pytest

from schemas.detection import Detection
from schemas.incident import Incident
from tests.incidents.builders import Desk, detection, entity, withdrawn

ATTACK = ("host:ws1", "account:li")


def repeat(desk: Desk, count: int, seconds: float) -> list[Incident]:
    """The same rule on the same things, `count` times, every `seconds`; what was told."""
    told = []
    for place in range(count):
        minute = place * seconds / 60
        told += desk.take(detection(f"d{place:05}", minute, *ATTACK, level="high", rule="r"))
    return told


def test_a_thousand_repeats_within_an_hour_are_told_once_a_minute() -> None:
    desk = Desk()
    assert len(repeat(desk, 1_000, 3.6)) <= 60
    desk.wait_until(61)
    assert desk.only().detection_count == 1_000


def test_what_waits_is_told_once_it_is_final() -> None:
    desk = Desk()
    repeat(desk, 3, 1)
    assert desk.only().detection_count < 3
    desk.wait_until(1)
    assert desk.only().detection_count == 3


@pytest.mark.parametrize(
    "entities",
    [("host:ws2", "account:li"), ("host:ws1", "account:wang"), (*ATTACK, "address:198.51.100.7")],
    ids=["host", "account", "address"],
)
def test_a_new_thing_is_told_at_once_with_what_waited(entities: tuple[str, ...]) -> None:
    desk = Desk()
    repeat(desk, 3, 1)
    desk.take(detection("new", 0.5, *entities, level="high", rule="r"))
    assert desk.only().detection_count == 4


def test_a_new_rule_is_told_at_once() -> None:
    desk = Desk()
    repeat(desk, 1, 1)
    assert desk.take(detection("new", 0.5, *ATTACK, level="low", rule="another"))


def test_a_new_file_alone_waits() -> None:
    desk = Desk()
    repeat(desk, 2, 1)
    assert not desk.take(detection("new", 0.5, *ATTACK, "file:d:\\x.txt", level="high", rule="r"))


def test_after_a_lull_the_same_is_news_again() -> None:
    desk = Desk()
    repeat(desk, 2, 1)
    assert desk.take(detection("later", 30, *ATTACK, level="high", rule="r"))


def test_what_came_before_a_case_was_closed_does_not_reopen_it() -> None:
    desk = Desk()
    repeat(desk, 3, 1)
    desk.say("close", desk.only().incident_id)
    desk.wait_until(10)
    assert (desk.only().status, desk.only().detection_count) == ("closed", 3)


def test_evidence_that_may_reopen_a_case_does_not_wait() -> None:
    desk = Desk()
    repeat(desk, 3, 1)
    desk.say("close", desk.only().incident_id)
    desk.take(detection("again", 1, *ATTACK, level="high", rule="r"))
    assert desk.only().status == "new"


SEEN = detection("seen", 0, *ATTACK, level="high", rule="r")


@pytest.mark.parametrize("is_restarted", [False, True], ids=["kept", "restarted"])
@pytest.mark.parametrize(
    "revised",
    [
        withdrawn(SEEN),
        msgspec.structs.replace(SEEN, revision=2, entities=(entity("host:ws1"),)),
        msgspec.structs.replace(SEEN, revision=2, title="Another title"),
    ],
    ids=["withdrawn", "names less", "of a changed rule"],
)
def test_what_is_no_longer_shown_is_news_again(revised: Detection, is_restarted: bool) -> None:
    desk = Desk()
    repeat(desk, 1, 1)
    desk.take(SEEN)
    desk.take(withdrawn(detection("d00000", 0, *ATTACK)), revised)
    if is_restarted:
        desk.reload()
    assert desk.take(detection("new", 0.5, *ATTACK, level="high", rule="r"))
