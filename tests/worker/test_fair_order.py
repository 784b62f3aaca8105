"""Whose record is next: states keep their order, and none waits behind another's backlog."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.runner import Task
from pipeline.state import StateKey
from pipeline.worker.fair_order import (
    FEW,
    RECORD_BYTES,
    TURN_BYTES,
    WAITING_RECORDS,
    Arrival,
    FairOrder,
)
from schemas.batch import Record

UNBOUNDED = 10**9


class Came:
    """A record of the one partition."""

    generation = 1

    def __init__(self, offset: int, size: int) -> None:
        self.record = Record(
            topic="t", partition=0, offset=offset, timestamp=offset, key=b"", value=b"x" * size
        )

    def ack(self) -> None: ...


def arrival(offset: int, name: str, size: int = 0) -> Arrival:
    return Arrival(Came(offset, size), Task(StateKey(0, name), str(offset), lambda _: []), "log")


def offset_of(each: Arrival) -> int:
    return each.offset


def cost_of(each: Arrival) -> int:
    return len(each.delivered.record.value) + RECORD_BYTES


def take(order: FairOrder, records: int, log: Sequence[Arrival]) -> list[Arrival]:
    """As the steps do: what is to be read again is, some of the log at a time."""
    taken: list[Arrival] = []
    while len(taken) < records and len(order):
        some = order.take(records - len(taken), UNBOUNDED)
        taken += some
        absent = None if some else order.next_absent()
        if absent is not None:
            order.fill(log[absent.offset : absent.offset + 3])
        elif not some:
            break
    return taken


comings = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9_000)), max_size=30)
takings = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 5)), max_size=20)


@given(comings, takings, st.integers(0, 9))
def test_laws_of_the_fair_order_each_once_each_state_in_order_and_positions_held_back(
    comings: list[tuple[str, int]], takings: list[tuple[int, int]], held: int
) -> None:
    order, given_out = FairOrder(held), []
    coming = [arrival(offset, name, size) for offset, (name, size) in enumerate(comings)]
    log, waiting = [*coming], list[Arrival]()
    for added, taken in [*takings, (len(coming), UNBOUNDED)]:
        order.add(coming[:added])
        waiting += coming[:added]
        del coming[:added]
        some = take(order, taken, log)
        assert len(some) == min(taken, len(waiting))
        first = order.first(("t", 0))
        lowest = min(map(offset_of, waiting), default=None)
        assert (None if first is None else first.offset) == lowest, "taken is not applied"
        order.done(some)
        waiting = [each for each in waiting if each not in some]
        given_out += some
    assert len(order) == 0
    assert sorted(map(offset_of, given_out)) == [*range(len(comings))]
    for name in "abc":
        own = [offset_of(each) for each in given_out if each.task.key.name == name]
        assert own == sorted(own)


@given(st.lists(st.integers(0, 9_000), min_size=4, max_size=40), st.integers(1, 9_000))
def test_laws_of_the_fair_order_states_that_wait_are_served_alike(
    loud: list[int], quiet: int
) -> None:
    """As long as both wait, neither is ahead by more than two of the largest records."""
    order = FairOrder()
    order.add(arrival(number, "loud", size) for number, size in enumerate(loud))
    order.add(arrival(1_000 + number, "quiet", quiet) for number in range(len(loud)))
    served: Counter[str] = Counter()
    left = {"loud": len(loud), "quiet": len(loud)}
    while all(left.values()):
        (each,) = order.take(1, UNBOUNDED)
        served[each.task.key.name] += cost_of(each)
        left[each.task.key.name] -= 1
        largest = max(*loud, quiet) + RECORD_BYTES
        assert abs(served["loud"] - served["quiet"]) <= 2 * largest


def test_who_comes_beside_a_backlog_is_next_and_has_saved_nothing_up() -> None:
    order = FairOrder()
    order.add(arrival(number, "loud", 50_000) for number in range(100))
    order.done(order.take(50, UNBOUNDED))
    order.add(arrival(100 + number, "late", 50_000) for number in range(100))
    names = [each.task.key.name for each in order.take(10, UNBOUNDED)]
    assert "late" in names[:2], "it waits for one record of the other at most"
    assert Counter(names) == {"loud": 5, "late": 5}, "and does not catch up at its expense"


def names_of(taken: Sequence[Arrival]) -> list[str]:
    return [each.task.key.name for each in taken]


def test_a_step_takes_small_records_of_a_state_together_and_large_ones_in_turns() -> None:
    order = FairOrder()
    for name, size in (("small", 2_000), ("large", 60_000), ("other", 2_000)):
        order.add(arrival(number, name, size) for number in range(9))
    in_one_turn = TURN_BYTES // (2_000 + RECORD_BYTES)
    first = ["small"] * in_one_turn + ["large"] + ["other"] * in_one_turn
    assert names_of(order.take(len(first), UNBOUNDED)) == first
    second = ["small"] * (9 - in_one_turn) + ["other"] * (9 - in_one_turn) + ["large"]
    assert names_of(order.take(len(second), UNBOUNDED)) == second, "who cost less is next"


def test_a_turn_ends_with_the_step_and_with_what_is_held() -> None:
    order = FairOrder(held_records=3)
    order.add(arrival(number, "loud") for number in range(9))
    assert names_of(order.take(2, UNBOUNDED)) == ["loud"] * 2
    assert names_of(order.take(9, UNBOUNDED)) == ["loud"]
    absent = order.next_absent()
    assert absent is not None
    assert absent.offset == 3


def test_who_comes_back_goes_before_all_that_are_behind() -> None:
    order = FairOrder()
    behind = [f"e{number}" for number in range(20)]
    for number in range(100):
        order.add(arrival(20 * number + place, name) for place, name in enumerate(behind))
    order.done(order.take(20 * 9 + 45, UNBOUNDED))  # a round, and some of the next
    order.add([arrival(9_999, "quiet")])
    assert names_of(order.take(3, UNBOUNDED))[0] == "quiet"


def test_memory_is_bounded_by_bytes_before_small_records_are_let_go_of() -> None:
    small, large = FairOrder(), FairOrder()
    small.add(arrival(number, f"e{number % 50}", 2_500) for number in range(5_000))
    assert small.is_held
    large.add(arrival(number, "loud", 996_000) for number in range(70))
    assert len(large.take(70, UNBOUNDED)) == 63


def test_a_step_takes_no_more_than_its_bytes_and_never_nothing() -> None:
    order = FairOrder()
    order.add(arrival(number, "loud", 300_000) for number in range(9))
    assert len(order.take(50, 1_000_000)) == 4
    assert len(order.take(50, 1)) == 1


def test_a_backlog_of_few_is_taken_in_short_steps_once_many_are_known_to_send() -> None:
    order = FairOrder()
    order.add(arrival(number, "loud", 50_000) for number in range(80))
    assert len(order.take(50)) == 19
    order.add(arrival(100 + number, f"e{number}") for number in range(FEW))
    assert len(order.take(50)) == 8 + 18, "many wait: the partition is behind"
    assert len(order.take(50)) == 2, "few wait, and others may come"
    order.add([arrival(200, "e0")])
    assert [each.task.key.name for each in order.take(50)] == ["e0"], (
        "no backlog lengthens its step"
    )
    assert {each.task.key.name for each in order.take(50)} == {"loud"}


def test_who_holds_the_most_lets_go_of_its_newest_and_the_others_of_nothing() -> None:
    order = FairOrder(held_records=10)
    order.add([arrival(0, "quiet")])
    order.add(arrival(1 + number, "loud") for number in range(50))
    order.add([arrival(51, "quiet")])
    assert not order.is_held
    taken = order.take(50, UNBOUNDED)
    assert [offset_of(each) for each in taken if each.task.key.name == "quiet"] == [0, 51]
    assert [offset_of(each) for each in taken if each.task.key.name == "loud"] == [*range(1, 9)]
    absent = order.next_absent()
    assert absent is not None
    assert absent.offset == 9


def test_what_is_not_there_any_more_holds_nothing_up() -> None:
    order = FairOrder(held_records=0)
    order.add(arrival(number, "loud") for number in range(2))
    absent = order.next_absent()
    assert absent is not None
    order.drop(absent)
    order.fill([arrival(1, "loud")])
    assert [offset_of(each) for each in order.take(9, UNBOUNDED)] == [1]


def test_reading_waits_while_too_many_wait_held_or_not() -> None:
    order = FairOrder(held_records=1)
    order.add(arrival(number, "loud") for number in range(WAITING_RECORDS))
    assert order.is_full
    order.done(order.take(1, UNBOUNDED))
    assert not order.is_full
