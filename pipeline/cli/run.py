"""`fenghuo run`: the whole pipeline over recordings, into an embedded store (shell)."""

import time
from functools import partial
from pathlib import Path

import click

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.file_runs import BatchReader, run_files
from pipeline.app.incident_rows import read_incidents
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.file_reading import (
    encoding_option,
    fail_if_unread,
    format_option,
    zone_option,
)
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.moments import RFC3339
from pipeline.cli.options import FILE
from pipeline.cli.progress import Progress
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import open_sink
from pipeline.cli.tables import terminal
from pipeline.cli.terminal import say
from schemas.language import Language
from schemas.moments import Moment
from schemas.registry import Enterprise, Registry
from sinks.contract import DEFAULT_DATABASE


@click.command("run")
@click.argument("files", nargs=-1, required=True, type=FILE)
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
@lang_option
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
    tell = partial(say, err=True)
    reader = BatchReader(
        enterprise=_enterprise(engine.registry, enterprise_id),
        format=format,
        zone=zone,
        encoding=encoding,
        received_at=time.time_ns() // 1_000 if received_at is None else received_at,
        drill=drill,
        tell=tell,
    )
    with open_sink(store, database) as sink:
        states = EmbeddedStates(store)
        with Progress("reading", sum(file.stat().st_size for file in files)) as progress:
            summary = run_files(engine, sink, states, reader, files, tell, progress.advance)
        incidents = read_incidents(sink)
    print_incidents(terminal(), incidents, lang)
    say(summary.line(), err=True)
    for advice in summary.advice(store):
        say(advice, err=True)
    fail_if_unread(reader.files)


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
