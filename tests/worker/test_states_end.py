"""States that end, or give way: drills that are over, enterprises that left, states too large."""

from base64 import b64decode

import msgspec
import pytest

from pipeline.incidents.departures import KEPT_AFTER
from pipeline.intake.drills import KEPT_AFTER as DRILL_KEPT_AFTER
from pipeline.intake.taken import TakenState
from pipeline.state import EnterpriseState, State, decode_state, encode_state, enterprise_state
from pipeline.worker import step_executor as executor
from schemas.batch import Record
from schemas.decision import Decision
from schemas.moments import MINUTE, SECOND, Moment, moment_of
from tests.engine.builders import START
from tests.worker.counting import CountingEngine
from tests.worker.hostile import DRILL, engine, signed
from tests.worker.test_steps_laws import make_log
from tests.worker.world import Worker, World

UNBOUNDED = 1_000_000
PLACE = ("fenghuo.events", 0)
NOBODY: dict[tuple[str, int], list[Record]] = {("fenghuo.sightings", 0): []}
ONE = frozenset({0})


def world_of(records: list[Record], names: tuple[str, ...] = ("E1",)) -> World:
    """A world of one partition in which these records were read."""
    world = World({PLACE: records, **NOBODY}, engine(names), partitions=1)
    assert Worker(world, 1, UNBOUNDED, partitions=ONE).run({}, iter(()), 50)
    return world


def tick(world: World, *moments: Moment) -> Worker:
    worker = Worker(world, 2, UNBOUNDED, partitions=ONE)
    worker.tick_at(*moments)
    return worker


def states(world: World) -> list[str]:
    return sorted(key.decode().split("/", 3)[3] for key in world.table() if b"/state/" in key)


def reasons(world: World) -> list[str]:
    return sorted(str(row["reason"]) for row in world.store.view("dead_letters"))


class FaultyTimers(CountingEngine):
    """Raises on the timers of every enterprise but one in ten."""

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        if not state_key.split("/", maxsplit=1)[0].endswith("0"):
            raise ZeroDivisionError(state_key)
        return super().advance(state, state_key, now)


def test_many_timers_that_fault_at_once_cost_only_themselves() -> None:
    log = make_log({PLACE: range(1_300)})
    world = World(log, FaultyTimers())
    assert Worker(world, 1, UNBOUNDED).run({}, iter(()), 500)
    before = len(world.changelog)
    worker = tick(world, 1)
    assert worker.counted("fenghuo_timer_faults_total") == 1_170
    written = [key for _, key, value in world.changelog[before:] if value]
    assert len(written) == 130


def test_an_enterprise_that_left_stands_still_is_said_and_ends_after_the_time() -> None:
    world = world_of([signed("E1", 0, 0, 0)])
    world.engine = engine(("E2",))
    left_at = START + 10 * MINUTE
    tick(world, left_at, left_at + KEPT_AFTER - SECOND)
    assert (states(world), reasons(world)) == (["E1"], ["enterprise_left"])
    (letter,) = world.store.view("dead_letters")
    (incident,) = world.store.view("incidents")
    assert msgspec.json.decode(b64decode(str(letter["original"]))) == [incident["incident_id"]]
    assert letter["detail"] == "state E1: not in the registry; 1 incidents open"
    tick(world, left_at + KEPT_AFTER)
    assert (states(world), reasons(world)) == ([], ["enterprise_left", "enterprise_state_ended"])
    tick(world, left_at + 2 * KEPT_AFTER)
    assert len(reasons(world)) == 2


def test_an_enterprise_that_comes_back_goes_on_where_it_stopped() -> None:
    world = world_of([signed("E1", 0, 0, 0)])
    world.engine = engine(("E2",))
    tick(world, START + MINUTE)
    world.engine = engine(("E1",))
    tick(world, START + 2 * MINUTE, START + 3 * MINUTE + KEPT_AFTER)
    assert states(world) == ["E1"]
    world.engine = engine(("E2",))
    tick(world, START + 4 * MINUTE + KEPT_AFTER)
    assert states(world) == ["E1"], "it left only now"


def test_a_thousand_that_left_beside_others_that_stayed_are_dealt_with_in_one_round() -> None:
    names = tuple(f"S{number}" for number in range(1_750))
    world = World({PLACE: [], **NOBODY}, engine(names[1_000:]), partitions=1)
    state = msgspec.msgpack.encode(
        ({}, encode_state(EnterpriseState(left_at=1, taken=TakenState(recent=[1]))))
    )
    world.changelog += [(0, f"0/1/state/{name}".encode(), state) for name in names]
    tick(world, KEPT_AFTER + 1)
    assert states(world) == sorted(names[1_000:])
    assert reasons(world) == ["enterprise_state_ended"] * 1_000


def test_states_of_a_drill_and_of_its_sightings_end_a_day_after_it() -> None:
    records = [signed("E1", 0, 0, 0), signed("E1", 1, 0, 1, drill="spring")]
    world = world_of(records)
    end = moment_of(DRILL.end) + DRILL_KEPT_AFTER
    assert [key for key in states(world) if not key.startswith("#")] == ["E1", "E1#spring"]
    tick(world, end - SECOND)
    assert "E1#spring" in states(world)
    tick(world, end)
    assert "E1#spring" not in states(world)
    assert "E1" in states(world)


def test_names_of_drills_that_nobody_registered_leave_no_states() -> None:
    records = [signed("E1", number, 0, number, drill=f"d{number}") for number in range(200)]
    world = world_of(records)
    assert states(world) == []
    assert reasons(world) == ["unknown_drill"] * 200


def test_a_state_too_large_for_a_message_gives_way_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executor, "STATE_BYTES", 20_000)
    world = world_of([signed("E1", number, 0, number) for number in range(200)])
    sizes = [len(value) for _, key, value in world.changelog if value and b"/state/E1" in key]
    assert max(sizes) <= 20_200
    assert states(world) == ["E1"]
    worker = Worker(world, 3, UNBOUNDED, partitions=ONE)
    worker.tick_at(START)


def test_what_is_shed_is_what_tells_least_and_the_state_stays_readable() -> None:
    made = engine(("E1",))
    state = EnterpriseState()
    for number in range(300):
        made.apply(state, made.admit(signed("E1", number, 0, number)))
    size = len(encode_state(state))
    assert made.shed(state, "E1") > 0
    assert len(encode_state(state)) < size
    restored = enterprise_state(decode_state("E1", encode_state(state)))
    made.apply(restored, made.admit(signed("E1", 300, 0, 300)))
    while made.shed(restored, "E1"):
        pass
    assert len(encode_state(restored)) < 30_000
