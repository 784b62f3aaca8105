"""Why a duty exists, how it stands, and why it is gone: in sentences of both languages."""

from typing import cast

from pipeline.severity.duty import Duty
from pipeline.severity.obligation_table import DUTY_OF
from pipeline.severity.plans import Plan
from pipeline.severity.reasons import name_fact, name_tier, tell_expert
from pipeline.severity.regulators import name_role
from pipeline.severity.state import NO_OVERRIDE, IncidentRecord
from schemas.assessment import Regime
from schemas.context import Context
from schemas.glossary import VERDICT, Term, read
from schemas.language import LANGUAGES, Language
from schemas.moments import Moment, read_moment


def explain_duty(
    record: IncidentRecord, plan: Plan, done_at: Moment | None, context: Context, language: Language
) -> str:
    """Why the duty exists, and how it stands."""
    is_zh, duty, due = language == "zh", plan.duty, plan.due
    parts = [
        _basis(record, duty, language),
        _presumption(plan, context, language),
    ]
    if duty.start == "receipt" and duty.after not in record.reports:
        parts.append(_AWAITED.of(language))
    if duty.start == "response_ended" and record.response_ended_at is None:
        parts.append(_NOT_ENDED.of(language))
    judged = record.judged.get(cast(Regime, duty.law))
    if judged and due is not None and judged.judged_at > due.at >= plan.starts_at:
        when = read_moment(judged.judged_at, language)
        parts.append(f"{when}定级时已过时限" if is_zh else f"the tier was stated only on {when}")
    if due is not None and not due.certain:
        parts.append(_NO_CALENDAR.of(language))
    if done_at is not None:
        when, late = read_moment(done_at, language), due is not None and done_at > due.at
        ending = ("，逾期" if is_zh else ", late") if late else ""
        parts.append(f"已于{when}报送{ending}" if is_zh else f"reported on {when}{ending}")
    text = ("；" if is_zh else "; ").join(part for part in parts if part)
    return _DRILL.of(language) + text if record.drill else text


_AWAITED = Term(
    "尚未收到前一报告，按其最迟时限推算",
    "the report before it is not in yet, its latest lawful moment is taken",
)
_NOT_ENDED = Term(
    "应急响应尚未宣布结束，时限自宣布结束之日起算",
    "the response has not been declared ended; the limit counts from then",
)
_NO_CALENDAR = Term(
    "超出已公布工作日历，仅按周一至周五和固定节日推算",
    "beyond the published calendar, Monday to Friday and fixed holidays only",
)
_DRILL = Term("演练，不产生实际义务：", "drill, no real obligation: ")


def _basis(record: IncidentRecord, duty: Duty, language: Language) -> str:
    if duty.law == "statute":
        return duty.limit_zh if language == "zh" else duty.limit_en
    tier = _tier(record, duty.law, language)
    if language == "zh":
        return f"{'已发生' if record.occurred else '可能发生'}，{tier}：{duty.limit_zh}"
    return f"{'has occurred' if record.occurred else 'may occur'}, {tier}: {duty.limit_en}"


def _tier(record: IncidentRecord, regime: Regime, language: Language) -> str:
    """The tier that stands; where no regulator fixed it, an expert's beside the computed one."""
    stands, judged = record.standing.get(regime), record.judged.get(regime)
    named = name_tier(stands, language)
    if regime in record.fixed:
        return named
    expert = record.overrides.get(regime, NO_OVERRIDE).tier
    told = tell_expert(stands, judged.tier if judged else None, expert, language)
    return ("，" if language == "zh" else ", ").join(part for part in (named, told) if part)


def _presumption(plan: Plan, context: Context, language: Language) -> str:
    """Both outcomes of what is unknown: the stricter one runs, the other one is told."""
    if not plan.presumed:
        return ""
    is_zh = language == "zh"
    names = ("、" if is_zh else ", ").join(name_fact(name, language) for name in plan.presumed)
    other = DUTY_OF.get(plan.duty.otherwise)
    if other is None:
        return (
            f"{names}尚不明确，从严适用" if is_zh else f"not known: {names}; the stricter applies"
        )
    to = name_role(other.recipient, context.enterprise)
    if is_zh:
        return f"{names}尚不明确，从严计时；如均为否，则为{other.limit_zh}报送{to[0]}"
    return (
        f"not known: {names}; the stricter limit runs; if neither holds, {other.limit_en}, {to[1]}"
    )


def explain_withdrawal(record: IncidentRecord, duty: Duty, language: Language) -> str:
    """Why a duty that held does so no more: the first of these that is so."""
    grounds = (
        (
            record.successor,
            Term(f"已并入事件{record.successor}", f"became part of incident {record.successor}"),
        ),
        (record.dismissed, _verdict(record)),
        (duty.when == "risk" and record.occurred, _REPLACED),
        (duty.when == "occurred" and not record.occurred, _NOT_OCCURRED),
        (duty.follows or duty.recurs, _SAID_SINCE),
        (duty.tiers and record.standing.get(duty.law) not in duty.tiers, _other_tier(record, duty)),
        (True, _CORRECTED),
    )
    return next(term for holds, term in grounds if holds).of(language)


_REPLACED = Term("已由事件报告代替", "the report of the incident takes its place")
_NOT_OCCURRED = Term("不再认定为已发生", "it no longer counts as having occurred")
_SAID_SINCE = Term("其后的报告已说明", "a later report says it")
_CORRECTED = Term("其前提事实已更正或查明", "the fact it rested on was corrected or found out")


def _verdict(record: IncidentRecord) -> Term:
    zh, en = (read(VERDICT, record.dismissed, language) for language in LANGUAGES)
    return Term(f"结论为{zh}", f"the verdict is {en}")


def _other_tier(record: IncidentRecord, duty: Duty) -> Term:
    zh, en = (name_tier(record.standing.get(duty.law), language) for language in LANGUAGES)
    allowed = "/".join(duty.tiers)
    return Term(f"级别现为{zh}，不再适用", f"the tier is now {en}; the duty is for {allowed}")
