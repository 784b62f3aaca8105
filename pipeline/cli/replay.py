"""`fenghuo replay`: a past period through the same engine, into a database of its own (shell).

What it can touch: it reads Kafka without a group and commits nothing, writes to no topic,
and writes only to the database `investigation_<name>` (with `--store`, to a folder of that
name inside it). Live state, live tables and other investigations are out of its reach.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from pipeline.app.incident_differences import compare_incidents
from pipeline.app.replays import InvestigationTaken, prepare, replay
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.incident_list import print_incidents, read_incidents
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.moments import RFC3339
from pipeline.cli.stores import open_sink, sink_options
from pipeline.cli.terminal import say
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.past_records import Period, held_since, read_period
from pipeline.kafka.preflight import describe_sources, partitions_of, require
from pipeline.path import Engine
from schemas.batch import Record
from schemas.language import Language
from schemas.moments import Moment, format_moment
from schemas.topics import topic_name
from sinks.contract import Answer

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@click.command("replay")
@click.option("--name", required=True, help="Of the investigation: a-z, 0-9 and _.")
@click.option("--from", "start", type=RFC3339, required=True, help="Received since; RFC 3339.")
@click.option("--to", "end", type=RFC3339, required=True, help="Received before; RFC 3339.")
@click.option("--enterprise", "enterprises", multiple=True, help="Only these; default: all.")
@kafka_options()
@prefix_option
@click.option("--diff", is_flag=True, help="Afterwards, what differs from the live incidents.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Of what is shown.")
@engine_options
@sink_options
def replay_command(
    name: str,
    start: Moment,
    end: Moment,
    enterprises: tuple[str, ...],
    kafka: KafkaOptions,
    prefix: str,
    diff: bool,
    lang: Language,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
    store: Path | None,
    database: str,
) -> None:
    """Run the records of a period again, aside: with other rules, or for a closer look."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r}: use a-z, 0-9 and _", param_hint="--name")
    if start >= end:
        raise click.BadParameter("the period is empty: --from is not before --to")
    access = kafka.access()
    require(access, "investigator", prefix)
    engine = load_engine(rule_folders, registry, policy)
    _check_enterprises(engine, enterprises)
    live = _live_incidents(store, database) if diff else []
    topics = [topic_name("events", prefix), topic_name("commands", prefix)]
    held = _held_from(access, topics, Period(start, end))
    partitions = partitions_of(describe_sources(access, prefix, ("events", "commands")))
    records = _of(read_period(access, topics, Period(start, end)), enterprises)
    aside = None if store is None else store / f"investigation_{name}"
    with open_sink(aside, f"investigation_{name}") as sink:
        try:
            prepare(sink, name, aside)
        except InvestigationTaken as fault:
            raise click.ClickException(str(fault)) from fault
        summary = replay(engine, sink, records, partitions, partial(say, err=True))
        incidents = read_incidents(sink)
    print_incidents(Console(), incidents, lang)
    say(summary.line(), err=True)
    if diff:
        for line in compare_incidents(live, incidents, set(enterprises), lang, (held, end)):
            say(line)


def _check_enterprises(engine: Engine, enterprises: Iterable[str]) -> None:
    strangers = [each for each in enterprises if each not in engine.registry]
    if strangers:
        raise click.BadParameter(
            f"{', '.join(map(repr, strangers))} not in the registry; name rows of --registry",
            param_hint="--enterprise",
        )


def _held_from(access: KafkaAccess, topics: Iterable[str], period: Period) -> Moment:
    """From when on the period is whole; ClickException where Kafka holds nothing of it."""
    start = period.start
    for topic in topics:
        since = held_since(access, topic)
        if since is None or since <= period.start:
            continue
        holds = f"{topic}: of what it received Kafka holds all only since {format_moment(since)}"
        if since >= period.end and topic.endswith(".events"):
            raise click.ClickException(
                f"{holds}: nothing of the period is left; choose a later one, or keep records "
                "longer (retention.ms of the topic)"
            )
        say(f"{holds}: what was received before is missing from this replay", err=True)
        start = max(start, since)
    return start


def _live_incidents(store: Path | None, database: str) -> list[Answer]:
    """Read first: where there are none to compare with, nothing is replayed."""
    with open_sink(store, database, must_exist=True) as live:
        return read_incidents(live)


def _of(records: Iterable[Record], enterprises: tuple[str, ...]) -> Iterator[Record]:
    wanted = {each.encode() for each in enterprises}
    return (record for record in records if not wanted or record.key in wanted)
