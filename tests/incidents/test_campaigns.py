"""Campaigns: what they are by definition, whatever came in which order and how often."""

from collections.abc import Iterable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.incidents.campaigns import (
    CampaignsState,
    Finding,
    Sight,
    absorb,
    expire,
    members_of,
    sight_of,
)
from pipeline.incidents.indicators import indicators_of
from pipeline.incidents.policy import CampaignPolicy, IncidentPolicy, Threshold
from schemas.campaign import Campaign, CampaignMember, Growth, Spread
from schemas.incident import Status
from schemas.moments import DAY, HOUR, SECOND, Moment
from tests.incidents.builders import START, Desk, detection, entity

THREE_IN_TEN_HOURS = Threshold(kind="address", enterprises=3, window_s=36_000)
POLICY = IncidentPolicy(
    campaigns=CampaignPolicy(
        thresholds=(
            THREE_IN_TEN_HOURS,
            Threshold(kind="hash", enterprises=2, window_s=36_000),
            Threshold(kind="techniques", enterprises=2, window_s=36_000),
        ),
        techniques_min=2,
    )
)
NOW = START + 2 * DAY
EVIL = "address:203.0.113.7"


def sight(
    name: str,
    enterprise: str,
    hour: float,
    *entities: str,
    revision: int = 1,
    status: Status = "new",
    province: str = "130000",
    techniques: Sequence[str] = (),
    drill: str = "",
) -> Sight:
    """An incident `hour` hours after START."""
    time: Moment = START + round(hour * HOUR)
    return Sight(
        incident_id=name,
        revision=revision,
        enterprise_id=enterprise,
        province=province,
        sector="steel",
        status=status,
        verdict="unknown",
        scenario="malware",
        level="high",
        first_time=time,
        last_time=time + HOUR,
        drill=drill,
        techniques=tuple(techniques),
        entities=tuple(entity(one) for one in entities),
    )


def campaigns(findings: Iterable[Finding]) -> list[Campaign]:
    return [one for one in findings if isinstance(one, Campaign)]


def members(findings: Iterable[Finding]) -> list[str]:
    return [one.incident_id for one in findings if isinstance(one, CampaignMember)]


def found(*sights: Sight) -> list[Finding]:
    return absorb(POLICY, CampaignsState(), sights, NOW)


@st.composite
def histories(draw: st.DrawFn) -> list[Sight]:
    """Revisions of up to eight incidents at four enterprises."""
    sights = []
    for place in range(draw(st.integers(1, 8))):
        enterprise = draw(st.sampled_from("abcd"))
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            shared = draw(st.lists(st.sampled_from([EVIL, "address:198.51.100.9"]), max_size=2))
            status: Status = draw(st.sampled_from(["new", "new", "new", "superseded"]))
            hour = draw(st.integers(0, 30))
            name = f"incident-{place}"
            sights.append(
                sight(name, f"works-{enterprise}", hour, *shared, revision=revision, status=status)
            )
    return sights


def standing(findings: Iterable[Finding]) -> list[tuple[Campaign, list[CampaignMember]]]:
    """What stands at the end, by campaign, without what tells of arrival."""
    held: dict[str, tuple[Campaign, list[CampaignMember]]] = {}
    for one in findings:
        if isinstance(one, Campaign):
            held[one.campaign_id] = (msgspec.structs.replace(one, revision=0), [])
        else:
            held[one.campaign_id][1].append(msgspec.structs.replace(one, revision=0))
    return [held[key] for key in sorted(held) if held[key][0].status != "withdrawn"]


@given(st.data())
def test_any_order_and_any_repetition_gives_the_same_campaigns(data: st.DataObject) -> None:
    history = data.draw(histories())
    again = data.draw(st.lists(st.sampled_from(history), max_size=4))
    state, one_by_one = CampaignsState(), []
    for each in data.draw(st.permutations([*history, *again])):
        one_by_one += absorb(POLICY, state, [each], NOW)
    assert standing(one_by_one) == standing(found(*history))


@given(histories())
def test_what_is_delivered_again_changes_nothing(history: list[Sight]) -> None:
    state = CampaignsState()
    absorb(POLICY, state, history, NOW)
    before = msgspec.msgpack.encode(state, order="deterministic")
    assert absorb(POLICY, state, history, NOW) == []
    assert expire(POLICY, state, NOW) == []
    assert msgspec.msgpack.encode(state, order="deterministic") == before


@given(histories(), st.integers(0, 30))
def test_an_enterprise_with_nothing_in_common_changes_nothing(
    history: list[Sight], hour: int
) -> None:
    stranger = sight("other", "works-z", hour, "address:192.0.2.1", "account:li")
    assert found(*history, stranger) == found(*history)


@given(histories())
def test_a_state_that_was_written_and_read_back_goes_on_alike(history: list[Sight]) -> None:
    whole, broken = CampaignsState(), CampaignsState()
    for each in history:
        expected = absorb(POLICY, whole, [each], NOW)
        data = msgspec.msgpack.encode(broken)
        broken = msgspec.msgpack.decode(data, type=CampaignsState)
        assert absorb(POLICY, broken, [each], NOW) == expected


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 40)), max_size=9))
def test_members_are_those_of_the_definition(places: list[tuple[str, int]]) -> None:
    sights = [sight(f"{place}", one, hour) for place, (one, hour) in enumerate(places)]
    span = THREE_IN_TEN_HOURS.window_s * SECOND
    expected = set()
    for start in sights:
        window = [one for one in sights if 0 <= one.first_time - start.first_time <= span]
        if len({one.enterprise_id for one in window}) >= THREE_IN_TEN_HOURS.enterprises:
            expected |= {one.incident_id for one in window}
    chosen = members_of(THREE_IN_TEN_HOURS, sights)
    assert {one.incident_id for one in chosen} == expected
    assert len(chosen) == len(expected)


#     hour   0    5    9            28
#     works-a ●
#     works-b      ●                      beyond the window: not a member
#     works-c           ●           ○
def test_a_campaign_tells_where_it_began_how_it_spreads_and_grows() -> None:
    findings = found(
        sight("1", "works-a", 0, EVIL, province="440000"),
        sight("2", "works-b", 5, EVIL),
        sight("3", "works-c", 9, EVIL),
        sight("4", "works-c", 28, EVIL),
    )
    (campaign,) = campaigns(findings)
    assert (campaign.kind, campaign.indicator) == ("address", "203.0.113.7")
    assert (campaign.enterprise_count, campaign.incident_count) == (3, 3)
    assert campaign.first_province == "440000"
    assert campaign.spread == (Spread("130000", 2), Spread("440000", 1))
    assert campaign.growth == (Growth("2020-09-13", 1, 1), Growth("2020-09-14", 2, 3))
    assert members(findings) == ["1", "2", "3"]


def test_three_incidents_of_two_enterprises_are_no_campaign() -> None:
    assert not found(*(sight(str(n), f"works-{n % 2}", n, EVIL) for n in range(3)))


def test_a_drill_is_apart() -> None:
    drilled = sight("3", "works-c", 2, EVIL, drill="autumn")
    assert not found(sight("1", "works-a", 0, EVIL), sight("2", "works-b", 1, EVIL), drilled)


def test_no_enterprise_and_no_incident_is_named_in_the_public_form() -> None:
    findings = found(*(sight(f"incident-{n}", f"works-{n}", n, EVIL) for n in range(3)))
    public = msgspec.json.encode(campaigns(findings))
    assert b"works-" not in public
    assert b"incident-" not in public


def test_a_campaign_is_withdrawn_when_an_incident_turns_out_harmless() -> None:
    state = CampaignsState()
    three = [sight(str(n), f"works-{n}", n, EVIL) for n in range(3)]
    (begun,) = campaigns(absorb(POLICY, state, three, NOW))
    cleared = msgspec.structs.replace(three[0], revision=2, verdict="false_positive")
    findings = absorb(POLICY, state, [cleared], NOW)
    (withdrawn,) = campaigns(findings)
    assert (withdrawn.campaign_id, withdrawn.revision) == (begun.campaign_id, 2)
    assert (withdrawn.status, withdrawn.enterprise_count) == ("withdrawn", 0)
    assert members(findings) == []


def test_a_campaign_is_over_when_nothing_is_new_and_goes_on_under_its_id() -> None:
    state = CampaignsState()
    absorb(POLICY, state, (sight(str(n), f"works-{n}", n, EVIL) for n in range(3)), NOW)
    later = NOW + POLICY.campaigns.quiet_s * SECOND
    (over,) = campaigns(expire(POLICY, state, later))
    assert (over.status, over.revision) == ("over", 2)
    much_later = later + POLICY.campaigns.hold_s * SECOND
    assert expire(POLICY, state, much_later) == []
    assert not state.clusters
    assert not state.sights
    assert expire(POLICY, state, much_later) == []
    anew = [sight(f"n{n}", f"works-{n}", 5_000 + n, EVIL) for n in range(3)]
    (back,) = campaigns(absorb(POLICY, state, anew, START + 5_010 * HOUR))
    assert (back.campaign_id, back.revision, back.status) == (over.campaign_id, 3, "active")


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


def test_the_incident_of_the_engine_is_a_sight() -> None:
    desk = Desk()
    desk.take(detection("a", 0, EVIL, "host:ws1", level="high"))
    seen = sight_of(desk.only())
    assert (seen.incident_id, seen.revision) == (desk.only().incident_id, 1)
    assert entity(EVIL) in seen.entities


@pytest.mark.parametrize(
    "text",
    [
        '{"campaigns": {"hold_s": 60}}',
        '{"campaigns": {"thresholds": [{"kind": "hash", "enterprises": 1, "window_s": 60}]}}',
        '{"campaigns": {"thresholds": ['
        '{"kind": "hash", "enterprises": 2, "window_s": 60},'
        '{"kind": "hash", "enterprises": 3, "window_s": 60}]}}',
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=IncidentPolicy)
