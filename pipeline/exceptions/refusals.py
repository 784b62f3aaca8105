"""Why a command about an exception is refused; the text says what may be said instead."""

from pipeline.exceptions.scope import network_of
from pipeline.exceptions.state import ExceptionsState
from schemas.command import Command
from schemas.exception import Scope
from schemas.moments import DAY, Moment, format_moment

EXCEPTIONS_MAX = 200
"""Held for one enterprise."""
LONGEST: Moment = 366 * DAY


def refusal_of(state: ExceptionsState, command: Command, received_at: Moment) -> str:
    """The reason, or ""."""
    if command.incident_id:
        return f"{command.verb} is about an enterprise; leave `incident_id` out"
    if not command.reason:
        return f"{command.verb} needs a `reason`: it stands beside what is hidden"
    if command.verb == "end_exception":
        return _not_active(state, command.exception_id)
    if command.scope is None:
        return "add_exception has no `scope`; give `rule_id`, `starts_at` and `ends_at` in it"
    if len(state.held) >= EXCEPTIONS_MAX:
        return f"{EXCEPTIONS_MAX} exceptions are held of {command.enterprise_id}; end some first"
    return _unfit(command.scope, received_at)


def _not_active(state: ExceptionsState, exception_id: str) -> str:
    held = state.held.get(exception_id)
    if held is None:
        return f"no exception {exception_id or '(none named)'} is held; list those that are active"
    return "" if held.state == "active" else f"exception {exception_id} is {held.state} already"


def _unfit(scope: Scope, received_at: Moment) -> str:
    if not scope.rule_id:
        return "the scope names no rule; give `rule_id`"
    if scope.address and network_of(scope.address) is None:
        return f"{scope.address!r} is no address or network; give 192.0.2.7 or 192.0.2.0/24"
    if scope.ends_at <= max(scope.starts_at, received_at):
        ends, received = format_moment(scope.ends_at), format_moment(received_at)
        return f"it would be over at {ends}, received {received}; give a later `ends_at`"
    if scope.ends_at - scope.starts_at > LONGEST:
        return "longer than 366 days; a rule that is wrong everywhere is changed, not silenced"
    return ""
