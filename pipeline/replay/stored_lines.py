"""A past period from what a store kept of it, where Kafka no longer holds the records: pure.

Rule 1. Ids, times and columns are the stored ones; what rules ask is read again from the raw
        line, with the lines that came in one batch read together.
Rule 2. A store keeps what was taken: neither what was dropped nor what was dead-lettered. Of
        an event that came twice it keeps the later receipt.
Rule 3. A line that alone does not say what it said in its batch (a row below a W3C log's header,
        what was not UTF-8) is counted as `altered`, one that cannot be read at all as `lost`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from pipeline.app.runner import Task
from pipeline.commands.gate import EXCEPTION_VERBS
from pipeline.intake.lines import Found, read_lines
from pipeline.path import Engine
from pipeline.sigma.log_sources import log_source
from pipeline.state import (
    ANY_PARTITION,
    State,
    StateKey,
    enterprise_key,
    enterprise_state,
)
from schemas.batch import Batch, Record
from schemas.command import Command
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import Moment
from sinks.ddl import literal

NOT_UTF8 = "\ufffd"
"""What a store has in the place of bytes that were not UTF-8."""

_KEPT = (
    "event_id", "batch_id", "enterprise_id", "province", "sector", "late", "future", "format",
    "product", "category", "service", "host", "account", "source_ip", "destination_ip", "process",
    "drill", "raw",
)  # fmt: skip


class StoredEvent(msgspec.Struct, frozen=True):
    """A row of `select_events`; moments in microseconds, the place that of its batch."""

    event_id: str
    batch_id: str
    enterprise_id: str
    province: str
    sector: str
    late: bool
    future: bool
    format: str
    product: str
    category: str
    service: str
    host: str
    account: str
    source_ip: str
    destination_ip: str
    process: str
    drill: str
    raw: str
    time_us: Moment
    received_us: Moment
    topic: str
    partition: int
    offset: int

    @property
    def place(self) -> tuple[Moment, str, int, int, str, str, str]:
        """The order in which batches were taken, and whose batch it is."""
        batch = (self.enterprise_id, self.drill, self.batch_id)
        return (self.received_us, self.topic, self.partition, self.offset, *batch)


class StoredBatch(msgspec.Struct, frozen=True):
    """What a store kept of one batch, in the order of its events."""

    batch: Batch
    events: list[Event]


class StoredCommand(msgspec.Struct, frozen=True):
    """A row of `select_commands`: a command, and when it was received."""

    command: Command
    received_us: Moment


StoredInput = StoredBatch | StoredCommand


class Reread(msgspec.Struct):
    """What of a store was not, or not quite, read again."""

    lost: int = 0
    """Events whose line cannot be read without its batch."""
    altered: int = 0
    """Events whose line is not, or does not say, what it did in its batch; rules see it so."""
    strangers: Counter[Engine] = msgspec.field(default_factory=Counter)
    """Events and commands of enterprises and drills that an engine does not know any more."""

    def remarks(self) -> list[str]:
        """Each as a sentence, where there is something to say."""
        told = (
            (self.lost, "events left out: their line cannot be read without its batch"),
            (
                self.altered,
                "events read otherwise: their line was not UTF-8, or depends on its batch",
            ),
            (
                max(self.strangers.values(), default=0),
                "events and commands left out: enterprise or drill not registered",
            ),
        )
        return [f"{count} {sentence}" for count, sentence in told if count]


def select_events(start: Moment, end: Moment, enterprises: Sequence[str] = ()) -> str:
    """The events received from `start` up to, and without, `end`, in the order of `place`.

    Those of one batch in the order of time; the query sorts beside memory where it must.
    """
    kept = ", ".join(f"e.{name} AS {name}" for name in _KEPT)
    return f"""
SELECT {kept}, toUnixTimestamp64Micro(e.time) AS time_us,
       toUnixTimestamp64Micro(e.received_at) AS received_us,
       b.topic AS topic, if(b.batch_id = '', -1, b.partition) AS partition, b.offset AS offset
FROM (SELECT * FROM events WHERE {_received(start, end, enterprises)}) AS e
LEFT ANY JOIN (SELECT enterprise_id, batch_id, drill, topic, partition, offset FROM batches
               WHERE outcome = 'accepted') AS b
   ON b.enterprise_id = e.enterprise_id AND b.batch_id = e.batch_id AND b.drill = e.drill
ORDER BY received_us, topic, partition, offset, enterprise_id, drill, batch_id, time_us, event_id
SETTINGS max_bytes_before_external_sort = 500000000"""


def select_commands(start: Moment, end: Moment, enterprises: Sequence[str] = ()) -> str:
    """The commands of the period in the order of their receipt, as `StoredCommand`.

    Before them what was said earlier of exceptions, as far as it was accepted: they hide still.
    """
    of_exceptions = f"accepted AND verb IN ({', '.join(map(literal, EXCEPTION_VERBS))})"
    earlier = _received(0, start, enterprises)
    return f"""
SELECT content AS command, toUnixTimestamp64Micro(received_at) AS received_us FROM commands
WHERE ({_received(start, end, enterprises)}) OR ({earlier} AND {of_exceptions})
ORDER BY received_us, command_id"""


def _received(start: Moment, end: Moment, enterprises: Sequence[str]) -> str:
    chosen = ", ".join(map(literal, enterprises))
    of = f" AND enterprise_id IN ({chosen})" if enterprises else ""
    received = "toUnixTimestamp64Micro(received_at)"
    return f"{received} >= {start} AND {received} < {end}{of}"


def batches_of(events: Iterable[StoredEvent], reread: Reread) -> Iterator[StoredBatch]:
    """The batches that the events came in; what is lost or altered is counted in `reread`."""
    for _, group in groupby(events, key=lambda event: event.place):
        of_batch = list(group)
        yield StoredBatch(_batch(of_batch[0]), list(_events(of_batch, reread)))


def _batch(first: StoredEvent) -> Batch:
    return Batch(
        enterprise_id=first.enterprise_id,
        format=first.format,
        batch_id=first.batch_id,
        sequence=0,
        received_at=first.received_us,
        value=b"",
        drill=first.drill,
        recorded=not first.topic,
        topic=first.topic,
        partition=first.partition,
        offset=first.offset,
    )


def _events(of_batch: list[StoredEvent], reread: Reread) -> Iterator[Event]:
    found: dict[str, list[Found]] = {}
    for format in {each.format for each in of_batch}:
        alike = [each for each in of_batch if each.format == format]
        for one in read_lines(format, [each.raw.encode() for each in alike]):
            found.setdefault(alike[one.index].event_id, []).append(one)
    for each in of_batch:
        match found.get(each.event_id, []):
            case [Found(fault=None) as only]:
                event = _event(each, only)
                reread.altered += _is_altered(each, event)
                yield event
            case _:
                reread.lost += 1


def _is_altered(stored: StoredEvent, event: Event) -> bool:
    """Whether its line was not UTF-8, or says another log source than it did in its batch."""
    source = log_source(event.fields)
    before = (stored.product, stored.category, stored.service)
    return NOT_UTF8 in stored.raw or (source.product, source.category, source.service) != before


def _event(stored: StoredEvent, found: Found) -> Event:
    kept = {name: getattr(stored, name) for name in _KEPT}
    return Event(
        **kept | {"raw": stored.raw.encode(), "late": False},
        time=stored.time_us,
        received_at=stored.received_us,
        fields=found.fields,
    )


def stored_task(engine: Engine, input: StoredInput, reread: Reread) -> Task:
    """What the engine decides on it again; nothing on whom it does not know, who is counted."""
    subject = input.batch if isinstance(input, StoredBatch) else input.command

    def decide(state: State) -> list[Decision]:
        if engine.refuses(subject.enterprise_id, subject.drill, received(input)):
            reread.strangers[engine] += len(input.events) if isinstance(input, StoredBatch) else 1
            return []
        if isinstance(input, StoredCommand):
            return engine.handle_command(enterprise_state(state), input.command, _record_of(input))
        return engine.process_again(enterprise_state(state), input.batch, input.events)

    name = enterprise_key(subject.enterprise_id, subject.drill)
    return Task(StateKey(ANY_PARTITION, name), _place(input), decide)


def _place(input: StoredInput) -> str:
    """The batch's or the command's own id, and its place."""
    if isinstance(input, StoredCommand):
        return f"{input.command.command_id}/{input.received_us}"
    batch = input.batch
    return f"{batch.batch_id}/{batch.topic}/{batch.partition}/{batch.offset}"


def _record_of(input: StoredCommand) -> Record:
    return Record(
        topic="",
        partition=-1,
        offset=0,
        timestamp=input.received_us,
        key=input.command.enterprise_id.encode(),
        value=msgspec.json.encode(input.command),
    )


def received(input: StoredInput) -> Moment:
    """When Kafka took it."""
    return input.batch.received_at if isinstance(input, StoredBatch) else input.received_us


def is_recorded(input: StoredInput) -> bool:
    """Whether it came from a file, and not over Kafka."""
    return isinstance(input, StoredBatch) and input.batch.recorded
