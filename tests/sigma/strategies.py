"""Hypothesis strategies: rules that reach every modifier, and events that come near them."""

import base64
from typing import Any

from hypothesis import strategies as st

FIELDS = ("Image", "CommandLine", "User", "Port", "When", "Address", "a.b")
ALPHABET = "aAbB-/ \\*?.1ßſKéİ\n%"
texts = st.text(ALPHABET, max_size=6)
addresses = st.sampled_from(
    ["10.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "fe80::1", "300.1.1.1", "10.0.0.1x"]
)
dates = st.sampled_from(
    ["2025-08-02 10:15:00", "2025-08-02T23:59:59Z", "2024-12-30", "x", "2025-01-01 00:00:00"]
)
scalars = st.one_of(
    texts,
    st.integers(-3, 12),
    st.sampled_from([0.5, 5.0, 1.5, True, False, None, "5", "0.5", "5.0", "true"]),
    addresses,
    dates,
)
encoded = texts.map(lambda text: base64.b64encode(text.encode()).decode())
values = st.recursive(
    scalars | encoded,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("bcd"), inner),
    max_leaves=4,
)
events = st.dictionaries(st.sampled_from([*FIELDS, "a", "Other"]), values, max_size=6)

AROUND = st.sampled_from(["", "|contains", "|startswith", "|endswith"])
CASED = st.sampled_from(["", "|cased"])
LINKS = st.sampled_from(["", "|all", "|neq", "|all|neq"])
plain_texts = st.text("aAb-/ .1ßé", min_size=1, max_size=4)


def _keyed(key: str, value: Any, links: str) -> tuple[str, Any]:
    return (
        (key + links, value)
        if isinstance(value, list)
        else (key + links.replace("|all", ""), value)
    )


@st.composite
def items(  # noqa: PLR0911 (one kind of item after another)
    draw: st.DrawFn, field: str | None = None
) -> tuple[str, Any]:
    name = draw(st.sampled_from(FIELDS)) if field is None else field
    kind = draw(st.integers(0, 9))
    links = draw(LINKS)

    def one_or_more(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return values | st.lists(values, min_size=2, max_size=3)

    if kind <= 3 or not name:
        allowed = texts if name else texts.filter(lambda t: t.strip("*?"))
        around = draw(AROUND if name else st.sampled_from(["", "|contains"]))
        around += draw(CASED) + draw(st.sampled_from(["", "", "|windash"]))
        scalar = allowed | st.integers(0, 9) | st.sampled_from([5.0, 0.5]) if name else allowed
        return _keyed(name + around, draw(one_or_more(scalar)), links)
    if kind == 4:
        chains = ["|base64", "|base64offset|contains", "|wide|base64offset|contains"]
        more = ["|utf16be|base64|contains", "|utf16|base64", "|wide|contains", "|utf16le"]
        chain = draw(st.sampled_from([*chains, *more]))
        return _keyed(name + chain, draw(one_or_more(plain_texts)), links)
    if kind == 5:
        patterns = st.sampled_from(["a.b", "^a+", "[ab]{2}$", "(a|1)\\.", "b?-", "ß", "A", "."])
        flags = draw(st.sampled_from(["", "|i", "|m", "|s", "|i|m|s"]))
        return _keyed(name + "|re" + flags, draw(one_or_more(patterns)), links)
    if kind == 6:
        networks = st.sampled_from(["10.0.0.0/8", "::1/128", "fe80::/10", "::ffff:10.0.0.0/104"])
        return _keyed(name + "|cidr", draw(one_or_more(networks)), links)
    if kind == 7:
        operator = draw(st.sampled_from(["gt", "gte", "lt", "lte"]))
        part = draw(st.sampled_from(["", "|minute", "|hour", "|day", "|week", "|month"]))
        return f"{name}{part}|{operator}", draw(st.integers(1, 12))
    if kind == 8:
        mode = draw(AROUND) + draw(CASED)
        return f"{name}|fieldref{mode}", draw(st.sampled_from(FIELDS))
    return draw(
        st.sampled_from([(name, None), (name + "|exists", True), (name + "|exists", False)])
    )


searches = st.one_of(
    st.lists(items(), min_size=1, max_size=3).map(dict),
    st.lists(st.lists(items(), min_size=1, max_size=2).map(dict), min_size=1, max_size=3),
    st.lists(texts.filter(lambda t: t.strip("*?")), min_size=1, max_size=3),
    items(field="").map(lambda pair: dict([pair])),
)
CONDITIONS = (
    "a",
    "not a",
    "a and b",
    "a or not b and c",
    "(a or b) and not c",
    "1 of them",
    "all of them",
    "any of sel_* or a",
    "not 1 of sel_* and (b or not c)",
    "not (a and not (b or c))",
    "a and not _hidden",
)
detections = st.fixed_dictionaries(
    {
        "a": searches,
        "b": searches,
        "c": searches,
        "sel_1": searches,
        "sel_2": searches,
        "_hidden": searches,
        "condition": st.sampled_from(CONDITIONS)
        | st.lists(st.sampled_from(CONDITIONS), min_size=1),
    }
)
