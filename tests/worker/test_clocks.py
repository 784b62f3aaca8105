"""What time it is for the broker, and in a partition, for its timers."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.worker.ledger import Position, encode_record, key_of, log_name, parse_key, time_query
from pipeline.worker.timers import BrokerClock, PartitionTime
from schemas.moments import SECOND

EVENTS, COMMANDS, OTHER = ("events", 0), ("commands", 0), ("events", 1)


def test_where_nothing_waits_it_is_the_broker_s_time() -> None:
    assert PartitionTime().read({EVENTS: 0, COMMANDS: 0}, 1_000) == {0: 1_000}


def test_while_records_wait_it_is_the_time_of_the_last_one_applied() -> None:
    """A worker that catches up must not take for silent whom it has not read yet."""
    clocks = PartitionTime()
    clocks.reach(EVENTS, 100)
    clocks.reach(COMMANDS, 900)
    assert clocks.read({EVENTS: 7, COMMANDS: 0}, 1_000) == {0: 100}
    assert clocks.read({EVENTS: 7, COMMANDS: 2}, 1_000) == {0: 100}
    clocks.reach(EVENTS, 400)
    assert clocks.read({EVENTS: 6, COMMANDS: 0, OTHER: 0}, 1_000) == {0: 400, 1: 1_000}


def test_where_it_is_not_known_what_waits_or_how_far_it_came_there_is_no_time() -> None:
    clocks = PartitionTime()
    clocks.reach(COMMANDS, 900)
    assert clocks.read({EVENTS: None, COMMANDS: 0}, 1_000) == {}
    assert clocks.read({EVENTS: 3, COMMANDS: 0, OTHER: 0}, 1_000) == {1: 1_000}


BROKER_AHEAD_S = 1_000
"""Of this machine's count of seconds, which begins anywhere."""


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40), st.integers(0, 90)), min_size=1))
def test_laws_the_broker_s_clock_is_never_ahead_of_it_and_behind_by_the_way_of_the_answer(
    asked: list[tuple[int, int, int]],
) -> None:
    """Seconds until it is asked, until the answer has come, and until somebody wants to know."""
    machine_s = 0
    clock = BrokerClock(lambda: float(machine_s))
    assert clock.now() is None
    for before_s, way_s, after_s in asked:
        machine_s += before_s
        taken_at = (machine_s + BROKER_AHEAD_S) * SECOND
        machine_s += way_s
        clock.tell(taken_at)
        machine_s += after_s
        assert clock.now() == (machine_s + BROKER_AHEAD_S - way_s) * SECOND


def test_asking_what_time_it_is_deletes_no_record_of_the_ledger() -> None:
    (partition, kind, name), generation = parse_key(time_query(3))
    assert (partition, kind, name, generation) == (3, "position", "", 0)
    table = {key_of((3, "position", log_name("t", "")), 0): encode_record(Position(7))}
    assert table.pop(time_query(3), None) is None
