"""One incident's record judged by one regime: the assessment, and what unknown facts leave open."""

from collections.abc import Iterator, Sequence
from itertools import product

import msgspec

from pipeline.severity.estimates import BOUNDS, Bound, estimate
from pipeline.severity.facts import (
    KINDS,
    OPERATOR_FACTS,
    Facts,
    Stated,
    add_estimates,
    operator_facts,
)
from pipeline.severity.judgement import GRAVITY, Judgement, entail, graver, judge, tier_of
from pipeline.severity.limbs import Limb
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.reasons import Move, explain
from pipeline.severity.regimes import limbs_in_force, severity_policy_id
from pipeline.severity.standing import Standing, decided, hold, stand
from pipeline.severity.state import NO_OVERRIDE, IncidentRecord, Judged
from schemas.assessment import TIER_COLOUR, Assessment, Regime, Tier, WarningState
from schemas.context import Context
from schemas.ids import content_id
from schemas.moments import Moment

_NOTHING = Judgement(None, (), ())


class Estimates(msgspec.Struct, frozen=True):
    """Tiers at the three bounds of what may occur, and at what unknown facts leave open."""

    low: Tier | None = None
    likely: Tier | None = None
    high: Tier | None = None
    possible: Tier | None = None


def known_facts(
    policy: SeverityPolicy, record: IncidentRecord, context: Context
) -> dict[str, Stated]:
    """Stated facts with the operator's, and what follows from both."""
    return entail(policy.choices, _stated(record, context))


def _stated(record: IncidentRecord, context: Context) -> dict[str, Stated]:
    return {**operator_facts(context.enterprise, record.discovered_at), **record.facts}


def assess_record(
    policy: SeverityPolicy,
    record: IncidentRecord,
    regime: Regime,
    *,
    corrected: tuple[str, ...],
    now: Moment,
    context: Context,
) -> Assessment:
    """The regime's judgement of the record as it stands; its revision is set by `keep`."""
    judgement, estimates = _judge(policy, record, regime, context)
    hold(record, regime, judgement.tier)
    assessment = _unworded(policy, record, regime, judgement, estimates, now, context)
    before = record.judged.get(regime)
    move = Move(before.occurred, before.tier, corrected) if before else None
    return msgspec.structs.replace(
        assessment,
        reason_zh=explain(record, assessment, move, policy.major_events, "zh"),
        reason_en=explain(record, assessment, move, policy.major_events, "en"),
    )


def _unworded(
    policy: SeverityPolicy,
    record: IncidentRecord,
    regime: Regime,
    judgement: Judgement,
    estimates: Estimates,
    now: Moment,
    context: Context,
) -> Assessment:
    """The assessment without its reasons, which are worded from all the rest of it."""
    tier, override = judgement.tier, record.overrides.get(regime, NO_OVERRIDE)
    fixed, warned = record.fixed.get(regime), record.warned if regime == "miit" else None
    return Assessment(
        incident_id=record.incident_id,
        enterprise_id=context.enterprise.enterprise_id,
        province=record.province,
        regime=regime,
        revision=0,
        occurred=record.occurred,
        tier=tier,
        colour=TIER_COLOUR[tier] if tier and not record.occurred else None,
        response_level=tier if record.occurred else None,
        low=estimates.low,
        likely=estimates.likely,
        high=estimates.high,
        limbs=judgement.limbs,
        raises=judgement.raises,
        possible=estimates.possible,
        asked=_asked(record, regime, tier, estimates.possible, context),
        standing=stand(policy, record, regime, tier, estimates.possible),
        fixed_tier=fixed.tier if fixed else None,
        fixed_by=f"{fixed.body}: {fixed.by}" if fixed else "",
        fixed_at=fixed.at if fixed else None,
        warning_state=_warning_state(record, regime, tier),
        issued_colour=warned.notice.colour if warned else None,
        warning=warned.notice if warned else None,
        reason_zh="",
        reason_en="",
        override_tier=override.tier,
        override_by=override.by if override.tier else "",
        override_reason=override.reason if override.tier else "",
        assessed_at=now,
        policy_id=severity_policy_id(policy),
        drill=record.drill,
    )


def _warning_state(record: IncidentRecord, regime: Regime, tier: Tier | None) -> WarningState:
    """Issued, adjusted or lifted by a body; else suggested where there is a colour."""
    if regime == "miit" and record.warned is not None:
        return record.warned.state
    return "suggested" if tier and not record.occurred else ""


def _asked(
    record: IncidentRecord,
    regime: Regime,
    tier: Tier | None,
    possible: Tier | None,
    context: Context,
) -> tuple[str, ...]:
    """Unknown facts about the operator that this judgement or its clocks hang on."""
    if record.dismissed:
        return ()
    known = _stated(record, context)
    unknown = [name for name in OPERATOR_FACTS if name not in known]
    matters = {
        "field": GRAVITY[possible] > GRAVITY[tier] and regime != "cac",
        "critical_infrastructure": regime == "cac" and possible is not None,
        "central_organ": regime == "cac" and possible is not None,
    }
    asked = [name for name in unknown if matters[name]]
    holds_unknown = context.enterprise.persons is None and "persons" not in known
    return (*asked, *(["persons"] if regime == "miit" and holds_unknown else []))


def judged_facts(
    policy: SeverityPolicy, record: IncidentRecord, context: Context
) -> dict[str, Stated]:
    """What has occurred is judged by statements alone; what may occur, by likely facts too."""
    if record.occurred:
        return known_facts(policy, record, context)
    return _facts_at(policy, record, context, "likely")


def _facts_at(
    policy: SeverityPolicy, record: IncidentRecord, context: Context, bound: Bound
) -> dict[str, Stated]:
    """Statements with what may be at one bound, and what follows from both."""
    stated = _stated(record, context)
    estimated = estimate(policy, context.enterprise, record.reach, bound)
    return entail(policy.choices, add_estimates(stated, estimated))


def _judge(
    policy: SeverityPolicy, record: IncidentRecord, regime: Regime, context: Context
) -> tuple[Judgement, Estimates]:
    limbs = limbs_in_force(policy, regime, record.province, record.discovered_at)
    if not limbs or record.dismissed:
        return _NOTHING, Estimates()
    at = {bound: _facts_at(policy, record, context, bound) for bound in BOUNDS}
    facts = known_facts(policy, record, context) if record.occurred else at["likely"]
    tiers = {bound: tier_of(limbs, known) for bound, known in at.items()}
    low, likely = tiers["low"], graver(tiers["low"], tiers["likely"])
    judgement = judge(limbs, facts)
    possible = possible_tier(policy, limbs, facts)
    return judgement, Estimates(low, likely, graver(likely, tiers["high"]), possible)


def possible_tier(policy: SeverityPolicy, limbs: Sequence[Limb], facts: Facts) -> Tier | None:
    """The gravest tier over every way in which unknown facts about the operator may turn out."""
    return graver(
        *(tier_of(limbs, entail(policy.choices, {**facts, **one})) for one in _ways(limbs, facts))
    )


def _ways(limbs: Sequence[Limb], facts: Facts) -> Iterator[dict[str, Stated]]:
    """Every combination of words of the operator's facts that are unknown and tested."""
    tested = {test.fact for limb in limbs for row in limb.rows for test in row.tests}
    open_facts = [name for name in OPERATOR_FACTS if name in tested and name not in facts]
    for words in product(*(KINDS[name].words for name in open_facts)):
        yield {
            name: Stated(word, "policy", 0, "estimated")
            for name, word in zip(open_facts, words, strict=True)
        }


def keep(record: IncidentRecord, assessment: Assessment, now: Moment) -> Assessment | None:
    """The assessment with its revision, if it differs from the last one written; else None."""
    before = record.judged.get(assessment.regime)
    digest = _digest(record, assessment)
    same = (
        before is not None
        and before.tier == assessment.tier
        and before.occurred == assessment.occurred
    )
    judged_at = before.judged_at if before and same else now
    if before and before.digest == digest:
        return None
    revision = before.revision + 1 if before else 1
    record.judged[assessment.regime] = Judged(
        revision, digest, assessment.occurred, assessment.tier, judged_at
    )
    return msgspec.structs.replace(assessment, revision=revision)


def _digest(record: IncidentRecord, assessment: Assessment) -> str:
    """Of everything but wording and time: what makes a revision worth writing."""
    bare = msgspec.structs.replace(assessment, reason_zh="", reason_en="", assessed_at=0)
    return content_id(
        "assessment", msgspec.msgpack.encode(bare), record.dismissed, record.successor
    )


def standing_of(record: IncidentRecord, assessment: Assessment) -> Standing:
    """What duties hang on."""
    regime = assessment.regime
    return Standing(
        assessment.standing,
        decided(record, regime, assessment.tier),
        _likely(record, assessment),
        record.judged[regime].judged_at,
    )


def _likely(record: IncidentRecord, assessment: Assessment) -> Tier | None:
    """An expert may raise what is likely, never lower it; the regulator has weighed it."""
    regime, likely = assessment.regime, assessment.likely
    fixed = record.fixed.get(regime)
    if fixed is not None and GRAVITY[likely] <= GRAVITY[fixed.computed]:
        return assessment.standing
    if record.occurred:
        return likely
    expert = None if record.dismissed else record.overrides.get(regime, NO_OVERRIDE).tier
    return graver(likely, expert, assessment.standing)
