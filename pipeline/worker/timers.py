"""Timers: when each state is looked at, and what time it is then in its partition."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.state import StateKey
from pipeline.worker.ledger import NO_GENERATION, TopicPartition
from schemas.moments import SECOND, Moment


class Timers:
    """Every state is looked at once a round of `shares` calls; a generation begins a new one."""

    def __init__(self, shares: int) -> None:
        self._shares = max(1, shares)
        self._generation = NO_GENERATION
        self._waiting: list[StateKey] = []

    def next_share(self, generation: int, held: Sequence[StateKey]) -> list[StateKey]:
        """The next ones to look at, of those that are held in this generation."""
        if generation != self._generation or not self._waiting:
            self._generation = generation
            self._waiting = list(held)
        size = -(-len(held) // self._shares)
        share, self._waiting = self._waiting[:size], self._waiting[size:]
        return _held_of(share, held)


def _held_of(share: Iterable[StateKey], held: Sequence[StateKey]) -> list[StateKey]:
    still = set(held)
    return [key for key in share if key in still]


class BrokerClock:
    """What time it is for the broker, whose moments of receipt all records bear.

    The wall clock of a worker's machine may be wrong, or be set while it runs. A state moved on by
    it would remember a moment that has not come, find late what is sent until then, and start the
    law's clocks there. So the time is that at which the broker took a write of ours, and what has
    passed since: never ahead of the broker's, whatever the way back of its answer took.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._told: tuple[Moment, float] | None = None

    def tell(self, taken_at: Moment) -> None:
        """The broker took a write then, and has answered now."""
        self._told = (taken_at, self._seconds())

    def now(self) -> Moment | None:
        """None before it was told."""
        if self._told is None:
            return None
        taken_at, told_s = self._told
        return taken_at + int((self._seconds() - told_s) * SECOND)


class PartitionTime:
    """What time it is in a partition: no clock may run ahead of the records.

    While records are unread, an enterprise that looks silent may only not have been read yet; moved
    on by the broker's clock, it would find its own backlog late. The time is then that at which the
    last record read was received; a state whose records wait for their turn is behind that. Where
    it is not known, there is no time, and timers wait.
    """

    def __init__(self) -> None:
        self._reached: dict[TopicPartition, Moment] = {}

    def reach(self, place: TopicPartition, received_at: Moment) -> None:
        """A record that was received then is read."""
        self._reached[place] = max(received_at, self._reached.get(place, received_at))

    def read(self, waiting: Mapping[TopicPartition, int | None], now: Moment) -> dict[int, Moment]:
        """The time in each partition; one that is left out has none.

        `waiting` is how many records of each topic and partition are not read yet, None where
        nobody knows.
        """
        found: defaultdict[int, list[Moment]] = defaultdict(list)
        unknown: set[int] = set()
        for place, count in waiting.items():
            reached = now if count == 0 else self._reached.get(place)
            if reached is None:
                unknown.add(place[1])
            else:
                found[place[1]].append(reached)
        return {each: min(now, *found[each]) for each in found if each not in unknown}
