"""What deserves a person, and since when."""

import pytest

from pipeline.incidents.policy import IncidentPolicy
from schemas.detection import Level
from tests.incidents.builders import Desk, detection, withdrawn

TACTICS = ("execution", "persistence", "discovery", "collection")


@pytest.mark.parametrize(
    ("level", "opens"),
    [
        ("informational", False),
        ("low", False),
        ("medium", False),
        ("high", True),
        ("critical", True),
    ],
)
def test_one_detection_opens_from_level_high(level: Level, opens: bool) -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level=level))
    assert bool(desk.live()) == opens


def test_a_fired_correlation_opens() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="low", kind="correlation"))
    assert desk.only().level == "low"


def test_one_rule_that_matches_a_thousand_times_does_not_open_by_risk() -> None:
    desk = Desk()
    desk.take(*(detection(f"d{place}", 0, "host:ws1", rule="r") for place in range(300)))
    assert desk.live() == []


def test_distinct_rules_and_tactics_add_up_to_an_incident() -> None:
    #  10 + 10 + 10 for three rules, 5 + 5 for two more tactics: 40; a fourth rule: 55
    desk = Desk()
    for place, tactic in enumerate(TACTICS):
        assert desk.live() == []
        tags = (f"attack.{tactic}",)
        desk.take(detection(f"d{place}", place, "host:ws1", "account:li", tags=tags))
    assert desk.only().risk == 55
    assert "累积风险已达 55" in desk.only().story_zh


SYSTEM = ("host:ws1", "account:system")


def test_a_grave_rule_on_a_machine_s_own_doing_needs_a_second_witness() -> None:
    #  40; with a medium rule of the same kind, which counts as low: 43; with another: 46
    desk = Desk()
    levels: tuple[Level, ...] = ("high", "medium", "medium")
    for place, level in enumerate(levels):
        assert desk.live() == []
        desk.take(detection(f"d{place}", place, *SYSTEM, level=level))
    assert desk.only().risk == 46


@pytest.mark.parametrize(
    ("level", "tags"), [("critical", ()), ("high", ("attack.t1490",))], ids=["gravest", "harm"]
)
def test_what_is_gravest_or_does_harm_opens_whoever_did_it(
    level: Level, tags: tuple[str, ...]
) -> None:
    desk = Desk()
    desk.take(detection("a", 0, *SYSTEM, level=level, tags=tags))
    assert desk.only().detection_count == 1


@pytest.mark.parametrize(("tag", "opens"), [("attack.t1505.003", True), ("attack.t1055", False)])
def test_a_deed_that_is_grave_whoever_does_it_opens(tag: str, opens: bool) -> None:
    desk = Desk()
    desk.take(detection("a", 0, *SYSTEM, level="high", tags=(tag,)))
    assert bool(desk.live()) == opens


def _repeated(count: int, *entities: str, tag: str = "attack.t1003.001") -> Desk:
    desk = Desk()
    desk.take(
        *(
            detection(f"d{place}", 0, "host:ws1", *entities, rule="r", tags=(tag,))
            for place in range(count)
        ),
        detection("other", 1, "host:ws1", *entities, level="low"),
    )
    return desk


@pytest.mark.parametrize(
    ("count", "risk"),
    [(1, None), (999, None), (10_000, 53)],
    ids=["once", "hundreds", "ten thousand"],
)
def test_what_is_done_again_and_again_to_what_attackers_come_for_weighs_more(
    count: int, risk: int | None
) -> None:
    #  10 for each digit of the count, and 3 for the rule beside it
    desk = _repeated(count, "account:li")
    assert [one.risk for one in desk.live()] == ([risk] if risk else [])


def test_a_machine_s_own_repetition_and_one_on_nothing_sensitive_weigh_once() -> None:
    assert _repeated(10_000, "account:system").live() == []
    assert _repeated(10_000, "account:li", tag="attack.t1059").live() == []


def test_tactics_count_where_someone_is_named() -> None:
    bare, named = Desk(), Desk()
    for place, tactic in enumerate(TACTICS):
        tags = (f"attack.{tactic}",)
        bare.take(detection(f"d{place}", place, "host:ws1", tags=tags))
        named.take(detection(f"d{place}", place, "host:ws1", "account:li", tags=tags))
    assert bare.live() == []
    assert named.only().risk == 55


def test_context_is_pulled_in_when_the_incident_opens() -> None:
    desk = Desk()
    desk.take(detection("before", 0, "host:ws1", level="low"))
    assert desk.live() == []
    desk.take(detection("grave", 5, "host:ws1", level="high"))
    assert desk.only().detection_ids == ("before", "grave")


def test_discovery_is_the_receipt_of_what_opened_it_not_of_its_context() -> None:
    desk = Desk()
    desk.take(detection("before", 0, "host:ws1", level="low"))
    desk.take(detection("grave", 5, "host:ws1", level="high"))
    opened = desk.received_at
    desk.take(detection("after", 6, "host:ws1", level="critical"))
    assert desk.only().opened_at == opened


def test_an_opening_correlation_that_no_longer_holds_takes_the_incident_back() -> None:
    desk = Desk()
    made = detection("a", 0, "host:ws1", kind="correlation")
    desk.take(detection("b", 1, "host:ws1", level="low"), made)
    gone = desk.only().incident_id
    desk.take(withdrawn(made))
    assert desk.live() == []
    assert desk.current()[gone].status == "superseded"
    assert desk.current()[gone].superseded_by == ""


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"gap_s": 500_000}, "quiet_new_s"),
        ({"context_gap_s": 7_201}, "context_gap_s"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(changes: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        IncidentPolicy(**changes)  # type: ignore[arg-type]
