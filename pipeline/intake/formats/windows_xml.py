"""Windows events as XML, as the event log service writes them (and Sysmon for Linux).

The document is that of the EVTX dialects of JSON, so that one table names the fields. A
document type is refused: no event has one, and entities can grow without measure.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import (
    Element,
    ParseError,
    fromstring,
)

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields
from pipeline.sigma.memo import by_text

_OPENINGS = ("<Event>", "<Event ", "<Event\t", "<Event\n", "<Event\r", "<Events")
_CLOSING = "</Event>"


def is_xml_text(text: str) -> bool:
    """Whether a text is an event, or events, in XML."""
    return text.startswith("<") and (
        text.startswith(_OPENINGS) or (text.startswith("<?xml") and "<Event" in text[:400])
    )


def xml_events(text: str) -> Iterator[str]:
    """Each `<Event>…</Event>` of a text; what stands between them is left out."""
    position = 0
    while (start := _next_opening(text, position)) >= 0:
        end = text.find(_CLOSING, start)
        position = len(text) if end < 0 else end + len(_CLOSING)
        yield text[start:position]


def _next_opening(text: str, position: int) -> int:
    while (start := text.find("<Event", position)) >= 0:
        if text[start + 6 : start + 7] in (">", " ", "\t", "\n", "\r"):
            return start
        position = start + 6
    return -1


def parse_windows_xml(text: str) -> Fields:
    """The first event of a text. Raises EventFault `not_xml`."""
    event = next(xml_events(text), "")
    if ("<!" in event and "<!DOCTYPE" in text) or "<!ENTITY" in text:
        raise EventFault("not_xml", "a document type: events have none")
    try:
        root = fromstring(_without_controls(event))  # noqa: S314 - no document type gets so far
    except (ParseError, ValueError) as error:
        raise EventFault("not_xml", str(error)) from None
    return {"Event": {_name(child): _section(child) for child in root}}


_CONTROLS = {code: 0xFFFD for code in range(32) if code not in (9, 10, 13)}


def _without_controls(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROLS)


def _local_name(tag: str) -> str:
    """Without its name space."""
    return tag.rpartition("}")[2]


_LOCAL_NAMES = by_text(_local_name, 1_024)


def _name(element: Element) -> str:
    return _LOCAL_NAMES[element.tag]


def _section(section: Element) -> Any:
    name = _name(section)
    if name == "EventData":
        return _event_data(section)
    if name == "UserData":
        return {_name(child): _named_children(child) for child in section}
    if name == "System":
        return {_name(child): _header(child) for child in section}
    return {_name(child): child.text for child in section if child.text}


def _event_data(section: Element) -> Fields:
    data = [
        {"@Name": child.get("Name", ""), "#text": child.text or ""}
        for child in section
        if _name(child) == "Data"
    ]
    others = {_name(child): child.text or "" for child in section if _name(child) != "Data"}
    return {"Data": data, **others} if data else others


def _named_children(holder: Element) -> Fields:
    return {_name(child): child.text or "" for child in holder}


def _header(element: Element) -> Any:
    if not element.attrib:
        return element.text or ""
    header: Fields = {"#attributes": dict(element.attrib)}
    if element.text:
        header["#text"] = element.text
    return header
