"""Log files whose lines need what stands elsewhere: W3C's columns, XML over several lines."""

import re
from collections.abc import Iterator
from itertools import chain

import orjson

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.web_access import w3c_row
from pipeline.intake.texts import text_of_line

Found = tuple[bytes, int, str]
"""The document on one line of bytes, its first line, what is wrong with it."""

LONGEST_EVENT = 64_000_000
_RECORD_NUMBER = re.compile(rb"Record \d{1,20}\s*\Z")
_W3C = (b"#Version:", b"#Software:", b"#Fields:", b"#Date:")
_ELEMENTS = (b"Event", b"AuditRecord")
"""What is one event in XML: Windows', Oracle's."""
_TAG = re.compile(rb"(<[^>]*>)")


def is_record_number(line: bytes) -> bool:
    """What evtx_dump writes before each record."""
    return line.startswith(b"Record ") and bool(_RECORD_NUMBER.match(line))


def is_w3c_log(first: bytes) -> bool:
    return first.startswith(_W3C)


def read_w3c_log(first: bytes, lines: Iterator[bytes], number: int) -> Iterator[Found]:
    """Each row as one JSON object under the names of the last `#Fields:` before it."""
    names: list[str] = []
    for line_number, line in enumerate(chain((first,), lines), number):
        text = text_of_line(line)[0]
        if text.startswith("#Fields:"):
            names = text.split()[1:]
        elif text and not text.startswith("#"):
            try:
                yield orjson.dumps(w3c_row(names, text.split(" "))), line_number, ""
            except EventFault as fault:
                yield line.rstrip(b"\r\n"), line_number, fault.detail


def is_xml_log(first: bytes) -> bool:
    """Events of Windows or records of Oracle in XML; other XML has no event."""
    return first.startswith((b"<Event", b"<?xml", b"<Audit"))


def read_xml_log(first: bytes, lines: Iterator[bytes], number: int) -> Iterator[Found]:
    """Each `<Event>…</Event>` on one line, wherever it begins and ends; of Oracle's audit each
    `<AuditRecord>…</AuditRecord>`. The first that comes is what the file holds."""
    pending: list[bytes] = []
    begin, size = number, 0
    element = b""
    for line_number, line in enumerate(chain((first,), lines), number):
        element = element or next((each for each in _ELEMENTS if b"<" + each in line), b"")
        closing = b"</" + (element or _ELEMENTS[0]) + b">"
        *ended, rest = line.split(closing)
        for each in ended:
            found = _event(b"".join((*pending, each)), element, closing)
            if found:
                yield found, begin, ""
            pending, begin, size = [], line_number, 0
        if not pending and b"<" + (element or _ELEMENTS[0]) not in rest:
            begin = line_number + 1
            continue
        pending.append(rest)
        size += len(rest)
        if size > LONGEST_EVENT:
            yield b"", begin, f"an event of more than {LONGEST_EVENT} bytes: no event is so long"
            pending, size = [], 0
    if b"".join(pending).strip():
        yield b"".join(pending)[:1000], begin, "an event that does not end"


def _event(text: bytes, element: bytes, closing: bytes) -> bytes:
    """From its opening on, on one line; line breaks inside values stay as references."""
    opening = b"<" + element
    start = max(text.find(opening + end) for end in (b">", b" ", b"\t", b"\r", b"\n"))
    if start < 0:
        return b""
    parts = _TAG.split(text[start:] + closing)
    return b"".join(_on_one_line(part) for part in parts)


def _on_one_line(part: bytes) -> bytes:
    if b"\n" not in part:
        return part
    if part.startswith(b"<") or not part.strip():
        return b" ".join(part.split())
    return part.replace(b"\r", b"").replace(b"\n", b"&#10;")
