"""The registry's rows: every fault of every row, and nothing else is lost with it."""

from datetime import date

import msgspec
import pytest

from pipeline.intake.registry import parse_registry
from schemas.registry import Contact, Enterprise

SOUND: dict[str, object] = {
    "enterprise_id": "E1",
    "name": "一号",
    "province": "330000",
    "sector": "steel",
}


def line(**fields: object) -> bytes:
    return msgspec.json.encode({**SOUND, **fields})


def faults(*lines: bytes) -> list[tuple[int, str, str]]:
    """(line, column, value) of each."""
    parsed = parse_registry(lines, "r.ndjson")
    return [(fault.line, fault.column, fault.value) for fault in parsed.faults]


def test_what_coverage_asks_is_read_and_none_of_it_is_required() -> None:
    stated = line(
        unified_social_credit_code="91330100799655058B",
        industry="C3110",
        annual_revenue=12_000_000_000,
        revenue_year=2025,
        above_designated_size=True,
        graded_on="2025-03-01",
        assessed_on="2025-06-30",
        connected_since="2025-01-02",
        expected_sources=["windows", "zeek"],
        users=1_200_000,
        listing_abroad="planned",
        contacts=[{"name": "值班室", "phone": "0571-1234"}],
    )
    row = parse_registry([stated], "r").enterprises["E1"]
    assert (row.graded_on, row.assessed_on) == (date(2025, 3, 1), date(2025, 6, 30))
    assert row.contacts == (Contact("值班室", "0571-1234"),)
    bare = parse_registry([line()], "r").enterprises["E1"]
    for name in ("annual_revenue", "above_designated_size", "graded_on", "users", "listing_abroad"):
        assert getattr(bare, name) is None, name


def test_every_fault_of_a_row_is_told_whether_of_shape_or_of_value() -> None:
    row = line(annual_revenue="12", users=-4, province="990000", colour="red")
    assert faults(row, line(enterprise_id="E2")) == [
        (1, "annual_revenue", '"12"'),
        (1, "colour", '"red"'),
        (1, "province", "990000"),
        (1, "users", "-4"),
    ]


def test_what_a_row_lacks_is_told_beside_its_faults() -> None:
    assert faults(b'{"enterprise_id": "E1", "province": "330000", "graded_on": "2025-02-30"}') == [
        (1, "name", ""),
        (1, "sector", ""),
        (1, "graded_on", '"2025-02-30"'),
    ]


def test_a_line_that_is_no_object_is_one_fault() -> None:
    assert faults(b"[1]", b"{", line()) == [(1, "", ""), (2, "", "")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unified_social_credit_code", "91330100799655058C"),
        ("industry", "C99"),
        ("annual_revenue", -1),
        ("annual_revenue", 2**63),
        ("revenue_year", 1025),
        ("users", -1),
        ("listing_abroad", "maybe"),
        ("connected_since", "01.02.2025"),
        ("contacts", [{"nickname": "x"}]),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name(field: str, value: object) -> None:
    parsed = parse_registry([line(**{field: value})], "r")
    assert [fault.column for fault in parsed.faults] == [field]
    assert parsed.enterprises == {}


def test_a_row_written_back_is_the_row_that_was_read() -> None:
    row = parse_registry([line(graded_on="2025-03-01", users=3)], "r").enterprises["E1"]
    assert msgspec.json.decode(msgspec.json.encode(row), type=Enterprise) == row
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=Enterprise) == row
