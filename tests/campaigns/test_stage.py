"""What a campaign is, tells and forgets, case by case."""

import msgspec
import pytest

from pipeline.campaigns.indicators import indicators_of
from pipeline.campaigns.members import members_of
from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.sightings import read_sighting
from pipeline.campaigns.state import CampaignState
from pipeline.campaigns.step import take
from pipeline.policy import Policy
from pipeline.severity.step import Gravity
from schemas.batch import Record
from schemas.campaign import Growth, Spread
from schemas.moments import SECOND
from schemas.sighting import Sighting
from tests.campaigns.builders import (
    EVIL,
    NOW,
    POLICY,
    SEVERITY,
    THREE_IN_TEN_HOURS,
    Nation,
    campaigns,
    incident,
    members,
)
from tests.incidents.builders import entity


#     hour   0    5    9            28
#     works-a ●
#     works-b      ●                      beyond the window: not a member
#     works-c           ●           ○
def test_a_campaign_tells_where_it_began_how_it_spreads_and_grows() -> None:
    findings = Nation().see(
        incident("1", "works-a", 0, EVIL, province="440000"),
        incident("2", "works-b", 5, EVIL),
        incident("3", "works-c", 9, EVIL),
        incident("4", "works-c", 28, EVIL),
    )
    (campaign,) = campaigns(findings)
    assert (campaign.kind, campaign.indicator) == ("address", "203.0.113.7")
    assert (campaign.enterprise_count, campaign.incident_count) == (3, 3)
    assert campaign.first_province == "440000"
    assert campaign.spread == (Spread("130000", 2), Spread("440000", 1))
    assert campaign.growth == (Growth("2020-09-13", 1, 1), Growth("2020-09-14", 2, 3))
    assert members(findings) == ["1", "2", "3"]


def test_three_incidents_of_two_enterprises_are_no_campaign() -> None:
    assert not Nation().see(*(incident(str(n), f"works-{n % 2}", n, EVIL) for n in range(3)))


def test_a_drill_is_apart() -> None:
    drilled = incident("3", "works-c", 2, EVIL, drill="autumn")
    earnest = [incident("1", "works-a", 0, EVIL), incident("2", "works-b", 1, EVIL)]
    assert not Nation().see(*earnest, drilled)


def test_no_enterprise_and_no_incident_is_named_in_the_public_form() -> None:
    findings = Nation().see(*(incident(f"incident-{n}", f"works-{n}", n, EVIL) for n in range(3)))
    public = msgspec.json.encode(campaigns(findings))
    assert b"works-" not in public
    assert b"incident-" not in public


def struck(nation: Nation, *, at: float = 0, prefix: str = "") -> list[str]:
    """Three enterprises with the same address, an hour apart."""
    findings = nation.see(*(incident(f"{prefix}{n}", f"works-{n}", at + n, EVIL) for n in range(3)))
    return [campaign.campaign_id for campaign in campaigns(findings)]


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "false_positive", "status": "closed"},
        {"status": "superseded", "superseded_by": "1"},
        {"entities": ()},
    ],
    ids=["harmless", "superseded", "indicator lost"],
)
def test_a_campaign_is_withdrawn_when_too_few_are_left(change: dict[str, object]) -> None:
    nation = Nation()
    (begun,) = struck(nation)
    cleared = msgspec.structs.replace(incident("0", "works-0", 0, EVIL, revision=2), **change)
    findings = nation.see(cleared)
    (withdrawn,) = campaigns(findings)
    assert (withdrawn.campaign_id, withdrawn.revision) == (begun, 2)
    assert (withdrawn.status, withdrawn.enterprise_count) == ("withdrawn", 0)
    assert members(findings) == []


def test_an_older_word_does_not_bring_back_what_was_withdrawn() -> None:
    nation = Nation()
    old = [nation.tell(incident(str(n), f"works-{n}", n, EVIL)) for n in range(3)]
    gone = nation.tell(incident("0", "works-0", 0, revision=2))
    nation.gather(*gone, *(one for each in old for one in each))
    assert nation.standing() == []


def test_a_campaign_is_over_when_nothing_is_new_and_goes_on_under_its_id() -> None:
    nation = Nation()
    struck(nation)
    later = NOW + POLICY.quiet_s * SECOND
    (over,) = campaigns(nation.wait_until(later))
    assert (over.status, over.revision) == ("over", 2)
    much_later = later + POLICY.hold_s * SECOND
    assert nation.wait_until(much_later) == []
    assert [state.sights for state in nation.states.values()] == [{}]
    assert nation.wait_until(much_later) == []
    assert nation.see(incident("n", "works-9", 5_000, EVIL)) == [], "one alone is no news"
    struck(nation, at=5_000, prefix="n")
    known = campaigns(nation.found)
    assert [one.enterprise_count for one in known] == [3, 3, 3, 4]
    assert [one.revision for one in known] == [1, 2, 3, 4]
    assert {one.campaign_id for one in known} == {over.campaign_id}


def test_what_never_came_to_a_campaign_leaves_after_its_window_as_if_it_had_never_been() -> None:
    nation = Nation()
    nation.see(incident("1", "works-a", 0, EVIL), incident("2", "works-b", 1, EVIL))
    span = THREE_IN_TEN_HOURS.window_s * SECOND
    assert nation.wait_until(NOW + span) == []
    (state,) = nation.states.values()
    assert len(state.sights) == 2
    nation.wait_until(NOW + span + 2 * SECOND)
    assert state == CampaignState()


def test_beyond_the_quota_those_leave_that_tell_least_and_are_counted() -> None:
    policy = msgspec.structs.replace(POLICY, sightings_max=3)
    nation = Nation(policy)
    struck(nation)
    nation.see(incident("again", "works-0", 3, EVIL))
    (state,) = nation.states.values()
    assert set(state.sights) == {"0", "1", "2"}, "a further incident of one enterprise goes first"
    nation.see(incident("3", "works-3", 4, EVIL))
    assert set(state.sights) == {"1", "2", "3"}, "then the longest quiet"
    last = campaigns(nation.found)[-1]
    assert (last.enterprise_count, last.evicted) == (3, 2)


def test_the_record_of_an_indicator_that_everyone_has_stays_small() -> None:
    nation = Nation(msgspec.structs.replace(POLICY, sightings_max=50))
    nation.see(*(incident(str(n), f"works-{n}", n / 100, EVIL) for n in range(400)))
    (state,) = nation.states.values()
    assert (len(state.sights), state.evicted) == (50, 350)


def test_combined_tiers_are_the_sum_s_and_never_below_one_of_their_own() -> None:
    nation = Nation()
    harms = [60_000_000, 50_000_000, 1]
    for n, loss in enumerate(harms):
        gravity = Gravity({"cac": "I"} if n == 2 else {}, {"direct_loss_cny": loss})
        case = incident(str(n), f"works-{n}", n, EVIL, revised_at=NOW + 2_200 * 86_400 * SECOND)
        nation.gather(*nation.tell(case, gravity))
    (campaign,) = campaigns(nation.found)
    assert (campaign.combined_miit_tier, campaign.combined_cac_tier) == ("II", "I")


def test_a_stated_harm_is_told_though_the_incident_reads_the_same() -> None:
    nation, case = Nation(), incident("1", "works-a", 0, EVIL)
    assert len(nation.tell(case)) == 1
    (again,) = nation.tell(case, Gravity({}, {"persons": 10}))
    assert (again.sight.order, again.sight.harm) == (2, {"persons": 10})
    assert nation.tell(case, Gravity({}, {"persons": 10})) == []


def test_only_what_is_new_or_lost_of_the_indicators_is_told() -> None:
    nation = Nation()
    nation.tell(incident("1", "works-a", 0, EVIL, "address:192.0.2.1"))
    told = nation.tell(incident("1", "works-a", 0, EVIL, "address:192.0.2.2", revision=2))
    said = {each.indicator: each.sight.stands for each in told}
    assert said == {"192.0.2.1": False, "192.0.2.2": True}


def test_a_kind_without_a_threshold_is_not_told() -> None:
    assert Nation().tell(incident("1", "works-a", 0, "domain:evil.example")) == []


def record(sighting: Sighting, **changes: object) -> Record:
    plain = Record(
        topic="fenghuo.sightings",
        partition=0,
        offset=0,
        timestamp=NOW,
        key=sighting.campaign_id.encode(),
        value=msgspec.json.encode(sighting),
    )
    return msgspec.structs.replace(plain, **changes)


def test_a_sighting_comes_off_the_wire_as_it_was_told() -> None:
    gravity = Gravity({"miit": "II"}, {"persons": 10, "threat": "serious"})
    (told,) = Nation().tell(incident("1", "works-a", 0, EVIL), gravity)
    assert read_sighting(record(told)) == told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": b"{"}, "truncated"),
        ({"value": b'{"type":"sighting"}'}, "missing required field"),
        ({"key": b"other"}, "not its indicator's id"),
    ],
)
def test_what_is_no_sighting_is_told_apart(changes: dict[str, object], said: str) -> None:
    (told,) = Nation().tell(incident("1", "works-a", 0, EVIL))
    assert said in str(read_sighting(record(told, **changes)))


@pytest.mark.parametrize("harm", [{"rumours": 3}, {"threat": "dire"}, {"persons": "many"}])
def test_harm_of_another_release_is_refused(harm: dict[str, int | str]) -> None:
    (told,) = Nation().tell(incident("1", "works-a", 0, EVIL), Gravity({}, harm))
    assert f"unknown facts or words: {next(iter(harm))}" in str(read_sighting(record(told)))


def test_an_unknown_kind_makes_no_campaign() -> None:
    nation = Nation(CampaignPolicy())
    told = [one for n in range(3) for one in nation.tell(incident(str(n), f"w{n}", n, EVIL))]
    state, none = CampaignState(), CampaignPolicy(thresholds=())
    assert [take(none, SEVERITY, state, each, NOW) for each in told] == [[], [], []]
    assert members_of(None, state.sights) == []


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ((EVIL,), {"203.0.113.7"}),
        (("address:10.0.0.7", "address:172.18.39.5", "address:fd00::1", "address:8.8.8.8"), set()),
        (("address:203.0.113.7:observer",), set()),
        (("domain:Evil.example.", "domain:dc01.corp.local"), {"evil.example"}),
        (("account:administrator", "account:CORP\\backdoor"), {"backdoor"}),
        (("hash:ab12", "process:c:\\windows\\system32\\cmd.exe"), set()),
        (("hash:ab12", "process:c:\\users\\li\\evil.exe"), {"ab12"}),
        (("host:ws5", "data:orders"), set()),
    ],
)
def test_what_ties_enterprises_together(entities: tuple[str, ...], expected: set[str]) -> None:
    found_here = indicators_of(CampaignPolicy(), [entity(one) for one in entities], ["T1059"])
    assert {one.value for one in found_here} == expected


def test_a_set_of_techniques_is_an_indicator_whatever_its_order() -> None:
    policy = CampaignPolicy(techniques_min=2, ignored=("T1+T2",))
    (one,) = indicators_of(policy, [], ["T1003.001", "T1059"])
    (other,) = indicators_of(policy, [], ["t1059", "T1003.001", "T1059"])
    assert one == other
    assert not indicators_of(policy, [], ["T2", "T1"])


@pytest.mark.parametrize(
    "text",
    [
        '{"campaigns": {"hold_s": 60}}',
        '{"campaigns": {"sightings_max": 1}}',
        '{"campaigns": {"thresholds": [{"kind": "hash", "enterprises": 1, "window_s": 60}]}}',
        '{"campaigns": {"thresholds": ['
        '{"kind": "hash", "enterprises": 2, "window_s": 60},'
        '{"kind": "hash", "enterprises": 3, "window_s": 60}]}}',
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Policy)
