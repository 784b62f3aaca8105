"""The situation and its drawings: counts, order, clocks, geometry."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.report.clocks import format_duration, format_remaining
from dashboards.report.drawing import (
    MOST_TICKS,
    NODE_HEIGHT,
    activity_path,
    axis_of,
    bar_of,
    graph_of,
)
from dashboards.report.reading import read_rows
from dashboards.report.rows import ActivityRow
from dashboards.report.situation import Situation, situation_of
from schemas.moments import DAY, HOUR, MINUTE
from sinks.chdb import ChdbSink
from tests.dashboards.sample import NOW

MOMENTS = st.integers(1_500_000_000_000_000, 1_900_000_000_000_000)


@pytest.fixture(scope="module")
def situation(store: ChdbSink) -> Situation:
    return situation_of(read_rows(store.query), NOW)


def test_incidents_come_gravest_first_and_drills_stand_apart(situation: Situation) -> None:
    assert [case.grade for case in situation.cases] == ["I", "II", "III", "IV"]
    assert [case.row.drill for case in situation.drills] == ["shield-2026-11"]
    assert dict(situation.grades) == {"I": 1, "II": 1, "III": 1, "IV": 1, "none": 0}


def test_a_province_has_the_grade_of_its_gravest_incident(situation: Situation) -> None:
    tiles = {tile.province.code: tile for tile in situation.tiles}
    assert len(tiles) == 31
    assert (tiles["440000"].grade, tiles["440000"].incidents) == ("I", 1)
    assert (tiles["310000"].grade, tiles["310000"].incidents) == ("", 0)  # only a drill


def test_the_deadline_that_runs_out_first_is_on_top(situation: Situation) -> None:
    states = [clock.obligation.state for clock in situation.clocks]
    assert states == sorted(states, key=("late", "due_soon", "at_once", "pending").index)
    at_once = [c.obligation.due_us for c in situation.clocks if c.obligation.state == "at_once"]
    assert at_once == [None] * len(at_once) != [], "what has no time is not due soon"
    soon = [c.obligation.due_us or 0 for c in situation.clocks if c.obligation.state == "due_soon"]
    assert soon == sorted(soon)


def test_a_report_made_later_than_the_last_record_says_what_is_late_by_then(
    store: ChdbSink,
) -> None:
    rows = read_rows(store.query)
    for later in (0, HOUR, DAY, 400 * DAY):
        clocks = situation_of(rows, NOW + later).clocks
        late = {c.obligation.obligation_id for c in clocks if c.obligation.state == "late"}
        assert late == {
            c.obligation.obligation_id
            for c in clocks
            if c.obligation.due_us is not None and c.obligation.due_us < NOW + later
        }
    assert {c.obligation.state for c in clocks if c.obligation.due_us is not None} == {"late"}


def test_a_duty_without_a_figure_comes_before_deadlines_of_its_state(
    situation: Situation,
) -> None:
    pending = [c.obligation for c in situation.clocks if c.obligation.state == "pending"]
    figures = [duty.due_us is not None for duty in pending]
    assert figures == sorted(figures)
    assert figures[0] is False


def test_evidence_belongs_to_its_incident(situation: Situation) -> None:
    for case in situation.cases:
        assert case.evidence
        shown = {event.event_id for group in case.evidence for event in group.events}
        assert shown <= set(case.row.event_ids)


def test_incidents_beyond_the_limit_are_counted(store: ChdbSink) -> None:
    rows = read_rows(store.query)
    more = msgspec.structs.replace(rows, incident_count=rows.incident_count + 7)
    assert situation_of(more, NOW).left_out == 7


def test_the_graph_draws_each_entity_once_and_apart(situation: Situation) -> None:
    graph = graph_of(situation.cases[0])
    assert len(graph.nodes) + graph.left_out == 7
    places = [(node.x, node.y) for node in graph.nodes]
    assert len(set(places)) == len(places)
    assert all(0 <= node.y <= graph.height - NODE_HEIGHT for node in graph.nodes)
    drawn = {node.id for node in graph.nodes}
    assert all({link.source, link.target} <= drawn for link in graph.links)


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_everything_lies_inside_the_axis_and_ticks_are_few(moments: list[int]) -> None:
    axis = axis_of(moments, left=10, right=990)
    assert all(10 <= axis.x(moment) <= 990 for moment in moments)
    ticks = axis.ticks()
    assert len(ticks) <= MOST_TICKS + 1
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)


@given(MOMENTS, st.integers(0, 3_000 * DAY))
def test_no_two_ticks_say_the_same(first: int, length: int) -> None:
    labels = [tick.label for tick in axis_of([first, first + length], 0, 1).ticks()]
    assert len(set(labels)) == len(labels)


@given(MOMENTS, st.integers(0, 100 * DAY))
def test_a_bar_can_be_seen_and_stays_inside(first: int, length: int) -> None:
    axis = axis_of([first, first + length], left=0, right=560)
    bar = bar_of(axis, first, first + length)
    assert bar.width >= 6
    assert bar.x >= 0
    assert bar.x + bar.width <= 560.2


def test_no_activity_draws_nothing() -> None:
    axis = axis_of([0, HOUR], left=0, right=100)
    assert activity_path(axis, [], bottom=50, height=40) == ""
    assert activity_path(axis, [ActivityRow(time_us=0, events=3)], bottom=50, height=40) != ""


@pytest.mark.parametrize(
    ("duration", "zh", "en"),
    [
        (0, "0分", "0 min"),
        (59 * MINUTE, "59分", "59 min"),
        (3 * HOUR + 12 * MINUTE, "3小时12分", "3 h 12 min"),
        (2 * DAY + 5 * HOUR + MINUTE, "2天5小时", "2 d 5 h"),
        (DAY, "1天", "1 d"),
    ],
)
def test_durations_show_their_two_greatest_units(duration: int, zh: str, en: str) -> None:
    assert format_duration(duration, "zh") == zh
    assert format_duration(duration, "en") == en


def test_a_deadline_is_left_or_overdue() -> None:
    assert format_remaining(HOUR, 0, "en") == "1 h left"
    assert format_remaining(0, HOUR, "zh") == "逾期 1小时"


def test_events_that_read_alike_are_one_line_in_the_order_of_time(store: ChdbSink) -> None:
    rows = read_rows(store.query)
    ids = set(rows.incidents[0].event_ids)
    at_random = sorted(rows.evidence, key=lambda event: event.raw)
    case = situation_of(msgspec.structs.replace(rows, evidence=tuple(at_random)), NOW).cases[0]
    assert len({group.summary for group in case.evidence}) == len(case.evidence)
    firsts = [group.events[0].time_us for group in case.evidence]
    assert firsts == sorted(firsts)
    for group in case.evidence:
        times = [event.time_us for event in group.events]
        assert times == sorted(times)
    shown = {event.event_id for group in case.evidence for event in group.events}
    assert shown == {event.event_id for event in rows.evidence} & ids, "none is lost"
    assert case.events_shown == len(shown)
