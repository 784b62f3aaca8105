"""`fenghuo states`: what workers remember, in Kafka: saved, restored, moved (shell)."""

from pathlib import Path

import click

from pipeline.cli.kafka_options import KafkaOptions, group_option, kafka_options, prefix_option
from pipeline.cli.options import NEW_FILE
from pipeline.cli.terminal import say
from pipeline.worker.kept_states import (
    Saved,
    StatesFileFault,
    load_states,
    read_states,
    repartition,
    restore_states,
    save_states,
)


@click.group("states")
def states_group() -> None:
    """What workers remember of enterprises and indicators, and how far they have read."""


@states_group.command("save")
@click.argument("file", type=NEW_FILE)
@kafka_options()
@group_option
def save_command(file: Path, kafka: KafkaOptions, group: str) -> None:
    """Save all states and positions into FILE; workers may run.

    Save them before the store: what is read again from these positions is written once more.
    """
    saved = read_states(kafka.access(), group)
    save_states(saved, file)
    _tell(saved)


@states_group.command("restore")
@click.argument("file", type=NEW_FILE)
@kafka_options()
@group_option
def restore_command(file: Path, kafka: KafkaOptions, group: str) -> None:
    """Put the states of FILE in place of those in Kafka; no worker may run.

    Workers then read on from where they had read when FILE was saved.
    """
    try:
        saved = load_states(file)
    except StatesFileFault as fault:
        raise click.ClickException(str(fault)) from fault
    _tell(restore_states(kafka.access(), group, saved))


def _tell(saved: Saved) -> None:
    say(f"{saved.states} states in {saved.partitions} partitions.", err=True)
    click.echo(saved.digest)


@states_group.command("repartition")
@kafka_options()
@prefix_option
@group_option
@click.option("--partitions", type=click.IntRange(1), required=True, help="As many, or more.")
def repartition_command(kafka: KafkaOptions, prefix: str, group: str, partitions: int) -> None:
    """Give all topics so many partitions, and move each state to its enterprise's.

    No worker may run, and nothing may wait to be read. Interrupted, it is simply called again.
    """
    done = repartition(kafka.access(), prefix, group, partitions)
    for name in done.grown:
        click.echo(name)
    say(f"{len(done.grown)} topics have {partitions} partitions now.", err=True)
    say(f"{done.moved} states moved.", err=True)
    if done.came_meanwhile:
        say(
            f"{done.came_meanwhile} records came meanwhile: those in the wrong partition will be "
            "refused as wrong_partition; send them again by `fenghuo dead-letters requeue`",
            err=True,
        )
