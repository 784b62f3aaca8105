"""From a record of the topic of commands to a command, or to a refusal.

Who may write to that topic is Kafka's to decide (`pipeline/kafka/rights.py`); who said what is
in the command and is kept.
"""

import msgspec

from pipeline.intake.admission import Refusal
from schemas.batch import Record
from schemas.command import Command
from schemas.registry import Registry

_COMMAND = msgspec.json.Decoder(Command)


def read_command(record: Record, registry: Registry) -> Command | Refusal:
    """The command of a record whose key is its enterprise."""
    try:
        command = _COMMAND.decode(record.value)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        return Refusal("command_malformed", str(fault))
    if record.key != command.enterprise_id.encode() or command.enterprise_id not in registry:
        return Refusal("unknown_enterprise", f"key {record.key!r}, {command.enterprise_id!r}")
    return command
