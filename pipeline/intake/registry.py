"""The registry as text: one JSON object an enterprise, one enterprise a line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from pipeline.intake.registry_checks import SHOWN, Problem, problems_of
from schemas.registry import Enterprise

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What editors of Windows put before text in UTF-8."""

_ENTERPRISE = msgspec.json.Decoder(Enterprise)
FIELDS: Final = {field.encode_name: field for field in msgspec.structs.fields(Enterprise)}
REQUIRED: Final = tuple(name for name, field in FIELDS.items() if field.required)
_NOT_UTF8 = "save the file as UTF-8"
_ROW_REMEDY = "write the row as docs/registry.md says"
_REMEDIES: Final = {
    "keys": "write times with an offset, such as 2026-01-31T08:00:00Z, the rest as docs/registry.md"
}
"""Of fields, where the row's own says too little."""
Place: TypeAlias = tuple[str, int]
"""File and 1-based line."""


class RegistryFault(msgspec.Struct, frozen=True):
    """One thing wrong with one row: file, 1-based line, what, and what to do.

    `column` and `value` are empty where it is the whole row; `problem` names both.
    """

    file: str
    line: int
    problem: str
    remedy: str
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}; {self.remedy}"


class ParsedRegistry(msgspec.Struct):
    """The sound rows by enterprise id, and every fault of the others."""

    enterprises: dict[str, Enterprise]
    faults: list[RegistryFault]

    @property
    def faulty_rows(self) -> int:
        """How many rows have faults."""
        return len({(fault.file, fault.line) for fault in self.faults})


def parse_registry(lines: Iterable[bytes], file: str) -> ParsedRegistry:
    """NDJSON to enterprises. A faulty row costs only itself; all faults are collected."""
    parsed = ParsedRegistry({}, [])
    for number, line in enumerate(lines, start=1):
        row = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if row.strip():
            _parse_row(parsed, row, (file, number))
    return parsed


def take_row(
    parsed: ParsedRegistry, fields: Mapping[str, object], faulty: Sequence[Problem], place: Place
) -> None:
    """Enter a row made of sound `fields`, unless something is wrong with it; what is wrong with
    the others is `faulty`."""
    missing = [
        Problem(name, "", f"{name} is missing", _ROW_REMEDY)
        for name in REQUIRED
        if name not in fields and name not in {each.column for each in faulty}
    ]
    row: dict[str, Any] = {**dict.fromkeys(REQUIRED, ""), **fields}
    enterprise = Enterprise(**row)
    judged = (each for each in problems_of(enterprise, parsed.enterprises) if each.column in fields)
    _enter(parsed, enterprise, [*missing, *faulty, *judged], place)


def _enter(
    parsed: ParsedRegistry, enterprise: Enterprise, problems: list[Problem], place: Place
) -> None:
    if not problems:
        parsed.enterprises[enterprise.enterprise_id] = enterprise
    parsed.faults += [_fault(each, place) for each in problems]


def _fault(problem: Problem, place: Place) -> RegistryFault:
    file, line = place
    return RegistryFault(file, line, problem.problem, problem.remedy, problem.column, problem.value)


def _parse_row(parsed: ParsedRegistry, line: bytes, place: Place) -> None:
    try:
        enterprise = _ENTERPRISE.decode(line)
    except UnicodeDecodeError as fault:
        parsed.faults.append(_fault(Problem("", "", str(fault), _NOT_UTF8), place))
        return
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        _parse_fields(parsed, line, str(fault), place)
        return
    _enter(parsed, enterprise, [*problems_of(enterprise, parsed.enterprises)], place)


def _parse_fields(parsed: ParsedRegistry, line: bytes, fault: str, place: Place) -> None:
    """A row that does not decode, field by field: every fault of it, not the first alone."""
    try:
        raws = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except UnicodeDecodeError as no_text:
        parsed.faults.append(_fault(Problem("", "", str(no_text), _NOT_UTF8), place))
        return
    except (msgspec.ValidationError, msgspec.DecodeError):
        parsed.faults.append(_fault(Problem("", "", fault, _ROW_REMEDY), place))
        return
    fields: dict[str, object] = {}
    faulty = [
        problem for name, raw in raws.items() for problem in _take_field(fields, name, bytes(raw))
    ]
    take_row(parsed, fields, faulty, place)


def _take_field(fields: dict[str, object], name: str, raw: bytes) -> Iterable[Problem]:
    value = raw.decode("utf-8", "replace")[:SHOWN]
    if name not in FIELDS:
        yield Problem(name, value, f"there is no field {name!r}", f"leave it out, or {_ROW_REMEDY}")
        return
    try:
        fields[name] = msgspec.json.decode(raw, type=FIELDS[name].type)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        yield Problem(name, value, f"{name} {value}: {fault}", _REMEDIES.get(name, _ROW_REMEDY))
