"""How a command reaches the engine: over Kafka, or straight into an embedded store (shell)."""

from functools import partial
from pathlib import Path

import msgspec

from pipeline.app.analyst_keys import AnalystKey
from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.engines import Tell
from pipeline.app.runner import Runner
from pipeline.app.tasks import record_task, sighting_task
from pipeline.app.waiting import patient_delivery
from pipeline.commands.analysts import CommandsPolicy
from pipeline.commands.decode_command import COMMAND_BYTES
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.preflight import require
from pipeline.path import Engine
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from schemas.batch import HEADER_DRILL, Record
from schemas.command import Command, CommandOutcome
from schemas.topics import topic_name
from sinks.contract import Store

UNPROVED = CommandsPolicy(signed=False)
"""Of an embedded store: whoever may write its folder may write anything into it."""


class CommandUnsendable(Exception):
    """A command that nobody could carry out; the message says why and what to do."""


def check_size(command: Command) -> None:
    """Raises CommandUnsendable for one that is larger than any is read."""
    size = len(msgspec.json.encode(command))
    if size > COMMAND_BYTES:
        raise CommandUnsendable(
            f"{command.verb}: {size:,} bytes; a command holds {COMMAND_BYTES:,}: say less, or say "
            "it in several commands (of `describe` each field keeps its latest statement)"
        )


def keeps_state(store: Path, command: Command) -> bool:
    """Whether the enterprise's state is in the embedded store itself, and no worker's."""
    return command.enterprise_id in EmbeddedStates(store).registry


def publish_command(
    access: KafkaAccess, command: Command, prefix: str, key: AnalystKey | None = None
) -> None:
    """To the workers, as an analyst: in the name of the key, where there is one.

    Raises KafkaFault and kafka.errors.KafkaError.
    """
    require(access, "analyst", prefix)
    said = command if key is None else key.in_own_name(command)
    value = msgspec.json.encode(said)
    with producing(access) as producer:
        producer.send(
            topic_name("commands", prefix),
            key=said.enterprise_id.encode(),
            value=value,
            headers=_headers(said) + ([] if key is None else key.headers(said, value)),
        ).get(timeout=60)


def obey(sink: Store, store: Path, command: Command, tell: Tell) -> CommandOutcome:
    """Carry it out on the states of an embedded store; raises CommandUnsendable."""
    if not keeps_state(store, command):
        raise CommandUnsendable(
            f"{store}: the state of {command.enterprise_id!r} is not kept here, as a worker wrote "
            "this store; send the command to the worker, by --bootstrap"
        )
    states = EmbeddedStates(store)
    policy = msgspec.structs.replace(states.policy, commands=UNPROVED)
    engine = Engine(compile_rules(parse_rules([])), policy, states.registry)
    record = Record(
        topic=topic_name("commands"),
        partition=-1,
        offset=states.applied,
        timestamp=command.said_at,
        key=command.enterprise_id.encode(),
        value=msgspec.json.encode(command),
        headers=tuple(_headers(command)),
    )
    runner = Runner(states, patient_delivery(sink, tell), partial(sighting_task, engine))
    task = msgspec.structs.replace(record_task(engine, record), refuse=None)
    decisions = runner.complete([task])
    states.count(1)
    states.save()
    return next(each for each in decisions if isinstance(each, CommandOutcome))


def _headers(command: Command) -> list[tuple[str, bytes]]:
    return [(HEADER_DRILL, command.drill.encode())] if command.drill else []
