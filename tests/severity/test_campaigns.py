"""The combined impact of a campaign: sums of counts, the gravest of the rest."""

from itertools import permutations

from pipeline.severity.campaigns import combine, judge_campaign
from pipeline.severity.policy import SeverityPolicy
from tests.severity.builders import at, stated

HERE = stated("direct_loss_cny=60000000 threat=slight outage_minutes=60 field=telecom")
THERE = stated("direct_loss_cny=50000000 threat=serious outage_minutes=90")
ELSEWHERE = stated("persons=10")


def test_counts_add_up_and_the_rest_is_the_gravest() -> None:
    facts = combine([HERE, THERE, ELSEWHERE])
    assert facts["direct_loss_cny"].value == 110_000_000
    assert facts["direct_loss_cny"].basis == "estimated"
    assert facts["persons"].value == 10
    assert (facts["threat"].value, facts["outage_minutes"].value) == ("serious", 90)
    assert "field" not in facts
    assert "sensitive_persons" not in facts


def test_the_order_of_enterprises_makes_no_difference() -> None:
    values = [
        {name: fact.value for name, fact in combine(order).items()}
        for order in permutations([HERE, THERE, ELSEWHERE])
    ]
    assert all(one == values[0] for one in values)


def test_two_incidents_of_tier_three_may_make_a_campaign_of_tier_two() -> None:
    policy, discovered = SeverityPolicy(), at("2026-03-02 09:00")
    losses = [stated("direct_loss_cny=60000000"), stated("direct_loss_cny=50000000")]
    alone = [judge_campaign(policy, [one], discovered)["miit"].tier for one in losses]
    assert alone == ["III", "III"]
    assert judge_campaign(policy, losses, discovered)["miit"].tier == "II"
    assert judge_campaign(policy, [], discovered)["cac"].tier is None
