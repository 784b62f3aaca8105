"""`fenghuo investigations`: what replays left behind (shell)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import click
import msgspec
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
from sinks.contract import Answer, QueryFailed, Store
from sinks.ddl import quote_name

_SUMS = """
SELECT count() AS batches, sum(b.events) AS events,
       if(batches = 0, NULL, min(received_at)) AS first_received_at,
       if(batches = 0, NULL, max(received_at)) AS last_received_at,
       (SELECT count() FROM {database}.incidents WHERE status != 'superseded') AS incidents,
       (SELECT arrayStringConcat(arraySort(groupUniqArray(rule_set_id)), ', ')
        FROM {database}.detections) AS rule_sets
FROM {database}.batches AS b"""
_UNKNOWN: Final = dict.fromkeys(
    ("batches", "events", "first_received_at", "last_received_at", "incidents", "rule_sets")
)
"""Of one that was ended before it had its tables."""


class KeptInvestigation(NamedTuple):
    """Its name, and the folder of its embedded store; None: it is on the server."""

    name: str
    folder: Path | None


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
    rows = [_told(each) for each in investigations_of(live)]
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
    found = require_investigation(live, name)
    told = _told(found)
    for key, value in told.items():
        say(f"{key}: {value}")
    if told["batches"] is None:
        return
    with opened_investigation(found) as sink:
        incidents = read_incidents(sink)
    print_incidents(Console(), incidents, lang)


@investigations_group.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@sink_options
def delete_investigation(name: str, yes: bool, store: Path | None, database: str) -> None:
    """Delete it with all that it holds; live data are another database."""
    live = LiveStore(store, database)
    found = require_investigation(live, name)
    if not yes:
        click.confirm(f"delete investigation {name}?", abort=True)
    # Not as those who read: of one that is being replayed they would be given a copy.
    with open_sink(found.folder, PREFIX + name) as sink:
        sink.query(f"DROP DATABASE {quote_name(PREFIX + name)}{sink.layout.on_cluster} SYNC")
    if found.folder is not None and not [*_databases(found.folder)]:
        shutil.rmtree(found.folder)
    say(f"deleted {name}")


def investigations_of(live: LiveStore) -> list[KeptInvestigation]:
    """All that there are, by name."""
    found: list[tuple[str, Path | None]]
    if live.folder is not None:
        folders = live.folder.glob(f"{PREFIX}*")
        found = [(name, folder) for folder in folders for name in _databases(folder)]
    else:
        with open_sink(None, live.database) as sink:
            rows = sink.query(
                f"SELECT name FROM system.databases WHERE startsWith(name, '{PREFIX}')"
            )
        found = [(str(row["name"]), None) for row in rows]
    named = [KeptInvestigation(each.removeprefix(PREFIX), folder) for each, folder in found]
    return sorted((each for each in named if NAME.fullmatch(each.name)), key=lambda it: it.name)


def _databases(folder: Path) -> Iterator[str]:
    """Of one embedded store: a replay with --both leaves two."""
    return (each.stem for each in folder.glob(f"metadata/{PREFIX}*.sql"))


def require_investigation(live: LiveStore, name: str) -> KeptInvestigation:
    found = {each.name: each for each in investigations_of(live)}
    if name not in found:
        known = ", ".join(found) or "none"
        raise click.BadParameter(f"no investigation {name!r}; there are: {known}")
    return found[name]


@contextmanager
def opened_investigation(found: KeptInvestigation) -> Iterator[Store]:
    with open_sink(found.folder, PREFIX + found.name, must_exist=True) as sink:
        yield sink


def _told(found: KeptInvestigation) -> Answer:
    """What it was asked, whether that was done, and what it holds."""
    with opened_investigation(found) as sink:
        try:
            marks = sink.view("investigations")
            (sums,) = sink.query(_SUMS.format(database=quote_name(PREFIX + found.name)))
        except QueryFailed:
            marks, sums = [], _UNKNOWN
    settings = msgspec.json.decode(str(marks[0]["settings"])) if marks else {}
    is_finished = bool(marks and marks[0]["finished_at"])
    return {
        "name": found.name,
        "status": "finished" if is_finished else "unfinished",
        "from": settings.get("from"),
        "to": settings.get("to"),
        **sums,
    }
