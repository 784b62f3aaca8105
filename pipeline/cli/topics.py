"""`fenghuo topics`: make the Kafka topics (shell)."""

from pathlib import Path

import click

from pipeline.cli.engines import load_registry
from pipeline.cli.kafka_options import KafkaOptions, group_option, kafka_options, prefix_option
from pipeline.cli.terminal import say
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import (
    TopicConflict,
    TopicPlan,
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
    "--registry",
    envvar="FENGHUO_REGISTRY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Every enterprise of this file has a topic for its receipts.",
)
def topics_command(
    kafka: KafkaOptions,
    prefix: str,
    group: str,
    partitions: int,
    replication: int,
    registry: Path | None,
) -> None:
    """Make the Kafka topics that are missing; nothing happens where they are."""
    enterprises = () if registry is None else load_registry(registry)
    plans = [*plan_topics(prefix, group, partitions), *plan_receipts(prefix, enterprises)]
    made = topics_made(kafka.access(), plans, replication)
    for name in made:
        click.echo(name)
    say(f"{len(made)} topics made.", err=True)
