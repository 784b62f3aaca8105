"""How a command reaches the engine: over Kafka, or straight into an embedded store (shell)."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pipeline.app.analyst_keys import AnalystKey
from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.engines import Tell
from pipeline.app.runner import Runner, record_task, sighting_task
from pipeline.app.waiting import patient_delivery
from pipeline.commands.analysts import CommandsPolicy
from pipeline.commands.gate import COMMAND_BYTES
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.preflight import require
from pipeline.path import Engine
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from schemas.batch import HEADER_DRILL, Record
from schemas.command import Command, CommandOutcome
from schemas.moments import parse_moment
from schemas.topics import topic_name
from sinks.contract import Store
from sinks.ddl import literal

POLL_S = 1.0
"""Between two looks for an answer."""

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


class Sent(msgspec.Struct, frozen=True):
    """A command that the broker has, and where."""

    command: Command
    topic: str
    partition: int
    offset: int


def publish_commands(
    access: KafkaAccess, commands: Sequence[Command], prefix: str, key: AnalystKey | None = None
) -> list[Sent]:
    """To the workers, as an analyst: in the name of the key, where there is one.

    Raises KafkaFault and kafka.errors.KafkaError.
    """
    require(access, "analyst", prefix)
    said = commands if key is None else [key.in_own_name(each) for each in commands]
    topic = topic_name("commands", prefix)
    with producing(access) as producer:
        # All are sent before the first is waited for.
        futures = [_send(producer, topic, each, key) for each in said]
        places = [future.get(timeout=60) for future in futures]
    return [
        Sent(command, topic, place.partition, place.offset)
        for command, place in zip(said, places, strict=True)
    ]


def _send(producer: Any, topic: str, command: Command, key: AnalystKey | None) -> Any:
    value = msgspec.json.encode(command)
    proof = [] if key is None else key.headers(command, value)
    sender = command.enterprise_id.encode()
    return producer.send(topic, key=sender, value=value, headers=_headers(command) + proof)


def await_outcomes(
    open_store: Callable[[], AbstractContextManager[Store]], sent: Sequence[Sent], wait_s: float
) -> dict[str, CommandOutcome | str]:
    """By command id, what became of those that were answered in time.

    A text says why one was never a command: its dead letter. The store is opened for each look:
    an embedded one is read as it was when it was opened.
    """
    ends_s, answered = time.monotonic() + wait_s, dict[str, CommandOutcome | str]()
    while True:
        waiting = [each for each in sent if each.command.command_id not in answered]
        with open_store() as sink:
            answered |= _outcomes(sink, waiting) | _dead_letters(sink, waiting)
        if len(answered) == len(sent) or time.monotonic() >= ends_s:
            return answered
        time.sleep(POLL_S)


def _outcomes(sink: Store, sent: Sequence[Sent]) -> dict[str, CommandOutcome | str]:
    of_id = {each.command.command_id: each.command for each in sent}
    listed = ", ".join(map(literal, of_id))
    rows = sink.query(f"SELECT * FROM commands WHERE command_id IN ({listed})") if of_id else ()
    return {
        str(row["command_id"]): CommandOutcome(
            command=of_id[str(row["command_id"])],
            received_at=parse_moment(str(row["received_at"])),
            accepted=bool(row["accepted"]),
            refusal=str(row["refusal"]),
        )
        for row in rows
    }


def _dead_letters(sink: Store, sent: Sequence[Sent]) -> dict[str, CommandOutcome | str]:
    found: dict[str, CommandOutcome | str] = {}
    for each in sent:
        place = f"partition = {each.partition} AND offset = {each.offset}"
        where = f"topic = {literal(each.topic)} AND {place}"
        for row in sink.query(f"SELECT reason, detail FROM dead_letters WHERE {where} LIMIT 1"):
            found[each.command.command_id] = f"refused, {row['reason']}: {row['detail']}"
    return found


def obey(sink: Store, store: Path, command: Command, tell: Tell) -> CommandOutcome:
    """Carry it out on the states of an embedded store; raises CommandUnsendable."""
    if not keeps_state(store, command):
        raise CommandUnsendable(
            f"{store}: the state of {command.enterprise_id!r} is not kept here, as a worker wrote "
            "this store; send the command to the worker, by --bootstrap"
        )
    if sink.is_copy:
        raise CommandUnsendable(
            f"{store}: another process is working on it and keeps its states; give the command "
            "again when that has ended"
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
    # A fault ends the command: who gave it is there, and reads no dead letters.
    task = msgspec.structs.replace(record_task(engine, record), refuse=None)
    decisions = runner.complete([task])
    states.count(1)
    states.save()
    return next(each for each in decisions if isinstance(each, CommandOutcome))


def _headers(command: Command) -> list[tuple[str, bytes]]:
    return [(HEADER_DRILL, command.drill.encode())] if command.drill else []
