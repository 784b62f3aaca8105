"""The combined impact of one campaign, beside each enterprise's own tier.

Neither annex says whether harm at several enterprises adds up (policy `several_enterprises`). What
is summed here is shown to analysts beside the single tiers, and creates no duty: the texts bind an
operator to tell of its own incident (MIIT plan §4.2, CAC Art. 4). Counts add up, since each
enterprise states its own; the same person held by two counts twice, so sums are upper bounds
and marked estimated. Durations, shares and words take the gravest.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.severity.facts import KINDS, Stated, weight_of
from pipeline.severity.judgement import entail, graver, tier_of
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import REGIMES, limbs_in_force
from schemas.assessment import Regime, Tier
from schemas.moments import Moment
from schemas.sighting import Harm, Sight

SUMMED = (
    "direct_loss_cny",
    "persons",
    "sensitive_persons",
    "affected_residents",
    "reposts",
    "views",
)
"""Facts that each enterprise states of itself; all others take the gravest value."""


def combine(harms: Iterable[Harm]) -> Harm:
    """The harm of all incidents as one: a fact that none stated stays unknown."""
    combined: Harm = {}
    for harm in harms:
        for name, value in harm.items():
            held = combined.get(name, value)
            if name not in combined:
                combined[name] = value
            elif name in SUMMED:
                combined[name] = weight_of(name, held) + weight_of(name, value)
            else:
                # An outage of ten hours at three works is no outage of thirty.
                combined[name] = held if weight_of(name, held) >= weight_of(name, value) else value
    return combined


def unknown_harm(harm: Harm) -> list[str]:
    """The names of facts, or of words of theirs, that this release does not know."""
    # Workers of two releases run beside each other during an upgrade: a sighting may know more.
    return [
        name
        for name, value in harm.items()
        if name not in KINDS
        or (value not in words if (words := KINDS[name].words) else not isinstance(value, int))
    ]


def combined_tiers(
    policy: SeverityPolicy, sights: Sequence[Sight], discovered_at: Moment
) -> Mapping[Regime, Tier | None]:
    """Both regimes' tiers of the combined harm, by the limbs in force at `discovered_at`.

    Never below the gravest of the incidents' own: limbs that hang on who the operator is judge
    each by itself, and no province's own limits apply to the sum. Under `each_alone` nothing is
    summed: the gravest is all there is.
    """
    summed = policy.choices.several_enterprises == "summed"
    stated = {
        name: Stated(value, "campaign", discovered_at, "estimated")
        for name, value in combine(sight.harm for sight in sights if summed).items()
    }
    facts = entail(policy.choices, stated)
    return {
        regime: graver(
            tier_of(limbs_in_force(policy, regime, "", discovered_at), facts),
            *(sight.tiers.get(regime) for sight in sights),
        )
        for regime in REGIMES
    }
