"""`fenghuo topics`: make the Kafka topics (shell)."""

import click

from pipeline.cli.kafka_options import KafkaOptions, group_option, kafka_options, prefix_option
from pipeline.kafka.topics import TopicConflict, make_topics, plan_topics


@click.command("topics")
@kafka_options()
@prefix_option
@group_option
@click.option("--partitions", type=click.IntRange(1), default=8, show_default=True)
@click.option("--replication", type=click.IntRange(1), default=1, show_default=True)
def topics_command(
    kafka: KafkaOptions, prefix: str, group: str, partitions: int, replication: int
) -> None:
    """Make the Kafka topics that are missing; nothing happens where they are."""
    plans = plan_topics(prefix, group, partitions)
    try:
        made = make_topics(kafka.access(), plans, replication)
    except TopicConflict as conflict:
        raise click.ClickException(str(conflict)) from conflict
    for name in made:
        click.echo(name)
    click.echo(f"{len(made)} topics made.", err=True)
