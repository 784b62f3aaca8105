"""The whole pipeline over recordings, into an embedded store (shell)."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count, groupby
from pathlib import Path

import msgspec

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.engines import Tell
from pipeline.app.file_reading import FileReader, manner_of, stream_of
from pipeline.app.runner import Runner, batch_task, settle_task, sighting_task, timer_task
from pipeline.app.summary import Summary
from pipeline.app.waiting import patient_delivery
from pipeline.files.ordering import Line, Read, in_order
from pipeline.files.recordings import Advance, Recording, open_recording
from pipeline.files.registry_file import keep_registry
from pipeline.files.rule_files import rule_rows
from pipeline.intake.batching import Chunk, OccurrenceCounter, chunk_counted
from pipeline.intake.drills import for_files, joined
from pipeline.intake.event_times import SenderZones
from pipeline.intake.lines import read_lines
from pipeline.path import Engine
from pipeline.state import ANY_PARTITION, StateKey, enterprise_key, is_campaign_key
from schemas.batch import Batch
from schemas.ids import content_id
from schemas.moments import Moment
from schemas.registry import Enterprise
from sinks.contract import Store

LINES_PER_BATCH = 500
GROUP_SIZE = 20
"""Batches that are written together."""


class BatchReader:
    """Files as batches of one enterprise, in the order of their events."""

    def __init__(
        self,
        enterprise: Enterprise,
        format: str,
        received_at: Moment,
        drill: str,
        tell: Tell,
        zone: str = "",
        encoding: str = "",
    ) -> None:
        self._tell = tell
        self.enterprise_id = enterprise.enterprise_id
        self.format = format
        self.zone = zone
        self.received_at = received_at
        self.drill = drill
        self.files = FileReader(tell, format, encoding)
        self._zones = SenderZones(enterprise, zone, received_at)

    def batches(
        self, files: Sequence[Path], first: int, advance: Advance = lambda amount: None
    ) -> Iterator[Batch]:
        """All files in the order of their events; `first` is the offset of the first batch."""
        with ExitStack() as stack:
            ordered = in_order([self._reading(file, advance) for file in files], stack)
            if ordered.out_of_order:
                where = "sorted on disk" if ordered.is_spilled else "sorted"
                self._tell(
                    f"{ordered.out_of_order} lines are older than a line before them in their "
                    f"file: all are {where} and read in the order of their events"
                )
            manner = manner_of(self.format, self.zone, self.files.encoding)
            streams = [stream_of(file, manner, LINES_PER_BATCH) for file in files]
            stream = content_id("stream", *streams)
            counted = ((line.raw, line.occurrence) for line in ordered.lines)
            chunks = chunk_counted(counted, self.enterprise_id, manner, LINES_PER_BATCH, stream)
            for offset, chunk in enumerate(chunks, start=first):
                yield self._batch(chunk, offset)

    def _reading(self, file: Path, advance: Advance) -> Read:
        """What is wrong with a file, and how far it is read, is told at its first reading."""
        times_read = count()

        def read() -> Iterator[Line]:
            if next(times_read):
                again = open_recording(file, encoding=self.files.encoding)
                return self._lines(each for each in again if each.raw)
            return self._lines(self.files.documents(file, advance))

        return read

    def _lines(self, documents: Iterator[Recording]) -> Iterator[Line]:
        time: Moment = 0
        for _, of_member in groupby(documents, key=lambda document: document.member):
            counter = OccurrenceCounter()
            for document in of_member:
                # A line without a time (a stack trace, say) stays behind the one before it.
                time = self._time_of(document.raw) or time
                yield Line(time, counter.count(document.raw), document.raw)

    def _time_of(self, line: bytes) -> Moment | None:
        """The time of the line's first event that tells one."""
        for found in read_lines(self.format, [line]):
            if found.fault is None and (time := self._zones.time_of(found.format, found.fields)):
                return time
        return None

    def _batch(self, chunk: Chunk, offset: int) -> Batch:
        """The batch at its place: for files the offset counts the batches of a store."""
        return Batch(
            enterprise_id=self.enterprise_id,
            format=self.format,
            time_zone=self.zone,
            batch_id=chunk.batch_id,
            stream=chunk.stream,
            sequence=chunk.sequence,
            received_at=self.received_at,
            value=chunk.value,
            occurrences=chunk.occurrences,
            drill=self.drill,
            recorded=True,
            offset=offset,
        )


def run_files(
    engine: Engine,
    sink: Store,
    states: EmbeddedStates,
    reader: BatchReader,
    files: Sequence[Path],
    tell: Tell,
    advance: Advance = lambda amount: None,
) -> Summary:
    """All files through the engine into the store; the states are saved at the end.

    Drills that the store knows go on, and the reader's is one of them.
    """
    named = [for_files(reader.drill)] if reader.drill else []
    drills = joined(states.policy.drills, engine.policy.drills, named)
    engine.policy = msgspec.structs.replace(engine.policy, drills=drills)
    states.adopt(engine.rules.content_id, engine.policy, engine.registry)
    sink.migrate()
    keep_registry(sink, states.registry)
    sink.write(rule_rows(engine.rules), "rules")
    runner = Runner(states, patient_delivery(sink, tell), partial(sighting_task, engine))
    summary = Summary()
    batches = reader.batches(files, states.applied, advance)
    for decisions in runner.run((batch_task(engine, batch) for batch in batches), GROUP_SIZE):
        summary.add(decisions)
    name = enterprise_key(reader.enterprise_id, reader.drill)
    runner.complete([settle_task(engine, name)])
    # After the last batch: sightings were gathered at once, and a campaign may be over by now.
    indicators = [StateKey(ANY_PARTITION, each) for each in states.names() if is_campaign_key(each)]
    runner.complete(timer_task(engine, each, reader.received_at) for each in indicators)
    summary.unplaced = engine.rules.effort.unplaced_events
    states.count(summary.batches)
    states.save()
    return summary
