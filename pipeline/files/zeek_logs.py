"""Zeek's own log files (tab-separated, typed by their header) as JSON documents."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

_NUMBERS = frozenset({"count", "int", "port"})
_DECIMALS = frozenset({"time", "interval", "double"})


def is_zeek_log(first: bytes) -> bool:
    return first.startswith((b"#separator", b"#fields", b"#path"))


def read_zeek_log(
    first: bytes, lines: Iterator[bytes], number: int
) -> Iterator[tuple[bytes, int, str]]:
    """Each row as one JSON object with `_path`; unset fields are left out, as Zeek's own JSON
    writer does. A row whose columns are not the header's comes with that as its problem."""
    header = {"#set_separator": ",", "#empty_field": "(empty)", "#unset_field": "-"}
    separator = "\t"
    for line_number, line in enumerate(_with(first, lines), number):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.startswith("#separator"):
            separator = _unescaped(text.split(" ", 1)[-1])
        elif text.startswith("#"):
            name, _, rest = text.partition(separator)
            header[name] = rest
        elif text:
            yield _row(text.split(separator), header, separator, line_number, line)


def _with(first: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from lines


def _unescaped(text: str) -> str:
    return text.encode().decode("unicode_escape") if "\\x" in text else text


def _row(
    values: list[str], header: dict[str, str], separator: str, number: int, line: bytes
) -> tuple[bytes, int, str]:
    names = header.get("#fields", "").split(separator)
    types = header.get("#types", "").split(separator)
    if len(values) != len(names):
        problem = f"{len(values)} columns where the header has {len(names)}"
        return line.rstrip(b"\r\n"), number, problem
    types += ["string"] * (len(names) - len(types))
    document: dict[str, Any] = {"_path": header.get("#path", "")}
    for name, kind, text in zip(names, types, values, strict=True):
        if text != header["#unset_field"]:
            document[name] = _value(kind, text, header)
    return orjson.dumps(document), number, ""


def _value(kind: str, text: str, header: dict[str, str]) -> Any:
    if kind.startswith(("set[", "vector[")):
        inner = kind[kind.index("[") + 1 : -1]
        if text == header["#empty_field"]:
            return []
        return [_scalar(inner, each) for each in text.split(header["#set_separator"])]
    return "" if text == header["#empty_field"] else _scalar(kind, text)


def _scalar(kind: str, text: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(_NUMBERS, int),
        **dict.fromkeys(_DECIMALS, float),
        "bool": lambda written: written == "T",
    }
    try:
        return readers.get(kind, str)(text)
    except ValueError:
        return text
