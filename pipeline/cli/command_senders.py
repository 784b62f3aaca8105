"""Sending commands, and saying what became of each (shell)."""

import getpass
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import click
import msgspec

from pipeline.app.analyst_keys import (
    KEY_ID_VARIABLE,
    KEY_VARIABLE,
    AnalystKey,
    AnalystKeyFault,
    analyst_key,
)
from pipeline.app.command_service import (
    CommandUnsendable,
    Sent,
    await_outcomes,
    check_size,
    keeps_state,
    obey,
    publish_commands,
)
from pipeline.cli.incident_finding import find_incidents, numbers_of
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.shown_numbers import ShownNumbers
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.terminal import say
from pipeline.cli.translation import fault_in_language
from schemas.command import Command, CommandOutcome, Verb
from schemas.ids import content_id
from sinks.contract import Answer, Store

WAIT_S = 30.0


@dataclass(frozen=True)
class CommandRoute:
    """Who speaks, of what is in which store, and how commands go to whom keeps the states."""

    store: ChosenStore
    kafka: KafkaOptions
    prefix: str
    analyst: str
    wait_s: float

    @property
    def numbers(self) -> ShownNumbers:
        """Those of the last list of this store."""
        return numbers_of(self.store)

    def say(self, names: Sequence[str], verb: Verb, **particulars: object) -> None:
        """One command on each of these incidents; see `send`."""
        self.send(
            lambda sink: [
                self.on(each, verb, **particulars)
                for each in find_incidents(sink, names, self.numbers)
            ]
        )

    def on(self, incident: Answer, verb: Verb, **particulars: object) -> Command:
        """The command on one incident."""
        return self.command(
            verb,
            incident_id=str(incident["incident_id"]),
            enterprise_id=str(incident["enterprise_id"]),
            drill=str(incident["drill"]),
            **particulars,
        )

    def command(self, verb: Verb, **particulars: Any) -> Command:
        """Said now, with an id derived from all of it."""
        said_at = time.time_ns() // 1_000
        command = Command(
            command_id="", verb=verb, analyst=self.analyst, said_at=said_at, **particulars
        )
        identity = content_id("command", msgspec.json.encode(command, order="deterministic"))
        return msgspec.structs.replace(command, command_id=identity)

    def send(self, compose: Callable[[Store], Sequence[Command]]) -> None:
        """All that is composed from the store; says what became of each, exit 1 unless accepted.

        An embedded store whose states are a worker's is only read: its commands go to the broker.
        """
        try:
            with self.store.read() as sink:
                commands = compose(sink)
                for command in commands:
                    check_size(command)
                to_worker = [each for each in commands if not self._is_kept_here(each)]
                folder = self.store.folder
                answered = [
                    _tell(each, obey(sink, folder, each, partial(say, err=True)))
                    for each in commands
                    if folder is not None and each not in to_worker
                ]
        except CommandUnsendable as fault:
            raise click.ClickException(str(fault)) from fault
        if to_worker:
            answered += self._publish(to_worker)
        if not all(answered):
            raise click.exceptions.Exit(1)

    def _publish(self, commands: Sequence[Command]) -> list[bool]:
        if not self.kafka.bootstrap:
            raise click.UsageError("name an embedded store (--store) or a broker (--bootstrap)")
        key = _key()
        if key is None:
            say(
                "unsigned: workers refuse it unless their policy says `commands: {signed: false}`; "
                f"set {KEY_VARIABLE} and {KEY_ID_VARIABLE}",
                err=True,
            )
        sent = publish_commands(self.kafka.access(), commands, self.prefix, key)
        if not self.wait_s:
            for each in commands:
                say(f"{_named(each)} sent as {each.command_id}; nobody waited for it", err=True)
            return [True]
        outcomes = await_outcomes(self.store.read, sent, self.wait_s)
        return [self._told(each, outcomes.get(each.command.command_id)) for each in sent]

    def _told(self, sent: Sent, outcome: CommandOutcome | str | None) -> bool:
        if isinstance(outcome, CommandOutcome):
            return _tell(sent.command, outcome)
        named = _named(sent.command)
        if outcome:
            say(f"{named}: {outcome}", err=True)
        else:
            say(
                f"{named}: sent as {sent.command.command_id}, not answered within "
                f"{self.wait_s:.0f} s: it waits for the workers; look into the table commands "
                "before you say it again",
                err=True,
            )
        return False

    def _is_kept_here(self, command: Command) -> bool:
        folder = self.store.folder
        return folder is not None and (not self.kafka.bootstrap or keeps_state(folder, command))


def _key() -> AnalystKey | None:
    try:
        return analyst_key()
    except AnalystKeyFault as fault:
        raise click.ClickException(str(fault)) from fault


def _named(command: Command) -> str:
    return f"{command.verb} {(command.incident_id or command.enterprise_id)[:12]}"


def _tell(command: Command, outcome: CommandOutcome) -> bool:
    if outcome.accepted:
        say(f"{_named(command)} accepted", err=True)
    else:
        # In its own sentence first: what begins the line is no part of it.
        refusal = fault_in_language(outcome.refusal)
        say(f"{_named(command)} refused: {refusal}", err=True)
    return outcome.accepted


def route_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that says something; the command gets `route`."""

    @store_options
    @click.option(
        "--analyst",
        default=getpass.getuser,
        envvar="FENGHUO_ANALYST",
        help="Who says so. Default: you.",
    )
    @kafka_options(required=False)
    @prefix_option
    @click.option(
        "--wait",
        "wait_s",
        type=click.FloatRange(0, 3600),
        default=WAIT_S,
        show_default=True,
        help="Seconds to wait until a worker has accepted or refused it; 0: do not wait.",
    )
    @wraps(command)
    def routed(
        *given: Any,
        store: ChosenStore,
        analyst: str,
        kafka: KafkaOptions,
        prefix: str,
        wait_s: float,
        **named: Any,
    ) -> object:
        route = CommandRoute(store, kafka, prefix, analyst, wait_s)
        return command(*given, route=route, **named)

    return routed
