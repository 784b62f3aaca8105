"""From a record of the topic of commands to a command, or to a refusal.

Who may write to that topic is Kafka's to decide (`pipeline/kafka/rights.py`), who said what is
proved by a signature (`analysts.py`).
"""

import msgspec

from pipeline.commands.analysts import CommandsPolicy, refusal_of_analyst, signer_of
from pipeline.intake.admission import Refusal
from pipeline.intake.reading import EARLIEST
from schemas.batch import Record
from schemas.command import Command
from schemas.moments import MINUTE, Moment, format_moment
from schemas.names import is_name
from schemas.registry import Registry

COMMAND_BYTES = 65_536
SKEW: Moment = 10 * MINUTE
"""How far the clocks of analysts may be ahead of Kafka's."""

_COMMAND = msgspec.json.Decoder(Command)


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
