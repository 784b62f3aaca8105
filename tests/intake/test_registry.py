"""The registry's rows: every fault of every row, and nothing else is lost with it."""

from datetime import date

import msgspec
import pytest

from pipeline.intake.registry import parse_registry
from schemas.moments import parse_moment
from schemas.registry import Contact, Enterprise
from tests.docs.links import ROOT

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


@pytest.mark.parametrize(
    "written", [1_767_225_600_000_000, 1_767_225_600, "1767225600", "2026-01-01T00:00:00", "soon"]
)
def test_a_key_s_time_is_a_text_with_an_offset_and_nothing_else(written: object) -> None:
    key = {"key_id": "k", "public_key": "A" * 43 + "=", "valid_until": written}
    (fault,) = parse_registry([line(keys=[key])], "r").faults
    assert "valid_until" in fault.problem
    assert "2026-01-31T08:00:00Z" in fault.remedy


def test_a_key_s_time_is_kept_as_it_is_read() -> None:
    key = {"key_id": "k", "public_key": "A" * 43 + "=", "valid_until": "2026-06-01T08:00:00+08:00"}
    (row,) = parse_registry([line(keys=[key])], "r").enterprises.values()
    assert row.keys[0].is_valid_at(parse_moment("2026-05-31T23:59:59.999999Z"))
    assert not row.keys[0].is_valid_at(parse_moment("2026-06-01T00:00:00Z"))
    assert "2026-06-01T08:00:00+08:00" in msgspec.json.encode(row).decode()


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_key_s_time_that_no_store_can_hold_is_a_fault(written: str) -> None:
    key = {"key_id": "k", "public_key": "A" * 43 + "=", "valid_until": written}
    (fault,) = parse_registry([line(keys=[key])], "r").faults
    assert "write a year from 1900 to 2299" in fault.remedy


def test_the_row_of_the_documentation_is_sound() -> None:
    _, _, shown = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8").partition("```json")
    row = shown.partition("```")[0].replace("\n", "").encode()
    parsed = parse_registry([row], "docs/registry.md")
    assert not parsed.faults
    assert parsed.enterprises["E00001"].keys[0].is_valid_at(parse_moment("2026-06-01T00:00:00Z"))
