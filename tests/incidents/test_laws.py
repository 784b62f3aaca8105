"""Laws of incidents: arrival order, batching and restarts make no difference."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.incidents.evidence_index import evidence_index_of
from pipeline.incidents.grouping import Node, Part, components
from pipeline.incidents.policy import IncidentPolicy
from schemas.detection import Detection, Level
from schemas.moments import MINUTE, SECOND
from tests.incidents.builders import (
    LATENESS,
    START,
    Desk,
    detection,
    entity,
    essence,
    withdrawn,
)

SHORT = IncidentPolicy(
    gap_s=1_200, context_gap_s=300, quiet_new_s=3_600, quiet_resolved_s=1_200, hold_s=600
)
"""Spans so short that quiet, expiry and gaps all happen within an example."""

HOSTS = st.sampled_from(["host:ws1", "host:ws2.corp.example", "host:ws2", "host:dc01"])
OTHERS = st.sampled_from(["account:li", "account:system", "address:10.0.0.7", "hash:ab12"])
LEVELS: tuple[Level, ...] = ("informational", "low", "medium", "high", "critical")
RULES = st.integers(0, 6)
TAGS = (
    ("attack.execution", "attack.t1059.001"),
    ("attack.credential-access", "attack.t1003.001"),
    ("attack.lateral_movement", "attack.t1021"),
    (),
    ("attack.impact", "attack.t1486"),
    ("attack.persistence",),
    ("cve.2020-1472",),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Detection]:
    """Detections of a few hours on a few things, in event order."""
    minutes = sorted(draw(st.lists(st.integers(0, 240), min_size=1, max_size=14)))
    made = []
    for place, minute in enumerate(minutes):
        rule = draw(RULES)
        entities = draw(st.lists(HOSTS, max_size=2)) + draw(st.lists(OTHERS, max_size=1))
        made.append(
            detection(
                f"{draw(st.integers(0, 9))}-{place}",
                minute,
                *entities,
                rule=f"r{rule}",
                level=LEVELS[rule % 5],
                tags=TAGS[rule],
                kind="correlation" if rule == 6 else "rule",
            )
        )
    return made


@st.composite
def arrivals(draw: st.DrawFn, history: Sequence[Detection]) -> list[Detection]:
    """The history as it may arrive: each delayed by at most the lateness."""
    delays = draw(st.lists(st.integers(0, LATENESS), min_size=len(history), max_size=len(history)))
    order = sorted(zip(history, delays, strict=True), key=lambda pair: pair[0].time + pair[1])
    return [made for made, _ in order]


@st.composite
def doubts(draw: st.DrawFn) -> list[Detection]:
    """A history in which detections are revised, to show more or less, and withdrawn."""
    told = draw(histories())
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(told) - 1))
        before = told[place]
        entities = draw(st.lists(HOSTS, max_size=2)) + draw(st.lists(OTHERS, max_size=1))
        revised = msgspec.structs.replace(
            before,
            revision=1 + sum(one.detection_id == before.detection_id for one in told),
            last_time=before.last_time + draw(st.integers(0, 30)) * MINUTE,
            event_count=before.event_count + 1,
            entities=tuple(map(entity, entities)),
        )
        after = draw(st.integers(place + 1, len(told)))
        told.insert(after, withdrawn(before) if draw(st.booleans()) else revised)
    return told


def _run(arrived: Sequence[Detection], reload_after: frozenset[int] = frozenset()) -> Desk:
    desk = Desk(SHORT)
    for place, made in enumerate(arrived):
        desk.take(made)
        if place in reload_after:
            desk.reload()
    return desk


@given(st.data())
def test_any_arrival_order_within_the_lateness_gives_the_same_incidents(
    data: st.DataObject,
) -> None:
    history = data.draw(histories())
    end = 240 + data.draw(st.integers(0, 200))
    ordered, shuffled = _run(history), _run(data.draw(arrivals(history)))
    ordered.wait_until(end)
    shuffled.wait_until(end)
    assert essence(ordered.live()) == essence(shuffled.live())


@settings(max_examples=300)
@given(st.data())
def test_a_restart_at_any_point_changes_no_revision(data: st.DataObject) -> None:
    arrived = data.draw(st.one_of(histories().flatmap(arrivals), doubts()))
    points = data.draw(st.frozensets(st.integers(0, len(arrived) - 1)))
    assert _run(arrived, points).emitted == _run(arrived).emitted


@given(histories())
def test_one_batch_and_one_by_one_give_the_same_incidents(history: list[Detection]) -> None:
    together = Desk(SHORT)
    together.take(*history)
    together.wait_until(240)
    apart = _run(history)
    apart.wait_until(240)
    assert essence(together.live()) == essence(apart.live())


@given(st.data())
def test_every_detection_is_in_exactly_one_live_incident_or_in_context(
    data: st.DataObject,
) -> None:
    desk = Desk(IncidentPolicy())
    for made in data.draw(histories().flatmap(arrivals)):
        desk.take(made)
    listed = [each for one in desk.live() for each in one.detection_ids]
    context = [key for key, held in desk.state.evidence.items() if not held.case]
    assert sorted(listed + context) == sorted(desk.state.evidence)


@given(st.data())
def test_what_was_withdrawn_leaves_no_trace_in_what_is_live(data: st.DataObject) -> None:
    history = data.draw(histories())
    chosen = data.draw(st.frozensets(st.integers(0, len(history) - 1)))
    doubted, never = Desk(IncidentPolicy()), Desk(IncidentPolicy())
    doubted.take(*history)
    doubted.take(*(withdrawn(made) for place, made in enumerate(history) if place in chosen))
    never.take(*(made for place, made in enumerate(history) if place not in chosen))
    assert essence(doubted.live()) == essence(never.live())


@given(st.data())
def test_revisions_count_from_one_and_each_shows_a_difference(data: st.DataObject) -> None:
    desk = _run(data.draw(histories().flatmap(arrivals)))
    for key in desk.current():
        revisions = [one for one in desk.emitted if one.incident_id == key]
        assert [one.revision for one in revisions] == list(range(1, len(revisions) + 1))
        shown = [[*essence([one]), one.opened_at] for one in revisions]
        assert all(one != other for one, other in pairwise(shown))


@given(histories())
def test_the_same_detections_again_change_nothing(history: list[Detection]) -> None:
    desk = Desk(IncidentPolicy())
    desk.take(*history)
    assert desk.take(*history) == []


@given(histories())
def test_discovery_is_never_before_the_first_receipt_nor_moved_later(
    history: list[Detection],
) -> None:
    desk = _run(history)
    for key in desk.current():
        moments = [one.opened_at for one in desk.emitted if one.incident_id == key]
        assert moments[-1] > START
        assert all(later <= earlier for earlier, later in pairwise(moments))


@given(histories())
def test_a_drill_and_earnest_never_share_an_incident(history: list[Detection]) -> None:
    earnest = Desk()
    drill = Desk(context=msgspec.structs.replace(earnest.context, drill="exercise"))
    earnest.take(*history)
    drill.take(*history)
    assert not earnest.current().keys() & drill.current().keys()


PARTS: tuple[Part, ...] = ("bridge", "joining", "context")
NODES = st.lists(
    st.builds(
        lambda first, span, part, keys: Node(
            first * SECOND, (first + span) * SECOND, part, sorted(keys)
        ),
        st.integers(0, 6_000),
        st.sampled_from([0, 0, 0, 500, 3_000]),
        st.sampled_from(PARTS),
        st.frozensets(st.sampled_from("abcd"), max_size=2),
    ),
    max_size=12,
)


def _reference(nodes: Sequence[Node], policy: IncidentPolicy) -> list[list[int]]:
    """The definition: every pair compared, cases first, context with the case that began first."""

    def is_linked(one: int, other: int) -> bool:
        pair = nodes[one], nodes[other]
        span = max(each.first_time for each in pair) - min(each.last_time for each in pair)
        is_far = any(each.part == "bridge" for each in pair)
        reach = policy.gap_s if is_far else policy.context_gap_s
        return bool(set(pair[0].keys) & set(pair[1].keys)) and span <= reach * SECOND

    def reachable(members: list[int]) -> list[set[int]]:
        groups: list[set[int]] = []
        for index in members:
            near = [group for group in groups if any(is_linked(each, index) for each in group)]
            groups = [group for group in groups if group not in near]
            groups.append({index}.union(*near))
        return sorted(groups, key=min)

    everything = range(len(nodes))
    cases = reachable([index for index in everything if nodes[index].part != "context"])
    core = [frozenset(case) for case in cases]
    loose: list[int] = []
    for index in everything:
        if nodes[index].part == "context":
            near = [
                place
                for place, case in enumerate(core)
                if any(is_linked(index, each) for each in case)
            ]
            (cases[near[0]].add if near else loose.append)(index)
    return sorted(sorted(group) for group in [*cases, *reachable(loose)])


@settings(max_examples=300)
@given(NODES)
def test_grouping_equals_comparing_every_pair(nodes: list[Node]) -> None:
    assert components(nodes, SHORT) == _reference(nodes, SHORT)


@given(st.data())
def test_a_group_lies_within_one_neighbourhood_however_the_evidence_came(
    data: st.DataObject,
) -> None:
    desk = Desk(SHORT)
    for made in data.draw(histories().flatmap(arrivals)):
        desk.take(made)
    evidence_index = evidence_index_of(
        desk.policy, desk.state, desk.context.enterprise.shared_entities
    )
    for group in evidence_index.all_groups():
        whole = {one.detection_id for one in group}
        for each in whole:
            assert whole <= {one.detection_id for one in evidence_index.around([each])}


@given(st.data())
def test_what_waits_is_told_and_then_the_cases_are_those_of_all_the_evidence(
    data: st.DataObject,
) -> None:
    desk = Desk(IncidentPolicy())
    for made in data.draw(histories().flatmap(arrivals)):
        desk.take(made)
    desk.wait_until(245)
    assert desk.state.waiting == {}
    evidence_index = evidence_index_of(
        desk.policy, desk.state, desk.context.enterprise.shared_entities
    )
    for group in evidence_index.all_groups():
        assert len({one.case for one in group}) == 1


@given(histories(), histories(), histories())
def test_merging_is_associative(
    first: list[Detection], second: list[Detection], third: list[Detection]
) -> None:
    def groups(*parts: list[Detection]) -> set[frozenset[str]]:
        desk = Desk(IncidentPolicy())
        for part in parts:
            desk.take(*part)
        found = evidence_index_of(desk.policy, desk.state, ()).all_groups()
        return {frozenset(one.detection_id for one in group) for group in found}

    assert groups(first, second + third) == groups(first + second, third)
