"""Incidents of two sides are held against each other by their evidence."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.replay.differences import Difference, differences, lines_of
from pipeline.state import EnterpriseState
from schemas.assessment import Assessment
from schemas.command import Impact
from schemas.incident import Incident
from schemas.moments import HOUR
from tests.engine.builders import apply, batch, command, make_engine, shadow_copies
from tests.replay.incidents import END, START, incident, side


def found(live: list[Incident], again: list[Incident]) -> list[Difference]:
    return differences(side(*live), side(*again), START, END)


def test_another_id_is_the_same_incident_where_the_evidence_is_the_same() -> None:
    assert found([incident("a", ["1", "2"])], [incident("b", ["1", "2"])]) == []


def test_a_changed_incident_names_the_rule_that_made_the_difference() -> None:
    live = incident("a", ["1", "2"], ["logon"], count=2)
    again = incident("b", ["1", "2"], ["logon", "shadow"], count=2, level="critical")
    (only,) = found([live], [again])
    assert (only.change, only.live_id, only.again_id) == ("changed", "a", "b")
    assert [(each.name, each.live, each.again) for each in only.changes] == [
        ("level", "high", "critical"),
        ("detection_count", "2", "4"),
    ]
    assert [*lines_of([only], "en")] == [
        "~ b E1 B: level high → critical, detection_count 2 → 4",
        "    rule shadow (title of shadow): 0 → 2",
    ]


def test_where_rules_and_limbs_are_the_same_the_events_made_the_difference() -> None:
    live = incident("a", "123456789", level="high")
    (only,) = found([live], [incident("a", "12", level="medium")])
    assert {(each.kind, each.live, each.again) for each in only.reasons} == {("event", 1, 0)}
    assert [each.subject for each in only.reasons] == list("3456789")
    assert [*lines_of([only])][-1] == "    and 2 more events"


def test_a_limb_that_one_side_alone_meets_is_named() -> None:
    engine, state = make_engine(), EnterpriseState()
    told = engine.process(state, batch([shadow_copies(0)]))
    (opened,) = (each for each in told if isinstance(each, Incident))
    confirmed = apply(engine, state, command("confirm", opened.incident_id, 900, reason="seen"))
    impact = Impact(persons=2_000_000)
    stated = apply(engine, state, command("impact", opened.incident_id, 901, impact=impact))
    judged = [each for each in (*told, *confirmed, *stated) if isinstance(each, Assessment)]
    assert judged
    before = [each for each in told if isinstance(each, Assessment)]
    now = opened.opened_at
    found = differences(side(opened, *before), side(opened, *judged), now, now + HOUR)
    assert {reason.kind for each in found for reason in each.reasons} == {"limb"}


def test_new_gone_and_split_incidents_are_told_with_the_rules_of_one_side_alone() -> None:
    live = side(
        incident("a", ["1", "2", "3"], ["logon"]),
        incident("gone", ["9"], ["old"]),
        fired=[("E1", "logon"), ("E1", "old")],
    )
    again = side(
        incident("b", ["1", "2"], ["logon"]),
        incident("c", ["3"], ["logon", "shadow"]),
        fired=[("E1", "logon"), ("E1", "shadow")],
    )
    gone, new = differences(live, again, START, END)
    assert (gone.change, gone.live_id, gone.again_id) == ("gone", "gone", "")
    assert [reason.subject for reason in gone.reasons] == ["old"]
    assert (new.change, new.again_id, new.shares) == ("new", "c", ("a",))
    assert [(each.subject, each.live, each.again) for each in new.reasons] == [("shadow", 0, 1)]


def test_what_was_opened_outside_the_period_is_not_missed() -> None:
    outside = [
        incident("before", ["1"], opened_minute=-1),
        incident("after", ["2"], opened_minute=24 * 60),
    ]
    assert found(outside, []) == []
    assert [each.change for each in found([incident("within", ["3"])], [])] == ["gone"]


def test_evidence_of_another_enterprise_or_drill_is_not_shared() -> None:
    live = [incident("a", ["1"]), incident("b", ["2"], drill="spring")]
    again = [incident("c", ["1"], enterprise_id="E2"), incident("d", ["2"])]
    assert sorted(each.change for each in found(live, again)) == ["gone", "gone", "new", "new"]


EVIDENCE = st.lists(st.sets(st.sampled_from("12345678"), min_size=1), max_size=5)


@given(live=EVIDENCE, again=EVIDENCE)
def test_laws_pairs_are_those_who_are_each_other_s_best(
    live: list[set[str]], again: list[set[str]]
) -> None:
    """Against the definition, asked of each pair of incidents in turn."""
    before = [incident(f"l{n}", sorted(each)) for n, each in enumerate(live)]
    after = [incident(f"r{n}", sorted(each)) for n, each in enumerate(again)]

    def rank(one: Incident, other: Incident) -> tuple[int, str]:
        return (len({*one.event_ids} & {*other.event_ids}), other.incident_id)

    paired = {
        (one.incident_id, other.incident_id)
        for one in before
        for other in after
        if rank(one, other)[0]
        and all(rank(one, other) >= rank(one, another) for another in after)
        and all(rank(other, one) >= rank(other, another) for another in before)
    }
    told = found(before, after)
    assert {each.live_id for each in told if each.change == "gone"} == {
        one.incident_id for one in before
    } - {live_id for live_id, _ in paired}
    assert {each.again_id for each in told if each.change == "new"} == {
        one.incident_id for one in after
    } - {again_id for _, again_id in paired}
    assert all(
        msgspec.json.decode(msgspec.json.encode(each), type=Difference) == each for each in told
    )


@given(evidence=EVIDENCE)
def test_laws_nothing_differs_from_itself(evidence: list[set[str]]) -> None:
    incidents = [incident(f"i{n}", sorted(each)) for n, each in enumerate(evidence)]
    assert found(incidents, incidents) == []
