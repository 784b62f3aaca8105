"""What a crossed threshold obliges to: an obligation of no incident.

It is done by exports that declare a ground, or settled by an analyst's command; the text of a
refusal says what may be said instead.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from pipeline.cross_border.state import CrossBorderState, Told
from pipeline.cross_border.weighing import Weighing
from pipeline.cross_border.wording import explain, owed_by
from pipeline.severity.regulators import name_role
from schemas.assessment import UNCONFIRMED, Obligation, ObligationState, state_at
from schemas.command import Command, Verb
from schemas.context import Context
from schemas.ids import content_id
from schemas.moments import Moment

SETTLING: Final[Mapping[Verb, Literal["fulfilled", "waived"]]] = {
    "fulfil_obligation": "fulfilled",
    "waive_obligation": "waived",
}
"""Verb, and what it says of the duty."""
REOPENING: Final[Verb] = "reopen_obligation"
"""Takes the last settlement back."""
VERBS: Final = (*SETTLING, REOPENING)


def obligation_of(
    told: Told, weighing: Weighing, year: int, now: Moment, context: Context
) -> Obligation | None:
    """The obligation where there is something new to say of it; `told` takes it down."""
    if not weighing.is_crossed and not told.duty_revision:
        return None
    state = _state(weighing)
    if told.duty_state == "withdrawn" != state:
        told.starts_at = now
    obligation = _obligation(told.starts_at, state, weighing, year, now, context)
    # Not the figures, which grow with every export: a revision each would drown the duty.
    substance = msgspec.structs.replace(
        obligation, reason_zh="", reason_en="", revised_at=0, done_at=None
    )
    content = content_id("duty", weighing.state, msgspec.json.encode(substance))
    if content == told.duty:
        return None
    told.duty, told.duty_state = content, state
    told.duty_revision += 1
    return msgspec.structs.replace(obligation, revision=told.duty_revision)


def _state(weighing: Weighing) -> ObligationState:
    if not weighing.is_crossed:
        return "withdrawn"
    if weighing.is_owed:
        return "pending"
    # Nobody owes what was waived; where grounds came to suffice after all it is done instead.
    is_waived = weighing.settlement is not None and weighing.settlement.kind == "waived"
    return "withdrawn" if is_waived and weighing.uncovered else "done"


def id_of(key: str, context: Context) -> str:
    """The obligation's id; `key` is `<threshold>:<year>`."""
    name, _, year = key.partition(":")
    return content_id("obligation", context.enterprise.enterprise_id, context.drill, name, year)


def _obligation(
    starts_at: Moment,
    state: ObligationState,
    weighing: Weighing,
    year: int,
    now: Moment,
    context: Context,
) -> Obligation:
    row, enterprise, settlement = weighing.threshold, context.enterprise, weighing.settlement
    said_at = now if settlement is None else settlement.said_at
    sender = name_role("processor", enterprise)
    recipient = name_role(row.recipient, enterprise)
    return Obligation(
        obligation_id=id_of(f"{row.key}:{year}", context),
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
        due_soon_at=starts_at,  # the rules give no figure: it is urgent from its start
        due_at=None,
        state=state_at(state, starts_at, None, now),
        done_at=said_at if state == "done" else None,
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


def refusal_of(state: CrossBorderState, command: Command, context: Context) -> str:
    """The reason, or ""."""
    if command.incident_id:
        return f"{command.verb} is about a duty of exports; leave `incident_id` out"
    if not command.reason:
        return f"{command.verb} needs a `reason`: what was filed or decided, or what was mistaken"
    duties = {id_of(key, context): told for key, told in state.told.items() if told.duty_revision}
    told = duties.get(command.obligation_id)
    if told is None:
        return (
            f"no duty {command.obligation_id or '(none named)'} is held of "
            f"{command.enterprise_id}; list those that are owed"
        )
    is_over = told.duty_state in ("done", "withdrawn")
    if command.verb == REOPENING:
        if is_over and told.settlement is not None:
            return ""
        return f"no analyst's word settles duty {command.obligation_id}; there is none to take back"
    return f"duty {command.obligation_id} is {told.duty_state} already" if is_over else ""
