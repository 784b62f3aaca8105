"""Whose record is next: each state's in the order of its log, and between states the least served.

Rule 1. Records of one state are taken in the order in which they came. Which of two states' records
        is taken first says nothing: neither state reads the other.
Rule 2. Next is the state that was served the fewest bytes (start-time fair queueing): one that
        sends a hundred times as much waits behind itself and not before the others. A state that
        comes back after a rest begins where the one served last began, so it has saved nothing up.
Rule 3. Whoever is not proved shares one state's turn (`STRANGER`), under whatever names.
Rule 4. Taken is not applied: until `done` says so, a record holds its partition's position back.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count

import msgspec

from pipeline.app.runner import Task
from pipeline.state import StateKey
from pipeline.worker.ledger import TopicPartition
from pipeline.worker.sequence import Delivered

RECORD_BYTES = 4_096
"""What a record costs beside its value: its signature, and rows of its own."""
WAITING_RECORDS = 1_024
WAITING_BYTES = 64_000_000
"""Of values. Past either, nothing more is read until there is room."""
FORGOTTEN = 10_000
"""Turns of states that rest are looked through when there are so many."""


class Arrival(msgspec.Struct, frozen=True, eq=False):
    """A record as it was delivered, and what the engine is to do about it."""

    delivered: Delivered
    task: Task

    @property
    def key(self) -> StateKey:
        """Whose state it may touch."""
        return self.task.key

    @property
    def place(self) -> TopicPartition:
        """Topic and partition."""
        record = self.delivered.record
        return record.topic, record.partition

    @property
    def cost(self) -> int:
        """In bytes."""
        return len(self.delivered.record.value) + RECORD_BYTES


class FairOrder:
    """The records that were read and are not applied yet."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all of them: they will be read again."""
        self._by_key: dict[StateKey, deque[Arrival]] = {}
        self._turns: list[tuple[int, int, StateKey]] = []
        self._served: dict[StateKey, int] = {}
        self._begun = 0
        self._numbers = count()
        self._pending: dict[TopicPartition, OrderedDict[int, Arrival]] = {}
        self._bytes = 0
        self._records = 0

    def __len__(self) -> int:
        return self._records

    @property
    def is_full(self) -> bool:
        """Whether reading has to wait."""
        return self._records >= WAITING_RECORDS or self._bytes >= WAITING_BYTES

    def add(self, arrivals: Iterable[Arrival]) -> None:
        """They were read, in this order."""
        for each in arrivals:
            queue = self._by_key.setdefault(each.key, deque())
            queue.append(each)
            if len(queue) == 1:
                self._take_turn(each.key)
            of_place = self._pending.setdefault(each.place, OrderedDict())
            of_place[each.delivered.record.offset] = each
            self._records += 1
            self._bytes += each.cost

    def take(self, records: int, size: int) -> list[Arrival]:
        """The next ones, up to so many, until they cost so much; at least one if any waits."""
        taken: list[Arrival] = []
        while self._turns and len(taken) < records and size > 0:
            self._begun, _, key = heappop(self._turns)
            queue = self._by_key[key]
            each = queue.popleft()
            self._served[key] = self._begun + each.cost
            size -= each.cost
            taken.append(each)
            if queue:
                self._take_turn(key)
            else:
                del self._by_key[key]
        return taken

    def done(self, arrivals: Iterable[Arrival]) -> None:
        """They are applied, or dead letters: nothing waits for them any more."""
        for each in arrivals:
            of_place = self._pending[each.place]
            del of_place[each.delivered.record.offset]
            if not of_place:
                del self._pending[each.place]
            self._records -= 1
            self._bytes -= each.cost

    def first(self, place: TopicPartition) -> Arrival | None:
        """The one of the lowest offset that is not applied; None where all are."""
        of_place = self._pending.get(place)
        return next(iter(of_place.values())) if of_place else None

    def first_of(self, key: StateKey) -> Arrival | None:
        """The next one of a state; None where none waits."""
        queue = self._by_key.get(key)
        return queue[0] if queue else None

    def drain(self) -> list[Arrival]:
        """Take out all that wait, in the order of each log."""
        waiting = [each for of_place in self._pending.values() for each in of_place.values()]
        self.clear()
        return waiting

    def _take_turn(self, key: StateKey) -> None:
        turn = max(self._begun, self._served.get(key, 0))
        heappush(self._turns, (turn, next(self._numbers), key))
        if len(self._served) > FORGOTTEN + 2 * len(self._by_key):
            self._served = {
                each: served
                for each, served in self._served.items()
                if served > self._begun or each in self._by_key
            }
