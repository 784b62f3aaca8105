"""Reading records of the programme from a file, and keeping them in the store (shell)."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pipeline.files.spreadsheets import read_sheets
from pipeline.programme.reading import Parsed, read_objects, read_table
from schemas.programme import RECORD_OF, ProgrammeKind, Record
from sinks.contract import Sink
from sinks.log_tables import ENTERPRISES
from sinks.programme_tables import PROGRAMME_TABLES, record_of


def read_programme_file(kind: ProgrammeKind, path: Path, key: bytes = b"") -> Parsed:
    """The records of a CSV file, the first filled sheet of a workbook, or JSON lines.

    Raises SheetFault for what is no table, OSError where it cannot be read.
    """
    sheets = read_sheets(path)
    if sheets is None:
        with path.open("rb") as lines:
            return read_objects(kind, lines, str(path), key)
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    return read_table(kind, rows, str(path), key)


def kept_records(sink: Sink, kinds: Iterable[ProgrammeKind] = tuple(RECORD_OF)) -> list[Record]:
    """The records of these kinds that the store holds."""
    return [
        record_of(kind, answer)
        for kind in kinds
        for answer in sink.view(PROGRAMME_TABLES[kind].name)
    ]


def keep_records(sink: Sink, kind: ProgrammeKind, records: Iterable[Record]) -> None:
    """Write the records; one of the same id is replaced."""
    table = PROGRAMME_TABLES[kind]
    rows = table.rows(records)
    if rows:
        sink.write({table.name: rows}, "programme")


def graded_on(sink: Sink) -> dict[str, date | None] | None:
    """When each enterprise classified and graded its data; None: the registry does not say.

    The registry's column `graded_on` is a text, 2026-03-01, or empty.
    """
    answers = sink.view(ENTERPRISES.name)
    if not any(answer.get("graded_on") for answer in answers):
        return None
    return {str(each["enterprise_id"]): _day(str(each["graded_on"] or "")) for each in answers}


def places_of(sink: Sink) -> dict[str, tuple[str, str]]:
    """Province and sector of each enterprise."""
    return {
        str(each["enterprise_id"]): (str(each["province"]), str(each["sector"]))
        for each in sink.view(ENTERPRISES.name)
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
