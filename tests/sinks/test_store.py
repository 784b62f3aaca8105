"""The store's own tables in the embedded engine: what its views show, against the reference."""

from functools import partial
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.assessment import ObligationState, state_at
from schemas.moments import format_moment, parse_moment
from sinks.chdb import ChdbSink
from sinks.columns import MAYBE_MOMENT, MOMENT, WRITTEN_AS, Table
from sinks.contract import QueryFailed, Row, SchemaOutdated
from sinks.ddl import literal, state_now, view_tables
from sinks.memory import MemorySink
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb
from tests.sinks.store_rows import identity, rows_of

AS_OF = parse_moment("2026-01-02T03:04:05.678901Z")


@st.composite
def stores(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Rows of every table; content-derived keys mean one row of an identity only."""
    return {
        table.name: draw(st.lists(rows_of(table), max_size=4, unique_by=partial(identity, table)))
        for table in TABLES
    }


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stores())
def test_every_view_equals_the_reference_whatever_is_written_twice(
    make_chdb: MakeChdb, rows: dict[str, list[Row]]
) -> None:
    sink, reference = make_chdb(), MemorySink()
    reference.write(rows, "once")
    for name, of_table in rows.items():
        for row in reversed(of_table):
            sink.write({name: [row]}, name)
    sink.write(rows, "again")
    for name in view_tables():
        assert sink.view(name) == reference.view(name), name
    sink.close()


@pytest.fixture
def store(make_chdb: MakeChdb) -> ChdbSink:
    return make_chdb()


def row(table_name: str, **values: object) -> Row:
    """A row of plain values with some of them given."""
    table = view_tables()[table_name]
    plain = {"Bool": False, "String": "", "LowCardinality(String)": ""}
    default = {column.name: plain.get(column.type, 0) for column in table.columns}
    for column in table.columns:
        if column.type.startswith("Array"):
            default[column.name] = []
    return tuple((default | values).values())


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T09:00:00.000001Z", "1969-12-31T23:59:59.999999Z", "2299-12-31T23:59:59.999999Z"],
)
def test_moments_are_exact_to_the_microsecond(store: ChdbSink, text: str) -> None:
    store.write({"batches": [row("batches", received_at=parse_moment(text))]}, "t")
    assert store.view("batches")[0]["received_at"] == text
    micros = store.query("SELECT toUnixTimestamp64Micro(received_at) AS m FROM batches")[0]["m"]
    assert format_moment(int(str(micros))) == text


_NEAR = st.none() | st.integers(-2, 2).map(lambda step: AS_OF + step)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(get_args(ObligationState)), _NEAR, _NEAR), min_size=1))
def test_a_deadline_passes_in_sql_at_the_very_moment_at_which_it_does_in_the_engine(
    store: ChdbSink, duties: list[tuple[ObligationState, int | None, int | None]]
) -> None:
    def sql(moment: int | None) -> str:
        return "NULL" if moment is None else f"fromUnixTimestamp64Micro({moment})"

    state = state_now(sql(AS_OF))
    rows = " UNION ALL ".join(
        f"SELECT {state} AS state, {number} AS n FROM (SELECT {literal(written)} AS state,"
        f" {sql(soon)} AS due_soon_at, {sql(due)} AS due_at) AS o"
        for number, (written, soon, due) in enumerate(duties)
    )
    answers = store.query(f"SELECT state FROM ({rows}) ORDER BY n")
    assert [each["state"] for each in answers] == [
        state_at(written, soon, due, AS_OF) for written, soon, due in duties
    ]


def test_an_obligation_is_late_once_its_deadline_has_passed_whatever_was_written(
    store: ChdbSink,
) -> None:
    passed, ahead = AS_OF, parse_moment("2199-01-01T00:00:00Z")
    rows = [
        row("obligations", obligation_id=name, revision=1, state=state, due_at=due)
        for name, state, due in (
            ("a", "due_soon", passed),
            ("b", "done", passed),
            ("c", "pending", ahead),
        )
    ]
    store.write({"obligations": rows}, "t")
    states = {each["obligation_id"]: each["state"] for each in store.view("obligations")}
    assert states == {"a": "late", "b": "done", "c": "due_soon"}
    written = {each["obligation_id"]: each["state"] for each in store.view("obligation_revisions")}
    assert written == {"a": "due_soon", "b": "done", "c": "pending"}


def test_incidents_show_the_current_judgement_of_each_regime(store: ChdbSink) -> None:
    rows = {
        "incidents": [row("incidents", incident_id=name) for name in ("a", "b")],
        "assessments": [
            row("assessments", incident_id="a", regime="miit", revision=2, tier="I", colour="red"),
            row("assessments", incident_id="a", regime="miit", revision=1, tier="III"),
            row("assessments", incident_id="a", regime="cac", revision=1, tier="II"),
        ],
    }
    store.write(rows, "t")
    shown = store.query("SELECT incident_id, miit_tier, miit_colour, cac_tier FROM incidents")
    assert sorted(tuple(one.values()) for one in shown) == [
        ("a", "I", "red", "II"),
        ("b", "", "", ""),
    ]


def test_an_event_sent_again_in_another_batch_is_shown_once(store: ChdbSink) -> None:
    first = row("events", event_id="e", batch_id="b1", received_at=5)
    again = row("events", event_id="e", batch_id="b2", received_at=9)
    store.write({"events": [again]}, "2")
    store.write({"events": [first]}, "1")
    assert [event["batch_id"] for event in store.view("events")] == ["b2"]


def test_current_rows_that_a_crash_withheld_come_with_the_retry(store: ChdbSink) -> None:
    """The history remembers the block and takes it no second time; its feed runs all the same."""
    rows = {"incidents": [row("incidents", incident_id="a", revision=1)]}
    store.write(rows, "t")
    store.query("TRUNCATE TABLE incidents_rows")
    assert store.view("incidents") == []
    store.write(rows, "t")
    assert len(store.view("incidents")) == 1


def test_an_identical_write_is_not_even_stored_twice(store: ChdbSink) -> None:
    rows = {"dead_letters": [row("dead_letters", dead_letter_id="a")]}
    store.write(rows, "t")
    store.write(rows, "t")
    assert store.query("SELECT count() AS n FROM dead_letters_rows") == [{"n": 1}]


def test_events_of_two_hundred_months_fit_into_one_write(store: ChdbSink) -> None:
    month_us = 31 * 86_400 * 1_000_000
    rows = [row("events", event_id=f"e{n}", time=n * month_us) for n in range(200)]
    store.write({"events": rows}, "t")
    assert len(store.view("events")) == 200


def test_a_view_answers_each_column_with_what_its_type_holds(store: ChdbSink) -> None:
    store.write({table.name: [row(table.name)] for table in TABLES}, "t")
    for name, table in view_tables(TABLES).items():
        (answer,) = store.view(name)
        for column in table.columns:
            shown = answer[column.name]
            if column.type in (MOMENT, MAYBE_MOMENT) and shown is not None:
                shown = parse_moment(str(shown))
            msgspec.convert(shown, WRITTEN_AS[column.type])


def test_lines_are_the_rows_of_a_query_as_json(store: ChdbSink) -> None:
    assert b"".join(store.lines("SELECT number AS n FROM numbers(2)")) == b'{"n":0}\n{"n":1}\n'
    assert b"migrations" in b"".join(store.lines("SHOW TABLES"))
    with pytest.raises(QueryFailed, match="UNKNOWN_TABLE"):
        list(store.lines("SELECT * FROM rumours"))


def test_a_query_with_a_format_of_its_own_is_refused(store: ChdbSink) -> None:
    with pytest.raises(QueryFailed, match="FORMAT"):
        store.query("SELECT 1 FORMAT CSV")


def test_a_store_without_tables_asks_for_the_migration(make_chdb: MakeChdb) -> None:
    store = make_chdb(migrate=False)
    with pytest.raises(SchemaOutdated, match="fenghuo migrate"):
        store.write({"batches": [row("batches")]}, "t")


def test_databases_of_one_store_do_not_touch(make_chdb: MakeChdb) -> None:
    live, investigation = make_chdb(), make_chdb()
    investigation.write({"batches": [row("batches")]}, "t")
    assert (len(live.view("batches")), len(investigation.view("batches"))) == (0, 1)


@pytest.mark.parametrize(
    ("stored", "column"),
    [
        ("incidents_rows", "incident_id"),
        ("incident_revisions_rows", "incident_id"),
        ("assessments_rows", "incident_id"),
        ("obligations_rows", "incident_id"),
        ("commands_rows", "incident_id"),
        ("detections_rows", "detection_id"),
        ("events_rows", "event_id"),
    ],
)
def test_one_thing_by_its_id_alone_is_found_by_an_index(
    store: ChdbSink, stored: str, column: str
) -> None:
    view = stored.removesuffix("_rows")
    written = view_tables()[view].name
    store.write({written: [row(written, **{column: name}) for name in ("a", "b")]}, "t")
    told = store.query(f"EXPLAIN indexes = 1 SELECT * FROM {stored} FINAL WHERE {column} = 'a'")
    assert f"by_{column}" in str(told)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_order_holds_key_and_revision(table: Table) -> None:
    assert {*table.key, table.revision} - {""} <= set(table.order_by)
