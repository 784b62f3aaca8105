"""Laws of merging and splitting by hand: kept through later evidence, any order, restarts."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.incidents.regrouping import is_by_hand
from schemas.command import Part, Verb
from schemas.detection import Detection
from tests.incidents.builders import Desk, detection, essence, withdrawn
from tests.incidents.test_laws import SHORT, arrivals, histories


def desk_of(history: Sequence[Detection], reload: bool = False) -> Desk:
    desk = Desk(SHORT)
    go_on(desk, history, reload)
    return desk


def go_on(desk: Desk, history: Sequence[Detection], reload: bool = False) -> None:
    for made in history:
        desk.take(made)
        if reload:
            desk.reload()


def homes(desk: Desk) -> dict[str, str]:
    """The live incident of each detection that is in one."""
    return {each: one.incident_id for one in desk.live() for each in one.detection_ids}


@settings(max_examples=60)
@given(st.data())
def test_laws_what_was_merged_stays_one_whatever_comes_and_however(data: st.DataObject) -> None:
    history = data.draw(histories().filter(lambda made: len(made) > 3))
    cut = data.draw(st.integers(2, len(history)))
    plain, restarted = desk_of(history[:cut]), desk_of(history[:cut], reload=True)
    live = [one for one in plain.live() if one.incident_id in plain.state.cases]
    if len(live) < 2:
        return
    one, other = live[0], live[-1]
    bound = set(one.detection_ids) | set(other.detection_ids)
    later = data.draw(arrivals(history[cut:]))
    ends = []
    for desk, reload, rest in (
        (plain, False, history[cut:]),
        (restarted, True, history[cut:]),
        (desk_of(history[:cut]), False, later),
    ):
        said = desk.say("merge", one.incident_id, other_id=other.incident_id)
        assert said.accepted, said.refusal
        now = homes(desk)
        assert len({now[each] for each in bound}) == 1
        current = desk.current()
        assert "superseded" in {current[each.incident_id].status for each in (one, other)}
        go_on(desk, rest, reload)
        held = {homes(desk).get(each) for each in bound & desk.state.evidence.keys()}
        assert len(held) <= 1
        desk.wait_until(240)
        ends.append(desk)
    assert ends[0].emitted == ends[1].emitted
    assert essence(ends[0].live()) == essence(ends[2].live())


@settings(max_examples=60)
@given(st.data())
def test_laws_what_was_split_stays_apart_whatever_comes_and_however(data: st.DataObject) -> None:
    history = data.draw(histories().filter(lambda made: len(made) > 3))
    cut = data.draw(st.integers(2, len(history)))
    desk, other = desk_of(history[:cut]), desk_of(history[:cut])
    for whole in desk.live():
        rules = {each.rule_id for each in whole.detections}
        if whole.incident_id not in desk.state.cases or len(rules) < 2:
            continue
        part = Part(kind="rule", value=data.draw(st.sampled_from(sorted(rules))))
        out = {key for key, one in desk.state.evidence.items()
               if one.case == whole.incident_id
               and desk.state.rules[one.rule].rule_id == part.value}  # fmt: skip
        rest = {each for each in whole.detection_ids if each in desk.state.evidence} - out
        for each in (desk, other):
            assert each.say("split", whole.incident_id, part=part).accepted
        go_on(desk, history[cut:], reload=True)
        go_on(other, data.draw(arrivals(history[cut:])))
        for each in (desk, other):
            now = homes(each)
            held_out, held_rest = ({now.get(key) for key in side} - {None} for side in (out, rest))
            assert not held_out & held_rest
            each.wait_until(240)
        assert essence(desk.live()) == essence(other.live())
        return


def two() -> tuple[Desk, str, str]:
    """Two incidents, days apart, that nothing links."""
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high"))
    desk.take(detection("b", 60 * 20, "host:ws9", level="high"))
    first, second = sorted(desk.live(), key=lambda one: one.first_time)
    return desk, first.incident_id, second.incident_id


def test_the_earlier_goes_on_and_the_other_names_it() -> None:
    desk, first, second = two()
    assert desk.say("start", second, analyst="li").accepted
    assert desk.say("merge", second, other_id=first).accepted
    merged = desk.only()
    assert (merged.incident_id, merged.assignee, merged.status) == (first, "li", "in_progress")
    assert desk.current()[second].superseded_by == first
    desk.take(detection("c", 60 * 20 + 5, "host:ws9", level="high"))
    assert set(desk.only().detection_ids) == {"a", "b", "c"}


def test_what_links_to_both_sides_goes_to_the_one_that_it_shares_more_with() -> None:
    desk = Desk()
    desk.take(
        detection("a", 0, "host:ws1", "account:li", level="high"),
        detection("b", 1, "host:ws2", "account:li", level="high"),
    )
    whole = desk.only()
    assert desk.say("split", whole.incident_id, part=Part(kind="host", value="WS2.corp")).accepted
    assert len(desk.live()) == 2
    desk.take(detection("c", 2, "host:ws2", "account:li", level="high"))
    desk.take(detection("d", 3, "account:li", level="high"))
    now = homes(desk)
    assert now["c"] == now["b"] != now["a"] == now["d"]


def test_the_later_word_holds() -> None:
    desk, first, second = two()
    desk.say("merge", first, other_id=second)
    part = Part(kind="host", value="ws9")
    assert desk.say("split", first, part=part).accepted
    assert {one.incident_id for one in desk.live()} == {first, second}
    desk.reload()
    assert desk.say("merge", second, other_id=first).accepted
    assert desk.only().incident_id == first
    desk.take(detection("d", 60 * 20 + 9, "host:ws9", level="high"))
    assert desk.only().detection_count == 3


def test_a_part_that_would_call_nobody_by_itself_stays_an_incident() -> None:
    desk = Desk()
    desk.take(
        detection("a", 0, "host:ws1", level="high"), detection("b", 1, "host:ws1", level="medium")
    )
    whole = desk.only().incident_id
    assert desk.say("split", whole, part=Part(kind="rule", value="rule-b")).accepted
    assert sorted(one.detection_ids for one in desk.live()) == [("a",), ("b",)]


def test_what_folds_keeps_its_marks_and_what_is_withdrawn_takes_its_own_along() -> None:
    desk, first, second = two()
    desk.say("merge", first, other_id=second)
    desk.take(withdrawn(detection("a", 0, "host:ws1", level="high")))
    assert desk.only().detection_ids == ("b",)
    assert is_by_hand(desk.state.evidence.values())


@pytest.mark.parametrize(
    ("verb", "said", "refusal"),
    [
        ("merge", {}, "no incident (none named) is held"),
        ("merge", {"other_id": "ffff"}, "no incident ffff is held"),
        ("split", {}, "split names no part"),
        ("split", {"part": Part(kind="host", value="ws7")}, "nothing in the incident names host"),
        ("split", {"part": Part(kind="host", value="ws1")}, "all of the incident names host ws1"),
    ],
)
def test_what_cannot_be_done_is_refused(verb: Verb, said: dict[str, object], refusal: str) -> None:
    desk, first, _ = two()
    assert refusal in desk.say(verb, first, **said).refusal  # type: ignore[arg-type]
    assert "with itself" in desk.say("merge", first, other_id=first).refusal
    assert len(desk.live()) == 2
