"""Whatever arrangement JSON comes in, each event is one line, and its content is as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agent.bodies import (
    BodyFault,
    bulk_items,
    documents_of_body,
    lines_of_body,
)

DOCUMENT = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda each: st.lists(each, max_size=3)
    ),
    min_size=1,
    max_size=4,
)
DOCUMENTS = st.lists(DOCUMENT, max_size=5)
INDENT = st.sampled_from([None, 0, 2])


def read(lines: list[bytes]) -> list[object]:
    assert not any(b"\n" in line for line in lines)
    return [json.loads(line) for line in lines]


@given(DOCUMENTS, INDENT)
def test_laws_of_arrays(documents: list[object], indent: int | None) -> None:
    assert read(lines_of_body(json.dumps(documents, indent=indent).encode())) == documents


@given(DOCUMENTS, st.sampled_from(["\n", "\r\n"]))
def test_laws_of_lines(documents: list[object], end: str) -> None:
    body = "".join(json.dumps(each) + end for each in documents)
    assert read(lines_of_body(body.encode())) == documents


@given(DOCUMENTS, INDENT, st.sampled_from(["", "\n", " "]))
def test_laws_of_documents_in_a_row(
    documents: list[object], indent: int | None, between: str
) -> None:
    body = between.join(json.dumps(each, indent=indent) for each in documents)
    assert read(documents_of_body(body.encode())) == documents


@given(st.binary(max_size=60))
def test_laws_of_garbage(body: bytes) -> None:
    for reader in (lines_of_body, documents_of_body, bulk_items):
        try:
            reader(body)
        except BodyFault:
            continue


def test_a_document_over_several_lines_is_one() -> None:
    assert lines_of_body(b'{\n "a": 1.50,\n "b": [1,\n 2]\n}\n') == [b'{"a":1.50,"b":[1,2]}']


def test_numbers_are_not_rounded() -> None:
    (line,) = documents_of_body(b'{\n"a": 123456789012345678901234567890}')
    assert b"123456789012345678901234567890" in line


def test_bulk_takes_documents_and_nothing_else() -> None:
    body = b'{"create":{"_index":"x"}}\n{"a":1}\n{"delete":{"_id":"1"}}\n{"index":{}}\n{"b":2}\n'
    assert [(each.action, each.line) for each in bulk_items(body)] == [
        ("create", b'{"a":1}'),
        ("delete", b""),
        ("index", b'{"b":2}'),
    ]


@pytest.mark.parametrize(
    ("body", "index"),
    [(b"hello\n", 0), (b'{"index":{}}\n', 0), (b'{"index":{}}\n{}\n{"a":1,"b":2}\n', 1)],
)
def test_bulk_that_does_not_alternate_is_refused_with_its_place(body: bytes, index: int) -> None:
    with pytest.raises(BodyFault) as fault:
        bulk_items(body)
    assert fault.value.index == index


def test_deep_nesting_is_refused() -> None:
    for reader in (lines_of_body, documents_of_body):
        with pytest.raises(BodyFault):
            reader(b"[" * 100_000)
