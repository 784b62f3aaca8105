"""What a crossed threshold obliges to: an obligation of no incident, done by declaring a ground."""

import msgspec

from pipeline.cross_border.state import Told
from pipeline.cross_border.weighing import Weighing
from pipeline.cross_border.wording import explain, owed_by
from pipeline.severity.regulators import name_role
from schemas.assessment import UNCONFIRMED, Obligation, ObligationState, state_at
from schemas.context import Context
from schemas.ids import content_id
from schemas.moments import Moment


def obligation_of(
    told: Told, weighing: Weighing, year: int, now: Moment, context: Context
) -> Obligation | None:
    """The obligation where there is something new to say of it; `told` takes it down."""
    wanted = weighing.is_crossed
    if not wanted and not told.duty_revision:
        return None
    state = _state(weighing)
    if told.duty_state == "withdrawn" and wanted:
        told.starts_at = now
    obligation = _obligation(told.starts_at, state, weighing, year, now, context)
    content = content_id("duty", weighing.state, msgspec.json.encode(_substance(obligation)))
    if content == told.duty:
        return None
    told.duty, told.duty_state = content, state
    told.duty_revision += 1
    return msgspec.structs.replace(obligation, revision=told.duty_revision)


def _substance(obligation: Obligation) -> Obligation:
    """What makes a new revision worth writing: not the figures, which grow with every export."""
    return msgspec.structs.replace(
        obligation, reason_zh="", reason_en="", revised_at=0, done_at=None
    )


def _state(weighing: Weighing) -> ObligationState:
    if not weighing.is_crossed:
        return "withdrawn"
    return "pending" if weighing.uncovered else "done"


def _obligation(
    starts_at: Moment,
    state: ObligationState,
    weighing: Weighing,
    year: int,
    now: Moment,
    context: Context,
) -> Obligation:
    row, enterprise = weighing.threshold, context.enterprise
    sender = name_role("processor", enterprise)
    recipient = name_role(row.recipient, enterprise)
    return Obligation(
        obligation_id=content_id(
            "obligation", enterprise.enterprise_id, context.drill, row.key, str(year)
        ),
        incident_id="",
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        revision=0,
        regime="statute",
        duty=f"cross-border-{row.key.replace('_', '-')}",
        sender_zh=sender[0],
        sender_en=sender[1],
        recipient_zh=recipient[0],
        recipient_en=recipient[1],
        channel="report",
        form="",
        limit_zh=f"{owed_by(weighing, 'zh')}（{row.limit_zh}）",
        limit_en=f"{owed_by(weighing, 'en')} ({row.limit_en})",
        starts_at=starts_at,
        due_soon_at=starts_at,
        due_at=None,
        state=state_at(state, starts_at, None, now),
        done_at=now if state == "done" else None,
        reason_zh=explain(weighing, year, context.drill, "zh"),
        reason_en=explain(weighing, year, context.drill, "en"),
        article=row.article.zh,
        article_en=row.article.en,
        unconfirmed=row.confidence in UNCONFIRMED,
        confidence=row.confidence,
        overdue=False,
        presumed=weighing.presumed,
        revised_at=now,
        drill=context.drill,
    )
