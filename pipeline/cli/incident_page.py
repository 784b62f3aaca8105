"""One incident as a person reads it: story, tiers, duties, evidence, who did what (shell)."""

from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.incident_list import print_incidents
from pipeline.cli.incident_table import SHORT_ID, local_minute
from pipeline.cli.terminal import plain, texts_of
from pipeline.incidents.commands import task_id_of
from schemas.command import Command
from schemas.glossary import (
    ENTITY,
    INCIDENT,
    LAW_SHORT,
    LEVEL,
    OBLIGATION,
    VERB,
    Term,
    capital,
    read,
)
from schemas.incident import DetectionSummary
from schemas.language import Language
from schemas.moments import Moment, format_moment
from sinks.contract import Answer, Store
from sinks.ddl import literal

_NO_LIMIT = Term("无固定时限", "no figure")


class Dossier(msgspec.Struct, frozen=True):
    """All that the store has of one incident; `listed` is its row of the list."""

    incident: Answer
    listed: Answer
    assessments: list[Answer]
    obligations: list[Answer]
    commands: list[Answer]
    """Of the incidents that became part of it too."""

    def for_scripts(self) -> dict[str, object]:
        """By table, as the store shows it."""
        return {
            name: getattr(self, name)
            for name in ("incident", "assessments", "obligations", "commands")
        }


def read_dossier(sink: Store, incident: Answer, listed: Answer) -> Dossier:
    """Obligations by when they are due."""
    chosen = f"WHERE incident_id = {literal(str(incident['incident_id']))}"
    due = "due_at IS NULL, due_at, obligation_id"
    return Dossier(
        incident,
        listed,
        sink.query(f"SELECT * FROM assessments {chosen} ORDER BY regime"),
        sink.query(f"SELECT * FROM obligations {chosen} ORDER BY {due}"),
        read_commands(sink, str(incident["incident_id"])),
    )


def read_commands(sink: Store, incident_id: str) -> list[Answer]:
    """What was said of an incident, and of those that became part of it, in order of receipt."""
    ids, found = [incident_id], {incident_id}
    while ids:
        listed = ", ".join(map(literal, ids))
        became = sink.query(f"SELECT incident_id FROM incidents WHERE superseded_by IN ({listed})")
        ids = [each for row in became if (each := str(row["incident_id"])) not in found]
        found.update(ids)
    of = ", ".join(map(literal, sorted(found)))
    return sink.query(
        f"SELECT * FROM commands WHERE incident_id IN ({of}) ORDER BY received_at, command_id"
    )


def said_in(commands: Iterable[Answer], *verbs: str) -> list[Command]:
    """The accepted ones of these verbs."""
    return [
        msgspec.json.decode(str(row["content"]), type=Command)
        for row in commands
        if row["accepted"] and row["verb"] in verbs
    ]


def tasks_of(commands: Iterable[Answer]) -> list[tuple[Command, Command | None]]:
    """Each task as it was set, with the command that ended it; those that are open first."""
    listed = list(commands)
    ended = {each.task_id: each for each in said_in(listed, "end_task")}
    tasks = [(each, ended.get(task_id_of(each))) for each in said_in(listed, "add_task")]
    return sorted(tasks, key=lambda task: task[1] is not None)


def print_dossier(console: Console, dossier: Dossier, lang: Language) -> None:
    """Everything under its heading; what there is none of has no heading."""
    print_incidents(console, [dossier.listed], lang)
    for heading, table in (
        ("tier", _tiers(dossier.assessments, lang)),
        ("obligations", _obligations(dossier.obligations, lang)),
        ("detection", _detections(dossier.incident, lang)),
        ("entities", _entities(dossier.incident, lang)),
        ("tasks", _tasks(dossier.commands, lang)),
        ("notes", _notes(dossier.commands, lang)),
        ("attachments", _attachments(dossier.commands, lang)),
        ("acts", _acts(dossier.commands, lang)),
    ):
        if table.row_count:
            console.print(Text(_head(heading, lang), style="bold"))
            console.print(table)
            console.print()


def _tiers(assessments: Sequence[Answer], lang: Language) -> Table:
    suffix = "_en" if lang == "en" else ""
    rows = [
        (read(LAW_SHORT, str(one["regime"]), lang), one["tier"] or "-", one[f"reason{suffix}"])
        for one in assessments
    ]
    return _table((), rows, lang)


def _obligations(obligations: Sequence[Answer], lang: Language) -> Table:
    suffix = "_en" if lang == "en" else ""
    rows = [
        (
            number,
            str(one["obligation_id"])[:SHORT_ID],
            read(OBLIGATION, str(one["state"]), lang),
            local_minute(one["due_at"]) if one["due_at"] else _NO_LIMIT.of(lang),
            one[f"recipient{suffix}"],
            one[f"limit_text{suffix}"],
        )
        for number, one in enumerate(obligations, 1)
    ]
    return _table(("number", "id", "status", "due_at", "recipient", "limit"), rows, lang)


def _detections(incident: Answer, lang: Language) -> Table:
    found = msgspec.json.decode(str(incident["detections"]), type=list[DetectionSummary])
    rows = [
        (
            read(LEVEL, one.level, lang),
            one.count,
            (one.title_zh if lang == "zh" else "") or one.title,
            (one.summary_zh if lang == "zh" else "") or one.summary,
        )
        for one in found
    ]
    return _table(("level", "count", "rule", "event"), rows, lang)


def _entities(incident: Answer, lang: Language) -> Table:
    by_kind: dict[str, list[str]] = {}
    kinds, values = (texts_of(incident[f"entity_{part}"]) for part in ("kinds", "values"))
    for kind, value in zip(kinds, values, strict=True):
        by_kind.setdefault(kind, []).append(value)
    rows = [
        (read(ENTITY, kind, lang), "\n".join(dict.fromkeys(values)))
        for kind, values in by_kind.items()
    ]
    return _table((), rows, lang)


def _tasks(commands: Sequence[Answer], lang: Language) -> Table:
    rows = [
        (
            number,
            task_id_of(task)[:SHORT_ID],
            INCIDENT["open" if end is None else "done"].of(lang),
            _minute_of(task.said_at),
            task.analyst,
            task.reason,
            "" if end is None else f"{end.analyst} {end.reason}".strip(),
        )
        for number, (task, end) in enumerate(tasks_of(commands), 1)
    ]
    heads = ("number", "id", "status", "time", "analyst", "tasks", "done")
    return _table(heads, rows, lang)


def _notes(commands: Sequence[Answer], lang: Language) -> Table:
    rows = [
        (_minute_of(each.said_at), each.analyst, each.reason) for each in said_in(commands, "note")
    ]
    return _table(("time", "analyst", "notes"), rows, lang)


def _attachments(commands: Sequence[Answer], lang: Language) -> Table:
    rows = [
        (
            _minute_of(each.said_at),
            each.analyst,
            f"{held.name} ({held.size:,})",
            held.sha256,
            held.place or "-",
            each.reason or "-",
        )
        for each in said_in(commands, "attach")
        if (held := each.attachment)
    ]
    return _table(("time", "analyst", "attachments", "digest", "place", "reason"), rows, lang)


def _minute_of(moment: Moment) -> str:
    return local_minute(format_moment(moment))


def _acts(commands: Sequence[Answer], lang: Language) -> Table:
    rows = [
        (
            local_minute(one["received_at"]),
            one["analyst"],
            read(VERB, str(one["verb"]), lang),
            one["reason"] or "-",
            "" if one["accepted"] else f"✗ {one['refusal']}",
        )
        for one in commands
    ]
    return _table(("time", "analyst", "act", "reason", "refusal"), rows, lang)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], lang: Language) -> Table:
    table = Table(*(_head(name, lang) for name in heads), box=None, show_header=bool(heads))
    for row in rows:
        table.add_row(*(Text(plain(str(value))) for value in row))
    return table


def _head(name: str, lang: Language) -> str:
    return capital(INCIDENT[name].of(lang))
