"""Windows events as XML, as the event log service writes them (and Sysmon for Linux).

The document is that of the EVTX dialects of JSON, attributes already joined to their element's
name and data to theirs, so that one table names the fields. A document type is refused: no event
has one, and entities can grow without measure.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields
from pipeline.sigma.memo import by_text

_OPENINGS = ("<Event>", "<Event ", "<Event\t", "<Event\n", "<Event\r", "<Events")
_OPENING = re.compile(r"<Event[> \t\n\r]")
_CLOSING = "</Event>"


def is_xml_text(text: str) -> bool:
    """Whether a text is an event, or events, in XML."""
    return text.startswith("<") and (
        text.startswith(_OPENINGS) or (text.startswith("<?xml") and "<Event" in text[:400])
    )


def xml_events(text: str) -> list[str]:
    """Each `<Event>…</Event>` of a text; what stands between them is left out."""
    events = []
    position = 0
    while opening := _OPENING.search(text, position):
        end = text.find(_CLOSING, opening.end())
        position = len(text) if end < 0 else end + len(_CLOSING)
        events.append(text[opening.start() : position])
    return events


def parse_windows_xml(text: str) -> Fields:
    """The first event of a text. Raises EventFault `not_xml`."""
    event = next(iter(xml_events(text)), "")
    if ("<!" in event and "<!DOCTYPE" in text) or "<!ENTITY" in text:
        raise EventFault("not_xml", "a document type: events have none")
    try:
        parser = XMLParser()  # noqa: S314 - no document type gets so far
        parser.feed(_without_controls(event))
        root = parser.close()
    except (ParseError, ValueError) as error:
        raise EventFault("not_xml", str(error)) from None
    return {"Event": {_LOCAL_NAMES[child.tag]: _section(child) for child in root}}


_CONTROLS = {code: 0xFFFD for code in range(32) if code not in (9, 10, 13)}


def _without_controls(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROLS)


def _local_name(tag: str) -> str:
    """Without its name space."""
    return tag.rpartition("}")[2]


_LOCAL_NAMES = by_text(_local_name, 1_024)
"""By the tag as the parser writes it, which begins with the name space."""


def _section(section: Element) -> Any:
    name = _LOCAL_NAMES[section.tag]
    if name == "EventData":
        return _event_data(section)
    if name == "UserData":
        return {_LOCAL_NAMES[child.tag]: _named_children(child) for child in section}
    if name == "System":
        return _header(section)
    return {_LOCAL_NAMES[child.tag]: child.text for child in section if child.text}


def _is_plain(name: str) -> bool:
    """Whether a name of data is taken by its holder for nothing else: `Data` is the list of those
    without a name, the others are attributes of EVTX dialects."""
    is_attribute = name.startswith(("@", "#")) or name.endswith("_attributes") or name == "xmlns"
    return name not in ("", "Data") and not is_attribute


_IS_PLAIN = by_text(_is_plain, 1_024)


def _event_data(section: Element) -> Fields:
    """Named data by their names, whatever they are; `Data` holds those that have none."""
    named: Fields = {}
    unnamed: list[Fields] = []
    others: Fields = {}
    for child in section:
        text = child.text or ""
        if _LOCAL_NAMES[child.tag] != "Data":
            others[_LOCAL_NAMES[child.tag]] = text
        elif _IS_PLAIN[name := child.get("Name", "")]:
            named[name] = text
        else:
            unnamed.append({"@Name": name, "#text": text})
    if unnamed:
        named["Data"] = unnamed
    return named | others


def _named_children(holder: Element) -> Fields:
    return {_LOCAL_NAMES[child.tag]: child.text or "" for child in holder}


def _header(section: Element) -> Fields:
    """Texts of the elements, and their attributes as `Element_Attribute`."""
    fields: Fields = {}
    for child in section:
        name = _LOCAL_NAMES[child.tag]
        if child.text or not child.attrib:
            fields[name] = child.text or ""
        for attribute, value in child.attrib.items():
            fields[f"{name}_{attribute}"] = value
    return fields
