"""Sending a command, and saying what became of it (shell)."""

import time
from functools import partial
from pathlib import Path

import click
import msgspec

from pipeline.app.command_service import (
    CommandUnsendable,
    check_size,
    keeps_state,
    obey,
    publish_command,
)
from pipeline.cli.incident_list import find_incident
from pipeline.cli.kafka_options import KafkaOptions
from pipeline.cli.terminal import say
from schemas.command import Command, Verb
from schemas.ids import content_id
from sinks.contract import Store


def send_command(
    sink: Store, command: Command, store: Path | None, kafka: KafkaOptions, prefix: str
) -> None:
    """Send it, and say what became of it as far as that is known; exit 1 where it is refused.

    An embedded store whose states are a worker's is only read: the command goes to the broker.
    """
    try:
        check_size(command)
        if store is not None and not (kafka.bootstrap and not keeps_state(store, command)):
            outcome = obey(sink, store, command, partial(say, err=True))
            if not outcome.accepted:
                raise click.ClickException(outcome.refusal)
            say(f"{command.verb} accepted", err=True)
            return
    except CommandUnsendable as fault:
        raise click.ClickException(str(fault)) from fault
    if not kafka.bootstrap:
        raise click.UsageError("name an embedded store (--store) or a broker (--bootstrap)")
    publish_command(kafka.access(), command, prefix)
    say(f"{command.verb} sent as {command.command_id}; see the table commands", err=True)


def compose(
    sink: Store, incident_id: str, verb: Verb, analyst: str, **particulars: object
) -> Command:
    """The command, with the incident's enterprise looked up and an id derived from it all."""
    incident = find_incident(sink, incident_id)
    command = Command(
        command_id="",
        enterprise_id=str(incident["enterprise_id"]),
        incident_id=str(incident["incident_id"]),
        drill=str(incident["drill"]),
        verb=verb,
        analyst=analyst,
        said_at=time.time_ns() // 1_000,
        **particulars,  # type: ignore[arg-type]
    )
    identity = content_id("command", msgspec.json.encode(command, order="deterministic"))
    return msgspec.structs.replace(command, command_id=identity)
