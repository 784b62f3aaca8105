"""The one gate for commands: read, known before, allowed, complete; then each stage applies it.

Who may write to the topic of commands is Kafka's to decide (`pipeline/kafka/rights.py`), who said
what is proved by a signature (`analysts.py`).

Rule 1. A command is known by its id for as long as its incident is held, whatever became of it:
        said again, it is answered as the first time, row for row, and changes nothing.
Rule 2. An id that comes again with other content is no command: it would take the place of
        the first in the store.
Rule 3. A refusal names what stands in the way, and what may be said instead.
Rule 4. Of commands on incidents that are not held the last `STRAY_MAX` are known, of commands
        about exceptions, about duties of exports and with late findings the last `COMMANDS_MAX`
        each.
"""

from collections.abc import Callable, Collection, Mapping
from typing import get_args

import msgspec

from pipeline.commands.analysts import CommandsPolicy, refusal_of_analyst, signer_of
from pipeline.cross_border.obligations import VERBS
from pipeline.cross_border.obligations import refusal_of as obligation_refusal
from pipeline.cross_border.state import CrossBorderState
from pipeline.exceptions.refusals import refusal_of as exception_refusal
from pipeline.exceptions.state import ExceptionsState
from pipeline.incidents.commands import refusal_of as incident_refusal
from pipeline.incidents.late_findings import refusal_of as late_finding_refusal
from pipeline.incidents.lifecycle import AFTER_LEAVING, VERDICTS
from pipeline.incidents.state import IncidentsState
from pipeline.intake.admission import Refusal
from pipeline.intake.reading import EARLIEST
from pipeline.severity.facts import state_impact
from pipeline.severity.refusals import refusal_of as severity_refusal
from pipeline.severity.rulings import FIXERS, notice_fault
from pipeline.severity.state import SeverityState
from schemas.assessment import TIERS, Regime
from schemas.batch import Record
from schemas.command import Command, CommandOutcome, Particulars, Verb
from schemas.context import Context
from schemas.ids import content_id, is_name
from schemas.moments import MINUTE, Moment, format_moment
from schemas.registry import Registry

COMMAND_BYTES = 65_536
SKEW: Moment = 10 * MINUTE
"""How far the clocks of analysts may be ahead of Kafka's."""
COMMANDS_MAX = 1_000
"""On one incident: the next is refused."""
STRAY_MAX = 256
ENDING = ("resolve", "close")
"""The verbs that may carry a verdict."""
EXCEPTION_VERBS = ("add_exception", "end_exception")
"""The verbs about an enterprise's exceptions, on no incident."""
LATE_FINDING: Verb = "add_late_finding"
"""The verb about what an investigation found, whose incident may not be held yet."""
OBLIGATION_VERBS = VERBS
"""The verbs about what an enterprise owes for its exports, on no incident."""
_COMMAND = msgspec.json.Decoder(Command)
_STRAY, _EXCEPTIONS, _OBLIGATIONS, _FINDINGS = "", "exceptions", "obligations", "findings"
_KEPT = {
    _STRAY: STRAY_MAX,
    _EXCEPTIONS: COMMANDS_MAX,
    _OBLIGATIONS: COMMANDS_MAX,
    _FINDINGS: COMMANDS_MAX,
}
"""Shelves that are no incident's: the oldest command gives way."""


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """A command that came, and what became of it: "" where it was accepted."""

    content: str
    received_at: Moment
    refusal: str


class CommandsState(msgspec.Struct):
    """By subject (`_subject_of`) and command id."""

    heard: dict[str, dict[str, Heard]] = {}


def read_command(record: Record, registry: Registry, policy: CommandsPolicy) -> Command | Refusal:
    """The command of a record whose key is its enterprise, said by whoever signed it."""
    if len(record.value) > COMMAND_BYTES:
        return Refusal("command_malformed", f"{len(record.value)} bytes, {COMMAND_BYTES} at most")
    signer = signer_of(record, policy)
    if isinstance(signer, Refusal):
        return signer
    try:
        command = _COMMAND.decode(record.value)
    except (ValueError, msgspec.DecodeError) as fault:
        return Refusal("command_malformed", str(fault))
    refusal = _check(command, record, registry)
    if refusal is None and signer is not None:
        refusal = refusal_of_analyst(signer, command, registry[command.enterprise_id])
    return refusal or command


def _check(command: Command, record: Record, registry: Registry) -> Refusal | None:
    enterprise_id = command.enterprise_id
    if record.key != enterprise_id.encode() or enterprise_id not in registry:
        return Refusal("unknown_enterprise", f"key {record.key[:200]!r}, {enterprise_id!r}")
    if not is_name(command.command_id):
        return Refusal("command_malformed", f"command_id {command.command_id!r}")
    if not EARLIEST <= command.said_at <= record.timestamp + SKEW:
        received = format_moment(record.timestamp)
        return Refusal(
            "command_time_out_of_range", f"said_at {command.said_at}, received at {received}"
        )
    return None


def heard_before(state: CommandsState, command: Command) -> Heard | None:
    """What the command of this id was, and what became of it; None: it is new."""
    subjects = (command.incident_id, *_KEPT)
    found = (state.heard.get(each, {}).get(command.command_id) for each in subjects)
    return next((heard for heard in found if heard is not None), None)


def answer_again(heard: Heard, command: Command) -> CommandOutcome | None:
    """The outcome of the first time, row for row; None where it was another command's (rule 2)."""
    return _outcome(command, heard) if heard.content == _content(command) else None


def hear(
    state: CommandsState,
    incidents: IncidentsState,
    severity: SeverityState,
    exceptions: ExceptionsState,
    exports: CrossBorderState,
    command: Command,
    received_at: Moment,
    context: Context,
) -> CommandOutcome:
    """Judge a command that is new, and remember it. Only an accepted one is to be applied."""
    key = _subject_of(incidents, severity, command)
    known = state.heard.get(key, {})
    if command.verb in EXCEPTION_VERBS:
        refusal = exception_refusal(exceptions, command, received_at)
    elif command.verb in OBLIGATION_VERBS:
        refusal = obligation_refusal(exports, command, context)
    elif command.verb == LATE_FINDING:
        refusal = content_refusal(command) or late_finding_refusal(incidents, command, received_at)
    else:
        # Duties outlive the case: the last report is due weeks after its evidence has left.
        is_law_alone = command.verb in AFTER_LEAVING and _has_left(incidents, severity, command)
        refusal = (
            ("" if is_law_alone else incident_refusal(incidents, command))
            or content_refusal(command)
            or severity_refusal(severity, command)
        )
    heard = Heard(_content(command), received_at, refusal)
    if key in _KEPT:
        known = dict(list(known.items())[1 - _KEPT[key] :])
    elif len(known) >= COMMANDS_MAX:
        refusal = f"{command.incident_id} has had {COMMANDS_MAX} commands; it takes no more"
        return _outcome(command, msgspec.structs.replace(heard, refusal=refusal))
    state.heard = {**state.heard, key: {**known, command.command_id: heard}}
    return _outcome(command, heard)


def forget(state: CommandsState, *held: Collection[str]) -> None:
    """Let go of the commands on incidents that none of these holds any more."""
    gone = [key for key in state.heard if not any(key in one for one in (*held, _KEPT))]
    if gone:
        state.heard = {key: known for key, known in state.heard.items() if key not in gone}


def _has_left(incidents: IncidentsState, severity: SeverityState, command: Command) -> bool:
    """Whether the incident is held for its duties alone: graded, and no case any more."""
    record = severity.records.get(command.incident_id)
    is_graded = record is not None and not record.dismissed
    return is_graded and command.incident_id not in incidents.cases


def content_refusal(command: Command) -> str:
    """What the verb needs and the command does not say; "" where it is complete."""
    if command.verdict and command.verb not in ENDING:
        return f"a verdict goes with {' or '.join(ENDING)}, not with {command.verb}"
    if command.verdict and command.verdict not in VERDICTS:
        return f"unknown verdict {command.verdict}; one of: {', '.join(VERDICTS)}"
    check = _NEEDS.get(command.verb)
    return check(command) if check else ""


def _impact(command: Command) -> str:
    if command.impact is None or not state_impact(command.impact, "", 0):
        return "impact states no facts; give at least one in `impact`"
    return ""


def _regime(command: Command) -> str:
    regimes = get_args(Regime)
    if command.regime in regimes:
        return ""
    return f"unknown regime {command.regime or '(none)'}; one of: {', '.join(regimes)}"


def _override(command: Command) -> str:
    if fault := _regime(command):
        return fault
    if command.tier not in ("", *TIERS):
        return f'unknown tier {command.tier}; one of: {", ".join(TIERS)}, or "" to lift it'
    return "" if command.reason else "override needs a `reason`: it stands beside the computed tier"


def _reported(command: Command) -> str:
    if not command.obligation_id:
        return "reported names no obligation; give its `obligation_id`"
    return ""


def _describe(command: Command) -> str:
    if command.particulars in (None, Particulars()):
        return "describe states nothing; give at least one field in `particulars`"
    return ""


def _fix_tier(command: Command) -> str:
    if fault := _regime(command):
        return fault
    if command.tier not in TIERS:
        return f"unknown tier {command.tier or '(none)'}; one of: {', '.join(TIERS)}"
    if command.body not in FIXERS:
        return f"{command.body or '(no body)'} fixes no tier; `body` is one of: {', '.join(FIXERS)}"
    return ""


def _warning(command: Command) -> str:
    if command.warning is None:
        return f"{command.verb} has no `warning`; give its eight fields (MIIT 2024/214 §3.3)"
    return notice_fault(command.warning, command.consent)


def _said(command: Command) -> str:
    return "" if command.reason else f"{command.verb} says nothing; give its text as `reason`"


def _attachment(command: Command) -> str:
    if command.attachment is None:
        return "attach names no file; give `name`, `sha256` and `size` in `attachment`"
    return ""


_NEEDS: Mapping[Verb, Callable[[Command], str]] = {
    "impact": _impact,
    "override": _override,
    "reported": _reported,
    "describe": _describe,
    "fix_tier": _fix_tier,
    "issue_warning": _warning,
    "adjust_warning": _warning,
    "note": _said,
    "add_task": _said,
    "attach": _attachment,
    LATE_FINDING: _said,
}
"""What verbs need beside the incident; those that are not named need nothing."""


def _subject_of(incidents: IncidentsState, severity: SeverityState, command: Command) -> str:
    """An incident's id while that is held, as a case or for its duties, or one of `_KEPT`."""
    if command.verb in EXCEPTION_VERBS:
        return _EXCEPTIONS
    if command.verb in OBLIGATION_VERBS:
        return _OBLIGATIONS
    if command.verb == LATE_FINDING:
        return _FINDINGS
    is_held = command.incident_id in incidents.cases or command.incident_id in severity.records
    return command.incident_id if is_held else _STRAY


def _content(command: Command) -> str:
    return content_id("command", msgspec.json.encode(command, order="deterministic"))


def _outcome(command: Command, heard: Heard) -> CommandOutcome:
    return CommandOutcome(
        command=command,
        received_at=heard.received_at,
        accepted=not heard.refusal,
        refusal=heard.refusal,
    )
