"""Why a complete command does not fit an incident as it stands: its tiers, duties and warning."""

from collections.abc import Callable, Mapping
from typing import cast

from pipeline.severity.judgement import GRAVITY
from pipeline.severity.rulings import CONSENT_TO_LOWER, ENDED_BY
from pipeline.severity.state import NO_OVERRIDE, IncidentRecord, SeverityState
from schemas.assessment import Regime, Tier
from schemas.command import Command, Verb


def refusal_of(state: SeverityState, command: Command) -> str:
    """What stands in the way, and what may be said instead; "" where the command fits."""
    check, record = _CHECKS.get(command.verb), state.records.get(command.incident_id)
    return check(record, command) if check else ""


def _unjudged(record: IncidentRecord | None, command: Command) -> str:
    """A regime that does not bind the operator's field judges nothing: no tier of it would show."""
    if record is None or command.regime in record.judged:
        return ""
    regimes = ", ".join(record.judged)
    return f"{command.verb}: the incident is not judged by {command.regime}, but by {regimes}"


def _override(record: IncidentRecord | None, command: Command) -> str:
    regime = cast(Regime, command.regime)
    if fault := _unjudged(record, command):
        return fault
    override = record.overrides.get(regime, NO_OVERRIDE) if record else NO_OVERRIDE
    if command.tier or override.tier is not None:
        return ""
    return f"override: no tier of {regime} is overridden, so none can be lifted"


def _reported(record: IncidentRecord | None, command: Command) -> str:
    held = record.obligations.values() if record else ()
    if any(one.obligation_id == command.obligation_id for one in held):
        return ""
    return f"reported: {command.obligation_id!r} is no open obligation of the incident"


def _fix_tier(record: IncidentRecord | None, command: Command) -> str:
    """Only under the MIIT plan is a tier held: there a lower one needs consent."""
    if fault := _unjudged(record, command):
        return fault
    held = record.held.get(cast(Regime, command.regime)) if record else None
    lowers = GRAVITY[cast(Tier, command.tier)] < GRAVITY[held]
    if not lowers or command.consent == CONSENT_TO_LOWER:
        return ""
    return (
        f"fix_tier: lowering tier {held} needs the consent of the Data Security Mechanism "
        f"(MIIT 2024/214 §4.4.5); state it with consent {CONSENT_TO_LOWER!r}"
    )


def _in_force(record: IncidentRecord | None) -> bool:
    return record is not None and record.warned is not None and record.warned.state != "lifted"


def _issue_warning(record: IncidentRecord | None, command: Command) -> str:
    return "issue_warning: one is in force; adjust it or lift it" if _in_force(record) else ""


def _adjust_warning(record: IncidentRecord | None, command: Command) -> str:
    return "" if _in_force(record) else "adjust_warning: none is in force; issue one"


def _lift_warning(record: IncidentRecord | None, command: Command) -> str:
    if record is None or record.warned is None or not _in_force(record):
        return "lift_warning: none is in force"
    issuer = record.warned.notice.issued_by
    if command.body != issuer:
        return f"lift_warning: body {command.body!r}; it is lifted by its issuer, {issuer!r}"
    return ""


def _end_response(record: IncidentRecord | None, command: Command) -> str:
    if record is None or not record.occurred:
        return "end_response: it is not confirmed that the incident occurred; confirm it first"
    tier = record.standing.get("miit")
    bodies = ENDED_BY[tier]
    if command.body in bodies:
        return ""
    return (
        f"end_response: body {command.body!r}; the response of tier {tier or 'none'} is "
        f"ended by one of {list(bodies)} (MIIT 2024/214 §4.6)"
    )


_CHECKS: Mapping[Verb, Callable[[IncidentRecord | None, Command], str]] = {
    "override": _override,
    "reported": _reported,
    "fix_tier": _fix_tier,
    "issue_warning": _issue_warning,
    "adjust_warning": _adjust_warning,
    "lift_warning": _lift_warning,
    "end_response": _end_response,
}
"""Verbs that not every stage of an incident allows, as far as tiers, duties and warning go."""
