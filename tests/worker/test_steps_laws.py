"""Laws of the steps: whatever dies, wherever, every record counts once and in order."""

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.app.runner import EngineFault
from pipeline.state import State
from pipeline.worker.ledger import TopicPartition
from schemas.batch import Record
from schemas.decision import Decision
from schemas.moments import SECOND, Moment
from tests.worker.counting import POISON, CountingEngine
from tests.worker.relaying import RelayEngine
from tests.worker.world import Worker, World

TOPICS = ("fenghuo.events", "fenghuo.commands")
PARTITIONS = (0, 1)
UNBOUNDED = 1_000_000

Log = Mapping[TopicPartition, Sequence[Record]]


def make_log(keys: Mapping[TopicPartition, Sequence[int]]) -> Log:
    """A log of records of these enterprises."""
    return {
        place: [
            Record(
                topic=place[0],
                partition=place[1],
                offset=number,
                timestamp=number,
                key=b"%d-%d" % (place[1], key),
                value=b"%d" % (100 * key + number),
            )
            for number, key in enumerate(of_place)
        ]
        for place, of_place in keys.items()
    }


PLACES = tuple((topic, partition) for topic in TOPICS for partition in PARTITIONS)
logs = st.fixed_dictionaries(
    {place: st.lists(st.integers(0, 2), max_size=12) for place in PLACES}
).map(make_log)
lives = st.lists(
    st.fixed_dictionaries(
        {
            "actions": st.integers(0, 60),
            "pauses": st.booleans(),
            "start": st.integers(0, 12),
            "skips": st.lists(st.integers(0, 3), max_size=6),
            "lands": st.booleans(),
            "lags": st.lists(st.integers(0, 9), max_size=9),
            "records": st.integers(1, 4),
            "held": st.integers(0, 6),
            "size": st.integers(1, 6),
            "arrived": st.fixed_dictionaries({place: st.integers(0, 12) for place in PLACES}),
        }
    ),
    max_size=6,
)


def worker_of(world: World, generation: int, life: dict[str, Any]) -> Worker:
    """It reads ahead of its steps, so records of other states are applied before theirs; and it
    holds few values, so it reads some again."""
    limits = {"records": life["records"], "held": life["held"]}
    return Worker(world, generation, life["actions"], pauses=life["pauses"], **limits)


def undisturbed(log: Log) -> list[Any]:
    world = World(log)
    assert Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    return world.rows()


def by_offset(world: World) -> list[Any]:
    return sorted(world.rows(), key=lambda row: row["offset"])


def start_at(log: Log, offset: int) -> dict[TopicPartition, int]:
    """Committed offsets are hints: too low, right or too high, but never past the log's end."""
    return {place: min(offset, max(0, len(records) - 1)) for place, records in log.items()}


@settings(max_examples=100, deadline=None)
@given(logs, st.lists(st.booleans(), max_size=12), st.integers(1, 6))
def test_steps_given_up_while_the_store_is_away_are_taken_later_and_in_order(
    log: Log, outages: list[bool], size: int
) -> None:
    world = World(log)
    assert Worker(world, 1, UNBOUNDED, outages=outages).run({}, iter(()), size)
    assert world.rows() == undisturbed(log)


@settings(max_examples=150, deadline=None)
@given(logs, lives, st.integers(1, 6))
def test_any_deaths_pauses_and_skips_leave_the_rows_of_an_undisturbed_run(
    log: Log, lives: list[dict[str, Any]], size: int
) -> None:
    world = World(dict.fromkeys(log, ()))
    generation = 1
    for generation, life in enumerate(lives, start=1):
        worker = worker_of(world, generation, life)
        skips = chain(life["skips"], repeat(0))
        world.arrive(log, life["arrived"])
        worker.run(start_at(world.log, life["start"]), skips, life["size"], life["lags"])
        if life["lands"]:
            world.land_late()
    world.land_late()
    world.arrive(log, dict.fromkeys(log, UNBOUNDED))
    assert Worker(world, generation + 1, UNBOUNDED).run({}, iter(()), size)
    assert world.rows() == undisturbed(log)


@settings(max_examples=60, deadline=None)
@given(logs, st.integers(0, 80), st.integers(1, 6))
def test_a_group_whose_generation_begins_anew_loses_nothing(
    log: Log, actions: int, size: int
) -> None:
    world = World(log)
    Worker(world, 40, actions).run({}, iter(()), size)
    assert Worker(world, 1, UNBOUNDED).run({}, iter(()), size)
    assert world.rows() == undisturbed(log)


def test_records_read_again_are_not_taken_for_the_last_ones_applied() -> None:
    """A step dies between state and position; the next takes some of its records, and a new one of
    another topic that changes the same state."""
    events, commands = (("fenghuo.events", 0), ("fenghuo.commands", 0))
    whole = make_log({events: [0] * 4, commands: [0]})
    for actions in range(12):
        world = World({events: whole[events], commands: []})
        Worker(world, 1, actions).run({}, iter(()), 4)
        world.log = {each: [*of] for each, of in whole.items()}
        assert Worker(world, 2, UNBOUNDED).run({}, iter(()), 1)
        assert world.rows() == undisturbed(whole)


def test_a_paused_worker_that_wakes_after_its_successor_brings_nothing_back() -> None:
    place = ("fenghuo.events", 0)
    whole = make_log({place: [0] * 7})
    for actions in range(20):
        world = World({place: whole[place][:6]})
        Worker(world, 1, actions, pauses=True).run({}, iter(()), 2)
        Worker(world, 2, UNBOUNDED).run({}, iter(()), 2)
        world.land_late()
        world.log = {each: [*of] for each, of in whole.items()}
        assert Worker(world, 3, UNBOUNDED).run({place: 0}, iter(()), 2)
        assert world.rows() == undisturbed(whole)
        assert len(world.table()) == 2, "one state, one position: no garbage is left"


def test_nothing_is_applied_before_the_table_is_whole_for_the_generation() -> None:
    world = World(make_log({("fenghuo.events", 0): [0, 1, 2]}))
    worker = Worker(world, 2, UNBOUNDED)
    worker.take(fetched_in=3, now_in=3)
    assert world.changelog == []


def test_records_fetched_in_an_earlier_generation_are_left_to_be_fetched_again() -> None:
    world = World(make_log({("fenghuo.events", 0): [0, 1, 2]}))
    worker = Worker(world, 2, UNBOUNDED)
    sent_back = worker.take(fetched_in=1, now_in=2, ticks=1)
    assert world.changelog == []
    assert sent_back == {("fenghuo.events", 0): 0}


def test_records_that_came_before_the_table_was_whole_are_gone_back_for() -> None:
    """Nothing else comes after them that would show the gap."""
    world = World(make_log({("fenghuo.events", 0): [0, 1, 2], ("fenghuo.events", 7): [0]}))
    sent_back = Worker(world, 2, UNBOUNDED).take(fetched_in=1, now_in=1, ticks=1)
    assert sent_back == {("fenghuo.events", 0): 0}, "only in partitions that are owned"


def test_what_was_applied_is_not_gone_back_for() -> None:
    world = World(make_log({("fenghuo.events", 0): [0, 1, 2]}))
    Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    assert Worker(world, 2, UNBOUNDED).take(fetched_in=1, now_in=2, ticks=1) == {}


def test_a_consumer_that_stands_still_is_sent_back_at_the_second_look() -> None:
    world = World(make_log({("fenghuo.events", 0): [0, 1], ("fenghuo.events", 7): [0]}))
    Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    longer = make_log({("fenghuo.events", 0): [0, 1, 2], ("fenghuo.events", 7): [0]})
    world.log = {each: [*of] for each, of in longer.items()}
    for looks, sent_back in ((1, {}), (2, {("fenghuo.events", 0): 2})):
        worker = Worker(world, 2, UNBOUNDED)
        assert worker.take(fetched_in=9, now_in=9, looks=looks) == sent_back


def test_offsets_that_hold_no_record_are_passed_over_and_not_waited_for() -> None:
    place = ("fenghuo.events", 0)
    log = make_log({place: [0, 1, 0, 1]})
    world = World({place: [log[place][0], log[place][3]]})
    assert Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    assert [row["offset"] for row in world.rows()] == [0, 3]


def test_expired_offsets_become_a_dead_letter() -> None:
    place = ("fenghuo.events", 0)
    log = make_log({place: [0] * 6})
    world = World({place: log[place][:2]})
    Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    world.log = {place: [*log[place][4:]]}
    assert Worker(world, 2, UNBOUNDED).run({}, iter(()), 5)
    letter = world.store.view("dead_letters")[0]
    assert (letter["reason"], letter["offset"]) == ("expired", 2)
    assert letter["detail"] == "offsets 2 to 3 were deleted before they were read"


def test_a_record_the_engine_raises_on_is_dead_lettered_at_the_third_attempt() -> None:
    place = ("fenghuo.events", 0)
    log = {place: list(make_log({place: [0] * 4})[place])}
    log[place][1] = msgspec.structs.replace(log[place][1], value=POISON)
    world = World(log)
    for generation in (1, 2):
        with pytest.raises(EngineFault, match="the engine raised Zero"):
            Worker(world, generation, UNBOUNDED).run({}, iter(()), 2)
        assert [row["offset"] for row in world.rows()] == [0]
    assert Worker(world, 3, UNBOUNDED).run({}, iter(()), 2)
    assert [(row["offset"], row["outcome"]) for row in by_offset(world)] == [
        (0, "accepted"),
        (1, "refused"),
        (2, "accepted"),
        (3, "accepted"),
    ]
    assert [row["reason"] for row in world.store.view("dead_letters")] == ["engine_fault"]


def test_a_record_the_engine_raises_on_is_given_up_though_others_are_applied_around_it() -> None:
    """It comes behind others of its partition, before and after each restart."""
    place = ("fenghuo.events", 0)
    log = {place: list(make_log({place: [0, 0, 0, 0, 1, 0, 0, 1]})[place])}
    log[place][4] = msgspec.structs.replace(log[place][4], value=POISON)
    world = World(log)
    for generation in (1, 2):
        with pytest.raises(EngineFault, match="the engine raised Zero"):
            Worker(world, generation, UNBOUNDED, records=2).run({}, iter(()), 8)
    assert Worker(world, 3, UNBOUNDED, records=2).run({}, iter(()), 8)
    assert [(row["offset"], row["outcome"]) for row in by_offset(world)] == [
        (offset, "refused" if offset == 4 else "accepted") for offset in range(8)
    ]


def test_what_was_let_go_of_and_deleted_meanwhile_is_a_dead_letter_and_the_rest_is_taken() -> None:
    world = World(make_log({("fenghuo.events", 0): [0] * 6}))
    world.retained_from = 3
    Worker(world, 1, UNBOUNDED, held=1).take(fetched_in=1, now_in=1)
    letters = world.store.view("dead_letters")
    assert sorted((row["reason"], row["offset"]) for row in letters) == [
        ("expired", 1),
        ("expired", 2),
    ]
    assert [row["offset"] for row in by_offset(world)] == [0, 3, 4, 5]
    assert Worker(world, 2, UNBOUNDED).take(fetched_in=2, now_in=2, ticks=1) == {}


def test_timers_touch_states_of_owned_partitions_only_however_much_lies_about() -> None:
    log = make_log({("fenghuo.events", 0): [0, 1], ("fenghuo.events", 1): [0]})
    world = World(log)
    Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    before = len(world.changelog)
    Worker(world, 2, UNBOUNDED, partitions=frozenset({0})).tick(1)
    written = [
        (partition, key.decode()) for partition, key, value in world.changelog[before:] if value
    ]
    assert written == [
        (0, "0/2/state/0-0"),
        (0, "0/2/state/0-1"),
    ]


enterprise_logs = st.fixed_dictionaries(
    {
        ("fenghuo.events", partition): st.lists(st.integers(0, 2), max_size=8)
        for partition in PARTITIONS
    }
).map(make_log)


def nation(log: Log) -> World:
    """A world of two stages, its topic of sightings as yet empty unless the log has one."""
    sightings: Log = {("fenghuo.sightings", partition): [] for partition in PARTITIONS}
    return World({**sightings, **log}, RelayEngine())


def standing(world: World) -> list[Any]:
    """What the campaigns say now, without how often they were revised, and when.

    One that stood for a while in between is withdrawn here, and was never seen there: the order
    in which the partitions are read is not in their logs.
    """
    hidden = {"revision": 0, "revised_at": 0}
    campaigns = world.store.view("campaigns")
    return [{**row, **hidden} for row in campaigns if row["status"] != "withdrawn"]


@settings(max_examples=100, deadline=None)
@given(enterprise_logs, lives, st.integers(1, 6))
def test_the_second_stage_is_exact_whatever_dies_between_telling_and_remembering(
    log: Log, lives: list[dict[str, Any]], size: int
) -> None:
    world, generation = nation(log), 0
    for generation, life in enumerate(lives, start=1):
        worker, skips = worker_of(world, generation, life), chain(life["skips"], repeat(0))
        worker.run(start_at(world.log, life["start"]), skips, size, life["lags"])
        if life["lands"]:
            world.land_late()
    world.land_late()
    assert Worker(world, generation + 1, UNBOUNDED).run({}, iter(()), size)
    calm = nation(log)
    assert Worker(calm, 1, UNBOUNDED).run({}, iter(()), 5)
    assert standing(world) == standing(calm)
    again = nation(world.log)
    assert Worker(again, 1, UNBOUNDED).run({}, iter(()), 5)
    for view in ("campaign_revisions", "campaign_members"):
        assert world.store.view(view) == again.store.view(view), "row for row, of one log"


def test_an_indicator_that_came_to_nothing_leaves_the_ledger_at_a_timer() -> None:
    world = nation(make_log({("fenghuo.events", 0): [1]}))
    assert Worker(world, 1, UNBOUNDED).run({}, iter(()), 5)
    assert any(b"/state/#" in key for key in world.table())
    Worker(world, 2, UNBOUNDED).tick_at(2 * 3_600 * SECOND)
    assert not any(b"/state/#" in key for key in world.table())
    assert any(b"/state/0-1" in key for key in world.table())
    assert sum(b"/position/" in key for key in world.table()) == 2


class Watched(CountingEngine):
    """Tells at which moments timers were looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: dict[str, int] = {}

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        self.looks[state_key.partition("/")[0]] = now
        return super().advance(state, state_key, now)


def test_a_state_whose_records_wait_is_not_moved_past_them_and_the_others_are() -> None:
    world = World(make_log({("fenghuo.events", 0): [0, 0, 0, 0, 1]}), Watched())
    worker = Worker(world, 1, UNBOUNDED, records=1)
    worker.take(fetched_in=1, now_in=1, ticks=9, left=2)
    assert isinstance(world.engine, Watched)
    assert world.engine.looks == {"0-0": 2, "0-1": 8}


def test_timers_make_no_state_where_there_is_none() -> None:
    world = World(make_log({("fenghuo.events", 0): [0]}))
    Worker(world, 1, UNBOUNDED).tick(3)
    assert world.changelog == []
