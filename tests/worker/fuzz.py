"""`python -m tests.worker.fuzz --records 100000`: hostile records through the worker's own steps.

Each is accounted for exactly once, nothing raises, and memory does not grow with their number.
"""

import resource
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from typing import Final, TypeAlias

from schemas.batch import Record
from tests.worker.hostile import PARTITIONS, TOPICS, Chaos, engine
from tests.worker.world import Worker, World

UNBOUNDED: Final = 1_000_000_000
PART: Final = 2_000
"""Records between two looks; also what one worker takes before the next one goes on."""
GROWTH_KB: Final = 60_000
"""What Python may still grow by after the first parts: its arenas, not ours."""


Place: TypeAlias = tuple[str, int, int]


class Fuzz:
    """A world that lives on from part to part; the store is emptied once it was counted."""

    def __init__(self, seed: int) -> None:
        self._chaos = Chaos(seed)
        self._ends = {(topic, each): 0 for topic in TOPICS for each in range(PARTITIONS)}
        self._world = World({place: [] for place in self._ends}, engine(), partitions=PARTITIONS)
        self.reasons: Counter[str] = Counter()
        self.accepted = 0

    def run_part(self, generation: int, records: int) -> None:
        """So many more; raises AssertionError where one is not accounted for exactly once."""
        world = self._world
        places = [*self._ends]
        world.log = {place: self._write(place, records // len(places)) for place in places}
        written = {place: [each.offset for each in of] for place, of in world.log.items()}
        worker = Worker(world, generation, UNBOUNDED, partitions=frozenset(range(PARTITIONS)))
        start = {place: of[0] for place, of in written.items()}
        assert worker.run(start, iter(()), 50)
        for place in places:  # workers tell sightings in between: they are records too
            written[place] += [each.offset for each in world.log[place][len(written[place]) :]]
            self._ends[place] = written[place][-1] + 1
        self._check(written)
        world.store = type(world.store)()
        world.changelog = [
            (int(key.split(b"/")[0]), key, value) for key, value in world.table().items()
        ]

    def states(self) -> int:
        """How many are held."""
        return sum(b"/state/" in key for key in self._world.table())

    def _write(self, place: tuple[str, int], count: int) -> list[Record]:
        first = self._ends[place]
        return [self._chaos.record(*place, first + number) for number in range(count)]

    def _check(self, written: dict[tuple[str, int], list[int]]) -> None:
        accounts, letters = Counter[Place](), Counter[Place]()
        for row in self._world.store.view("batches"):
            accounts[_place(row)] += 1
            self.accepted += row["outcome"] == "accepted"
        for row in self._world.store.view("dead_letters"):
            if row["line"] == 0:
                letters[_place(row)] += 1
                self.reasons[str(row["reason"])] += 1
        assert "engine_fault" not in self.reasons, self.reasons
        expected = {(*place, offset) for place, of in written.items() for offset in of}
        gathered = {each for each in expected if each[0] == "fenghuo.sightings"}
        told = {*accounts, *letters}
        assert expected - gathered <= told <= expected, "only a sighting that is taken has no row"
        assert max(accounts.values()) == max(letters.values()) == 1


def _place(row: Mapping[str, object]) -> Place:
    return str(row["topic"]), int(str(row["partition"])), int(str(row["offset"]))


def run(records: int, seed: int) -> Fuzz:
    """All of them, in parts; raises AssertionError."""
    fuzz, before = Fuzz(seed), 0
    for number in range(max(1, records // PART)):
        fuzz.run_part(number + 1, min(PART, records))
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        before = held if number < 3 else before
        assert held - before < GROWTH_KB, f"{held - before} kB more after {number + 1} parts"
    return fuzz


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    done = run(given.records, given.seed)
    print(f"{given.records} records: {done.accepted} accepted, {dict(done.reasons)}")
    print(f"{done.states()} states held")
