"""What time it is in a partition, for its timers."""

from pipeline.worker.timers import PartitionTime

EVENTS, COMMANDS, OTHER = ("events", 0), ("commands", 0), ("events", 1)


def test_where_nothing_waits_it_is_the_shell_s_time() -> None:
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
