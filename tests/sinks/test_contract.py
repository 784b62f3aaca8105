"""The contract of `sinks/contract.py`, the same for every sink."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sinks.contract import QueryFailed, Row, RowsRefused, Sink
from sinks.ddl import view_tables
from sinks.memory import MemorySink
from tests.sinks.conftest import MakeSink
from tests.sinks.contract_tables import CONTRACT_TABLES

CASE = ("c1", "alice", 1, ["火", "a'b\\c", ""], -(2**63), 2**64 - 1)
SIGHT = ("s1", "alice", 250, 7, 'line\nbreak "quoted" \t\x00 烽火')
LABEL = ("l1", "first")


def views_of(sink: Sink) -> dict[str, list[dict[str, object]]]:
    return {name: sink.view(name) for name in view_tables(CONTRACT_TABLES)}


def revised(case: Row, revision: int, **others: object) -> Row:
    return (*case[:2], revision, others.get("words", case[3]), *case[4:])


def test_values_come_back_as_they_were_written(make_sink: MakeSink) -> None:
    sink = make_sink()
    sink.write({"cases": [CASE], "sights": [SIGHT], "labels": [LABEL]}, "t")
    case = {
        "case_id": "c1",
        "owner": "alice",
        "revision": 1,
        "words": ["火", "a'b\\c", ""],
        "balance": -(2**63),
        "size": 2**64 - 1,
    }
    sight = dict(zip(("sight_id", "owner", "place", "seen", "note"), SIGHT, strict=True))
    assert sink.view("cases") == sink.view("case_revisions") == [case]
    assert sink.view("sights") == [sight]
    assert sink.view("labels") == [{"label_id": "l1", "text": "first"}]


def test_the_highest_revision_is_current_and_all_are_history(make_sink: MakeSink) -> None:
    sink = make_sink()
    for revision in (2, 1, 3, 2):
        sink.write({"cases": [revised(CASE, revision, words=[str(revision)])]}, f"t{revision}")
    assert [row["words"] for row in sink.view("cases")] == [["3"]]
    assert [row["revision"] for row in sink.view("case_revisions")] == [1, 2, 3]


def test_the_greater_version_holds_whatever_came_last(make_sink: MakeSink) -> None:
    sink = make_sink()
    for seen in (5, 9, 4):
        sink.write({"sights": [("s1", "alice", 250, seen, f"seen {seen}")]}, f"t{seen}")
    assert [row["note"] for row in sink.view("sights")] == ["seen 9"]


def test_a_repeatable_table_shows_what_was_written_last(make_sink: MakeSink) -> None:
    sink = make_sink()
    for text in ("first", "second", "first"):
        sink.write({"labels": [("l1", text)]}, text)
    assert sink.view("labels") == [{"label_id": "l1", "text": "first"}]


def test_one_token_with_other_rows_is_taken_too(make_sink: MakeSink) -> None:
    sink = make_sink()
    sink.write({"sights": [SIGHT]}, "t")
    sink.write({"sights": [("s2", *SIGHT[1:])]}, "t")
    assert [row["sight_id"] for row in sink.view("sights")] == ["s1", "s2"]


CASES = st.builds(
    lambda name, revision: (f"c{name}", f"o{name % 2}", revision, [str(revision)], -name, revision),
    st.integers(0, 5),
    st.integers(1, 4),
)
SIGHTS = st.builds(
    lambda name, seen: (f"s{name}", f"o{name % 3}", name * 37, seen, f"n{seen}"),
    st.integers(0, 20),
    st.integers(0, 3),
)


@st.composite
def retried(draw: st.DrawFn) -> tuple[list[tuple[str, Row]], list[list[tuple[str, Row]]]]:
    """Rows, and the same rows written at least once each, in other groups and orders."""
    rows = draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("cases"), CASES),
                st.tuples(st.just("sights"), SIGHTS),
            ),
            min_size=1,
            max_size=30,
        )
    )
    again = draw(st.permutations(rows)) + draw(st.lists(st.sampled_from(rows), max_size=20))
    cuts = sorted(draw(st.lists(st.integers(0, len(again)), max_size=4)))
    groups = [again[start:end] for start, end in zip([0, *cuts], [*cuts, len(again)], strict=True)]
    return rows, groups


def write(sink: Sink, rows: Sequence[tuple[str, Row]], token: str) -> None:
    by_table: dict[str, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    sink.write(by_table, token)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(retried())
def test_writing_again_in_other_groups_and_orders_changes_no_view(
    make_sink: MakeSink, case: tuple[list[tuple[str, Row]], list[list[tuple[str, Row]]]]
) -> None:
    rows, groups = case
    sink, once = make_sink(), MemorySink(CONTRACT_TABLES)
    write(once, rows, "once")
    for index, group in enumerate(groups):
        write(sink, group, f"group {index}")
    assert views_of(sink) == views_of(once)
    write(sink, rows, "again")
    assert views_of(sink) == views_of(once)
    sink.close()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"cases": [CASE, revised(CASE, -1)]}, "table cases: row 2, column revision"),
        ({"cases": [revised(CASE, 2**32)]}, "row 1, column revision"),
        ({"cases": [(*CASE[:5], 2**64)]}, "table cases"),
        ({"cases": [(*CASE[:4], 2**63, 1)]}, "column balance"),
        ({"sights": [(None, *SIGHT[1:])]}, "column sight_id: Expected `str`, got `null`"),
        ({"sights": [SIGHT[:4]]}, "Expected `array` of length 5, got 4"),
        ({"sights": [(*SIGHT[:4], "\ud800")]}, "table sights"),
        ({"rumours": [SIGHT]}, "table rumours: unknown; the tables are cases, sights, labels"),
    ],
)
def test_rows_that_cannot_be_stored_are_refused_by_name(
    make_sink: MakeSink, rows: dict[str, list[Row]], said: str
) -> None:
    sink = make_sink()
    with pytest.raises(RowsRefused, match=said):
        sink.write(rows, "t")
    sink.write({"labels": [LABEL]}, "after")
    stored = {name: len(rows) for name, rows in views_of(sink).items()}
    assert stored == {"cases": 0, "case_revisions": 0, "sights": 0, "labels": 1}


def test_writing_nothing_is_nothing(make_sink: MakeSink) -> None:
    sink = make_sink()
    sink.write({}, "none")
    sink.write({"cases": []}, "empty")
    assert sink.view("cases") == []


def test_migrating_again_keeps_what_is_there(make_sink: MakeSink) -> None:
    sink = make_sink()
    sink.write({"labels": [LABEL]}, "t")
    sink.migrate()
    assert len(sink.view("labels")) == 1


def test_an_unknown_view_is_the_askers_fault(make_sink: MakeSink) -> None:
    with pytest.raises(QueryFailed):
        make_sink().view("rumours")
