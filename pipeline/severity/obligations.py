"""Duties that arise, change, fall due, are done or withdrawn: nothing happens silently.

Rule 1. A duty is pending, turns due_soon when a share of its limit has passed, and late when
        its deadline has passed; what must be done at once is due_soon from the start.
Rule 2. A duty turns at its own moment (`revised_at`), however late a timer is looked at.
Rule 3. What is done stays done; when it was reported decides whether that was in time. What was
        late once stays marked as overdue, whatever becomes of it.
Rule 4. A duty whose reason is gone is withdrawn, and says why; it revives with its reason.
Rule 5. What is unknown of the operator is taken in its stricter sense, and the duty says so.
"""

from collections.abc import Mapping

import msgspec

from pipeline.severity.duty_reasons import explain_duty, explain_withdrawal
from pipeline.severity.obligation_table import DUTY_OF
from pipeline.severity.plans import Plan
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regulators import name_role
from pipeline.severity.state import IncidentRecord
from schemas.assessment import ENDED_STATES, Obligation, ObligationState, state_at
from schemas.context import Context
from schemas.glossary import OBLIGATION
from schemas.ids import content_id
from schemas.language import LANGUAGES
from schemas.moments import Moment


def reconcile(
    policy: SeverityPolicy,
    record: IncidentRecord,
    plans: Mapping[str, Plan],
    now: Moment,
    context: Context,
) -> list[Obligation]:
    """New, changed, done and withdrawn obligations; each goes into the record too."""
    before = record.obligations
    gone = [
        key for key, one in before.items() if key not in plans and one.state not in ENDED_STATES
    ]
    revised = [
        *((key, _planned(policy, record, key, plan, now, context)) for key, plan in plans.items()),
        *((key, _withdrawn(record, before[key], now)) for key in gone),
    ]
    for key in gone:
        # What revives has been judged anew, and has the clock of that judgement.
        record.inherited_starts.pop(key, None)
    kept = {
        key: one
        for key, one in revised
        if key not in before or _substance(before[key]) != _substance(one)
    }
    record.obligations.update(kept)
    return list(kept.values())


def _substance(one: Obligation) -> tuple[object, ...]:
    """What makes a revision worth writing: timing, state, addressee, or the reason."""
    timing = (one.state, one.starts_at, one.due_at, one.done_at, one.overdue)
    # The Chinese reason says the same as the English one: one of them is enough to compare.
    return (*timing, one.recipient_zh, one.reason_en)


def _planned(
    policy: SeverityPolicy,
    record: IncidentRecord,
    key: str,
    plan: Plan,
    now: Moment,
    context: Context,
) -> Obligation:
    duty, due_at = plan.duty, plan.due.at if plan.due else None
    before = record.obligations.get(key)
    soon_at = _soon_at(policy, plan)
    done_at = record.reports.get(key)
    sender, recipient = (
        name_role(role, context.enterprise) for role in (duty.sender, duty.recipient)
    )
    # Reported at the deadline is in time. What was late once stays so: a later correction of the
    # facts, which moves the deadline, makes no late report punctual (CAC Art. 10, plan §4.2).
    is_overdue = due_at is not None and (now if done_at is None else done_at) > due_at
    is_overdue = is_overdue or (before is not None and before.overdue)
    return Obligation(
        obligation_id=content_id("obligation", record.incident_id, key),
        incident_id=record.incident_id,
        enterprise_id=context.enterprise.enterprise_id,
        province=record.province,
        revision=before.revision + 1 if before else 1,
        regime=duty.law,
        duty=duty.key,
        sender_zh=sender[0],
        sender_en=sender[1],
        recipient_zh=recipient[0],
        recipient_en=recipient[1],
        channel=duty.channel,
        form=duty.form,
        limit_zh=duty.limit_zh,
        limit_en=duty.limit_en,
        starts_at=plan.starts_at,
        due_soon_at=soon_at,
        due_at=due_at,
        state=state_at("pending" if done_at is None else "done", soon_at, due_at, now),
        done_at=done_at,
        reason_zh=explain_duty(record, plan, done_at, context, "zh"),
        reason_en=explain_duty(record, plan, done_at, context, "en"),
        article=duty.article.zh,
        article_en=duty.article.en,
        unconfirmed=duty.unconfirmed or (plan.due is not None and not plan.due.certain),
        confidence=duty.confidence,
        overdue=is_overdue,
        presumed=plan.presumed,
        revised_at=now,
        drill=record.drill,
    )


def _soon_at(policy: SeverityPolicy, plan: Plan) -> Moment | None:
    if plan.due is None:
        # "At once" (立即) has no deadline that could pass: it is urgent from its start, and never
        # late.
        return plan.starts_at if plan.duty.at_once else None
    return plan.starts_at + (plan.due.at - plan.starts_at) * policy.due_soon_percent // 100


def _withdrawn(record: IncidentRecord, obligation: Obligation, now: Moment) -> Obligation:
    zh, en = (explain_withdrawal(record, DUTY_OF[obligation.duty], one) for one in LANGUAGES)
    was_zh, was_en = (OBLIGATION[obligation.state].of(one) for one in LANGUAGES)
    return msgspec.structs.replace(
        obligation,
        revision=obligation.revision + 1,
        state="withdrawn",
        reason_zh=f"撤销（原状态：{was_zh}）：{zh}",
        reason_en=f"withdrawn (was {was_en}): {en}",
        revised_at=now,
    )


def raise_due(record: IncidentRecord, now: Moment) -> list[Obligation]:
    """Turns that fell due up to `now`, each at its own moment (rule 2), in order."""
    turned: list[Obligation] = []
    for duty, obligation in list(record.obligations.items()):
        current = obligation
        while (turn := next_turn(current)) is not None and turn[0] <= now:
            current = msgspec.structs.replace(
                current,
                revision=current.revision + 1,
                state=turn[1],
                overdue=current.overdue or turn[1] == "late",
                revised_at=turn[0],
            )
            turned.append(current)
        record.obligations[duty] = current
    return sorted(turned, key=lambda one: (one.revised_at, one.obligation_id, one.revision))


def next_turn(obligation: Obligation) -> tuple[Moment, ObligationState] | None:
    """When the obligation turns by itself, and into what; None where it does not."""
    if obligation.state == "pending" and obligation.due_soon_at is not None:
        return obligation.due_soon_at, "due_soon"
    if obligation.state in ("pending", "due_soon") and obligation.due_at is not None:
        # A deadline's last moment is still in time: late is the one after.
        return obligation.due_at + 1, "late"
    return None
