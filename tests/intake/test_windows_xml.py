"""Windows events in XML: what is read without the parser is what the parser reads."""

from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.windows_xml import parse_windows_xml

NAME_SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
PIECES = (
    "", "a", " ", "\n", "\t", "\r", "text0", "value1", "x=y", "=\"b\"", "='b'", "a>b", ">", "]]>",
    "&amp;", "&lt;", "&#10;", "&#13;", "&#0;", "&#x41;", "&no;", "&", "\0", "\x1b", "\x85",
    "\ud800", "\ufffe", "张三", "<!-- c -->", "<![CDATA[d]]>", "<?p q='r'?>", "<b/>", "<b>c</b>",
    "Data", "@Name", "#text", "k_attributes", "xmlns",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
PLAIN = st.text("ab0:. \\{}-中", max_size=6)
VALUES = st.one_of(PLAIN, PLAIN, TEXTS)
QUOTES = st.sampled_from("\"'")


@st.composite
def elements(draw: st.DrawFn, tags: tuple[str, ...], attributes: tuple[str, ...]) -> str:
    tag = draw(st.sampled_from(tags))
    begun = f"<{tag}"
    for name in draw(st.lists(st.sampled_from(attributes), max_size=2)):
        quote = draw(QUOTES)
        space = draw(st.sampled_from((" ", " ", " ", "  ", "\n", "")))
        begun += f"{space}{name}{draw(st.sampled_from(('=', '=', '=', ' =')))}"
        begun += quote + draw(VALUES) + quote
    if draw(st.booleans()):
        return begun + draw(st.sampled_from(("/>", " />")))
    return f"{begun}>{draw(VALUES)}</{draw(st.sampled_from((tag, tag, tag, tag + ' ', 'b')))}>"


HEADER = elements(
    ("EventID", "Provider", "TimeCreated", "Channel", "x:Level"),
    ("Name", "SystemTime", "xmlns", "xmlns:x", "x:Guid"),
)
DATA = elements(("Data", "Data", "Data", "Binary"), ("Name", "Name", "Type"))
BETWEEN = st.sampled_from(("", "", "", "\n  ", "a", "<!-- <Data>x</Data> -->", "&amp;"))


@st.composite
def events(draw: st.DrawFn) -> str:
    def section(name: str, inner: st.SearchStrategy[str]) -> str:
        parts = draw(st.lists(st.tuples(BETWEEN, inner), max_size=3))
        return f"<{name}>{''.join(map(''.join, parts))}{draw(BETWEEN)}</{name}>"

    opening = draw(st.sampled_from((
        "<Event>", f'<Event xmlns="{NAME_SPACE}">', f"<Event xmlns='{NAME_SPACE}'>",
        f"<Event xmlns='{NAME_SPACE}' xmlns:x='y'>", "<Event a='b'>", "<Event \n>",
    )))  # fmt: skip
    sections = draw(
        st.lists(
            st.sampled_from(("System", "System", "EventData", "EventData", "UserData", "Info")),
            max_size=3,
        )
    )
    inner = [
        section(name, HEADER if name in ("System", "Info") else DATA) + draw(BETWEEN)
        for name in sections
    ]
    return f"{opening}{draw(BETWEEN)}{''.join(inner)}</Event>"


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def slowly(text: str) -> Any:
    """What the parser alone says of an event; None for a fault."""
    event = text[text.index("<Event") : text.index("</Event>") + len("</Event>")]
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    kept = [sign if sign >= " " or sign in "\t\n\r" else "\ufffd" for sign in event]
    try:
        root = fromstring("".join(kept))
    except (ParseError, ValueError):
        return None
    found: dict[str, Any] = {}
    for section in root:
        name, of = local(section.tag), [*section]
        if name == "System":
            fields: dict[str, Any] = {}
            for each in of:
                if each.text or not each.attrib:
                    fields[local(each.tag)] = each.text or ""
                fields |= {f"{local(each.tag)}_{key}": each.attrib[key] for key in each.attrib}
            found[name] = fields
        elif name == "EventData":
            found[name] = data(of)
        elif name == "UserData":
            found[name] = {
                local(holder.tag): {local(each.tag): each.text or "" for each in holder}
                for holder in of
            }
        else:
            found[name] = {local(each.tag): each.text for each in of if each.text}
    return {"Event": found}


def data(elements: list[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    others: dict[str, Any] = {}
    unnamed = []
    for each in elements:
        name, text = each.get("Name", ""), each.text or ""
        if local(each.tag) != "Data":
            others[local(each.tag)] = text
        elif name in ("", "Data", "xmlns") or name[0] in "@#" or name.endswith("_attributes"):
            unnamed.append({"@Name": name, "#text": text})
        else:
            named[name] = text
    return {**named, **({"Data": unnamed} if unnamed else {}), **others}


def in_order(value: Any) -> Any:
    """With the order of names, which decides what an event's columns show."""
    if isinstance(value, dict):
        return [(name, in_order(each)) for name, each in value.items()]
    return [in_order(each) for each in value] if isinstance(value, list) else value


def read(text: str) -> Any:
    try:
        return parse_windows_xml(text)
    except EventFault:
        return None


@settings(max_examples=400, deadline=None)
@given(events())
@example("<Event><System><A b='text0' c='value0'>text1</A></System></Event>")
@example("<Event><EventData><Data Name ='a'>b</Data></EventData></Event>")
@example("<Event><EventData><Data Name='value1'>a</Data><Data Type='b'/></EventData></Event>")
def test_an_event_is_read_as_the_parser_reads_it(text: str) -> None:
    assert in_order(read(text)) == in_order(slowly(text))
    assert in_order(read(text)) == in_order(slowly(text))  # its shape is known now


@settings(max_examples=150, deadline=None)
@given(st.sampled_from("\"'"), st.lists(VALUES, min_size=2, max_size=2), VALUES, VALUES)
def test_one_event_of_a_shape_says_nothing_of_the_next(
    quote: str, values: list[str], attribute: str, other: str
) -> None:
    def event(text: str, value: str) -> str:
        return (
            f"<Event><System><EventID>{text}</EventID><TimeCreated SystemTime={quote}{value}{quote}"
            f"/></System><EventData><Data Name={quote}a{quote}>{text}</Data></EventData></Event>"
        )

    for text in (event("1", "2"), event(values[0], attribute), event(values[1], other)):
        assert in_order(read(text)) == in_order(slowly(text))


@pytest.mark.parametrize("declared", ["<!DOCTYPE Event [<!ENTITY a 'b'>]>", "<!ENTITY a 'b'>"])
def test_a_document_type_inside_an_event_is_refused(declared: str) -> None:
    plain = "<Event><System><EventID>1</EventID></System></Event>"
    assert read(plain) == {"Event": {"System": {"EventID": "1"}}}
    assert read(plain.replace("<System>", declared + "<System>")) is None
