"""Rollups: equal to what they stand for, whatever is written again, in whatever groups."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import convert

from schemas.event import Event
from schemas.moments import DAY, HOUR, parse_moment
from sinks.chdb import ChdbSink
from sinks.contract import Row, Sink
from sinks.memory import MemorySink
from sinks.rollups import STEPS, DayCount, HourCount, MinuteCount, count_events, start_of
from sinks.rows import rows_of
from tests.sinks.conftest import MakeChdb

START = parse_moment("2026-11-30T15:00:00Z")
ROLLUPS = ("events_by_minute", "events_by_hour", "events_by_day")
SAME_START = {
    "events_by_minute": "toStartOfMinute(e.time)",
    "events_by_hour": "toStartOfHour(e.time)",
    "events_by_day": "toStartOfDay(e.time, 'Asia/Shanghai')",
}


def event(event_id: str, batch: int = 1, time: int = START, **others: object) -> Event:
    plain = dict.fromkeys(Event.__struct_fields__, "")
    known: dict[str, object] = plain | {
        "type": "event",
        "event_id": event_id,
        "batch_id": f"b{batch}",
        "enterprise_id": f"ent-{batch % 2}",
        "province": "440000",
        "time": time,
        "received_at": START + batch,
        "late": False,
        "future": False,
        "fields": {},
        "raw": b"{}",
    }
    return convert(known | others, Event)


@st.composite
def batches(draw: st.DrawFn) -> list[list[Event]]:
    """Batches of events around midnight in China and the end of a month; no event in two."""
    times = st.integers(START - 2 * HOUR, START + 2 * DAY)
    lines = st.tuples(times, st.sampled_from(["windows", "linux"]), st.booleans())
    return [
        [
            event(f"e{batch}-{index}", batch, time, product=product, late=late)
            for index, (time, product, late) in enumerate(draw(st.lists(lines, max_size=8)))
        ]
        for batch in range(draw(st.integers(1, 4)))
    ]


def write(sink: Sink, rows: Sequence[tuple[str, Row]], token: str) -> None:
    by_table: dict[str, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    sink.write(by_table, token)


def numbers(store: ChdbSink, view: str, start: str, events: str, late: str) -> list[object]:
    """What a dashboard adds up, from the rollup or from the events themselves."""
    return list(
        store.query(
            f"SELECT toUnixTimestamp({start}) AS start, enterprise_id, province, product,"
            f" {events} AS n, {late} AS late_n, toUnixTimestamp64Micro(max(e.{_last(view)})) AS l"
            f" FROM {view} AS e GROUP BY ALL ORDER BY ALL"
        )
    )


def _last(view: str) -> str:
    return "time" if view == "events" else "last_time"


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches(), st.randoms(use_true_random=False), st.lists(st.integers(0, 99), max_size=5))
def test_double_inserts_in_other_blocks_and_orders_change_no_number(
    make_chdb: MakeChdb, made: list[list[Event]], chance: Random, cuts: list[int]
) -> None:
    rows = [(table, row) for batch in made for table, of in rows_of(batch).items() for row in of]
    store, once = make_chdb(), MemorySink()
    write(once, rows, "once")
    again = rows * 2
    chance.shuffle(again)
    places = sorted({0, len(again), *(min(cut, len(again)) for cut in cuts)})
    for start, end in pairwise(places):
        write(store, again[start:end], f"{start}")
    write(store, rows, "again")
    for view in ROLLUPS:
        assert store.view(view) == once.view(view), view
        from_rollup = numbers(store, view, "e.time", "sum(e.events)", "sum(e.late)")
        assert from_rollup == numbers(store, "events", SAME_START[view], "count()", "countIf(late)")
    store.close()


@given(batches())
def test_counts_are_of_the_batch_alone_and_add_up(made: list[list[Event]]) -> None:
    """Together, apart, or in another order: the same counts."""
    together = count_events(event for batch in made for event in batch)
    apart = [count for batch in made for count in count_events(reversed(batch))]
    assert Counter(map(repr, together)) == Counter(map(repr, apart))
    total = sum(map(len, made))
    for kind in STEPS:
        assert sum(count.events for count in together if type(count) is kind) == total


def test_a_batch_taken_again_replaces_its_counts(make_chdb: MakeChdb) -> None:
    """The same events later, now late: no number counts them twice."""
    store = make_chdb()
    store.write(rows_of([event("a"), event("b")]), "first")
    again = {"received_at": START + HOUR, "late": True}
    store.write(rows_of([event("a", **again), event("b", **again)]), "again")
    for view in ROLLUPS:
        assert [(row["events"], row["late"]) for row in store.view(view)] == [(2, 2)]


def test_one_event_twice_in_a_batch_counts_once() -> None:
    assert [count.events for count in count_events([event("a"), event("a")])] == [1, 1, 1]


def test_log_sources_are_counted_apart_and_what_is_late_is_among_them() -> None:
    made = [event("a", product="linux"), event("b", product="zeek", late=True)]
    counted = [count for count in count_events(made) if type(count) is HourCount]
    assert [(count.product, count.events, count.late) for count in counted] == [
        ("linux", 1, 0),
        ("zeek", 1, 1),
    ]


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (MinuteCount, "2026-11-30T16:07:00Z"),
        (HourCount, "2026-11-30T16:00:00Z"),
        (DayCount, "2026-11-30T16:00:00Z"),
    ],
)
def test_a_day_begins_at_midnight_in_china(kind: type[MinuteCount], start: str) -> None:
    moment = parse_moment("2026-11-30T16:07:59.999999Z")
    assert start_of(moment, STEPS[kind]) == parse_moment(start)
