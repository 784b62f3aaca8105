"""Why a command on a duty of exports is refused; the text says what may be said instead."""

from collections.abc import Mapping
from typing import Final, Literal

from pipeline.cross_border.obligations import id_of
from pipeline.cross_border.state import CrossBorderState
from schemas.command import Command, Verb
from schemas.context import Context

SETTLING: Final[Mapping[Verb, Literal["fulfilled", "waived"]]] = {
    "fulfil_obligation": "fulfilled",
    "waive_obligation": "waived",
}
"""Verb, and what it says of the duty."""
REOPENING: Final[Verb] = "reopen_obligation"
"""Takes the last settlement back."""
VERBS: Final = (*SETTLING, REOPENING)


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
