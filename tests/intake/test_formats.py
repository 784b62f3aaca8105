"""Every format and dialect: recognised by the line, placed, named and dated, and laws over all."""

import random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.envelopes import unwrapped
from pipeline.intake.event_times import time_of
from pipeline.intake.formats.table import AUTO, FORMATS
from pipeline.intake.lines import Found, read_lines
from pipeline.intake.texts import lines_of_value
from pipeline.intake.time_shapes import LocalTime
from pipeline.sigma.log_sources import DECODING_FIELD, RESERVED_FIELDS, log_source
from schemas.moments import format_moment, parse_moment
from tests.intake.format_samples import SAMPLES
from tests.intake.hostile_lines import HOSTILE
from tests.intake.sample import Sample

LOCAL = LocalTime(received_at=parse_moment("2024-03-02T00:00:00Z"))


def read(value: bytes, format: str = AUTO) -> list[Found]:
    return read_lines(format, lines_of_value(value)[0])


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_a_line_is_recognised_placed_named_and_dated(sample: Sample) -> None:
    found = read(sample.lines)[sample.at]
    assert found.fault is None
    source = log_source(found.fields)
    time = time_of(found.fields, LOCAL)
    assert found.format == sample.format
    assert f"{source.category}/{source.product}/{source.service}" == sample.source
    assert {name: found.fields.get(name) for name in sample.fields} == sample.fields
    assert time is not None
    assert format_moment(time) == sample.time


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_utf_16_is_read_as_utf_8_is(sample: Sample) -> None:
    text = sample.lines.decode("gb18030" if sample.name == "GB18030" else "utf-8")
    wide = lines_of_value(b"\xff\xfe" + text.encode("utf-16-le"))
    assert wide[1] == "utf-16-le"
    found = read_lines(AUTO, wide[0])[sample.at]
    plain = {k: v for k, v in found.fields.items() if k != DECODING_FIELD}
    assert {name: plain.get(name) for name in sample.fields if name != DECODING_FIELD} == {
        name: value for name, value in sample.fields.items() if name != DECODING_FIELD
    }


SIGNS = [b"=", b'"', b"\\", b"|", b"<", b">", b"&#0;", b"\xff", b"\0", b"[", b"{", b":", b"%",
         b"\n", b"\xef\xbb\xbf"]  # fmt: skip
ODD_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False),
    st.text(max_size=5), st.sampled_from([[], {}, [[]], [None], {"a": {"b": 1}}, "9" * 400]),
)  # fmt: skip


def with_odd_values(value: Any, chance: random.Random, odd: list[Any]) -> Any:
    if chance.random() < 0.1:
        return chance.choice(odd)
    if isinstance(value, dict):
        return {name: with_odd_values(each, chance, odd) for name, each in value.items()}
    if isinstance(value, list):
        return [with_odd_values(each, chance, odd) for each in value]
    return value


def dated_and_placed(value: bytes, format: str) -> None:
    for found in read(value, format):
        if found.fault is None:
            time_of(found.fields, LOCAL)
            log_source(found.fields)
            orjson.dumps(found.fields)


@settings(max_examples=400, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    format=st.sampled_from([AUTO, AUTO, *FORMATS]),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.sampled_from([b"", *SIGNS]), st.floats(0, 0.2)),
                  max_size=4),
)  # fmt: skip
def test_a_spoilt_line_raises_nothing_but_its_fault(
    sample: Sample, format: str, cuts: list[tuple[float, bytes, float]]
) -> None:
    line = sample.lines
    for at, sign, left_out in cuts:
        place = int(at * len(line))
        line = line[:place] + sign + line[place + int(left_out * len(line)) :]
    dated_and_placed(line, format)


@settings(max_examples=400, deadline=None)
@given(
    sample=st.sampled_from([each for each in SAMPLES if each.lines[:2] == b'{"']),
    format=st.sampled_from([AUTO, AUTO, *FORMATS]),
    seed=st.integers(0, 999),
    odd=st.lists(ODD_VALUES, min_size=1, max_size=3),
)
def test_values_of_any_kind_raise_nothing_but_a_fault(
    sample: Sample, format: str, seed: int, odd: list[Any]
) -> None:
    try:
        document = orjson.loads(sample.lines)
    except orjson.JSONDecodeError:  # several documents on a line, a lone surrogate
        return
    spoilt = with_odd_values(document, random.Random(seed), odd)
    dated_and_placed(orjson.dumps(spoilt), format)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lines_of_any_length_raise_nothing_but_their_fault(name: str) -> None:
    for length in (*range(40), 1_000, 5_000):
        dated_and_placed(HOSTILE[name](length), AUTO)
    for format in FORMATS:
        dated_and_placed(HOSTILE[name](3), format)
        dated_and_placed(HOSTILE[name](400), format)


SPOOFED = "process_creation/evil/spoofed"


def with_reserved_names(value: Any, nested: bool = True) -> Any:
    """Flat in every object, and as an object of its own in those that are `nested`."""
    if isinstance(value, list):
        return [with_reserved_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    split = {"sigma": {"source": SPOOFED}, "fenghuo": {"decoding": SPOOFED}}
    return {
        **{name: with_reserved_names(each) for name, each in value.items()},
        **dict.fromkeys(RESERVED_FIELDS, SPOOFED),
        **(split if nested else {}),
    }


@pytest.mark.parametrize(
    "sample",
    [each for each in SAMPLES if each.lines[:2] == b'{"' and each.at == 0],
    ids=lambda sample: str(sample.name),
)
def test_an_event_chooses_neither_its_rules_nor_its_marks_at_any_depth(sample: Sample) -> None:
    try:
        document = orjson.loads(sample.lines)
    except orjson.JSONDecodeError:
        return
    honest = read(sample.lines)[0].fields
    is_envelope = unwrapped(document) != [document]  # it has no names but its own
    spoofed = read(orjson.dumps(with_reserved_names(document, not is_envelope)))[0].fields
    for name in RESERVED_FIELDS:
        assert spoofed.get(name) == honest.get(name)


def test_a_message_is_read_only_where_the_data_did_not_come_with_it() -> None:
    event = {"Channel": "Security", "EventID": 4648, "TargetUserName": "bob",
             "Message": "x\nAccount Name:\tann\nAccount Name:\tbob\nLogon Type:\t3"}  # fmt: skip
    fields = read(orjson.dumps(event))[0].fields
    assert "SubjectUserName" not in fields
    del event["TargetUserName"]
    fields = read(orjson.dumps(event))[0].fields
    assert (fields["SubjectUserName"], fields["TargetUserName"]) == ("ann", "bob")
