"""What is remembered by the names of fields: never more than a bound, and never another answer."""

import gc
import json
from collections.abc import Iterator, Mapping
from functools import _lru_cache_wrapper

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.formats.lines import (
    _NAMES_WITHIN,
    NAMES_WITHIN_KEPT,
    PATHS_KEPT,
    Aliases,
    Fields,
    flattened,
    look_up,
)
from pipeline.intake.formats.windows import windows_fields
from pipeline.intake.formats.windows_text import message_fields
from pipeline.sigma.memo import (
    CHARACTERS_MAX,
    NAMES_MAX,
    SHAPES_KEPT,
    TEXT_MAX,
    Memo,
    Names,
    by_names,
    by_text,
)
from pipeline.state import enterprise_state, fresh_state
from tests.engine.builders import batch, make_engine

NAMES = st.sampled_from(["a", "b", "c", "d", "a.b", "a.c", "b.c.d"])
SCALARS = st.sampled_from([None, "", 0, False, "x", "y", 7])
VALUES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)
TABLES = st.dictionaries(NAMES, st.lists(NAMES, max_size=3).map(tuple), max_size=5)


def add_one_by_one(fields: Fields, table: Mapping[str, Names], nested: bool) -> Fields:
    """Each name of the table looked up in the event itself."""
    for name, sources in table.items():
        if name in fields:
            continue
        found = (look_up(fields, each) if nested else fields.get(each) for each in sources)
        said = [value for value in found if value is not None and value != ""]
        if said:
            fields[name] = said[0]
    return fields


@given(TABLES, st.lists(st.dictionaries(NAMES, VALUES, max_size=5), max_size=6), st.booleans())
def test_aliases_are_those_that_each_event_would_get_alone(
    table: dict[str, Names], events: list[Fields], nested: bool
) -> None:
    aliases = Aliases(table, nested)
    for event in [*events, *events]:
        expected = add_one_by_one(dict(event), table, nested)
        assert list(aliases.add_to(dict(event)).items()) == list(expected.items())


def test_a_memory_by_names_begins_anew_once_it_is_full() -> None:
    made: list[Names] = []

    def make(names: Names) -> int:
        made.append(names)
        return len(names)

    memo = by_names(make)
    for number in range(SHAPES_KEPT + 1):
        assert memo["a", str(number)] == 2
    assert len(memo) == 1
    assert memo["a", str(SHAPES_KEPT)] == 2
    assert len(made) == SHAPES_KEPT + 1


def test_what_a_sender_made_large_is_answered_and_not_remembered() -> None:
    shapes, texts = by_names(len), by_text(str.lower, 10)
    assert shapes[("n",) * (NAMES_MAX + 1)] == NAMES_MAX + 1
    assert shapes[("n" * (CHARACTERS_MAX + 1),)] == 1
    assert texts["T" * (TEXT_MAX + 1)] == "t" * (TEXT_MAX + 1)
    assert not shapes
    assert not texts
    assert texts["T" * TEXT_MAX] == "t" * TEXT_MAX
    assert len(texts) == 1


LONG = "x" * 100_000


def remembered() -> list[str]:
    """What every memory of ours holds, written out."""
    found = []
    for each in gc.get_objects():
        if isinstance(each, Memo):
            found.append(str([*each.items()]))
        elif isinstance(each, _lru_cache_wrapper) and each.__module__.startswith("pipeline."):
            held = [part for part in gc.get_referents(each) if isinstance(part, dict)]
            found.append(str(held))
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"Channel": LONG, "EventID": 1},
        {"Channel": "Security", "EventID": LONG},
        {"Channel": "Security", "EventID": int("1" * 4_000)},
        {"Channel": "Security", "EventID": 1, "Provider_Name": LONG},
        {"_path": LONG, "id.orig_h": "10.0.0.7"},
        {"host": LONG, "message": "m"},
        {LONG: LONG, "Image": LONG, "User": LONG, "SourceIp": LONG, "tz": LONG},
    ],
)
def test_no_memory_holds_what_a_sender_made_long(fields: dict[str, object]) -> None:
    raw = json.dumps(fields | {"@timestamp": "2026-05-01T12:00:00Z"}).encode()
    sent = msgspec.structs.replace(batch([raw]), format="auto")
    assert make_engine().process(enterprise_state(fresh_state("E1")), sent)
    held = remembered()
    assert len(held) > 10
    assert not [each[:200] for each in held if "x" * 2_000 in each or "1" * 2_000 in each]


CAPTION_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "\t", "x ", "New "]),
        st.sampled_from(
            ["Direction", "Logon Type", "LogonType", "Level", "Account Name", "A" * 41]
        ),
        st.sampled_from([":", " :", ":\t\t", ": \r"]),
        st.sampled_from(["3", "", " ", "Direction: 3", " " * 150 + "3", "\u00a0"]),
        st.sampled_from(["\r\n", "\n", "\r", ""]),
    ).map("".join),
    max_size=6,
).map("".join)
SAID_BESIDE = st.dictionaries(
    st.sampled_from(["Direction", "LogonType", "SubjectUserName", "Level", "a"]),
    st.just("said"),
    max_size=3,
)


def told_without_memory(document: Fields) -> Fields:
    """What the message adds, each of its captions looked at."""
    told = dict(message_fields(document["Message"]))
    if any(name in document and name not in HEADER_NAMES for name in told):
        return document
    return {**told, **document}


HEADER_NAMES = {"Level"}


@given(st.lists(st.tuples(SAID_BESIDE, CAPTION_LINES), max_size=8))
def test_a_message_adds_the_same_whatever_messages_came_before(
    events: list[tuple[Fields, str]],
) -> None:
    for beside, message in [*events, *events]:
        document = {"Channel": "Security", "EventID": 1, **beside, "Message": message}
        assert windows_fields(dict(document)) == told_without_memory(document)


@given(
    st.recursive(
        st.dictionaries(st.sampled_from(["a", "b", "a.b", "", "c"]), SCALARS, max_size=4),
        lambda inner: st.dictionaries(
            st.sampled_from(["a", "b", "a.b", "", "c"]), st.one_of(SCALARS, inner), max_size=4
        ),
        max_leaves=6,
    )
)
def test_objects_become_the_dotted_names_of_their_paths(document: Fields) -> None:
    def paths(holder: Fields, before: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        for key, value in holder.items():
            if isinstance(value, dict) and value:
                yield from paths(value, (*before, key))
            else:
                yield ".".join((*before, key)), value

    assert list(flattened(document).items()) == list(dict(paths(document, ())).items())


def test_the_names_within_an_object_are_remembered_up_to_a_bound() -> None:
    flattened({"bounded": {f"key{number}": number for number in range(10_000)}})
    assert len(_NAMES_WITHIN["bounded"]) <= NAMES_WITHIN_KEPT
    flattened({f"path{number}": {"a": number} for number in range(PATHS_KEPT + 1)})
    assert len(_NAMES_WITHIN) <= PATHS_KEPT
