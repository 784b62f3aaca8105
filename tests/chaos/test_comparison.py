"""What counts as the same in two stores."""

from sinks.case_tables import CAMPAIGN_MEMBERS
from tests.chaos.comparison import Union


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
