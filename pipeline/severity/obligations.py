"""Duties that arise, change, fall due, are done or withdrawn: nothing happens silently.

Rule 1. A duty is pending, turns due_soon when a share of its limit has passed, and late when
        its deadline has passed; what must be done at once is due_soon from the start.
Rule 2. A duty turns at its own moment (`revised_at`), however late a timer is looked at.
Rule 3. What is done stays done; when it was reported decides whether that was in time.
Rule 4. A duty whose reason is gone is withdrawn, and says why; it revives with its reason.
"""

from collections.abc import Mapping

import msgspec

from pipeline.severity.deadlines import (
    Deadline,
    after_days,
    after_minutes,
    after_working_days,
)
from pipeline.severity.facts import Facts
from pipeline.severity.limbs import check_conditions
from pipeline.severity.obligation_table import DUTIES, DUTY_OF, Duty
from pipeline.severity.policy import DutyChange, SeverityPolicy
from pipeline.severity.regulators import name_role
from pipeline.severity.state import IncidentRecord
from schemas.assessment import Obligation, ObligationState, Regime, Tier, state_at
from schemas.context import Context
from schemas.ids import content_id
from schemas.moments import Moment, format_moment


class Standing(msgspec.Struct, frozen=True):
    """What duties hang on: the tier reached (computed or an expert's), and the likely one.

    `expert` is the expert's tier alone; None where there is none.
    """

    tier: Tier | None
    likely: Tier | None
    judged_at: Moment
    expert: Tier | None = None


class Plan(msgspec.Struct, frozen=True):
    """When a duty's clock starts and ends; `due` is None while that cannot be said."""

    duty: Duty
    standing: Standing
    starts_at: Moment
    due: Deadline | None


def wants(
    duty: Duty, record: IncidentRecord, standings: Mapping[Regime, Standing], facts: Facts
) -> bool:
    """Whether the table asks for this duty now."""
    standing = standings.get(duty.regime)
    if standing is None or record.dismissed:
        return False
    if duty.needs and check_conditions(duty.needs, facts) != "met":
        return False
    if duty.when == "occurred":
        return record.occurred and (not duty.tiers or standing.tier in duty.tiers)
    replaced = record.occurred and standing.tier in duty.tiers
    return not replaced and standing.likely in duty.tiers


def plan_duties(
    policy: SeverityPolicy,
    record: IncidentRecord,
    standings: Mapping[Regime, Standing],
    facts: Facts,
) -> dict[str, Plan]:
    """All duties that hold now, in the table's order, by key."""
    plans: dict[str, Plan] = {}
    for listed in DUTIES:
        duty = _changed(listed, policy, record.province)
        if wants(duty, record, standings, facts):
            starts_at = _start(policy, duty, record, standings[duty.regime], plans)
            due = None if starts_at is None else _deadline(duty, starts_at)
            plans[duty.key] = Plan(
                duty, standings[duty.regime], starts_at or record.discovered_at, due
            )
    return plans


def _changed(duty: Duty, policy: SeverityPolicy, province: str) -> Duty:
    """The duty with the policy's other limit, if there is one for this province or for all."""
    for change in policy.duty_changes:
        if change.duty == duty.key and change.province in ("", province):
            duty = _apply(duty, change)
    return duty


def _apply(duty: Duty, change: DutyChange) -> Duty:
    limits = [
        (f"{change.limit_minutes}分钟", f"{change.limit_minutes} minutes", change.limit_minutes),
        (
            f"{change.limit_working_days}个工作日",
            f"{change.limit_working_days} working days",
            change.limit_working_days,
        ),
        (f"{change.limit_days}日", f"{change.limit_days} days", change.limit_days),
    ]
    zh, en, _ = next(limit for limit in limits if limit[2] is not None)
    return msgspec.structs.replace(
        duty,
        limit_minutes=change.limit_minutes,
        limit_working_days=change.limit_working_days,
        limit_days=change.limit_days,
        limit_zh=f"{zh}（{change.reason}）",
        limit_en=f"{en} ({change.reason})",
        article=change.article or duty.article,
        unconfirmed=change.unconfirmed,
    )


def _start(
    policy: SeverityPolicy,
    duty: Duty,
    record: IncidentRecord,
    standing: Standing,
    plans: Mapping[str, Plan],
) -> Moment | None:
    """When the clock starts; None while that lies ahead and cannot be bounded."""
    match duty.start:
        case "handling_ended":
            return record.ended_at
        case "receipt":
            return _receipt(duty, record, plans)
        case "discovery":
            if policy.choices.clock_start == "discovery":
                return record.discovered_at
            existing = record.obligations.get(duty.key)
            kept = existing is not None and existing.state != "withdrawn"
            return existing.starts_at if existing and kept else standing.judged_at


def _receipt(duty: Duty, record: IncidentRecord, plans: Mapping[str, Plan]) -> Moment | None:
    """When the report before it was received; until it is, its latest lawful moment."""
    reported = record.reports.get(duty.after)
    before = plans.get(duty.after)
    if reported is not None:
        return reported
    return before.due.at if before and before.due else None


def _deadline(duty: Duty, starts_at: Moment) -> Deadline | None:
    if duty.limit_minutes is not None:
        return after_minutes(starts_at, duty.limit_minutes)
    if duty.limit_working_days is not None:
        return after_working_days(starts_at, duty.limit_working_days)
    if duty.limit_days is not None:
        return after_days(starts_at, duty.limit_days)
    return None


def reconcile(
    policy: SeverityPolicy,
    record: IncidentRecord,
    plans: Mapping[str, Plan],
    now: Moment,
    context: Context,
) -> list[Obligation]:
    """New, changed, done and withdrawn obligations; each goes into the record too."""
    revised = [
        *(_planned(policy, record, plan, now, context) for plan in plans.values()),
        *(
            _withdrawn(record, obligation, now)
            for key, obligation in record.obligations.items()
            if key not in plans and obligation.state not in ("done", "withdrawn")
        ),
    ]
    kept = [obligation for obligation in revised if _differs(record, obligation)]
    record.obligations.update((obligation.duty, obligation) for obligation in kept)
    return kept


def _differs(record: IncidentRecord, obligation: Obligation) -> bool:
    """Whether there is something new to write: timing, state, addressee, or the reason."""
    before = record.obligations.get(obligation.duty)
    return before is None or _substance(before) != _substance(obligation)


def _substance(one: Obligation) -> tuple[object, ...]:
    return (
        one.state,
        one.starts_at,
        one.due_at,
        one.done_at,
        one.recipient_zh,
        one.limit,
        one.reason_en,
    )


def _planned(
    policy: SeverityPolicy, record: IncidentRecord, plan: Plan, now: Moment, context: Context
) -> Obligation:
    duty, due_at = plan.duty, plan.due.at if plan.due else None
    before = record.obligations.get(duty.key)
    soon_at = _soon_at(policy, plan)
    done_at = record.reports.get(duty.key)
    sender, recipient = (
        name_role(role, context.enterprise) for role in (duty.sender, duty.recipient)
    )
    zh, en = _reason(record, plan, done_at)
    return Obligation(
        obligation_id=content_id("obligation", record.incident_id, duty.key),
        incident_id=record.incident_id,
        enterprise_id=context.enterprise.enterprise_id,
        province=record.province,
        revision=before.revision + 1 if before else 1,
        regime=duty.regime,
        duty=duty.key,
        sender_zh=sender[0],
        sender_en=sender[1],
        recipient_zh=recipient[0],
        recipient_en=recipient[1],
        channel=duty.channel,
        form=duty.form,
        limit=f"{duty.limit_zh} ({duty.limit_en})",
        starts_at=plan.starts_at,
        due_soon_at=soon_at,
        due_at=due_at,
        state=state_at("pending" if done_at is None else "done", soon_at, due_at, now),
        done_at=done_at,
        reason_zh=zh,
        reason_en=en,
        article=duty.article,
        unconfirmed=duty.unconfirmed or (plan.due is not None and not plan.due.certain),
        revised_at=now,
        drill=record.drill,
    )


def _soon_at(policy: SeverityPolicy, plan: Plan) -> Moment | None:
    if plan.due is None:
        return plan.starts_at if plan.duty.at_once else None
    return plan.starts_at + (plan.due.at - plan.starts_at) * policy.due_soon_percent // 100


def _reason(record: IncidentRecord, plan: Plan, done_at: Moment | None) -> tuple[str, str]:
    """Why the duty exists, and how it stands, in Chinese and English."""
    duty, judged = plan.duty, record.judged.get(plan.duty.regime)
    level_zh, level_en = _levels(plan.standing, judged.tier if judged else None)
    zh = f"{'已发生' if record.occurred else '可能发生'}，{level_zh}：{duty.limit_zh}"
    stage_en = "has occurred" if record.occurred else "may occur"
    en = f"{stage_en}, {level_en}: {duty.limit_en}"
    if duty.start == "receipt" and duty.after not in record.reports:
        zh += "；尚未收到前一报告，按其最迟时限推算"
        en += "; the report before it is not in yet, its latest lawful moment is taken"
    if judged and plan.due is not None and judged.judged_at > plan.due.at >= plan.starts_at:
        zh += f"；定级时（{format_moment(judged.judged_at)}）已过时限"
        en += f"; the tier was stated only at {format_moment(judged.judged_at)}, past the limit"
    if plan.due is not None and not plan.due.certain:
        zh += "；超出已公布工作日历，仅按周一至周五推算"
        en += "; beyond the published calendar, Monday to Friday only"
    if done_at is not None:
        late = plan.due is not None and done_at > plan.due.at
        zh += f"；已于 {format_moment(done_at)} 报告{'，逾期' if late else ''}"
        en += f"; reported at {format_moment(done_at)}{', late' if late else ''}"
    if record.drill:
        zh, en = f"演练，不产生实际义务：{zh}", f"drill, no real obligation: {en}"
    return zh, en


def _levels(standing: Standing, computed: Tier | None) -> tuple[str, str]:
    """The tier on which the duty hangs; where an expert says another, what was computed too."""
    zh, en = _level_zh(standing.tier), f"tier {standing.tier or 'none'}"
    if standing.expert in (None, computed):
        return zh, en
    if standing.tier == standing.expert:
        return (
            f"{zh}（专家定级；计算结果为{_level_zh(computed)}）",
            f"{en} (an expert's; computed: {computed or 'none'})",
        )
    return (
        f"{zh}（计算结果；专家定级为{_level_zh(standing.expert)}）",
        f"{en} (computed; an expert's: {standing.expert})",
    )


def _level_zh(tier: Tier | None) -> str:
    return f"{tier}级" if tier else "未定级"


def _withdrawn(record: IncidentRecord, obligation: Obligation, now: Moment) -> Obligation:
    zh, en = _why_gone(record, DUTY_OF[obligation.duty])
    return msgspec.structs.replace(
        obligation,
        revision=obligation.revision + 1,
        state="withdrawn",
        reason_zh=f"撤销（原状态 {obligation.state}）：{zh}",
        reason_en=f"withdrawn (was {obligation.state}): {en}",
        revised_at=now,
    )


def _why_gone(record: IncidentRecord, duty: Duty) -> tuple[str, str]:
    if record.successor:
        return f"已并入事件 {record.successor}", f"became part of incident {record.successor}"
    if record.dismissed:
        return f"结论为 {record.dismissed}", f"the verdict is {record.dismissed}"
    if duty.when == "risk" and record.occurred:
        return "已由事件报告代替", "the report of the incident takes its place"
    if duty.when == "occurred" and not record.occurred:
        return "不再认定为已发生", "it no longer counts as having occurred"
    judged = record.judged.get(duty.regime)
    tier = judged.tier if judged else None
    if duty.tiers and tier not in duty.tiers:
        return (
            f"级别现为 {tier or '未定级'}，不再适用",
            f"the tier is now {tier or 'none'}; the duty is for {'/'.join(duty.tiers)}",
        )
    return "其前提事实已更正", "the fact it rested on was corrected"


def raise_due(record: IncidentRecord, now: Moment) -> list[Obligation]:
    """Turns that fell due up to `now`, each at its own moment (rule 2), in order."""
    turned: list[Obligation] = []
    for duty, obligation in list(record.obligations.items()):
        current = obligation
        while (turn := next_turn(current)) is not None and turn[0] <= now:
            current = msgspec.structs.replace(
                current, revision=current.revision + 1, state=turn[1], revised_at=turn[0]
            )
            turned.append(current)
        record.obligations[duty] = current
    return sorted(turned, key=lambda one: (one.revised_at, one.obligation_id, one.revision))


def next_turn(obligation: Obligation) -> tuple[Moment, ObligationState] | None:
    """When the obligation turns by itself, and into what; None where it does not."""
    if obligation.state == "pending" and obligation.due_soon_at is not None:
        return obligation.due_soon_at, "due_soon"
    if obligation.state in ("pending", "due_soon") and obligation.due_at is not None:
        return obligation.due_at + 1, "late"
    return None
