"""`fenghuo run`: the whole pipeline over recordings, into an embedded store (shell)."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count, groupby
from pathlib import Path

import click
import msgspec
from rich.console import Console

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.inline_campaigns import expire_indicators, gather_inline
from pipeline.app.runner import drive
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.file_reading import (
    FileReader,
    encoding_option,
    format_option,
    manner_of,
    stream_of,
    zone_option,
)
from pipeline.cli.incident_list import print_incidents, read_incidents
from pipeline.cli.moments import RFC3339
from pipeline.cli.progress import Progress
from pipeline.cli.run_summary import Summary
from pipeline.cli.stores import open_sink
from pipeline.cli.waiting import patient_delivery
from pipeline.drills import for_files, joined
from pipeline.files.ordering import Line, Read, in_order
from pipeline.files.recordings import Recording, open_recording
from pipeline.files.registry_file import keep_registry
from pipeline.intake.batching import Chunk, OccurrenceCounter, chunk_counted
from pipeline.intake.lines import read_lines
from pipeline.intake.sender_zones import SenderZones
from pipeline.path import Engine
from pipeline.state import State, enterprise_key, enterprise_state
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.language import Language
from schemas.moments import Moment
from schemas.registry import Enterprise, Registry
from sinks.contract import DEFAULT_DATABASE, Store

LINES_PER_BATCH = 500


@click.command("run")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--store",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the embedded store; made if it is not there, gone on with if it is.",
)
@click.option("--database", default=DEFAULT_DATABASE, show_default=True)
@click.option("--enterprise", "enterprise_id", default=None, help="Whose events these are.")
@format_option
@zone_option
@encoding_option
@click.option("--received-at", type=RFC3339, default=None, help="RFC 3339. Default: now.")
@click.option("--drill", default="", help="Name of the drill that these events belong to.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Of the table shown.")
@engine_options
def run_command(
    files: tuple[Path, ...],
    store: Path,
    database: str,
    enterprise_id: str | None,
    format: str,
    zone: str,
    encoding: str,
    received_at: Moment | None,
    drill: str,
    lang: Language,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
) -> None:
    """Read FILES (JSON lines, JSON; also .gz, .zip) and write what they come to into --store.

    All are read in the order of their events, whatever order they are in. A later run on the
    same store goes on where this one stops.
    """
    engine = load_engine(rule_folders, registry, policy)
    reader = BatchReader(
        enterprise=_enterprise(engine.registry, enterprise_id),
        format=format,
        zone=zone,
        encoding=encoding,
        received_at=time.time_ns() // 1_000 if received_at is None else received_at,
        drill=drill,
    )
    with open_sink(store, database) as sink:
        states = EmbeddedStates(store)
        named = [for_files(drill)] if drill else []
        drills = joined(states.policy.drills, engine.policy.drills, named)
        engine.policy = msgspec.structs.replace(engine.policy, drills=drills)
        states.adopt(engine.rules.content_id, engine.policy, engine.registry)
        summary = run_files(engine, sink, states, reader, files)
        incidents = read_incidents(sink)
    print_incidents(Console(), incidents, lang)
    click.echo(summary.line(), err=True)
    for advice in summary.advice(store):
        click.echo(advice, err=True)
    reader.files.finish()


def _enterprise(registry: Registry, enterprise_id: str | None) -> Enterprise:
    if enterprise_id is None and len(registry) == 1:
        return next(iter(registry.values()))
    if enterprise_id is None:
        raise click.UsageError("the registry has several enterprises: name one by --enterprise")
    if enterprise_id not in registry:
        raise click.BadParameter(
            f"{enterprise_id!r} is not in the registry; name a row of --registry",
            param_hint="--enterprise",
        )
    return registry[enterprise_id]


class BatchReader:
    """Files as batches of one enterprise, in the order of their events."""

    def __init__(
        self,
        enterprise: Enterprise,
        format: str,
        received_at: Moment,
        drill: str,
        zone: str = "",
        encoding: str = "",
    ) -> None:
        self.enterprise_id = enterprise.enterprise_id
        self.format = format
        self.zone = zone
        self.received_at = received_at
        self.drill = drill
        self.files = FileReader(format, encoding)
        self._zones = SenderZones(enterprise, zone, received_at)

    def batches(self, files: Sequence[Path], progress: Progress, first: int) -> Iterator[Batch]:
        """All files in the order of their events; `first` is the offset of the first batch."""
        with ExitStack() as stack:
            ordered = in_order([self._reading(file, progress) for file in files], stack)
            if ordered.out_of_order:
                where = "sorted on disk" if ordered.is_spilled else "sorted"
                click.echo(
                    f"{ordered.out_of_order} lines are older than a line before them in their "
                    f"file: all are {where} and read in the order of their events",
                    err=True,
                )
            manner = manner_of(self.format, self.zone, self.files.encoding)
            streams = [stream_of(file, manner, LINES_PER_BATCH) for file in files]
            stream = content_id("stream", *streams)
            counted = ((line.raw, line.occurrence) for line in ordered.lines)
            chunks = chunk_counted(counted, self.enterprise_id, manner, LINES_PER_BATCH, stream)
            for offset, chunk in enumerate(chunks, start=first):
                yield self._batch(chunk, offset)

    def _reading(self, file: Path, progress: Progress) -> Read:
        """What is wrong with a file, and how far it is read, is told at its first reading."""
        times_read = count()

        def read() -> Iterator[Line]:
            if next(times_read):
                again = open_recording(file, encoding=self.files.encoding)
                return self._lines(each for each in again if each.raw)
            return self._lines(self.files.documents(file, progress.advance))

        return read

    def _lines(self, documents: Iterator[Recording]) -> Iterator[Line]:
        time: Moment = 0
        for _, of_member in groupby(documents, key=lambda document: document.member):
            counter = OccurrenceCounter()
            for document in of_member:
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


class _BatchSource:
    """What the driver must know of a batch that was read from a file."""

    def state_key(self, input: Batch, /) -> str:
        """The enterprise, and each drill apart."""
        return enterprise_key(input.enterprise_id, input.drill)

    def place(self, input: Batch, /) -> str:
        """The batch's own id and its place."""
        return f"{input.batch_id}/{input.offset}"


def run_files(
    engine: Engine,
    sink: Store,
    states: EmbeddedStates,
    reader: BatchReader,
    files: tuple[Path, ...],
) -> Summary:
    """All files through the engine into the store; the states are saved at the end."""
    sink.migrate()
    keep_registry(sink, engine.registry)
    delivery = patient_delivery(sink)
    summary = Summary()

    def process(state: State, batch: Batch) -> list[Decision]:
        return engine.process(enterprise_state(state), batch)

    with Progress("reading", sum(file.stat().st_size for file in files)) as progress:
        batches = reader.batches(files, progress, states.applied)
        for decisions in drive(batches, _BatchSource(), process, states, delivery, group_size=20):
            gather_inline(engine, decisions, states, delivery)
            summary.add(decisions)
    key = enterprise_key(reader.enterprise_id, reader.drill)
    settled = engine.settle(enterprise_state(states.recall(key)), key)
    delivery.write(settled, f"settle/{states.applied}")
    gather_inline(engine, settled, states, delivery)
    expire_indicators(engine, states.keys(), states, delivery, reader.received_at)
    summary.unplaced = engine.rules.effort.unplaced_events
    states.count(summary.batches)
    states.save()
    return summary
