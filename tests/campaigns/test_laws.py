"""Laws of campaigns: what they are by definition, whatever came in which order and how often."""

from collections.abc import Iterable, Mapping
from itertools import chain

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.campaigns.indicators import indicators_of
from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.sightings import campaign_id_of
from schemas.incident import Incident, Status
from schemas.moments import SECOND
from schemas.sighting import Sighting
from tests.campaigns.builders import EVIL, POLICY, Nation, incident

OTHER = "address:198.51.100.9"
Told = list[list[Sighting]]


@st.composite
def histories(draw: st.DrawFn) -> list[Incident]:
    """Revisions of up to eight incidents at four enterprises, each incident's in their order."""
    revisions = []
    for place in range(draw(st.integers(1, 8))):
        enterprise = draw(st.sampled_from("abcd"))
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            shared = draw(st.lists(st.sampled_from([EVIL, OTHER]), max_size=2, unique=True))
            status: Status = draw(st.sampled_from(["new", "new", "new", "superseded"]))
            hour = draw(st.integers(0, 30))
            revisions.append(
                incident(
                    f"incident-{place}",
                    f"works-{enterprise}",
                    hour,
                    *shared,
                    revision=revision,
                    status=status,
                )
            )
    return revisions


def final(history: Iterable[Incident]) -> list[Incident]:
    return [*{each.incident_id: each for each in history}.values()]


def by_definition(
    incidents: Iterable[Incident], policy: CampaignPolicy = POLICY
) -> Mapping[str, set[str]]:
    """Campaign id to its incidents, worked out from nothing but the definition."""
    having: dict[str, tuple[int, int, list[Incident]]] = {}
    for each in incidents:
        if each.status == "superseded":
            continue
        for indicator in indicators_of(policy, each.entities, each.techniques):
            threshold = policy.threshold_of(indicator.kind)
            if threshold is not None:
                key = campaign_id_of(indicator, each.drill)
                bound = (threshold.enterprises, threshold.window_s * SECOND)
                having.setdefault(key, (*bound, []))[2].append(each)
    found: dict[str, set[str]] = {}
    for key, (enough, span, having_it) in having.items():
        for start in having_it:
            near = [one for one in having_it if 0 <= one.first_time - start.first_time <= span]
            if len({one.enterprise_id for one in near}) >= enough:
                found.setdefault(key, set()).update(one.incident_id for one in near)
    return found


def told(history: Iterable[Incident]) -> tuple[Nation, list[Sighting]]:
    nation = Nation()
    return nation, [*chain.from_iterable(nation.tell(each) for each in history)]


@given(histories())
def test_the_stage_finds_what_the_definition_says_of_the_final_incidents(
    history: list[Incident],
) -> None:
    nation = Nation()
    nation.see(*history)
    found = {
        campaign.campaign_id: {one.incident_id for one in members}
        for campaign, members in nation.standing()
    }
    assert found == by_definition(final(history))


@given(st.data())
def test_any_order_and_any_repetition_of_sightings_gives_the_same_campaigns(
    data: st.DataObject,
) -> None:
    in_order, sightings = told(data.draw(histories()))
    in_order.gather(*sightings)
    mixed = Nation()
    again = data.draw(st.lists(st.sampled_from(sightings), max_size=4)) if sightings else []
    mixed.gather(*data.draw(st.permutations([*sightings, *again])))
    assert mixed.standing() == in_order.standing()
    assert {key: state.sights for key, state in mixed.states.items()} == {
        key: state.sights for key, state in in_order.states.items()
    }


@given(histories())
def test_what_is_delivered_again_changes_nothing(history: list[Incident]) -> None:
    nation, sightings = told(history)
    nation.gather(*sightings)
    before = msgspec.msgpack.encode(nation.states, order="deterministic")
    assert nation.gather(*sightings, now=2**60) == []
    assert msgspec.msgpack.encode(nation.states, order="deterministic") == before


@given(histories())
def test_what_was_told_is_not_told_again(history: list[Incident]) -> None:
    nation, _ = told(history)
    later = [
        msgspec.structs.replace(each, revision=9, status="in_progress", assignee="wang")
        for each in final(history)
        if each.status == "new"
    ]
    assert [nation.tell(each) for each in later] == [[] for _ in later]


@given(histories(), st.integers(0, 30))
def test_an_enterprise_with_nothing_in_common_changes_nothing(
    history: list[Incident], hour: int
) -> None:
    alone, joined = Nation(), Nation()
    alone.see(*history)
    joined.see(*history, incident("other", "works-z", hour, "address:192.0.2.1", "account:li"))
    assert joined.found == alone.found


@given(histories(), st.sets(st.integers(0, 24)))
def test_states_written_and_read_back_anywhere_go_on_alike(
    history: list[Incident], restarts: set[int]
) -> None:
    whole, broken = Nation(), Nation()
    for place, each in enumerate(history):
        if place in restarts:
            broken.reload()
        assert broken.see(each) == whole.see(each)


@given(histories())
def test_an_enterprise_that_forgot_its_incidents_still_tells_what_counts(
    history: list[Incident],
) -> None:
    faithful, forgetful = Nation(), Nation()
    faithful.see(*history)
    for each in history:
        forgetful.see(each)
        if each.status != "superseded":
            held = {one.incident_id for one in history if one.enterprise_id == each.enterprise_id}
            forgetful.forget(each.enterprise_id, held)
    assert forgetful.standing() == faithful.standing()
