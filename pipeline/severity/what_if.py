"""What tier would these facts give, and why: the question of `fenghuo policy try`, purely.

The same tables, judgement and duties as the severity step; no registry, so no estimates.
"""

from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from pipeline.severity.assessments import possible_tier
from pipeline.severity.facts import KINDS, Stated, state_impact, yes_or_no
from pipeline.severity.judgement import Judgement, entail, judge
from pipeline.severity.obligations import reconcile
from pipeline.severity.plans import plan_duties
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import (
    INSTRUMENTS,
    REGIMES,
    instrument_in_force,
    limbs_in_force,
    severity_policy_id,
)
from pipeline.severity.regulators import PLANNED_CITIES, PROVINCES
from pipeline.severity.scope import remarks
from pipeline.severity.standing import Standing, stand
from pipeline.severity.state import IncidentRecord, Judged
from schemas.assessment import TIER_COLOUR, Law, Obligation, Regime, Tier
from schemas.command import Impact
from schemas.context import Context
from schemas.facts import TrialFacts, TrialOperator
from schemas.language import LANGUAGES
from schemas.moments import SHANGHAI, Moment, datetime_of, format_moment, moment_of
from schemas.registry import Enterprise

HOURS_MAX = 10_000_000
_MICROSECOND = Decimal(1)
_MICROSECONDS_PER_HOUR = 3_600_000_000
_MICROSECONDS_PER_MINUTE = 60_000_000


class FactsFault(ValueError):
    """A facts file that cannot be judged: place, cause and remedy."""


def try_facts(policy: SeverityPolicy, facts: TrialFacts) -> dict[str, object]:
    """Tier, limbs and duties as the contract of `policy try` has them; raises FactsFault."""
    _check(facts)
    discovered_at = moment_of(facts.discovered_at) if facts.discovered_at else None
    judged_at = discovered_at if discovered_at is not None else _latest()
    record = _record(facts, judged_at)
    known = entail(policy.choices, record.facts)
    result: dict[str, object] = {}
    standings: dict[Law, Standing] = {"statute": Standing(None, None, None, judged_at)}
    for regime in REGIMES:
        limbs = limbs_in_force(policy, regime, record.province, judged_at)
        judgement = judge(limbs, known)
        possible = possible_tier(policy, limbs, known)
        result[regime] = _answer(regime, judgement, possible, facts.occurred, judged_at) | {
            f"remarks_{language}": remarks(
                regime, record.facts, judged_at, policy.major_events, language
            )
            for language in LANGUAGES
        }
        if limbs:
            stands = stand(policy, record, regime, judgement.tier, possible)
            standings[regime] = Standing(stands, judgement.tier, stands, judged_at)
            record.standing[regime] = stands
            record.judged[regime] = Judged(1, "", facts.occurred, judgement.tier, judged_at)
    plans = plan_duties(policy, record, standings, known)
    told = reconcile(policy, record, plans, judged_at, _context(facts))
    result["obligations"] = [_tell(one, discovered_at is not None) for one in told]
    result["policy_id"] = severity_policy_id(policy)
    return result


def facts_schema() -> dict[str, object]:
    """JSON Schema of the facts file: every fact with what it means and its unit."""
    schema = msgspec.json.schema(TrialFacts)
    properties = schema["$defs"]["TrialFacts"]["properties"]
    for name, kind in KINDS.items():
        if name in properties:
            unit = f", {kind.unit_en}" if kind.unit_en else ""
            properties[name]["description"] = f"{kind.zh}: {kind.en}{unit}"
    properties["outage_hours"] = {
        "description": "outage in hours, decimals allowed; instead of outage_minutes",
        "anyOf": [{"type": "number", "minimum": 0, "maximum": HOURS_MAX}, {"type": "null"}],
        "default": None,
    }
    return schema


def _latest() -> Moment:
    """A moment at which every instrument now in force was in force."""
    return max(instrument.since for instrument in INSTRUMENTS)


def _check(facts: TrialFacts) -> None:
    """What the types cannot say."""
    operator, hours = facts.operator, facts.outage_hours
    if operator.province is not None and operator.province not in PROVINCES:
        raise FactsFault(
            f"$.operator.province: {operator.province!r} is none of the 31 divisions of the "
            f"reporting chain; use one of {', '.join(PROVINCES)}"
        )
    if operator.city and operator.city not in PLANNED_CITIES:
        raise FactsFault(
            f"$.operator.city: {operator.city!r} has no separate planning status; "
            f"use one of {', '.join(PLANNED_CITIES)}, or leave it out"
        )
    if operator.city and operator.province and operator.city[:2] != operator.province[:2]:
        raise FactsFault(
            f"$.operator.city: {operator.city!r} is not in province {operator.province}; "
            "correct one of them"
        )
    if hours is not None and not (hours.is_finite() and 0 <= hours <= HOURS_MAX):
        raise FactsFault(f"$.outage_hours: {hours}; give a number from 0 to {HOURS_MAX}")
    if hours is not None and facts.outage_minutes is not None:
        raise FactsFault("$.outage_hours: outage_minutes is given too; leave one of them out")
    _check_order(facts)


def _check_order(facts: TrialFacts) -> None:
    begin, end = facts.discovered_at, facts.handling_ended_at
    if begin and end and end < begin:
        raise FactsFault("$.handling_ended_at: before discovered_at; correct one of them")


def _record(facts: TrialFacts, judged_at: Moment) -> IncidentRecord:
    stated = {name: getattr(facts, name) for name in Impact.__struct_fields__}
    if facts.outage_hours is not None:
        stated["outage_minutes"] = whole_minutes(facts.outage_hours)
    impact = Impact(**stated)
    ended_at = moment_of(facts.handling_ended_at) if facts.handling_ended_at else None
    return IncidentRecord(
        incident_id="trial",
        province=facts.operator.province or "",
        drill=facts.drill,
        discovered_at=judged_at,
        occurred=facts.occurred,
        occurred_at=judged_at if facts.occurred else None,
        ended_at=ended_at,
        response_ended_at=ended_at,
        facts={
            **_operator(facts.operator, judged_at),
            **state_impact(impact, "facts file", judged_at),
        },
    )


def whole_minutes(hours: Decimal) -> int:
    """Hours as whole minutes, the part of a minute cut off.

    Rounded to the microsecond first: a sixth of an hour written with sixteen digits is ten
    minutes, and 7.9999 hours are 479.
    """
    exact = (hours * _MICROSECONDS_PER_HOUR).quantize(_MICROSECOND, ROUND_HALF_EVEN)
    return int(exact) // _MICROSECONDS_PER_MINUTE


def _operator(operator: TrialOperator, judged_at: Moment) -> dict[str, Stated]:
    words = {
        "field": operator.field if operator.field != "unknown" else None,
        "critical_infrastructure": yes_or_no(operator.critical_infrastructure),
        "central_organ": yes_or_no(operator.central_organ),
    }
    return {
        name: Stated(word, "facts file", judged_at, "reported")
        for name, word in words.items()
        if word is not None
    }


def _context(facts: TrialFacts) -> Context:
    operator = facts.operator
    enterprise = Enterprise(
        enterprise_id="trial",
        name="",
        province=operator.province or "",
        sector="",
        field=operator.field or "unknown",
        city=operator.city or "",
        xpcc=operator.xpcc,
    )
    return Context(enterprise=enterprise, rule_set_id="", drill=facts.drill)


def _answer(
    regime: Regime,
    judgement: Judgement,
    possible: Tier | None,
    occurred: bool,
    judged_at: Moment,
) -> dict[str, object]:
    tier = judgement.tier
    level: dict[str, object] = (
        {"response_level": tier}
        if occurred
        else {"colour": TIER_COLOUR[tier] if tier is not None else None}
    )
    instrument = instrument_in_force(regime, judged_at)
    return {
        "tier": tier,
        "possible": possible,
        **level,
        "instrument": instrument.en if instrument else None,
        "note": "" if instrument else "not in force when the incident was discovered",
        "limbs": [msgspec.to_builtins(limb) for limb in judgement.limbs],
        "raises": [msgspec.to_builtins(one) for one in judgement.raises],
    }


def _tell(one: Obligation, dated: bool) -> dict[str, object]:
    """One obligation as the contract has it, with what a person asks next."""
    due_at = one.due_at if dated else None
    return {
        "regime": one.regime,
        "duty": one.duty,
        "from": one.sender_en,
        "to": one.recipient_en,
        "from_zh": one.sender_zh,
        "to_zh": one.recipient_zh,
        "channel": one.channel,
        "due_at": None if due_at is None else format_moment(due_at),
        "due_at_local": None if due_at is None else _local(due_at),
        "limit": f"{one.limit_zh} ({one.limit_en})",
        "form": one.form,
        "article": one.article,
        "article_en": one.article_en,
        "unconfirmed": one.unconfirmed,
        "confidence": one.confidence,
        "presumed": list(one.presumed),
        "reason": one.reason_en,
        "reason_zh": one.reason_zh,
        "drill": one.drill,
    }


def _local(moment: Moment) -> str:
    return datetime_of(moment).astimezone(SHANGHAI).isoformat()
