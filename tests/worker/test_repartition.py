"""More partitions: every state goes with the records of its key, whenever the move is cut short."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.state import StateKey
from pipeline.worker.ledger import (
    Position,
    StateRecord,
    TopicPartition,
    encode_record,
    key_of,
    latest_of,
    read_state_record,
)
from pipeline.worker.repartition import Change, StatesMisplaced, misplaced, plan_move
from schemas.batch import Record
from schemas.topics import partition_of
from tests.worker.counting import EVENTS
from tests.worker.world import Worker, World

UNBOUNDED = 1_000_000
NAMES = ("E1", "E2", "E2#spring", "E3", "#5f0e", "#77aa", "E40")
table_st = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(1, 9), st.sampled_from(NAMES)),
    st.binary(min_size=1, max_size=3),
    max_size=12,
)


def table_of(found: dict[tuple[int, int, str], bytes]) -> dict[bytes, bytes]:
    states = {
        key_of((place, "state", name), generation): encode_record(StateRecord({"log": 7}, state))
        for (place, generation, name), state in found.items()
    }
    return {**states, key_of((0, "position", "log"), 3): encode_record(Position(8))}


def carried_out(table: dict[bytes, bytes], changes: Sequence[Change]) -> dict[bytes, bytes]:
    after = dict(table)
    for change in changes:
        assert change.key.startswith(b"%d/" % change.partition)
        if change.value is None:
            after.pop(change.key)
        else:
            after[change.key] = change.value
    return after


def moved(table: dict[bytes, bytes], partitions: int, cut: int | None = None) -> dict[bytes, bytes]:
    move = plan_move(table, partitions)
    return carried_out(table, [*move.written, *move.deleted][:cut])


def states_in(table: dict[bytes, bytes]) -> dict[StateKey, bytes]:
    return {
        StateKey(name[0], name[2]): read_state_record(table[key_of(name, generation)]).state
        for name, generation in latest_of(table).items()
        if name[1] == "state"
    }


@given(table_st, st.integers(4, 9))
def test_law_every_state_is_once_and_where_its_records_come(
    found: dict[tuple[int, int, str], bytes], partitions: int
) -> None:
    table = table_of(found)
    after = states_in(moved(table, partitions))
    assert misplaced(after, partitions) == []
    before = states_in(table)
    assert {key.name for key in after} == {key.name for key in before}
    for key, state in after.items():
        at_home = before.get(key)
        highest = max((generation, place) for place, generation, name in found if name == key.name)[
            0
        ]
        rivals = {
            value for (_, generation, name), value in found.items()
            if name == key.name and generation == highest
        }  # fmt: skip
        assert state == at_home if at_home is not None else state in rivals


@given(table_st, st.integers(4, 9), st.integers(0, 20), st.integers(0, 20))
def test_law_a_move_that_is_cut_short_comes_to_the_same_when_it_is_made_again(
    found: dict[tuple[int, int, str], bytes], partitions: int, cut: int, again: int
) -> None:
    table = table_of(found)
    half = moved(moved(table, partitions, cut), partitions, again)
    assert states_in(moved(half, partitions)) == states_in(moved(table, partitions))
    assert plan_move(moved(half, partitions), partitions).deleted == []


def test_what_a_paused_worker_brings_back_does_not_take_the_place_of_what_was_moved() -> None:
    left = (partition_of(b"E1", 8) + 1) % 4
    after = moved(table_of({(left, 3, "E1"): b"new"}), 8)
    back = {**after, key_of((left, "state", "E1"), 2): encode_record(StateRecord({}, b"old"))}
    assert [*states_in(moved(back, 8)).values()] == [b"new"]


def records(values: Sequence[tuple[str, int]], partitions: int, world: World) -> None:
    """Each value from a key, at the end of the partition where a producer would put it."""
    for name, value in values:
        key = name.encode()
        place: TopicPartition = (EVENTS, partition_of(key, partitions))
        offset = len(world.log[place])
        world.log[place].append(
            Record(
                topic=EVENTS,
                partition=place[1],
                offset=offset,
                timestamp=offset,
                key=key,
                value=b"%d" % value,
            )
        )


values_st = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "e"]), st.integers(0, 9)), max_size=20
)


@given(values_st, values_st, st.integers(2, 7))
def test_law_counts_go_on_as_if_the_partitions_had_always_been_so_many(
    before: list[tuple[str, int]], after: list[tuple[str, int]], partitions: int
) -> None:
    grown, always = World({(EVENTS, 0): [], (EVENTS, 1): []}, partitions=2), world_of(partitions)
    records(before, 2, grown)
    assert run(grown, 1)
    grown.changelog = [(0, *entry) for entry in moved(grown.table(), partitions).items()]
    grown.partitions = partitions
    grown.log |= {place: [] for place in world_of(partitions).log if place not in grown.log}
    records(after, partitions, grown)
    assert run(grown, 2)
    records([*before, *after], partitions, always)
    assert run(always, 1)
    assert counted(grown) == counted(always)


def world_of(partitions: int) -> World:
    return World({(EVENTS, each): [] for each in range(partitions)}, partitions=partitions)


def run(world: World, generation: int) -> bool:
    owned = frozenset(range(world.partitions))
    return Worker(world, generation, UNBOUNDED, partitions=owned).run({}, iter(()), 5)


def counted(world: World) -> list[tuple[object, ...]]:
    names = ("enterprise_id", "batch_id", "events", "reasons")
    return sorted(tuple(str(row[name]) for name in names) for row in world.rows())


def test_a_worker_does_not_begin_anew_beside_states_that_were_left_behind() -> None:
    world = World({(EVENTS, 0): [], (EVENTS, 1): []}, partitions=2)
    records([(name, 1) for name in "abcdefgh"], 2, world)
    assert run(world, 1)
    world.partitions = 5
    world.log |= {place: [] for place in world_of(5).log if place not in world.log}
    records([("a", 2)], 5, world)
    with pytest.raises(StatesMisplaced, match="fenghuo states repartition --partitions 5"):
        run(world, 2)
    assert len(world.rows()) == 8
