"""`fenghuo investigations`: what replays left behind (shell)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from pipeline.app.incident_rows import read_incidents
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.replay import NAME
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import open_sink, sink_options
from pipeline.cli.terminal import cell, say
from pipeline.replay.investigation import PREFIX
from pipeline.replay.past_sources import LiveStore
from schemas.language import Language
from sinks.contract import Answer, Store
from sinks.ddl import quote_name

_SUMS = """
SELECT count() AS batches, sum(b.events) AS events,
       if(batches = 0, NULL, min(received_at)) AS first_received_at,
       if(batches = 0, NULL, max(received_at)) AS last_received_at,
       (SELECT count() FROM {database}.incidents WHERE status != 'superseded') AS incidents,
       (SELECT arrayStringConcat(arraySort(groupUniqArray(rule_set_id)), ', ')
        FROM {database}.detections) AS rule_sets
FROM {database}.batches AS b"""


@click.group("investigations")
def investigations_group() -> None:
    """List, show and delete investigations: what `fenghuo replay` left behind."""


@investigations_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an investigation.")
@sink_options
def list_investigations(as_json: bool, store: Path | None, database: str) -> None:
    """Each with the span of receipt, what it holds, and the rule sets that found it."""
    live = LiveStore(store, database)
    if not live.is_there:
        raise click.ClickException(f"{store}: no such store; `fenghuo run --store` makes one")
    rows = [{"name": name} | _sums(live, name) for name in names_of(live)]
    if as_json:
        for row in rows:
            say(orjson.dumps(row))
    elif not rows:
        say("no investigations; `fenghuo replay` makes one")
    else:
        table = Table(*(Column(name, overflow="fold") for name in rows[0]))
        for row in rows:
            table.add_row(*map(cell, row.values()))
        Console().print(table)


@investigations_group.command("show")
@click.argument("name")
@lang_option
@sink_options
def show_investigation(name: str, lang: Language, store: Path | None, database: str) -> None:
    """What it holds, and its incidents."""
    live = LiveStore(store, database)
    require_investigation(live, name)
    for key, value in _sums(live, name).items():
        say(f"{key}: {value}")
    with opened_investigation(live, name) as sink:
        incidents = read_incidents(sink)
    print_incidents(Console(), incidents, lang)


@investigations_group.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@sink_options
def delete_investigation(name: str, yes: bool, store: Path | None, database: str) -> None:
    """Delete it with all that it holds; live data are another database."""
    live = LiveStore(store, database)
    require_investigation(live, name)
    if not yes:
        click.confirm(f"delete investigation {name}?", abort=True)
    if store is not None:
        shutil.rmtree(_folder(store, name))
    else:
        with open_sink(None, database) as sink:
            sink.query(f"DROP DATABASE {quote_name(PREFIX + name)} {sink.layout.on_cluster}")
    say(f"deleted {name}")


def names_of(live: LiveStore) -> list[str]:
    """Of all that there are, in order."""
    if live.folder is not None:
        found = [each.parent.name for each in live.folder.glob(f"{PREFIX}*/metadata")]
    else:
        with open_sink(None, live.database) as sink:
            rows = sink.query(
                f"SELECT name FROM system.databases WHERE startsWith(name, '{PREFIX}')"
            )
        found = [str(row["name"]) for row in rows]
    names = (each.removeprefix(PREFIX) for each in found)
    return sorted(name for name in names if NAME.fullmatch(name))


def require_investigation(live: LiveStore, name: str) -> None:
    """A fault of the call where there is none of this name."""
    names = names_of(live)
    if name not in names:
        known = ", ".join(names) or "none"
        raise click.BadParameter(f"no investigation {name!r}; there are: {known}")


@contextmanager
def opened_investigation(live: LiveStore, name: str) -> Iterator[Store]:
    """The store of one that there is, to read."""
    folder = None if live.folder is None else _folder(live.folder, name)
    with open_sink(folder, PREFIX + name, must_exist=True) as sink:
        yield sink


def _folder(store: Path, name: str) -> Path:
    return store / f"{PREFIX}{name}"


def _sums(live: LiveStore, name: str) -> Answer:
    with opened_investigation(live, name) as sink:
        (row,) = sink.query(_SUMS.format(database=quote_name(PREFIX + name)))
    return row
