"""The combined impact of a campaign: sums of counts, the gravest of the rest."""

from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.campaigns.impact import combine, combined_tiers
from pipeline.severity.judgement import GRAVITY
from pipeline.severity.policy import Choices, SeverityPolicy
from pipeline.severity.regimes import REGIMES
from schemas.assessment import TIERS, Tier
from schemas.sighting import Harm, Sight
from tests.severity.builders import at

HERE: Harm = {"direct_loss_cny": 60_000_000, "threat": "slight", "outage_minutes": 60}
THERE: Harm = {"direct_loss_cny": 50_000_000, "threat": "serious", "outage_minutes": 90}
ELSEWHERE: Harm = {"persons": 10}
DISCOVERED = at("2026-03-02 09:00")
POLICY = SeverityPolicy()
SIGHT = Sight(
    order=1,
    emitted_at=DISCOVERED,
    stands=True,
    enterprise_id="works-1",
    province="130000",
    sector="steel",
    scenario="malware",
    level="high",
    first_time=DISCOVERED,
    last_time=DISCOVERED,
)


def sights(*harms: Harm) -> list[Sight]:
    return [msgspec.structs.replace(SIGHT, harm=harm) for harm in harms]


def test_counts_add_up_and_the_rest_is_the_gravest() -> None:
    assert combine([HERE, THERE, ELSEWHERE]) == {
        "direct_loss_cny": 110_000_000,
        "threat": "serious",
        "outage_minutes": 90,
        "persons": 10,
    }


def test_the_order_of_incidents_makes_no_difference() -> None:
    combined = [combine(order) for order in permutations([HERE, THERE, ELSEWHERE])]
    assert all(one == combined[0] for one in combined)


def test_two_incidents_of_tier_three_may_make_a_campaign_of_tier_two() -> None:
    losses = sights({"direct_loss_cny": 60_000_000}, {"direct_loss_cny": 50_000_000})
    alone = [combined_tiers(POLICY, [one], DISCOVERED)["miit"] for one in losses]
    assert alone == ["III", "III"]
    assert combined_tiers(POLICY, losses, DISCOVERED)["miit"] == "II"
    assert combined_tiers(POLICY, [], DISCOVERED) == dict.fromkeys(REGIMES)


def test_a_site_may_read_that_harm_at_several_enterprises_does_not_add_up() -> None:
    alone = SeverityPolicy(choices=Choices(several_enterprises="each_alone"))
    losses = sights({"direct_loss_cny": 60_000_000}, {"direct_loss_cny": 50_000_000})
    graded: list[Sight] = [msgspec.structs.replace(one, tiers={"miit": "III"}) for one in losses]
    assert combined_tiers(POLICY, graded, DISCOVERED)["miit"] == "II"
    assert combined_tiers(alone, graded, DISCOVERED)["miit"] == "III"


@given(
    st.lists(st.sampled_from([HERE, THERE, ELSEWHERE]), min_size=1, max_size=5),
    st.lists(st.sampled_from([*TIERS, None]), min_size=5, max_size=5),
)
def test_the_combined_tier_is_never_below_that_of_an_incident_or_of_fewer(
    harms: list[Harm], tiers: list[Tier | None]
) -> None:
    together = [
        msgspec.structs.replace(sight, tiers={"cac": tier} if tier else {})
        for sight, tier in zip(sights(*harms), tiers, strict=False)
    ]
    combined = combined_tiers(POLICY, together, DISCOVERED)
    fewer = combined_tiers(POLICY, together[1:], DISCOVERED)
    assert GRAVITY[combined["cac"]] >= max(GRAVITY[sight.tiers.get("cac")] for sight in together)
    assert all(GRAVITY[combined[regime]] >= GRAVITY[fewer[regime]] for regime in combined)
