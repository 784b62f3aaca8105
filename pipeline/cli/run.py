"""`fenghuo run`: the whole pipeline over recordings, into an embedded store (shell)."""

import time
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, groupby
from pathlib import Path

import click
import msgspec
from rich.console import Console

from pipeline.app.delivery import Delivery
from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.inline_campaigns import expire_indicators, gather_inline
from pipeline.app.runner import drive
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.file_reading import FileReader, marked_format, stream_of
from pipeline.cli.incident_list import print_incidents, read_incidents
from pipeline.cli.moments import RFC3339
from pipeline.cli.progress import Progress
from pipeline.cli.run_summary import Summary
from pipeline.cli.stores import open_sink
from pipeline.cli.waiting import wait
from pipeline.files.registry_file import keep_registry
from pipeline.intake.batching import Chunk, chunk_lines
from pipeline.intake.columns import time_of
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import FORMATS, read_fields
from pipeline.path import Engine
from pipeline.state import State, enterprise_key, enterprise_state
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment
from schemas.registry import Registry
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
@click.option(
    "--format", "format", type=click.Choice(sorted(FORMATS)), help="Default: recognised per file."
)
@click.option("--received-at", type=RFC3339, default=None, help="RFC 3339. Default: now.")
@click.option("--drill", default="", help="Name of the drill that these events belong to.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Of the table shown.")
@engine_options
def run_command(
    files: tuple[Path, ...],
    store: Path,
    database: str,
    enterprise_id: str | None,
    format: str | None,
    received_at: Moment | None,
    drill: str,
    lang: str,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
) -> None:
    """Read FILES (JSON lines, JSON; also .gz, .zip) and write what they come to into --store.

    Several files are read side by side in the order of their events. A later run on the same
    store goes on where this one stops.
    """
    engine = load_engine(rule_folders, registry, policy)
    reader = BatchReader(
        enterprise_id=_enterprise(engine.registry, enterprise_id),
        format=format,
        received_at=time.time_ns() // 1_000 if received_at is None else received_at,
        drill=drill,
    )
    with open_sink(store, database) as sink:
        states = EmbeddedStates(store)
        states.adopt(engine.rules.content_id, engine.policy, engine.registry)
        summary = run_files(engine, sink, states, reader, files)
        incidents = read_incidents(sink)
    print_incidents(Console(), incidents, lang)
    click.echo(summary.line(), err=True)
    for advice in summary.advice(store):
        click.echo(advice, err=True)
    reader.files.finish()


def _enterprise(registry: Registry, enterprise_id: str | None) -> str:
    if enterprise_id is None and len(registry) == 1:
        return next(iter(registry))
    if enterprise_id is None:
        raise click.UsageError("the registry has several enterprises: name one by --enterprise")
    if enterprise_id not in registry:
        raise click.BadParameter(
            f"{enterprise_id!r} is not in the registry; name a row of --registry",
            param_hint="--enterprise",
        )
    return enterprise_id


class BatchReader:
    """Files as batches of one enterprise, in the order of their events."""

    def __init__(
        self, enterprise_id: str, format: str | None, received_at: Moment, drill: str
    ) -> None:
        self.enterprise_id = enterprise_id
        self.format = format
        self.received_at = received_at
        self.drill = drill
        self.files = FileReader(format)

    def batches(self, files: Iterable[Path], progress: Progress, first: int) -> Iterator[Batch]:
        """All files side by side; `first` is the offset of the first batch."""
        timed = [self._timed_batches(file, progress) for file in files]
        for offset, (_, batch) in enumerate(merge(*timed, key=_moment), start=first):
            yield _at(batch, offset)

    def _timed_batches(self, file: Path, progress: Progress) -> Iterator[tuple[Moment, Batch]]:
        last: Moment = 0
        stream = stream_of(file, self.format or "", LINES_PER_BATCH)
        documents = self.files.documents(file, progress.advance)
        for _, of_member in groupby(documents, key=lambda document: document.member):
            first = next(of_member)
            format = self.format or marked_format(first.raw) or "json"
            lines = (document.raw for document in chain([first], of_member))
            member = content_id("stream", stream, first.member)
            chunks = chunk_lines(lines, self.enterprise_id, format, LINES_PER_BATCH, member)
            for chunk in chunks:
                last = _first_time(format, chunk.lines) or last
                yield last, self._batch(chunk, format)

    def _batch(self, chunk: Chunk, format: str) -> Batch:
        return Batch(
            enterprise_id=self.enterprise_id,
            format=format,
            batch_id=chunk.batch_id,
            stream=chunk.stream,
            sequence=chunk.sequence,
            received_at=self.received_at,
            value=chunk.value,
            occurrences=chunk.occurrences,
            drill=self.drill,
        )


def _moment(timed: tuple[Moment, Batch]) -> Moment:
    return timed[0]


def _at(batch: Batch, offset: int) -> Batch:
    """The batch at its place: for files the offset counts the batches of a store."""
    return msgspec.structs.replace(batch, offset=offset)


def _first_time(format: str, lines: tuple[bytes, ...]) -> Moment | None:
    """The time of the first line that tells one."""
    for line in lines:
        try:
            time = time_of(read_fields(format, line))
        except EventFault:
            continue
        if time is not None:
            return time
    return None


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
    delivery = Delivery(sink, wait=wait)
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
    states.count(summary.batches)
    states.save()
    return summary
