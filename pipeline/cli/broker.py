"""`fenghuo broker`: a broker on this machine for a trial, until Ctrl-C (shell)."""

import signal
from pathlib import Path

import click

from pipeline.cli.engines import load_registry
from pipeline.cli.kafka_options import GROUP, prefix_option
from pipeline.cli.options import registry_option
from pipeline.cli.terminal import say
from pipeline.cli.topics import topics_made
from pipeline.embedded.broker import REBALANCE_TIMEOUT_S, BrokerFault, embedded_broker
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import plan_receipts, plan_topics

PARTITIONS = 4
"""Enough to try several workers."""


@click.command("broker")
@registry_option("Every enterprise of this file has a topic for its receipts.")
@click.option("--port", type=click.IntRange(1, 65535), default=9092, show_default=True)
@prefix_option
def broker_command(registry: Path | None, port: int, prefix: str) -> None:
    """A broker for a trial, with the topics made: in memory, on 127.0.0.1, open to everybody here.

    Prints the variables that the other commands read, and runs until Ctrl-C; then all is gone.
    Another port is taken where this one is busy.
    """
    enterprises = () if registry is None else load_registry(registry)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with embedded_broker(port) as address:
            plans = [*plan_topics(prefix, GROUP, PARTITIONS), *plan_receipts(prefix, enterprises)]
            topics_made(KafkaAccess(address), plans, 1)
            click.echo(f"export FENGHUO_KAFKA_BOOTSTRAP={address}")
            click.echo(f"export FENGHUO_REBALANCE_TIMEOUT_S={REBALANCE_TIMEOUT_S:.0f}")
            say("Ready; Ctrl-C ends it, and all records with it.", err=True)
            signal.pause()
    except BrokerFault as fault:
        raise click.ClickException(str(fault)) from fault
    except KeyboardInterrupt:
        say("The broker has ended.", err=True)
