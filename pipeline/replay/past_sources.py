"""Where a past period is read: Kafka, what a store kept, or one after the other (shell)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain

import msgspec

from pipeline.app.engines import Tell
from pipeline.app.runner import record_task
from pipeline.app.stores import StorePlace, open_store
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.past_records import Period, held_since, read_period
from pipeline.kafka.preflight import describe_sources, partitions_of
from pipeline.replay.past_period import PastInput
from pipeline.replay.spool import Spool, spooled
from pipeline.replay.stored_lines import Reread, is_recorded, received, stored_task
from schemas.moments import Moment, format_moment
from schemas.topics import topic_name


class PeriodGone(Exception):
    """Nothing of the period is left; the message says what to do."""


class KafkaTopics(msgspec.Struct, frozen=True):
    """The topics of events and commands, and who reads them."""

    access: KafkaAccess
    prefix: str

    @property
    def names(self) -> list[str]:
        """Of events first."""
        return [topic_name("events", self.prefix), topic_name("commands", self.prefix)]


class Past(msgspec.Struct, kw_only=True):
    """What is to be decided, in order, and from when on the period is whole in it."""

    given: Iterator[PastInput]
    whole_since: Moment
    reread: Reread


@contextmanager
def open_past(
    kafka: KafkaTopics | None,
    live: StorePlace | None,
    enterprises: tuple[str, ...],
    period: Period,
    warm_up: Moment,
    tell: Tell,
) -> Iterator[Past]:
    """The store's lines up to where Kafka holds the period, Kafka's records from there on.

    Without a broker the store alone, without a store Kafka alone. Raises PeriodGone where nothing
    of the period is left, and StoreFault.
    """
    since = period.start - warm_up
    held = period.end if kafka is None else _held(kafka, since)
    past = Past(given=iter(()), whole_since=period.start, reread=Reread())
    with ExitStack() as stack:
        if live is not None and held > since and live.is_there:
            until = min(held, period.end)
            spool = stack.enter_context(copied(live, since, until, enterprises))
            tell(f"read from the store's lines: {_span(since, until)}")
            past.given = stored_inputs(spool, past.reread)
        elif kafka is not None:
            past.whole_since = _whole_since(kafka, held, period, tell)
        if kafka is not None and held < period.end:
            of_kafka = Period(max(since, held), period.end)
            tell(f"read from Kafka: {_span(of_kafka.start, of_kafka.end)}")
            past.given = chain(past.given, _records(kafka, of_kafka, enterprises))
        yield past


def stored_inputs(spool: Spool, reread: Reread) -> Iterator[PastInput]:
    """What a store kept; what is not, or not quite, read again is counted in `reread`."""
    for each in spool.inputs(reread):
        task_of = partial(stored_task, input=each, reread=reread)
        yield PastInput(received(each), task_of, is_recorded(each))


def _held(kafka: KafkaTopics, since: Moment) -> Moment:
    """From when on Kafka holds all that it received; `since` where that is earlier."""
    return max(since, *(held_since(kafka.access, topic) or 0 for topic in kafka.names))


def _whole_since(kafka: KafkaTopics, held: Moment, period: Period, tell: Tell) -> Moment:
    """Says what of the period is missing. Raises PeriodGone where all of it is."""
    for topic in kafka.names:
        since = held_since(kafka.access, topic)
        if since is None or since <= period.start:
            continue
        holds = f"{topic}: of what it received Kafka holds all only since {format_moment(since)}"
        if since >= period.end and topic.endswith(".events"):
            raise PeriodGone(
                f"{holds}: nothing of the period is left; choose a later one, name the store that "
                "has its lines (--store), or keep records longer (retention.ms of the topic)"
            )
        tell(f"{holds}: what was received before is missing from this replay")
    return max(period.start, held)


def _records(
    kafka: KafkaTopics, period: Period, enterprises: tuple[str, ...]
) -> Iterator[PastInput]:
    described = describe_sources(kafka.access, kafka.prefix, ("events", "commands"))
    partitions = partitions_of(described)
    wanted = {each.encode() for each in enterprises}
    for record in read_period(kafka.access, kafka.names, period):
        if not wanted or record.key in wanted:
            task_of = partial(record_task, record=record, partitions=partitions)
            yield PastInput(record.timestamp, task_of)


@contextmanager
def copied(
    live: StorePlace, since: Moment, until: Moment, enterprises: tuple[str, ...]
) -> Iterator[Spool]:
    """The lines, and the store closed again: an embedded one stands in the way of another."""
    with ExitStack() as stack:
        with open_store(live.folder, live.database, must_exist=True) as sink:
            spool = stack.enter_context(spooled(sink, since, until, enterprises))
        yield spool


def _span(start: Moment, end: Moment) -> str:
    return f"received from {format_moment(start)} to {format_moment(end)}"
