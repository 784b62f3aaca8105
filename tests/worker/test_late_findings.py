"""A late finding, through workers that die anywhere: one incident, and nothing of it lost."""

from itertools import count, repeat

import msgspec

from pipeline.worker.ledger import TopicPartition
from schemas.batch import Record
from sinks.contract import Answer
from tests.engine.builders import make_engine
from tests.engine.test_late_findings import admitting, found
from tests.worker.world import Worker, World

PLACE: TopicPartition = ("fenghuo.commands", 0)
SAID = msgspec.structs.replace(admitting(found(), found(60)), offset=0)
UNBOUNDED = 1_000


def world_of(records: list[Record]) -> World:
    return World({PLACE: records}, make_engine(), partitions=1)


def shown(world: World) -> dict[str, list[Answer]]:
    names = ("commands", "detections", "incidents", "assessments", "obligations", "dead_letters")
    return {name: world.store.view(name) for name in names}


def finish(world: World, generation: int, actions: int) -> bool:
    worker = Worker(world, generation, actions, partitions=frozenset({0}))
    return worker.run({PLACE: 0}, repeat(0), 1)


def test_workers_that_die_anywhere_leave_what_one_that_lives_leaves() -> None:
    lived = world_of([SAID])
    assert finish(lived, 1, UNBOUNDED)
    (incident,) = lived.store.view("incidents")
    assert (incident["detection_count"], incident["revision"]) == (2, 1)
    for actions in count():
        world = world_of([SAID])
        survived = finish(world, 1, actions)
        assert finish(world, 2, UNBOUNDED)
        assert shown(world) == shown(lived), f"killed after {actions} actions"
        if survived:
            break
    assert actions > 5, "the worker was killed at some places at least"


def test_a_command_that_its_sender_repeats_is_answered_and_changes_nothing() -> None:
    once, twice = world_of([SAID]), world_of([SAID, repeated(SAID)])
    assert finish(once, 1, UNBOUNDED)
    assert finish(twice, 1, UNBOUNDED)
    assert shown(twice) == shown(once)


def repeated(record: Record) -> Record:
    """What a producer that has not heard of its first try sends again."""
    return msgspec.structs.replace(record, offset=1, timestamp=record.timestamp + 1_000_000)
