"""One incident's record judged by one regime: the assessment, and why it is what it is."""

import msgspec

from pipeline.severity.estimates import BOUNDS, Bound, estimate
from pipeline.severity.facts import KINDS, Stated, add_estimates, operator_facts
from pipeline.severity.judgement import GRAVITY, Judgement, entail, graver, judge, tier_of
from pipeline.severity.obligations import Standing
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import instrument_in_force, limbs_in_force, severity_policy_id
from pipeline.severity.state import IncidentRecord, Judged, Override
from schemas.assessment import TIER_COLOUR, Assessment, LimbResult, Regime, Tier
from schemas.context import Context
from schemas.ids import content_id
from schemas.moments import Moment

NO_OVERRIDE = Override(None, "", "", 0)
_NOTHING = Judgement(None, (), ())


class Estimates(msgspec.Struct, frozen=True):
    """Tiers at the three bounds of what may occur."""

    low: Tier | None
    likely: Tier | None
    high: Tier | None


def known_facts(
    policy: SeverityPolicy, record: IncidentRecord, context: Context
) -> dict[str, Stated]:
    """Stated facts with the operator's, and what follows from both."""
    stated = {**operator_facts(context.enterprise, record.discovered_at), **record.facts}
    return entail(policy.choices, stated)


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
    override = record.overrides.get(regime, NO_OVERRIDE)
    zh, en = _reason(record, regime, judgement, estimates, corrected)
    tier = judgement.tier
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
        reason_zh=zh,
        reason_en=en,
        override_tier=override.tier,
        override_by=override.by if override.tier else "",
        override_reason=override.reason if override.tier else "",
        assessed_at=now,
        policy_id=severity_policy_id(policy),
        drill=record.drill,
    )


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
    stated = {**operator_facts(context.enterprise, record.discovered_at), **record.facts}
    estimated = estimate(policy, context.enterprise, record.reach, bound)
    return entail(policy.choices, add_estimates(stated, estimated))


def _judge(
    policy: SeverityPolicy, record: IncidentRecord, regime: Regime, context: Context
) -> tuple[Judgement, Estimates]:
    limbs = limbs_in_force(policy, regime, record.province, record.discovered_at)
    if not limbs or record.dismissed:
        return _NOTHING, Estimates(None, None, None)
    at = {bound: _facts_at(policy, record, context, bound) for bound in BOUNDS}
    facts = judged_facts(policy, record, context) if record.occurred else at["likely"]
    tiers = {bound: tier_of(limbs, known) for bound, known in at.items()}
    low, likely = tiers["low"], graver(tiers["low"], tiers["likely"])
    estimates = Estimates(low, likely, graver(likely, tiers["high"]))
    return judge(limbs, facts), estimates


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
    """What duties hang on: an expert's tier may raise them, never withdraw them."""
    override = record.overrides.get(assessment.regime, NO_OVERRIDE)
    expert = None if record.dismissed else override.tier
    return Standing(
        graver(assessment.tier, expert),
        graver(assessment.likely, None if record.occurred else expert),
        record.judged[assessment.regime].judged_at,
        expert,
    )


def _reason(
    record: IncidentRecord,
    regime: Regime,
    judgement: Judgement,
    estimates: Estimates,
    corrected: tuple[str, ...],
) -> tuple[str, str]:
    zh, en = _ground(record, regime, judgement, estimates)
    moved = _move(record, regime, judgement.tier, corrected)
    drill = ("演练：", "drill: ") if record.drill else ("", "")
    return f"{drill[0]}{zh}{moved[0]}", f"{drill[1]}{en}{moved[1]}"


def _ground(
    record: IncidentRecord, regime: Regime, judgement: Judgement, estimates: Estimates
) -> tuple[str, str]:
    """The limbs that carry the tier, or why there is none."""
    if record.successor:
        return f"已并入事件 {record.successor}。", f"Became part of incident {record.successor}."
    if record.dismissed:
        return f"结论为 {record.dismissed}，不定级。", f"Verdict {record.dismissed}: no tier."
    if instrument_in_force(regime, record.discovered_at) is None:
        return "发现时该规定尚未施行。", "The instrument was not in force at discovery."
    if judgement.tier is None and record.occurred:
        likely = estimates.likely or "-"
        return (
            f"已发生，危害事实尚不明确；按估计可能达到 {likely} 级。",
            f"Has occurred; no stated fact meets a limb yet. Estimates say {likely}.",
        )
    if judgement.tier is None:
        return "现有迹象不足以估计级别。", "Nothing seen so far suggests a tier."
    carrying = [
        limb for limb in judgement.limbs if limb.outcome == "met" and limb.tier == judgement.tier
    ]
    stage = ("已发生", "Has occurred") if record.occurred else ("可能发生", "May occur")
    return (
        f"{stage[0]}，{judgement.tier}级：{'；'.join(_limb_zh(limb) for limb in carrying)}。",
        f"{stage[1]}, {judgement.tier}: {'; '.join(_limb_en(limb) for limb in carrying)}.",
    )


def _limb_zh(limb: LimbResult) -> str:
    note = "，未经核实" if limb.unconfirmed else ""
    return f"{limb.text_zh} {limb.value}（{limb.bound}；{limb.article}{note}）"


def _limb_en(limb: LimbResult) -> str:
    note = ", unconfirmed" if limb.unconfirmed else ""
    return f"{limb.text_en} ({limb.article}{note}; {limb.basis}, {limb.stated_by or 'nobody'})"


def _move(
    record: IncidentRecord, regime: Regime, tier: Tier | None, corrected: tuple[str, ...]
) -> tuple[str, str]:
    """How the tier moved since the last revision, and by what right it fell."""
    before = record.judged.get(regime)
    if before is None or before.tier == tier:
        return "", ""
    if before.occurred != record.occurred:
        return (
            f"此前研判为可能发生，{_tier_zh(before.tier)}。"
            if record.occurred
            else "改为可能发生。",
            f" Before it was confirmed: {before.tier or 'no tier'} likely."
            if record.occurred
            else " No longer counts as occurred.",
        )
    zh = f"由{_tier_zh(before.tier)}变为{_tier_zh(tier)}"
    en = f" From {before.tier or 'no tier'} to {tier or 'no tier'}"
    if GRAVITY[tier] > GRAVITY[before.tier] or not corrected:
        return f"{zh}。", f"{en}."
    names_zh = "、".join(KINDS[name].zh for name in corrected)
    names_en = ", ".join(KINDS[name].en for name in corrected)
    return f"{zh}：更正{names_zh}。", f"{en}: corrected {names_en}."


def _tier_zh(tier: Tier | None) -> str:
    return f"{tier}级" if tier else "未定级"
