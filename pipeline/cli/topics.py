"""`fenghuo topics`: make the Kafka topics (shell)."""

from pathlib import Path

import click

from pipeline.cli.engines import load_registry
from pipeline.cli.kafka_options import KafkaOptions, group_option, kafka_options, prefix_option
from pipeline.cli.options import registry_option
from pipeline.cli.terminal import say
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import (
    Terms,
    TopicConflict,
    TopicPlan,
    alter_settings,
    make_topics,
    plan_receipts,
    plan_topics,
)


def topics_made(access: KafkaAccess, plans: list[TopicPlan], replication: int) -> list[str]:
    """The names of the topics that were missing. Raises ClickException for one that is unlike."""
    try:
        return make_topics(access, plans, replication)
    except TopicConflict as conflict:
        raise click.ClickException(str(conflict)) from conflict


@click.command("topics")
@kafka_options()
@prefix_option
@group_option
@click.option("--partitions", type=click.IntRange(1), default=8, show_default=True)
@click.option("--replication", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--keep-events-days",
    type=click.IntRange(1),
    default=Terms().event_days,
    show_default=True,
    help="In Kafka; the store has their lines. 184 where Kafka has to keep the law's six months.",
)
@click.option(
    "--local-days",
    type=click.IntRange(0),
    default=0,
    help="Of these on the brokers' disks, the rest in tiered storage, which the brokers must have.",
)
@click.option(
    "--alter", is_flag=True, help="Set retention and replicas in sync of topics that are there."
)
@registry_option("Every enterprise of this file has a topic for its receipts.")
def topics_command(
    kafka: KafkaOptions,
    prefix: str,
    group: str,
    partitions: int,
    replication: int,
    keep_events_days: int,
    local_days: int,
    alter: bool,
    registry: Path | None,
) -> None:
    """Make the Kafka topics that are missing; nothing happens where they are, but with --alter."""
    if local_days >= keep_events_days:
        raise click.UsageError("--local-days: fewer than --keep-events-days, or 0")
    enterprises = () if registry is None else load_registry(registry)
    terms = Terms(keep_events_days, local_days)
    plans = [*plan_topics(prefix, group, partitions, terms), *plan_receipts(prefix, enterprises)]
    made = topics_made(kafka.access(), plans, replication)
    for name in made:
        click.echo(name)
    say(f"{len(made)} topics made.", err=True)
    if alter:
        for change in alter_settings(kafka.access(), plans):
            click.echo(change)
