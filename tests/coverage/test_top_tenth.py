"""The top tenth by revenue: the rules, against a reference that counts differently."""

from collections.abc import Sequence
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.top_tenth import rank_by_revenue
from schemas.coverage import Membership, RevenueRank
from schemas.registry import Enterprise

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["330000", "320000"]),
        st.sampled_from(["steel", "food", ""]),
        st.none() | st.integers(0, 6),
        st.none() | st.booleans(),
    ),
    max_size=45,
)


def enterprises(
    rows: Sequence[tuple[str, str, int | None, bool | None]],
) -> list[Enterprise]:
    return [
        Enterprise(
            enterprise_id=f"E{number}",
            name="",
            province=province,
            sector=sector,
            annual_revenue=revenue,
            above_designated_size=is_above,
        )
        for number, (province, sector, revenue, is_above) in enumerate(rows)
    ]


def ranks(rows: Sequence[Enterprise]) -> dict[str, RevenueRank]:
    return {rank.enterprise_id: rank for rank in rank_by_revenue(rows)}


def reference(one: Enterprise, rows: Sequence[Enterprise]) -> Membership:
    """Out of ten times as many people as are richer, fewer than the group has: no sorting."""
    if one.above_designated_size is False:
        return "no"
    if one.annual_revenue is None or one.sector == "":
        return "unknown"
    group = [
        each
        for each in rows
        if (each.province, each.sector) == (one.province, one.sector)
        and each.above_designated_size is not False
    ]
    richer = sum(
        each.annual_revenue is not None and each.annual_revenue > one.annual_revenue
        for each in group
    )
    return "yes" if 10 * richer < len(group) else "no"


@given(ROWS.map(enterprises))
def test_laws_who_is_in_the_top_tenth_is_who_has_few_above(rows: list[Enterprise]) -> None:
    assert {name: rank.top_tenth for name, rank in ranks(rows).items()} == {
        each.enterprise_id: reference(each, rows) for each in rows
    }


@given(ROWS.map(enterprises), st.integers(0, 9))
def test_laws_the_order_of_rows_changes_nothing(rows: list[Enterprise], seed: int) -> None:
    shuffled = Random(seed).sample(rows, len(rows))
    assert ranks(shuffled) == ranks(rows)


@given(ROWS.map(enterprises))
def test_laws_other_groups_change_nothing(rows: list[Enterprise]) -> None:
    here = [each for each in rows if (each.province, each.sector) == ("330000", "steel")]
    assert ranks(here).items() <= ranks(rows).items()


@given(ROWS.map(enterprises), st.data())
def test_laws_more_revenue_never_costs_a_place(rows: list[Enterprise], data: st.DataObject) -> None:
    stated = [each for each in rows if each.annual_revenue is not None]
    if not stated:
        return
    one = data.draw(st.sampled_from(stated))
    assert one.annual_revenue is not None
    richer = msgspec.structs.replace(one, annual_revenue=one.annual_revenue + 3)
    after = ranks([richer if each is one else each for each in rows])[one.enterprise_id]
    before = ranks(rows)[one.enterprise_id]
    assert after.place <= before.place
    assert (before.top_tenth, after.top_tenth) != ("yes", "no")


@given(ROWS.map(enterprises))
def test_laws_every_seat_is_taken_where_enough_is_stated(rows: list[Enterprise]) -> None:
    by_group: dict[tuple[str, str], list[RevenueRank]] = {}
    for rank in ranks(rows).values():
        by_group.setdefault((rank.province, rank.sector), []).append(rank)
    for group in by_group.values():
        members = sum(rank.top_tenth == "yes" for rank in group)
        assert members >= min(group[0].seats, group[0].ranked)


def members(*revenues: int | None, is_above: bool | None = None) -> list[int]:
    """The places in the list of who is in, of one group."""
    rows = enterprises([("330000", "steel", revenue, is_above) for revenue in revenues])
    found = ranks(rows)
    return [at for at, row in enumerate(rows) if found[row.enterprise_id].top_tenth == "yes"]


def test_a_small_group_has_one_seat_and_the_eleventh_candidate_brings_a_second() -> None:
    assert members(5) == [0]
    assert members(*range(10)) == [9]
    assert members(*range(11)) == [9, 10]
    assert members(*range(20)) == [18, 19]
    assert members(*range(21)) == [18, 19, 20]


def test_equal_revenues_at_the_last_seat_are_all_in() -> None:
    assert members(7, 7, 7, 1) == [0, 1, 2]
    assert members(9, 8, 8, *range(8)) == [0, 1, 2]
    assert members(0, 0) == [0, 1]


def test_revenue_that_nobody_stated_counts_among_the_candidates_and_has_no_seat() -> None:
    assert members(*[None] * 10, 3, 2) == [10, 11]
    assert members(None, None) == []


def test_who_is_below_the_designated_size_neither_counts_nor_is_in() -> None:
    below = enterprises([("330000", "steel", 99, False)] * 10)
    above = [
        msgspec.structs.replace(each, enterprise_id=f"A{each.enterprise_id}")
        for each in enterprises([("330000", "steel", 1, True), ("330000", "steel", 2, None)])
    ]
    found = ranks([*below, *above])
    assert [found[name].top_tenth for name in ("E0", "AE0", "AE1")] == ["no", "no", "yes"]
    assert (found["AE1"].place, found["AE1"].candidates, found["AE1"].seats) == (1, 2, 1)
