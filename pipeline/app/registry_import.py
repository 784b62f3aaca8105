"""Bringing a table of enterprises into the registry's file and into the store (shell).

Rule 1. While one row is faulty nothing is applied: its enterprise would seem to have left.
Rule 2. What would be switched off without a word (`pipeline/intake/registry_diff.py`) is confirmed
        by its name.
Rule 3. The file comes first, for it is what workers read; then the store, which boards read.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.registry_reload import confirmation_of, content_id_of
from pipeline.files.registry_file import keep_registry, read_registry_file
from pipeline.files.replacing import replace_file
from pipeline.files.spreadsheets import SheetFault, read_sheets
from pipeline.intake.registry import ParsedRegistry
from pipeline.intake.registry_diff import (
    Content,
    RegistryDiff,
    SwitchedOff,
    content_of,
    differences,
    switched_off,
)
from pipeline.intake.registry_table import find_table, parse_table
from pipeline.state import split_key
from schemas.coverage import RevenueRank
from schemas.registry import PublishingKey, Registry
from sinks.contract import Answer, Store
from sinks.log_tables import ENTERPRISES, REVENUE_RANKS, key_validity

_HAS_TABLES: Final = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'enterprises'"
)
_OPEN: Final = (
    "SELECT DISTINCT enterprise_id FROM incidents"
    " WHERE status NOT IN ('resolved', 'closed', 'superseded') AND drill = ''"
)


class Candidates(msgspec.Struct):
    """The rows of a file that is to be imported, their faults, and headings of no field."""

    parsed: ParsedRegistry
    unknown: list[str]


class Change(msgspec.Struct, frozen=True):
    """What an import would change, and what that would switch off."""

    diff: RegistryDiff
    switched_off: dict[SwitchedOff, list[str]]

    def unconfirmed(self, confirmed: Collection[str]) -> list[SwitchedOff]:
        """What nobody has confirmed yet."""
        return [what for what in self.switched_off if what not in confirmed]


class Known(msgspec.Struct, frozen=True):
    """What a store knows of enterprises: their rows, and who has open incidents or state."""

    rows: list[Answer] = []
    open_incidents: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()


def read_candidates(file: Path, before: Registry) -> Candidates:
    """CSV, .xlsx or NDJSON; fields without a column are as in `before`.

    Raises SheetFault for what is no table of enterprises, OSError for what cannot be read.
    """
    sheets = read_sheets(file)
    if sheets is None:
        return Candidates(read_registry_file(file), [])
    found = Candidates(ParsedRegistry({}, []), [])
    tables = [(sheet.name, table) for sheet in sheets if (table := find_table(sheet.rows))]
    if not tables:
        raise SheetFault(
            f"{file} has no heading 单位编号 or enterprise_id; name the columns as docs/registry.md"
        )
    for name, table in tables:
        place = f"{file}[{name}]" if name else str(file)
        parse_table(found.parsed, table, place, before)
        found.unknown += table.unknown
    passed_over = [sheet.name for sheet in sheets if sheet.rows and not find_table(sheet.rows)]
    found.unknown += [f"[{name}]" for name in passed_over]
    return found


def ask_store(sink: Store, folder: Path | None) -> Known:
    """What the store knows; nothing of one that has no tables yet."""
    if not sink.query(_HAS_TABLES):
        return Known()
    states = EmbeddedStates(folder).names() if folder is not None else []
    return Known(
        sink.query(f"SELECT * FROM {ENTERPRISES.name}"),
        frozenset(str(row["enterprise_id"]) for row in sink.query(_OPEN)),
        frozenset(split_key(name)[0] for name in states),
    )


def compare_file(before: Registry, after: Registry, known: Known) -> Change:
    """Against the registry's file."""
    return _change(content_of(before), content_of(after), known)


def compare_store(after: Registry, known: Known) -> Change:
    """Against the store's table, which has neither keys nor contacts nor networks."""
    rows: dict[str, dict[str, object]] = {
        name: dict(zip(ENTERPRISES.column_names, ENTERPRISES.row(row), strict=True))
        for name, row in after.items()
    }
    before = {str(row["enterprise_id"]): row for row in known.rows}
    return _change(
        Content(
            before, {name: _spans(str(row.get("key_validity"))) for name, row in before.items()}
        ),
        Content(rows, {name: _spans(key_validity(row)) for name, row in after.items()}),
        known,
    )


def _change(before: Content, after: Content, known: Known) -> Change:
    return Change(
        differences(before.fields, after.fields),
        switched_off(before, after, known.open_incidents, known.states),
    )


def _spans(text: str) -> tuple[PublishingKey, ...]:
    """Keys as the store has them: without the key itself."""
    spans = msgspec.json.decode(text or "[]", type=list[dict[str, str | None]])
    return tuple(msgspec.convert({"public_key": "", **span}, type=PublishingKey) for span in spans)


def write_registry(file: Path, registry: Registry, is_loss_confirmed: bool) -> None:
    """Replace the file, and say to workers that a loss is meant (`registry_reload`); OSError."""
    rows = [msgspec.json.encode(row) for row in registry.values()]
    replace_file(file, b"".join(row + b"\n" for row in rows))
    if is_loss_confirmed:
        replace_file(confirmation_of(file), f"{content_id_of(file)}\n".encode())


def write_store(sink: Store, registry: Registry, known: Known) -> None:
    """Write the enterprises into the store, which is brought to this version first; those that it
    knows and that have left keep their names there, and count no more."""
    sink.migrate()
    keep_registry(sink, registry)
    left = [
        REVENUE_RANKS.row(
            RevenueRank(
                enterprise_id=str(row["enterprise_id"]),
                province=str(row["province"]),
                sector=str(row["sector"]),
                registered=False,
            )
        )
        for row in known.rows
        if row["enterprise_id"] not in registry
    ]
    sink.write({REVENUE_RANKS.name: left} if left else {}, "registry")
