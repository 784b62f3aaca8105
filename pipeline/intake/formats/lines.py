"""A line of bytes to a document: what every format begins with."""

import json
from collections.abc import Container, Mapping
from typing import Any

import orjson

from pipeline.intake.faults import EventFault
from pipeline.intake.texts import REPLACED, text_of_line
from pipeline.sigma.log_sources import DECODING_FIELD, RESERVED_FIELDS, SOURCE_FIELD
from pipeline.sigma.memo import Names, by_names, by_text

Fields = dict[str, Any]


def decode_object(line: bytes) -> Fields:
    """One JSON object. Raises EventFault `not_json` or `not_an_object`."""
    how = ""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        document, how = read_doubtful(*text_of_line(line))
    return as_event(document, how)


def as_event(document: Any, how: str = "") -> Fields:
    """A value of JSON without what only intake may write; `how` it was decoded."""
    if document.__class__ is not dict:
        raise EventFault("not_an_object", f"a {type(document).__name__}, not an object")
    for name in RESERVED_FIELDS:
        document.pop(name, None)
    if how:
        document[DECODING_FIELD] = how
    return document


def read_doubtful(text: str, how: str) -> tuple[Any, str]:
    """JSON that may hold signs that no text has, which are replaced, and how it was read then.
    Raises EventFault `not_json`."""
    try:
        return orjson.loads(text), how
    except ValueError:  # JSONDecodeError, and a text that cannot be UTF-8
        pass
    try:
        value, _ = tidied(json.loads(text, strict=False, parse_constant=_refuse))
        return value, how or REPLACED
    except (ValueError, RecursionError) as error:
        raise EventFault("not_json", str(error)[:MOST_OF_A_FAULT]) from None


def tidied(value: Any) -> tuple[Any, bool]:
    """A value of the lenient reader as the strict one has it: no halves of surrogate pairs (U+FFFD
    takes their place), no numbers past all measure; and whether any sign was replaced.
    Raises ValueError, RecursionError."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    whole = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return orjson.loads(whole), whole != written


MOST_OF_A_FAULT = 300
"""Signs of a reader's own words that are kept."""


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


DEEPEST_NAME = 32
"""Levels of objects that become one dotted name. What lies deeper stays an object: rules find it
by its path all the same, and a line of nested names cannot grow to many times its size."""


def flattened(document: Fields) -> Fields:
    """Objects in objects as dotted names; lists stay as they are. What holds no objects is itself
    the answer."""
    if dict not in set(map(type, document.values())):
        return document
    fields: Fields = {}
    for key, value in document.items():
        if value.__class__ is dict and value:
            _flatten(value, key, DEEPEST_NAME - 1, fields)
        else:
            fields[key] = value
    return fields


def _flatten(holder: Mapping[str, Any], path: str, levels: int, fields: Fields) -> None:
    names = _NAMES_WITHIN[path]
    for key, value in holder.items():
        if value.__class__ is dict and value and levels > 1:
            _flatten(value, names[key], levels - 1, fields)
        else:
            fields[names[key]] = value


PATHS_KEPT = 1_024
NAMES_WITHIN_KEPT = 64
"""Objects whose members' dotted names are remembered, and how many of each."""


_NAMES_WITHIN = by_text(
    lambda path: by_text(lambda key: f"{path}.{key}", NAMES_WITHIN_KEPT), PATHS_KEPT
)
"""The dotted names of an object's members. A name that was made before has been hashed before, and
is found in all tables of names without being compared letter by letter."""


class Aliases:
    """Names that an event gets beside its own, each with its sources, the likeliest first.

    `nested`: sources are dotted paths of a document that is not flattened.
    """

    __slots__ = ("_present", "nested", "table")

    def __init__(self, table: Mapping[str, tuple[str, ...]], nested: bool = False) -> None:
        self.table, self.nested = table, nested
        self._present = by_names(self._sources_in)

    def add_to(self, fields: Fields) -> Fields:
        """Each name that is not there takes the first of its sources that says something."""
        for name, sources in self._present[tuple(fields)]:
            for source in sources:
                value = look_up(fields, source) if self.nested else fields.get(source)
                if value is not None and value != "":
                    fields[name] = value
                    break
        return fields

    def _sources_in(self, names: Names) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Of an event with these names, what it may get and from where."""
        known, found = set(names), []
        for name, sources in self.table.items():
            there = tuple(
                source
                for source in sources
                if source in known or (self.nested and is_among(source, known))
            )
            if there and name not in known:
                found.append((name, there))
                known.add(name)  # a later name may take its value from it
        return tuple(found)


def tagged(fields: Fields, source: str) -> Fields:
    """The fields with their log source, "category/product/service"."""
    fields[SOURCE_FIELD] = source
    return fields


def is_among(path: str, names: Container[str]) -> bool:
    """Whether a document with these names may have a value at a dotted path, flat or nested."""
    return path in names or path.partition(".")[0] in names


def look_up(document: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, flat or nested; None where there is none.

    Of a list on the way the first member speaks: events of Google Workspace, volumes of a pod.
    """
    if path in document:
        return document[path]
    head, dot, rest = path.partition(".")
    inner = document.get(head)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    return look_up(inner, rest) if dot and isinstance(inner, dict) else None
