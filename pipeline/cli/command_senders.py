"""How a command reaches the engine: over Kafka, or straight into an embedded store (shell)."""

import time
from pathlib import Path

import click
import msgspec

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.inline_campaigns import gather_inline
from pipeline.cli.incident_list import find_incident
from pipeline.cli.kafka_options import KafkaOptions
from pipeline.cli.waiting import patient_delivery
from pipeline.intake.commands import COMMAND_BYTES
from pipeline.kafka.clients import producing
from pipeline.kafka.preflight import require
from pipeline.path import Engine
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from schemas.batch import HEADER_DRILL, Record
from schemas.command import Command, CommandOutcome, Verb
from schemas.ids import content_id
from schemas.topics import topic_name
from sinks.contract import Store


def send_command(
    sink: Store, command: Command, store: Path | None, kafka: KafkaOptions, prefix: str
) -> None:
    """Send it, and say what became of it as far as that is known; exit 1 where it is refused.

    An embedded store whose states are a worker's is only read: the command goes to the broker.
    """
    size = len(msgspec.json.encode(command))
    if size > COMMAND_BYTES:
        raise click.ClickException(
            f"{command.verb}: {size:,} bytes; a command holds {COMMAND_BYTES:,}: say less, or say "
            "it in several commands (of `describe` each field keeps its latest statement)"
        )
    if store is None or (kafka.bootstrap and not _keeps_state(store, command)):
        _send_to_kafka(command, kafka, prefix)
        click.echo(f"{command.verb} sent as {command.command_id}; see the table commands", err=True)
        return
    outcome = _obey(sink, command, store)
    if not outcome.accepted:
        raise click.ClickException(outcome.refusal)
    click.echo(f"{command.verb} accepted", err=True)


def _send_to_kafka(command: Command, kafka: KafkaOptions, prefix: str) -> None:
    if not kafka.bootstrap:
        raise click.UsageError("name an embedded store (--store) or a broker (--bootstrap)")
    access = kafka.access()
    require(access, "analyst", prefix)
    with producing(access) as producer:
        headers = [(HEADER_DRILL, command.drill.encode())] if command.drill else []
        producer.send(
            topic_name("commands", prefix),
            key=command.enterprise_id.encode(),
            value=msgspec.json.encode(command),
            headers=headers,
        ).get(timeout=60)


def _keeps_state(store: Path, command: Command) -> bool:
    return command.enterprise_id in EmbeddedStates(store).registry


def _obey(sink: Store, command: Command, store: Path) -> CommandOutcome:
    if not _keeps_state(store, command):
        raise click.ClickException(
            f"{store}: the state of {command.enterprise_id!r} is not kept here, as a worker wrote "
            "this store; send the command to the worker, by --bootstrap"
        )
    states = EmbeddedStates(store)
    engine = Engine(compile_rules(parse_rules([])), states.policy, states.registry)
    record = Record(
        topic=topic_name("commands"),
        partition=-1,
        offset=states.applied,
        timestamp=command.said_at,
        key=command.enterprise_id.encode(),
        value=msgspec.json.encode(command),
        headers=((HEADER_DRILL, command.drill.encode()),) if command.drill else (),
    )
    admitted = engine.admit(record)
    decisions = engine.apply(states.recall(admitted.state_key), admitted)
    delivery = patient_delivery(sink)
    delivery.write(decisions, command.command_id)
    gather_inline(engine, decisions, states, delivery)
    states.count(1)
    states.save()
    return next(each for each in decisions if isinstance(each, CommandOutcome))


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
