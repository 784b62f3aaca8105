"""Windows events as XML, as the event log service writes them (and Sysmon for Linux).

The document is that of the EVTX dialects of JSON, attributes already joined to their element's
name and data to theirs, so that one table names the fields. A document type is refused: no event
has one, and entities can grow without measure.

A source writes the same elements around other values, event after event. Where each value of such
a shape goes is asked of the parser once, by an event of that shape with numbers for values; of the
next events only the values are looked for. A value that could mean more than itself (`<`, a
reference that is not one of a few, a quote in quotes) is never one of these: the parser's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields
from pipeline.sigma.memo import Memo, Names, by_text

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
    return list(_events(text))


def _events(text: str) -> Iterator[str]:
    position = 0
    while opening := _OPENING.search(text, position):
        end = text.find(_CLOSING, opening.end())
        position = len(text) if end < 0 else end + len(_CLOSING)
        yield text[opening.start() : position]


def parse_windows_xml(text: str) -> Fields:
    """The first event of a text. Raises EventFault `not_xml`."""
    event = next(_events(text), "")
    if ("<!" in event and "<!DOCTYPE" in text) or "<!ENTITY" in text:
        raise EventFault("not_xml", "a document type: events have none")
    return {"Event": _read_alike(event) or _sections(_root(event))}


def _root(event: str) -> Element:
    """By the parser. Raises EventFault `not_xml`."""
    # It refuses control characters: a process that is named by one would hide its event.
    text = event if event.isprintable() else event.translate(_CONTROLS)
    try:
        parser = XMLParser()  # noqa: S314 - no document type gets so far
        parser.feed(text)
        return parser.close()
    except (ParseError, ValueError) as error:
        raise EventFault("not_xml", str(error)) from None


def _sections(root: Element) -> Fields:
    return {_LOCAL_NAMES[child.tag]: _section(child) for child in root}


_CONTROLS = {code: 0xFFFD for code in range(32) if code not in (9, 10, 13)}


_LOCAL_NAMES = by_text(lambda tag: tag.rpartition("}")[2], 1_024)
"""Without its name space, by the tag as the parser writes it, which begins with that."""


def _section(section: Element) -> Any:
    match _LOCAL_NAMES[section.tag]:
        case "EventData":
            return _event_data(
                (_LOCAL_NAMES[child.tag], child.get("Name", ""), child.text or "")
                for child in section
            )
        case "UserData":
            return {
                _LOCAL_NAMES[holder.tag]: {
                    _LOCAL_NAMES[child.tag]: child.text or "" for child in holder
                }
                for holder in section
            }
        case "System":
            return _header((_LOCAL_NAMES[each.tag], each.text, each.attrib) for each in section)
        case _:
            return {_LOCAL_NAMES[child.tag]: child.text for child in section if child.text}


def _is_plain(name: str) -> bool:
    """Whether a name of data is taken by its holder for nothing else: `Data` is the list of those
    without a name, the others are attributes of EVTX dialects."""
    is_attribute = name.startswith(("@", "#")) or name.endswith("_attributes") or name == "xmlns"
    return name not in ("", "Data") and not is_attribute


_IS_PLAIN = by_text(_is_plain, 1_024)


def _event_data(elements: Iterable[tuple[str, str, str]]) -> Fields:
    """Of elements, each its tag, its `Name` and its text: named data by their names, whatever they
    are; `Data` holds those that have none."""
    named: Fields = {}
    unnamed: list[Fields] = []
    others: Fields = {}
    for tag, name, text in elements:
        if tag != "Data":
            others[tag] = text
        elif _IS_PLAIN[name]:
            named[name] = text
        else:
            unnamed.append({"@Name": name, "#text": text})
    if unnamed:
        named["Data"] = unnamed
    return named | others


def _header(elements: Iterable[tuple[str, str | None, Mapping[str, str]]]) -> Fields:
    """Texts of the elements, and their attributes as `Element_Attribute`."""
    fields: Fields = {}
    for name, text, attributes in elements:
        if text or not attributes:
            fields[name] = text or ""
        for attribute, value in attributes.items():
            fields[f"{name}_{attribute}"] = value
    return fields


# A value begins behind `>` or a quote and ends before `</` or the quote: these stay with what is
# around it, so that events of one shape have it in the same places. What an element or a name space
# is called is no value. No text has `>`: else many of them would each be followed to their end.
_VALUES: Mapping[str, re.Pattern[str]] = {
    quote: re.compile(
        rf">([^<>]+)(?=</)|={quote}(?<!Name={quote})(?<!xmlns={quote})([^{quote}<&\n\t]*)(?={quote})"
    )
    for quote in ('"', "'")
}
_BEGINNING = 100
"""Characters of an event in which a name space or a provider is named: by which quotes it has."""
_REFERENCES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'",
               "&#9;": "\t", "&#10;": "\n", "&#13;": "\r",
               "&#x9;": "\t", "&#xA;": "\n", "&#xD;": "\r"}  # fmt: skip
_REFERENCE = re.compile("|".join(_REFERENCES))
_PARSERS_OWN = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What the parser refuses or changes: controls, `\\r`, what is no character."""

SHAPES_KEPT = 512
VALUES_MAX = 128
SHAPE_CHARACTERS_MAX = 8_192
"""Of a shape that is remembered: a sender chooses how many there are, and how large."""


class _Section(NamedTuple):
    """One of an event's sections: its fields, and which of them are where among the parts of an
    event; the others are the same in every event of the shape."""

    name: str
    fields: Mapping[str, str]
    places: tuple[tuple[str, int], ...]


def _read_alike(event: str) -> Fields | None:
    """The sections of an event whose shape is known; None where only the parser can tell."""
    if "]]>" in event or (not event.isprintable() and _PARSERS_OWN.search(event)):
        return None
    has_references = "&" in event
    if has_references and event.count("&") != len(_REFERENCE.findall(event)):
        return None
    parts = _VALUES["'" if "='" in event[:_BEGINNING] else '"'].split(event)
    shape = _SHAPES[tuple(parts[::3])] if len(parts) < 3 * VALUES_MAX else None
    if shape is None:
        return None
    if has_references:
        parts = [_REFERENCE.sub(_referred, part) if "&" in (part or "") else part for part in parts]
    return {
        name: {**fields, **{field: parts[place] for field, place in places}}
        for name, fields, places in shape
    }


def _referred(found: re.Match[str]) -> str:
    return _REFERENCES[found[0]]


def _shape(around: Names) -> tuple[_Section, ...] | None:
    """Where the values go that stand between these texts; None where that is not sure."""
    places: dict[str, int] = {}
    event = [around[0]]
    for number, after in enumerate(around[1:]):
        is_text = after.startswith("</")
        mark = f"{'text' if is_text else 'value'}{number}"
        places[mark] = 3 * number + (1 if is_text else 2)
        event += (">" if is_text else f"={after[0]}", mark, after)
    try:
        root = _root("".join(event))
    except EventFault:
        return None
    values = (value for each in root.iter() for value in each.attrib.values())
    texts = (each.text or "" for each in root.iter())
    read = [each for each in values if each.startswith("value") and each in places]
    read += [each for each in texts if each.startswith("text") and each in places]
    if sorted(read) != sorted(places):  # one is no value there: in a comment, beside an element
        return None
    return _plan(_sections(root), places)


def _plan(sections: Fields, places: Mapping[str, int]) -> tuple[_Section, ...] | None:
    plan = []
    for section, fields in sections.items():
        if set(map(type, fields.values())) - {str} or not places.keys().isdisjoint(fields):
            return None  # lists, objects, and names that are values themselves
        filled = tuple((name, places[value]) for name, value in fields.items() if value in places)
        plan.append(_Section(section, fields, filled))
    return tuple(plan)


_SHAPES = Memo(_shape, SHAPES_KEPT, lambda around: sum(map(len, around)) <= SHAPE_CHARACTERS_MAX)
