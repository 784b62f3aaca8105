"""What a regulator decides of an incident, by commands: tier, warning, end of the response.

The tables are those of the MIIT plan: who issues which warning (§3.3), who may change a tier
(§4.4, §4.4.5), who ends the response of which level (§4.6).
"""

from collections.abc import Mapping
from typing import cast

from pipeline.severity.state import Consented, Fixed, IncidentRecord, Warned
from schemas.assessment import Colour, Regime, Tier, WarningNotice
from schemas.command import Body, Command

ISSUERS: Mapping[Colour, Body] = {
    "red": "mechanism",
    "orange": "mechanism",
    "yellow": "local_regulator",
    "blue": "local_regulator",
}
CONSENT_TO_WARN: Mapping[Colour, Body] = {"red": "leading_group", "orange": "leading_group"}
FIXERS: tuple[Body, ...] = ("local_regulator", "mechanism", "leading_group", "national_mechanism")
ENDED_BY: Mapping[Tier | None, tuple[Body, ...]] = {
    "I": ("national_mechanism", "leading_group"),
    "II": ("mechanism",),
    "III": ("local_regulator",),
    "IV": ("processor",),
    None: ("processor",),
}
CONSENT_TO_LOWER: Body = "mechanism"


def notice_fault(notice: WarningNotice, consent: Body) -> str:
    """What is wrong with a warning by the plan, §3.3: its issuer, the consent, its span; or ""."""
    issuer, consents = ISSUERS[notice.colour], CONSENT_TO_WARN.get(notice.colour, "")
    if notice.issued_by != issuer:
        return f"a {notice.colour} warning is issued by {issuer!r} (MIIT 2024/214 §3.3)"
    if consents and consent != consents:
        return f"a {notice.colour} warning needs consent {consents!r} (MIIT 2024/214 §3.3)"
    if notice.handle_by <= notice.starts_at:
        return "handle_by is not after starts_at; correct one of them"
    return ""


def apply_ruling(record: IncidentRecord, command: Command) -> None:
    """What an accepted command decides, into the record; consent releases what was held."""
    # §4.4.5: consent lowers, and nothing else does. Stated with facts it covers their correction.
    if command.consent == CONSENT_TO_LOWER and command.verb in ("fix_tier", "impact"):
        for tier in record.held.values():
            record.consented = Consented(tier, command.analyst, command.said_at)
        record.held.clear()
    if command.warning is not None and command.warning.colour == "red":
        record.red_warnings += (command.said_at,)
    match command.verb:
        case "fix_tier":
            regime = cast(Regime, command.regime)
            judged = record.judged.get(regime)
            record.fixed[regime] = Fixed(
                cast(Tier, command.tier),
                command.body,
                command.analyst,
                command.said_at,
                judged.tier if judged else None,
            )
        case "issue_warning" if command.warning is not None:
            record.warned = Warned("issued", command.warning, command.said_at)
        case "adjust_warning" if command.warning is not None:
            record.warned = Warned("adjusted", command.warning, command.said_at)
        case "lift_warning" if record.warned is not None:
            record.warned = Warned("lifted", record.warned.notice, command.said_at)
        case "end_response":
            record.response_ended_at = command.said_at
            # The response ends after the handling: who never said the latter has said it now.
            record.ended_at = record.ended_at or command.said_at
        case "reopen":
            record.response_ended_at = None
