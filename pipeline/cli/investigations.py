"""`fenghuo investigations`: what replays left behind (shell)."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec

from pipeline.app.incident_rows import read_incidents
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option, spoken_language
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table, terminal
from pipeline.cli.terminal import say, say_json_lines
from pipeline.replay.investigation import NAME, PREFIX
from schemas.glossary import Term
from schemas.language import Language
from sinks.contract import Answer, QueryFailed
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
_WORDS: Final = {
    "name": Term("名称", "name"),
    "status": Term("状态", "status"),
    "from": Term("起", "from"),
    "to": Term("止", "to"),
    "batches": Term("批次", "batches"),
    "events": Term("日志", "events"),
    "first_received_at": Term("首批接收时间", "first_received_at"),
    "last_received_at": Term("末批接收时间", "last_received_at"),
    "incidents": Term("事件", "incidents"),
    "rule_sets": Term("规则集", "rule_sets"),
}
_STATUS: Final = {
    "finished": Term("已完成", "finished"),
    "unfinished": Term("未完成", "unfinished"),
}
_NONE: Final = Term(
    "没有调查回放；`fenghuo replay` 生成一个", "no investigations; `fenghuo replay` makes one"
)
_ASKED: Final = Term("删除调查回放 {name}？", "delete investigation {name}?")
_DELETED: Final = Term("已删除 {name}", "deleted {name}")


def _read_name(_context: click.Context, _param: click.Parameter, name: str) -> str:
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r}: use a-z, 0-9 and _", param_hint="--name")
    return name


name_option = click.option(
    "--name",
    required=True,
    callback=_read_name,
    help="Of the investigation: a-z, 0-9 and _.",
)


def store_aside(live: ChosenStore, name: str) -> ChosenStore:
    """Where an investigation is written: never into a database that live rows are in."""
    folder = None if live.folder is None else live.folder / f"{PREFIX}{name}"
    return ChosenStore(folder, f"{PREFIX}{name}")


@click.group("investigations")
def investigations_group() -> None:
    """List, show and delete investigations: what `fenghuo replay` left behind."""


@investigations_group.command("list")
@json_option("One JSON object an investigation.")
@store_options
def list_investigations(as_json: bool, store: ChosenStore) -> None:
    """Each with the span of receipt, what it holds, and the rule sets that found it."""
    if not store.is_there:
        raise click.ClickException(
            f"{store.folder}: no such store; `fenghuo run --store` makes one"
        )
    rows = [_told(*each) for each in investigations_of(store).items()]
    if as_json:
        say_json_lines(rows)
    elif not rows:
        say(_NONE.of(spoken_language()))
    else:
        heads = [_WORDS[name].of(spoken_language()) for name in rows[0]]
        print_table(heads, [[_shown(it) for it in row.values()] for row in rows])


@investigations_group.command("show")
@click.argument("name")
@lang_option
@store_options
def show_investigation(name: str, lang: Language, store: ChosenStore) -> None:
    """What it holds, and its incidents."""
    found = require_investigation(store, name)
    told = _told(name, found)
    for key, value in told.items():
        say(f"{_WORDS[key].of(lang)}: {_shown(value)}")
    if told["batches"] is None:
        return
    with found.read() as sink:
        print_incidents(terminal(), read_incidents(sink), lang)


@investigations_group.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_options
def delete_investigation(name: str, yes: bool, store: ChosenStore) -> None:
    """Delete it with all that it holds; live data are another database."""
    found = require_investigation(store, name)
    if not yes:
        click.confirm(_ASKED.of(spoken_language()).format(name=name), abort=True)
    # Not as those who read: of one that is being replayed they would be given a copy.
    with found.open() as sink:
        sink.query(f"DROP DATABASE {quote_name(found.database)}{sink.layout.on_cluster} SYNC")
    if found.folder is not None and not [*_databases(found.folder)]:
        shutil.rmtree(found.folder)
    say(_DELETED.of(spoken_language()).format(name=name))


def investigations_of(live: ChosenStore) -> dict[str, ChosenStore]:
    """All that there are, by name."""
    found: list[ChosenStore]
    if live.folder is not None:
        folders = live.folder.glob(f"{PREFIX}*")
        found = [ChosenStore(each, name) for each in folders for name in _databases(each)]
    else:
        with live.open() as sink:
            rows = sink.query(
                f"SELECT name FROM system.databases WHERE startsWith(name, '{PREFIX}')"
            )
        found = [ChosenStore(None, str(row["name"])) for row in rows]
    named = sorted(found, key=lambda each: each.database)
    by_name = {each.database.removeprefix(PREFIX): each for each in named}
    return {name: each for name, each in by_name.items() if NAME.fullmatch(name)}


def _databases(folder: Path) -> Iterator[str]:
    """Of one embedded store: a replay with --both leaves two."""
    return (each.stem for each in folder.glob(f"metadata/{PREFIX}*.sql"))


def require_investigation(live: ChosenStore, name: str) -> ChosenStore:
    """The investigation of that name; BadParameter, with those that there are, for none."""
    found = investigations_of(live)
    if name not in found:
        known = ", ".join(found) or "none"
        raise click.BadParameter(f"no investigation {name!r}; there are: {known}")
    return found[name]


def _shown(value: object) -> object:
    """As a person reads it: what is not known is a dash, and no word of a programming language."""
    if value is None or value == "":
        return "-"
    return _STATUS[value].of(spoken_language()) if value in _STATUS else value


def _told(name: str, found: ChosenStore) -> Answer:
    """What it was asked, whether that was done, and what it holds."""
    with found.read() as sink:
        try:
            marks = sink.view("investigations")
            (sums,) = sink.query(_SUMS.format(database=quote_name(found.database)))
        except QueryFailed:
            marks, sums = [], _UNKNOWN
    settings = msgspec.json.decode(str(marks[0]["settings"])) if marks else {}
    is_finished = bool(marks and marks[0]["finished_at"])
    return {
        "name": name,
        "status": "finished" if is_finished else "unfinished",
        "from": settings.get("from"),
        "to": settings.get("to"),
        **sums,
    }
