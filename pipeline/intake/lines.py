"""From lines to the fields of events: THE one reader of files, batches and the worker.

Rule 1: a line says by itself what it is, unless its sender says it.
Rule 2: a line may hold several events (`part`), and several lines one event (JSON or XML over
lines). What holds none (a header of columns, `Record 7` of a dump) is no event.
Rule 3: whatever is wrong costs the line, or the rest of it, and nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import orjson

from pipeline.intake.envelopes import OPENING, json_documents, unwrapped, written
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.auditd import join_records
from pipeline.intake.formats.lines import Fields, as_event
from pipeline.intake.formats.table import AUTO, FORMATS, decode_text_line, named_fields
from pipeline.intake.formats.web_access import w3c_row
from pipeline.intake.formats.windows_xml import is_xml_text, xml_events
from pipeline.intake.texts import is_json_text, text_of_line
from pipeline.sigma.log_sources import RESERVED_FIELDS

LINE_BYTES = 1_000_000
"""Of a line, or of a document over several lines."""
EVENTS_MAX = 20_000
"""In envelopes, of the lines that are read together; an envelope past it is refused as one event.
A line that is no envelope is read all the same."""

_XML_DECLARATION = r"<\?xml[^<>]{0,200}\?>"
_BETWEEN_EVENTS = re.compile(
    rf"(?:Record \d{{1,20}}|{_XML_DECLARATION}|"
    rf"(?:{_XML_DECLARATION}\s{{0,9}})?</?Events(?:\s[^<>]{{0,400}})?>)\Z"
)
"""What dumps write between events, and the root around those of an export in XML."""
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]]', re.DOTALL)
_SPREADING = (b"{", b"[", b",")
_DIRECTIVES = ("#Version:", "#Fields:", "#Software:", "#Date:", "#Start-Date:", "#End-Date:",
               "#Remark:", "#GMT-Offset:")  # fmt: skip


_LOOKED_INTO = OPENING | RESERVED_FIELDS
"""An object with one of these names may be an envelope, or say what only intake may say."""


class Found(msgspec.Struct):
    """One event of a line, or why there is none. `index` counts the lines from 0, `part` the
    events of a line; `raw` is the line, or the event's own JSON where the line holds several."""

    index: int
    part: int
    raw: bytes
    format: str
    fields: Fields
    fault: EventFault | None = None


def read_lines(format: str, lines: Sequence[bytes], encoding: str = "") -> list[Found]:
    """Every event of `lines` in order, as its format (one of FORMAT_NAMES) names its fields."""
    if format != AUTO and format not in FORMATS:
        fault = EventFault("unknown_format", f"'{format}'")
        return [Found(i, 0, line, format, {}, fault) for i, line in enumerate(lines)]
    reader = _Reader(format, encoding)
    found: list[Found] = []
    for index, line in _whole(lines):
        document = None if encoding else _sole_event(line)
        if document is not None:
            found.append(Found(index, 0, line, format, document))
        else:
            found += reader.read(index, line)
    for each in found:
        if each.fault is None:
            try:
                each.format, each.fields = named_fields(each.format, each.fields)
            except EventFault as fault:
                each.fault = fault
    records = [each.fields for each in found if each.format == "auditd"]
    if records:
        join_records(records)
    return found


def _sole_event(line: bytes) -> Fields | None:
    """The object that a line is, where it is one event as it stands; None where the reader has to
    look closer."""
    if line[:1] != b"{" or len(line) > LINE_BYTES:
        return None
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    is_plain = document.keys().isdisjoint(_LOOKED_INTO)
    return document if is_plain else None


class _Reader:
    """Lines to documents; remembers the columns that a W3C log named, and how many events of
    envelopes there may still be."""

    def __init__(self, format: str, encoding: str) -> None:
        self.format = format
        self.encoding = encoding
        self.columns: list[str] = []
        self.room = EVENTS_MAX

    def read(self, index: int, line: bytes) -> list[Found]:
        """Every event of a line, or its fault."""
        try:
            if len(line) > LINE_BYTES:
                raise EventFault("line_too_long", f"{len(line)} bytes")
            return self._events(index, line)
        except EventFault as fault:
            return [self._fault(index, 0, line, fault)]

    def _events(self, index: int, line: bytes) -> list[Found]:
        if line[:1] == b"{" and not self.encoding:
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                pass
            else:
                return self._documents(index, line, value, "")
        text, how = text_of_line(line, self.encoding)
        if is_json_text(text):
            return self._json(index, line, text, how)
        if self._is_no_event(text):
            return []
        return self._text(index, line, text, how)

    def _take_room(self, events: int) -> None:
        self.room -= events
        if self.room < 0:
            raise EventFault("too_many_events", f"{EVENTS_MAX} in envelopes are the most")

    def _json(self, index: int, line: bytes, text: str, how: str) -> list[Found]:
        found: list[Found] = []
        for each in json_documents(text, how):
            if found:
                self._take_room(1)
            part = len(found)
            if isinstance(each, EventFault):
                found.append(self._fault(index, part, line, each))
                continue
            try:
                more = self._documents(index, line, *each)
            except EventFault as fault:
                more = [self._fault(index, part, line, fault)]
            for number, other in enumerate(more, part):
                other.part = number
            found += more
        for one in found if len(found) > 1 else ():
            one.raw = one.raw if one.fault else written(one.fields)
        return found

    def _documents(self, index: int, line: bytes, value: Any, how: str) -> list[Found]:
        events = unwrapped(as_event(value), self.room)
        if len(events) == 1:
            return [Found(index, 0, line, self.format, as_event(events[0], how))]
        self._take_room(len(events))
        return [
            Found(index, part, written(each), self.format, as_event(each, how))
            for part, each in enumerate(events)
        ]

    def _text(self, index: int, line: bytes, text: str, how: str) -> list[Found]:
        events = xml_events(text) if is_xml_text(text) else [text]
        if len(events) > 1:
            self._take_room(len(events))
        found = []
        for part, event in enumerate(events or [text]):
            raw = line if len(events) < 2 else event.encode()
            try:
                name, document = self._decoded(event, how)
                found.append(Found(index, part, raw, name, document))
            except EventFault as fault:
                found.append(self._fault(index, part, raw, fault))
        return found

    def _decoded(self, text: str, how: str) -> tuple[str, Fields]:
        if self.columns and self.format in (AUTO, "web_access"):
            return "web_access", as_event(w3c_row(self.columns, text.split(" ")), how)
        return decode_text_line(self.format, text, how)

    def _is_no_event(self, text: str) -> bool:
        if text[:1] not in ("#", "R", "<"):
            return False
        if text.startswith("#Fields:"):
            self.columns = text.split()[1:]
        return text.startswith(_DIRECTIVES) or bool(_BETWEEN_EVENTS.match(text))

    def _fault(self, index: int, part: int, line: bytes, fault: EventFault) -> Found:
        return Found(index, part, line, self.format, {}, fault)


def _whole(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines, those of a document over several lines as one; `index` is its first."""
    position, may_spread = 0, True
    while position < len(lines):
        line = lines[position]
        if line[:1] == b"{" and line[-1:] == b"}":  # nearly all are, and spread over no others
            yield position, line
            position += 1
            continue
        end = _end_of_spread(lines, position) if may_spread and _begins_spread(line) else position
        may_spread = may_spread and end >= 0  # what never ends is not looked for again
        end = max(end, position)
        yield position, line if end == position else b"\n".join(lines[position : end + 1])
        position = end + 1


def _begins_spread(line: bytes) -> bool:
    head = line[:64].lstrip(b"\xef\xbb\xbf \t")
    if head[:1] in (b"{", b"["):
        return line.rstrip().endswith(_SPREADING)
    return head[:1] == b"<" and b"</Event>" not in line and head.startswith((b"<Event", b"<?xml"))


def _end_of_spread(lines: Sequence[bytes], start: int) -> int:
    """The line with which the document of line `start` ends; -1 where it does not."""
    if lines[start].lstrip(b"\xef\xbb\xbf \t")[:1] == b"<":
        ends = (i for i in range(start, len(lines)) if b"</Event>" in lines[i])
        return next(ends, -1)
    depth = 0
    for index in range(start, len(lines)):
        for sign in _STRUCTURE.findall(lines[index]):
            depth += (sign in (b"{", b"[")) - (sign in (b"}", b"]"))
        if depth <= 0:
            return index
    return -1
