"""How a command is told of Kafka, and says what went wrong there: the same for all (shell)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.cli.options import with_options
from pipeline.kafka.access import KafkaAccess, password_of
from pipeline.kafka.faults import KafkaFault, refusals_explained
from schemas.topics import DEFAULT_PREFIX

Command = TypeVar("Command", bound=Callable[..., object])

GROUP = "fenghuo"


@dataclass(frozen=True)
class KafkaOptions:
    """What the caller named; `bootstrap` is empty where no broker is named."""

    bootstrap: str = ""
    user: str = ""
    ca: Path | None = None

    def access(self) -> KafkaAccess:
        """With the password of the environment; raises AccessFault for what cannot be used."""
        return KafkaAccess(self.bootstrap, self.user, password_of(), self.ca)


def kafka_options(*, required: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """The options `--bootstrap`, `--kafka-user` and `--kafka-ca`; the command gets `kafka`.

    Whatever Kafka does to the command ends it with exit code 1, cause and remedy.
    """

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def told(
            *given: Any, bootstrap: str, kafka_user: str, kafka_ca: Path | None, **named: Any
        ) -> object:
            kafka = KafkaOptions(bootstrap, kafka_user, kafka_ca)
            with kafka_faults_told(kafka):
                return command(*given, kafka=kafka, **named)

        # A default of None would count as given: where a broker must be named, there is none.
        absent: dict[str, Any] = {"required": True} if required else {"default": ""}
        options = (
            click.option(
                "--bootstrap",
                envvar="FENGHUO_KAFKA_BOOTSTRAP",
                help="Kafka brokers, host:port, …",
                **absent,
            ),
            click.option(
                "--kafka-user",
                envvar="FENGHUO_KAFKA_USER",
                default="",
                help="SASL/SCRAM-SHA-512 user; its password is $FENGHUO_KAFKA_PASSWORD.",
            ),
            click.option(
                "--kafka-ca",
                envvar="FENGHUO_KAFKA_CA",
                type=click.Path(path_type=Path),
                default=None,
                help="CA that signed the brokers' certificates (PEM); sets TLS.",
            ),
        )
        return with_options(told, *options)

    return decorate


def prefix_option(command: Command) -> Command:
    """The option `--prefix`: of the topics."""
    return click.option(
        "--prefix",
        envvar="FENGHUO_TOPIC_PREFIX",
        default=DEFAULT_PREFIX,
        show_default=True,
        help="Of all topics.",
    )(command)


def group_option(command: Command) -> Command:
    """The option `--group`: the workers' consumer group."""
    return click.option(
        "--group",
        envvar="FENGHUO_GROUP",
        default=GROUP,
        show_default=True,
        help="Consumer group of the workers.",
    )(command)


@contextmanager
def kafka_faults_told(kafka: KafkaOptions) -> Iterator[None]:
    """Faults of Kafka inside, as ClickException; nothing to tell where no broker is named."""
    if not kafka.bootstrap:
        yield
        return
    who = f"user {kafka.user!r}" if kafka.user else "a caller without a user"
    try:
        with refusals_explained(kafka.bootstrap, who):
            yield
    except KafkaFault as fault:
        raise click.ClickException(str(fault)) from fault
