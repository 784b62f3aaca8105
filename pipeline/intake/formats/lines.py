"""A line of bytes to a document: what every format begins with."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pipeline.intake.faults import EventFault
from pipeline.sigma.log_sources import SOURCE_FIELD

Fields = dict[str, Any]


def decode_object(line: bytes) -> Fields:
    """One JSON object. Raises EventFault `not_json` or `not_an_object`."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise EventFault("not_json", str(error)) from None
    if document.__class__ is not dict:
        raise EventFault("not_an_object", f"a {type(document).__name__}, not an object")
    document.pop(SOURCE_FIELD, None)  # reserved: a sender does not choose its rules
    return document


def decode_text(line: bytes) -> str:
    """A line of text. Raises EventFault `not_text`."""
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise EventFault("not_text", f"not UTF-8: {error}") from None


DEEPEST_NAME = 32
"""Levels of objects that become one dotted name. What lies deeper stays an object: rules find it
by its path all the same, and a line of nested names cannot grow to many times its size."""


def flattened(document: Mapping[str, Any]) -> Fields:
    """Objects in objects as dotted names; lists stay as they are."""
    return dict(_flat(document, "", DEEPEST_NAME))


def _flat(holder: Mapping[str, Any], prefix: str, levels: int) -> Iterator[tuple[str, Any]]:
    for key, value in holder.items():
        if isinstance(value, dict) and value and levels > 1:
            yield from _flat(value, f"{prefix}{key}.", levels - 1)
        else:
            yield prefix + key, value


def add_aliases(fields: Fields, table: Mapping[str, tuple[str, ...]]) -> Fields:
    """Each name of `table` that is not there takes the first of its sources that is."""
    for name, sources in table.items():
        if name not in fields:
            for source in sources:
                value = fields.get(source)
                if value is not None and value != "":
                    fields[name] = value
                    break
    return fields
