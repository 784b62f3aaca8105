"""The runner: written, remembered, acknowledged, in this order; undone where it fails."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.delivery import Delivery, DeliveryAbandoned
from pipeline.app.runner import EngineFault, HeldStates, Runner, Task, record_task
from schemas.batch import Record
from sinks.memory import MemorySink
from tests.worker.counting import POISON, Count, CountingEngine, count_of
from tests.worker.test_delivery import SickSink

ENGINE = CountingEngine()


def tasks(values: Sequence[bytes], *, refusable: bool = True, partitions: int = 1) -> list[Task]:
    """Records of one enterprise, in so many partitions in turn."""
    made = [
        record_task(
            ENGINE,
            Record(
                topic="fenghuo.events",
                partition=offset % partitions,
                offset=offset,
                timestamp=offset,
                key=b"acme",
                value=value,
            ),
        )
        for offset, value in enumerate(values)
    ]
    return made if refusable else [msgspec.structs.replace(each, refuse=None) for each in made]


def counts(states: HeldStates) -> dict[str, Count]:
    return {name: count_of(state) for name, state in states.all().items()}


def runner(sink: MemorySink | SickSink, states: HeldStates | None = None) -> Runner:
    return Runner(states or HeldStates(), Delivery(sink, lambda _: False))


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 7))
def test_grouping_changes_nothing(numbers: list[int], group_size: int) -> None:
    inputs = tasks([b"%d" % number for number in numbers])
    rows = []
    for size in (1, group_size):
        sink = MemorySink()
        done = list(runner(sink).run(inputs, size))
        assert sum(map(len, done)) == len(numbers)
        rows.append(sink.view("batches"))
    assert rows[0] == rows[1]


def test_nothing_is_remembered_or_acknowledged_before_it_is_written() -> None:
    sink, states = SickSink(down=1), HeldStates()
    acknowledged: list[object] = []
    with pytest.raises(DeliveryAbandoned):
        acknowledged += runner(sink, states).run(tasks([b"1", b"2"]))
    assert acknowledged == []
    assert counts(states) == {"acme": Count()}


def test_an_engine_fault_names_the_place_and_undoes_the_group() -> None:
    states, sink = HeldStates(), MemorySink()
    inputs = tasks([b"1", b"2", POISON], refusable=False)
    with pytest.raises(EngineFault) as fault:
        runner(sink, states).complete(inputs)
    assert (fault.value.place, fault.value.index) == ("fenghuo.events/0/2", 2)
    assert sink.view("batches") == []
    assert counts(states) == {"acme": Count()}


def test_a_name_that_is_in_several_partitions_is_undone_as_one() -> None:
    states = HeldStates()
    runner(MemorySink(), states).complete(tasks([b"5"]))
    inputs = tasks([b"1", b"2", b"3", POISON], refusable=False, partitions=2)
    with pytest.raises(EngineFault):
        runner(MemorySink(), states).complete(inputs)
    assert counts(states) == {"acme": Count(records=1, total=5)}


@given(st.lists(st.sampled_from([b"1", b"2", POISON]), max_size=20), st.integers(1, 7))
def test_what_the_engine_cannot_take_is_refused_and_the_others_are_as_without_it(
    values: list[bytes], group_size: int
) -> None:
    sink, alone = MemorySink(), MemorySink()
    inputs = tasks(values)
    list(runner(sink).run(inputs, group_size))
    poisoned = {offset for offset, value in enumerate(values) if value == POISON}
    runner(alone).complete(each for offset, each in enumerate(inputs) if offset not in poisoned)
    accepted = [row for row in sink.view("batches") if row["outcome"] == "accepted"]
    assert accepted == alone.view("batches")
    assert {row["offset"] for row in sink.view("dead_letters")} == poisoned
