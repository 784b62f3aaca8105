"""Where a past period is read: Kafka, what a store kept, or one after the other (shell)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.cli.past_period import Inputs
from pipeline.cli.stores import open_sink
from pipeline.cli.terminal import say
from pipeline.intake.dead_letters import refuse_record
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.preflight import describe_sources, partitions_of
from pipeline.path import Engine
from pipeline.replay.records import Period, held_since, read_period
from pipeline.replay.source import RecordSource
from pipeline.replay.spool import Spool, spooled
from pipeline.replay.stored import Reread, StoredInput, StoredSource, received
from schemas.batch import Record
from schemas.moments import Moment, format_moment
from schemas.topics import topic_name


class LiveStore(msgspec.Struct, frozen=True):
    """The store of what is live: a folder, or None for the server's."""

    folder: Path | None
    database: str

    @property
    def is_there(self) -> bool:
        """Whether there may be one to read: a folder that is none stays as it is."""
        return self.folder is None or (self.folder / "metadata").is_dir()


class KafkaTopics(msgspec.Struct, frozen=True):
    """The topics of events and commands, and who reads them."""

    access: KafkaAccess
    prefix: str

    @property
    def names(self) -> list[str]:
        return [topic_name("events", self.prefix), topic_name("commands", self.prefix)]


class Past(msgspec.Struct, kw_only=True):
    """What is to be read, in order, and from when on the period is whole in it."""

    inputs: list[Inputs[Any]]
    whole_since: Moment
    reread: Reread


@contextmanager
def open_past(
    engine: Engine,
    kafka: KafkaTopics | None,
    live: LiveStore | None,
    enterprises: tuple[str, ...],
    period: Period,
    warm_up: Moment,
) -> Iterator[Past]:
    """The store's lines up to where Kafka holds the period, Kafka's records from there on.

    Without a broker the store alone, without a store Kafka alone. ClickException where nothing
    of the period is left.
    """
    since = period.start - warm_up
    held = period.end if kafka is None else _held(kafka, since)
    past = Past(inputs=[], whole_since=period.start, reread=Reread())
    with ExitStack() as stack:
        if live is not None and held > since and live.is_there:
            until = min(held, period.end)
            spool = stack.enter_context(copied(live, since, until, enterprises))
            say(f"read from the store's lines: {_span(since, until)}", err=True)
            past.inputs.append(stored_inputs(engine, spool, past.reread))
        elif kafka is not None:
            past.whole_since = _whole_since(kafka, held, period)
        if kafka is not None and held < period.end:
            say(f"read from Kafka: {_span(max(since, held), period.end)}", err=True)
            of_kafka = Period(max(since, held), period.end)
            past.inputs.append(_record_inputs(engine, kafka, of_kafka, enterprises))
        yield past


def stored_inputs(engine: Engine, spool: Spool, reread: Reread) -> Inputs[StoredInput]:
    """What a store kept, for the engine."""
    source = StoredSource(engine, reread)
    return Inputs(
        inputs=spool.inputs(reread), source=source, decide=source.decide, received=received
    )


def _held(kafka: KafkaTopics, since: Moment) -> Moment:
    """From when on Kafka holds all that it received; `since` where that is earlier."""
    return max(since, *(held_since(kafka.access, topic) or 0 for topic in kafka.names))


def _whole_since(kafka: KafkaTopics, held: Moment, period: Period) -> Moment:
    """Says what of the period is missing; ClickException where all of it is."""
    for topic in kafka.names:
        since = held_since(kafka.access, topic)
        if since is None or since <= period.start:
            continue
        holds = f"{topic}: of what it received Kafka holds all only since {format_moment(since)}"
        if since >= period.end and topic.endswith(".events"):
            raise click.ClickException(
                f"{holds}: nothing of the period is left; choose a later one, name the store that "
                "has its lines (--store), or keep records longer (retention.ms of the topic)"
            )
        say(f"{holds}: what was received before is missing from this replay", err=True)
    return max(period.start, held)


def _record_inputs(
    engine: Engine, kafka: KafkaTopics, period: Period, enterprises: tuple[str, ...]
) -> Inputs[Record]:
    described = describe_sources(kafka.access, kafka.prefix, ("events", "commands"))
    source = RecordSource(engine, partitions_of(described))
    wanted = {each.encode() for each in enterprises}
    records = read_period(kafka.access, kafka.names, period)
    return Inputs(
        inputs=(record for record in records if not wanted or record.key in wanted),
        source=source,
        decide=source.decide,
        received=lambda record: record.timestamp,
        refuse=refuse_record,
    )


@contextmanager
def copied(
    live: LiveStore, since: Moment, until: Moment, enterprises: tuple[str, ...]
) -> Iterator[Spool]:
    """The lines, and the store closed again: an embedded one stands in the way of another."""
    with ExitStack() as stack:
        with open_sink(live.folder, live.database, must_exist=True) as sink:
            spool = stack.enter_context(spooled(sink, since, until, enterprises))
        yield spool


def _span(start: Moment, end: Moment) -> str:
    return f"received from {format_moment(start)} to {format_moment(end)}"
