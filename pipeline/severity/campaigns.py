"""The combined impact of one campaign, beside each enterprise's own tier.

Neither annex says whether harm at several enterprises adds up (a gap): what is summed here is
shown to analysts beside the single tiers, and creates no duty. Counts add up, since each
enterprise states its own; the same person held by two counts twice, so sums are upper bounds
and marked estimated. Durations, shares and words take the gravest.
"""

from collections.abc import Iterable, Mapping

from pipeline.severity.facts import OPERATOR_FACTS, Facts, Stated, add_estimates, weight_of
from pipeline.severity.judgement import Judgement, entail, judge
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import REGIMES, limbs_in_force
from schemas.assessment import Regime
from schemas.moments import Moment

SUMMED = (
    "direct_loss_cny",
    "persons",
    "sensitive_persons",
    "affected_residents",
    "reposts",
    "views",
)
"""Facts that each enterprise states of itself; all others take the gravest value."""


def combine(statements: Iterable[Facts]) -> dict[str, Stated]:
    """The facts of all enterprises as one: a fact that none stated stays unknown."""
    combined: dict[str, Stated] = {}
    for facts in statements:
        harm = {name: fact for name, fact in facts.items() if name not in OPERATOR_FACTS}
        summed = {
            name: _sum(name, combined[name], fact)
            for name, fact in harm.items()
            if name in SUMMED and name in combined
        }
        combined = {**add_estimates(combined, harm), **summed}
    return combined


def _sum(name: str, one: Stated, other: Stated) -> Stated:
    total = weight_of(name, one.value) + weight_of(name, other.value)
    return Stated(total, "campaign", max(one.stated_at, other.stated_at), "estimated")


def judge_campaign(
    policy: SeverityPolicy, statements: Iterable[Facts], discovered_at: Moment
) -> Mapping[Regime, Judgement]:
    """Both regimes' reading of the combined facts; no province's own limits apply."""
    facts = entail(policy.choices, combine(statements))
    return {
        regime: judge(limbs_in_force(policy, regime, "", discovered_at), facts)
        for regime in REGIMES
    }
