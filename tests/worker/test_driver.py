"""The driver: written, remembered, acknowledged, in this order; undone where it fails."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.delivery import Delivery, DeliveryAbandoned
from pipeline.app.runner import EngineFault, HeldStates, drive
from pipeline.intake.dead_letters import refuse_record
from schemas.batch import Record
from schemas.decision import Decision
from sinks.memory import MemorySink
from tests.worker.counting import POISON, Count, CountCodec, CountingEngine
from tests.worker.test_delivery import SickSink

CODEC = CountCodec()
ENGINE = CountingEngine()


class CountedRecords:
    """Records as the driver sees them; all of one enterprise."""

    def state_key(self, input: Record, /) -> str:
        return ENGINE.admit(input, 0).state_key

    def place(self, input: Record, /) -> str:
        return f"{input.topic}/{input.partition}/{input.offset}"

    def decide(self, state: Count, input: Record, /) -> list[Decision]:
        return ENGINE.apply(state, ENGINE.admit(input, 0))


SOURCE = CountedRecords()


def records(values: Sequence[bytes]) -> list[Record]:
    return [
        Record(
            topic="fenghuo.events",
            partition=0,
            offset=offset,
            timestamp=offset,
            key=b"acme",
            value=value,
        )
        for offset, value in enumerate(values)
    ]


def held() -> HeldStates[Count]:
    return HeldStates(CODEC.fresh, CODEC.encode, CODEC.decode)


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 7))
def test_grouping_changes_nothing(numbers: list[int], group_size: int) -> None:
    inputs = records([b"%d" % number for number in numbers])
    rows = []
    for size in (1, group_size):
        sink = MemorySink()
        delivery = Delivery(sink, lambda _: False)
        done = list(drive(inputs, SOURCE, SOURCE.decide, held(), delivery, group_size=size))
        assert sum(map(len, done)) == len(numbers)
        rows.append(sink.view("batches"))
    assert rows[0] == rows[1]


def test_nothing_is_remembered_or_acknowledged_before_it_is_written() -> None:
    sink, memory = SickSink(down=1), held()
    acknowledged: list[object] = []
    delivery = Delivery(sink, lambda _: False)
    inputs = records([b"1", b"2"])
    with pytest.raises(DeliveryAbandoned):
        list(
            drive(inputs, SOURCE, SOURCE.decide, memory, delivery, acknowledge=acknowledged.extend)
        )
    assert acknowledged == []
    assert memory.all() == {"acme/fenghuo.events": Count()}


def test_an_engine_fault_names_the_place_and_undoes_the_group() -> None:
    memory, sink = held(), MemorySink()
    inputs = records([b"1", b"2", POISON])
    with pytest.raises(EngineFault) as fault:
        list(drive(inputs, SOURCE, SOURCE.decide, memory, Delivery(sink, lambda _: False)))
    assert (fault.value.place, fault.value.index) == ("fenghuo.events/0/2", 2)
    assert sink.view("batches") == []
    assert memory.all() == {"acme/fenghuo.events": Count()}


@given(st.lists(st.sampled_from([b"1", b"2", POISON]), max_size=20), st.integers(1, 7))
def test_what_the_engine_cannot_take_is_refused_and_the_others_are_as_without_it(
    values: list[bytes], group_size: int
) -> None:
    inputs, sink = records(values), MemorySink()
    sound = [record for record in inputs if record.value != POISON]
    delivery = Delivery(sink, lambda _: False)
    list(
        drive(
            inputs,
            SOURCE,
            SOURCE.decide,
            held(),
            delivery,
            refuse=refuse_record,
            group_size=group_size,
        )
    )
    alone = MemorySink()
    list(drive(sound, SOURCE, SOURCE.decide, held(), Delivery(alone, lambda _: False)))
    accepted = [row for row in sink.view("batches") if row["outcome"] == "accepted"]
    assert accepted == alone.view("batches")
    refused = {row["offset"] for row in sink.view("dead_letters")}
    assert refused == {record.offset for record in inputs if record.value == POISON}
