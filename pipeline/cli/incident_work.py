"""`fenghuo incidents`: notes, tasks, attachments, and what surrounds an incident (shell)."""

import hashlib
from pathlib import Path
from typing import get_args

import click
import msgspec

from pipeline.cli.command_senders import CommandRoute, route_options
from pipeline.cli.incident_finding import find_incident, find_incidents, numbers_of
from pipeline.cli.incident_page import read_commands, tasks_of
from pipeline.cli.incident_rulings import INCIDENT_IDS, ruling
from pipeline.cli.incident_table import local_minute
from pipeline.cli.options import FILE, json_option
from pipeline.cli.shown_numbers import is_number
from pipeline.cli.spans import SPAN
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import csv_text, print_table
from pipeline.cli.terminal import say, say_json_lines, texts_of
from pipeline.incidents.commands import task_id_of
from pipeline.incidents.indicators import observables_of
from pipeline.incidents.stix import Sighted, bundle_of
from schemas.command import Attachment, Command, Part
from schemas.detection import Entity, EntityKind
from schemas.glossary import EVENT_COLUMN, Term, capital
from schemas.language import Language
from schemas.moments import Moment, format_moment, parse_moment
from sinks.contract import Answer, Store
from sinks.ddl import literal, moment_literal

_TEXT = click.option("--text", "reason", required=True, help="What it says.")


@click.command("done")
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("task_ids", nargs=-1, required=True, metavar="TASK...")
@click.option("--reason", default="", help="What came of it.")
@route_options
def done_command(
    incident_id: str, task_ids: tuple[str, ...], reason: str, route: CommandRoute
) -> None:
    """Tasks are done: each TASK is its number in `show`, or the beginning of its id."""

    def commands(sink: Store) -> list[Command]:
        incident = find_incident(sink, incident_id, route.numbers)
        tasks = tasks_of(read_commands(sink, str(incident["incident_id"])))
        ids = [task_id_of(task) for task, _ in tasks]
        chosen = dict.fromkeys(_task(ids, name) for name in task_ids)
        return [route.on(incident, "end_task", reason=reason, task_id=each) for each in chosen]

    route.send(commands)


def _task(ids: list[str], name: str) -> str:
    if is_number(name):
        found = ids[int(name) - 1 : int(name)]
    else:
        found = [each for each in ids if each.startswith(name)]
    if len(found) == 1:
        return found[0]
    raise click.ClickException(
        f"several tasks {name}; see `show`" if found else f"no task {name}; see `show`"
    )


@click.command("merge")
@INCIDENT_IDS
@click.option("--reason", default="", help="Kept with the command.")
@route_options
def merge_command(incident_ids: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """Make several incidents of one enterprise one, whatever comes later.

    The earliest goes on, with the status that is most alive; the others are superseded by it.
    """

    def commands(sink: Store) -> list[Command]:
        found = find_incidents(sink, incident_ids, route.numbers)
        first, *others = sorted(found, key=lambda each: str(each["first_time"]))
        if not others or len({(each["enterprise_id"], each["drill"]) for each in found}) > 1:
            raise click.UsageError("name several incidents of one enterprise, or of one drill")
        ids = [str(each["incident_id"]) for each in others]
        return [route.on(first, "merge", reason=reason, other_id=each) for each in ids]

    route.send(commands)


@click.command("split")
@click.argument("incident_id", metavar="INCIDENT")
@click.option(
    "--part",
    type=(click.Choice(["rule", *get_args(EntityKind)]), str),
    required=True,
    metavar="KIND VALUE",
    help="What names the part: host ws-2, account li, rule ID_OR_TITLE, …",
)
@click.option("--reason", default="", help="Kept with the command.")
@route_options
def split_command(
    incident_id: str, part: tuple[str, str], reason: str, route: CommandRoute
) -> None:
    """Make what names the part an incident of its own, whatever comes later."""
    kind, value = part
    named = msgspec.convert({"kind": kind, "value": value}, Part)
    route.say([incident_id], "split", part=named, reason=reason)


@click.command("attach")
@INCIDENT_IDS
@click.argument("file", type=FILE)
@click.option("--place", default="", help="Where it lies: a path or an address.")
@click.option("--reason", default="", help="What it is.")
@route_options
def attach_command(
    incident_ids: tuple[str, ...], file: Path, place: str, reason: str, route: CommandRoute
) -> None:
    """FILE belongs to it: its name, size and SHA-256 are kept; it stays where it is."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    attachment = Attachment(name=file.name, sha256=digest, size=file.stat().st_size, place=place)
    route.say(incident_ids, "attach", attachment=attachment, reason=reason)


@click.command("events")
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--around", type=SPAN, default="10m", show_default=True, help="Before and after it.")
@click.option("--whole", is_flag=True, help="All of the enterprise, not only what takes part.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, show_default=True)
@json_option("JSON lines, every column.")
@lang_option
@store_options
def events_command(
    incident_id: str,
    around: Moment,
    whole: bool,
    limit: int,
    as_json: bool,
    lang: Language,
    store: ChosenStore,
) -> None:
    """Raw events of its hosts, accounts and addresses from before it began to after it ended.

    Those that it stands on are marked *.
    """
    with store.read() as sink:
        incident = find_incident(sink, incident_id, numbers_of(store))
        rows = sink.query(_events_around(incident, around, whole, limit + 1))
    if as_json:
        say_json_lines(rows[:limit])
    else:
        _print_events(rows[:limit], texts_of(incident["event_ids"]), lang)
    if len(rows) > limit:
        say(f"these are the first {limit}; there are more: say --limit", err=True)


def _events_around(incident: Answer, around: Moment, whole: bool, limit: int) -> str:
    first, last = (parse_moment(str(incident[name])) for name in ("first_time", "last_time"))
    span = f"time >= {moment_literal(first - around)} AND time <= {moment_literal(last + around)}"
    of = f"enterprise_id = {literal(str(incident['enterprise_id']))}"
    drill = f"drill = {literal(str(incident['drill']))}"
    taking_part = "1" if whole else _taking_part(incident)
    return (
        f"SELECT * FROM events WHERE {of} AND {drill} AND {span} AND ({taking_part})"
        f" ORDER BY time, event_id LIMIT {limit}"
    )


def _taking_part(incident: Answer) -> str:
    by_kind: dict[str, list[str]] = {"host": [], "account": [], "address": []}
    for entity in _entities(incident):
        if entity.kind in by_kind:
            by_kind[entity.kind].append(entity.value)
    account = r"lower(replaceRegexpAll(account, '^.*\\\\|[@/].*$', ''))"
    return " OR ".join(
        f"{column} IN ({', '.join(map(literal, values)) or literal('nothing')})"
        for column, values in (
            ("event_id", texts_of(incident["event_ids"])),
            ("lower(host)", by_kind["host"]),
            (account, by_kind["account"]),
            ("source_ip", by_kind["address"]),
            ("destination_ip", by_kind["address"]),
        )
    )


_NONE = Term("没有日志。", "No events.")
_SHOWN = ("host", "account", "product", "category", "service", "raw")


def _print_events(rows: list[Answer], own: list[str], lang: Language) -> None:
    heads = [capital(EVENT_COLUMN[name].of(lang)) for name in ("time", *_SHOWN)]
    print_table(
        ["", *heads],
        [
            (
                "*" if row["event_id"] in own else "",
                local_minute(row["time"], seconds=True),
                *(row[name] for name in _SHOWN),
            )
            for row in rows
        ],
        empty=_NONE.of(lang),
    )


@click.command("indicators")
@INCIDENT_IDS
@click.option("--format", "kind", type=click.Choice(["stix", "csv"]), default="csv")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", help="Of titles.")
@store_options
def indicators_command(
    incident_ids: tuple[str, ...], kind: str, lang: Language, store: ChosenStore
) -> None:
    """What others can look for: addresses, domains, URLs, files and hashes of the attacker.

    As a STIX 2.1 bundle, or CSV, in which a value that a spreadsheet would compute has an
    apostrophe before it. Hosts and accounts of the enterprise are left out.
    """
    with store.read() as sink:
        found = find_incidents(sink, incident_ids, numbers_of(store))
    sighted = [_sighted(each, lang) for each in found]
    if kind == "stix":
        say(msgspec.json.format(msgspec.json.encode(bundle_of(sighted)), indent=2))
        return
    rows = [
        (one.kind, one.value, format_moment(incident.first_time), incident.incident_id)
        for incident in sighted
        for one in incident.observables
    ]
    say(csv_text([("kind", "value", "first_time", "incident_id"), *rows]).rstrip("\n"))


def _sighted(incident: Answer, lang: Language) -> Sighted:
    return Sighted(
        incident_id=str(incident["incident_id"]),
        title=str(incident["title_en" if lang == "en" else "title"]),
        first_time=parse_moment(str(incident["first_time"])),
        revised_at=parse_moment(str(incident["revised_at"])),
        observables=observables_of(_entities(incident)),
    )


def _entities(incident: Answer) -> list[Entity]:
    columns = {part: texts_of(incident[f"entity_{part}s"]) for part in ("kind", "value", "role")}
    rows = [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]
    return msgspec.convert(rows, list[Entity])


WORK_COMMANDS: tuple[click.Command, ...] = (
    ruling(
        "assign",
        "assign",
        "Give it to somebody; an empty name gives it to nobody.",
        click.option("--to", "assignee", required=True, help="Who works on it."),
    ),
    ruling("note", "note", "Note something that others should know.", reason=_TEXT),
    ruling("task", "add_task", "Set a task.", reason=_TEXT),
    done_command,
    merge_command,
    split_command,
    attach_command,
    events_command,
    indicators_command,
)
