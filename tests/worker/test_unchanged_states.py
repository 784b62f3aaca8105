"""A record that leaves its state as it was is judged once, whatever dies after it."""

from pipeline.intake.admitted import Admitted
from pipeline.state import State
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision
from tests.worker.counting import EVENTS, CountingEngine, count_of
from tests.worker.test_steps_laws import UNBOUNDED, make_log
from tests.worker.world import Worker, World

COMMANDS = "fenghuo.commands"


class AskingEngine(CountingEngine):
    """Of a command it tells how many events came before it, and remembers nothing of it."""

    def apply(self, state: State, admitted: Admitted) -> list[Decision]:
        record = admitted.record
        if record.topic == EVENTS:
            return super().apply(state, admitted)
        return [told(record, count_of(state).records)]


def told(record: Record, count: int) -> BatchAccount:
    return BatchAccount(
        enterprise_id=record.key.decode(),
        batch_id="command",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        format="count",
        received_at=record.timestamp,
        outcome="accepted",
        events=count,
        stored=count,
    )


def test_a_command_that_changed_nothing_is_not_judged_again_on_what_came_after_it() -> None:
    """Another state's command before it waits, so that its partition's position is before it."""
    world = World(make_log({(COMMANDS, 0): [1, 1, 1, 0], (EVENTS, 0): [0]}), AskingEngine())
    Worker(world, 1, UNBOUNDED, records=1).take(fetched_in=1, now_in=1, left=1)
    assert {row["offset"] for row in world.rows() if row["topic"] == COMMANDS} == {0, 1, 3}
    assert any(row["topic"] == EVENTS for row in world.rows())
    assert Worker(world, 2, UNBOUNDED).run({}, iter(()), 5)
    counts = {row["offset"]: row["events"] for row in world.rows() if row["topic"] == COMMANDS}
    assert counts == {0: 0, 1: 0, 2: 0, 3: 0}


def test_a_command_that_changed_nothing_costs_no_write_of_its_state() -> None:
    world = World(make_log({(EVENTS, 0): [0], (COMMANDS, 0): [0]}), AskingEngine())
    Worker(world, 1, UNBOUNDED, records=1).take(fetched_in=1, now_in=1)
    keys = [key for _, key, value in world.changelog if value]
    assert sum(b"/state/" in key for key in keys) == 1
    assert sum(b"/position/" in key for key in keys) == 2
