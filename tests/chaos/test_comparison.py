"""What counts as the same in two stores."""

from schemas.moments import parse_moment
from sinks.case_tables import CAMPAIGN_MEMBERS
from sinks.tables import TABLES
from tests.chaos.comparison import BROUGHT_BY_TIME, Union, is_later


def member(revision: int, place: int = 1) -> dict[str, object]:
    return {"campaign_id": "c", "incident_id": "i", "revision": revision, "place": place}


def test_of_versions_in_two_stores_the_highest_counts_in_either_order() -> None:
    for stores in ([[member(2)], [member(3)]], [[member(3)], [member(2)]]):
        union = Union(CAMPAIGN_MEMBERS)
        for rows in stores:
            union.take(rows)
        (found,) = union.rows.values()
        assert len(found) == 1
        assert '"revision": 3' in next(iter(found))


def test_two_rows_of_one_version_are_a_doubled_row() -> None:
    union = Union(CAMPAIGN_MEMBERS)
    union.take([member(3, 1)])
    union.take([member(3, 2)])
    (found,) = union.rows.values()
    assert len(found) == 2


def test_what_time_alone_brings_after_the_last_record_is_no_difference() -> None:
    until = parse_moment("2026-11-27T18:27:30Z")
    tables = {table.name: table for table in TABLES}
    for name, column in BROUGHT_BY_TIME.items():
        for said, later in (("18:27:30.000000Z", False), ("18:47:30.954000Z", True)):
            assert is_later(tables[name], {column: f"2026-11-27T{said}"}, until) is later
    assert not is_later(tables["events"], {"revised_at": "2026-11-27T18:47:30Z"}, until)
