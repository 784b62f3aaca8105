"""What releases left behind, read by this code: states, positions and stores."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.state import StateFault, decode_state, encode_state
from sinks.chdb import ChdbSink
from sinks.contract import Sink
from tests.releases.keep import (
    FOLDER,
    UNBOUNDED,
    Kept,
    live_through,
    read_kept,
    shapes_now,
    unpack_store,
)
from tests.releases.traffic import PLACE, TOLD, first_day, release_engine, second_day
from tests.worker.world import Worker, World

RELEASES = sorted(FOLDER.iterdir())
COMPARED = {
    "batches": ("batch_id", "offset", "outcome", "events", "stored", "late"),
    "events": ("event_id", "batch_id", "host"),
    "detections": ("detection_id", "rule_id", "drill"),
    "incidents": ("incident_id", "detection_count", "status", "drill"),
    "obligations": ("obligation_id", "incident_id"),
    "commands": ("command_id", "accepted"),
    "exceptions": ("exception_id", "hidden"),
    "campaigns": ("campaign_id", "enterprise_count"),
    "dead_letters": ("reason", "enterprise_id"),
}
"""What an upgrade must not change. Words and columns that a release adds are its own affair."""
ONE = frozenset({0})


class Upgraded:
    """A release's state and store, with which this code has lived through the second day."""

    def __init__(self, release: Path, folder: Path) -> None:
        self.kept = read_kept(release)
        self.sink = ChdbSink(unpack_store(release, folder))
        self.before = {name: self.sink.view(name) for name in COMPARED}
        self.sink.migrate()
        self.migrated = {name: self.sink.view(name) for name in COMPARED}
        self.world = World(first_day(), release_engine(), partitions=1)
        self.world.log[TOLD] = [*self.kept.sightings]
        self.world.changelog = [(0, *entry) for entry in self.kept.table.items()]
        self.world.store = self.sink
        self.incident = next(
            str(row["incident_id"])
            for row in self.before["incidents"]
            if row["enterprise_id"] == "E1" and not row["drill"]
        )
        go_on(self.world, self.incident, generation=4)


def go_on(world: World, incident: str, generation: int) -> None:
    for place, records in second_day(incident).items():
        world.log[place] += records
    live_through(world, generation=generation)


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.name)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    made = Upgraded(request.param, tmp_path_factory.mktemp("upgraded"))
    yield made
    made.sink.close()


def shown(sink: Sink) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted(tuple(row[each] for each in columns) for row in sink.view(name))
        for name, columns in COMPARED.items()
    }


@pytest.mark.store
def test_a_migrated_store_shows_every_row_that_it_had(upgraded: Upgraded) -> None:
    for name, rows in upgraded.before.items():
        assert rows, f"a release that kept no {name} shows nothing"
        as_before = [{column: row[column] for column in rows[0]} for row in upgraded.migrated[name]]
        assert as_before == rows


@pytest.mark.store
def test_reading_goes_on_where_the_release_stopped_and_nothing_is_lost_or_doubled(
    upgraded: Upgraded,
) -> None:
    undisturbed = World(first_day(), release_engine(), partitions=1)
    live_through(undisturbed, generation=1)
    go_on(undisturbed, upgraded.incident, generation=2)
    assert shown(upgraded.sink) == shown(undisturbed.store)
    assert len(upgraded.sink.view("batches")) == len(upgraded.world.log[PLACE])


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_every_field_of_a_kept_state_is_still_read(release: Path) -> None:
    kept = states_of(read_kept(release))
    assert {"E1", "E1#spring", "E2", "E3"} <= kept.keys()
    for name, state in kept.items():
        before = msgspec.msgpack.decode(state)
        after = msgspec.msgpack.decode(encode_state(decode_state(name, state)))
        assert [*missing(before, {**after, "version": before["version"]})] == []


def states_of(kept: Kept) -> dict[str, bytes]:
    return {
        key.decode().split("/", 3)[3]: msgspec.msgpack.decode(value)[1]
        for key, value in kept.table.items()
        if b"/state/" in key
    }


def missing(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Paths to what is not, or is otherwise, in `after`; that may hold more."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, each in before.items():
            yield from missing(each, after.get(name), f"{path}.{name}")
    elif before != after:
        yield f"{path}: {before!r} is {after!r}"


def test_a_state_of_another_shape_has_another_version() -> None:
    """Where this fails: raise the version of the state (of the campaign's: its own), read the one
    before in `decode_state`, and keep the release. Before a release `keep` alone will do."""
    kept = read_kept(RELEASES[-1])
    for kind, (version, shape) in shapes_now().items():
        assert (version == kept.shapes[kind][0]) == (shape == kept.shapes[kind][1]), kind


def newer(state: bytes) -> bytes:
    """As a release to come may write it: with a field of another type, and one more."""
    fields = msgspec.msgpack.decode(state)
    return msgspec.msgpack.encode({**fields, "version": 99, "clock": "sundial", "more": 1})


def test_a_state_of_a_newer_release_ends_the_worker_and_changes_nothing() -> None:
    kept = read_kept(RELEASES[-1])
    world = World({**first_day(), **second_day("")}, release_engine(), partitions=1)
    world.changelog = [
        (0, key, put_state(value, newer) if key.endswith(b"/state/E2") else value)
        for key, value in kept.table.items()
    ]
    table = world.table()
    with pytest.raises(StateFault, match=r"E2 has version 99, .*: a newer release wrote it"):
        Worker(world, 4, UNBOUNDED, partitions=ONE).run({}, iter(()), 50)
    with pytest.raises(StateFault, match="version 99"):
        Worker(world, 5, UNBOUNDED, partitions=ONE).tick_at(1)
    assert world.store.view("dead_letters") == []
    assert {key: value for key, value in world.table().items() if b"/state/" in key} == {
        key: value for key, value in table.items() if b"/state/" in key
    }


def put_state(record: bytes, change: Any) -> bytes:
    applied, state = msgspec.msgpack.decode(record)
    return msgspec.msgpack.encode([applied, change(state)])
