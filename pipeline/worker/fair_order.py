"""Whose record is next: each state's in the order of its log, and between states the least served.

Rule 1. Records of one state are taken in the order in which they came. Which of two states' records
        is taken first says nothing: neither state reads the other.
Rule 2. Next is the state that was served the fewest bytes (start-time fair queueing): one that
        sends a hundred times as much waits behind itself and not before the others. A state that
        comes back after a rest begins where the one served last began, so it has saved nothing up.
        A step takes several small records of a state in one turn: its state is then written once
        for all of them, and in which order a step decides says nothing.
Rule 3. Whoever is not proved shares one state's turn (`STRANGER`), under whatever names.
Rule 4. Taken is not applied: until `done` says so, a record holds its partition's position back.
Rule 5. Memory holds so many values. Past that the state that holds the most lets go of its newest:
        of those only the places are known, and they are read again when their turn comes (`fill`).
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count

import msgspec

from pipeline.app.runner import Task
from pipeline.state import StateKey
from pipeline.worker.ledger import TopicPartition
from pipeline.worker.sequence import Delivered
from schemas.moments import Moment

RECORD_BYTES = 4_096
"""What a record costs beside its value: its signature, and rows of its own."""
HELD_RECORDS = 8_192
HELD_BYTES = 64_000_000
"""Of values in memory, each with `RECORD_BYTES`: what is let go of is read, and its signature
verified, twice, so the count alone must not let go of small records."""
TURN_BYTES = 40_000
"""What one state's turn may cost within a step, beyond its first record: six batches of five
events, less than one of two hundred. A changed state is some 12 kB to encode and to send."""
STEP_BYTES = 1_000_000
"""What the records of one step may cost: a write and its positions cost little beside them."""
SHORT_STEP_BYTES = 100_000
"""The same where few wait of many that send: whoever comes meanwhile waits for the step's end."""
FEW = 8
"""States; where more wait, the partition as a whole is behind."""
WAITING_RECORDS = 100_000
"""Held or not, some 500 bytes each: past that nothing more is read until there is room."""
FORGOTTEN = 10_000
"""Turns of states that rest are looked through when there are so many."""


class Arrival(msgspec.Struct, frozen=True, eq=False):
    """A record as it was delivered, and what the engine is to do about it."""

    delivered: Delivered
    task: Task
    log_name: str
    """Of the log that its topic is (rule 6 of `ledger.py`)."""

    @property
    def place(self) -> TopicPartition:
        """Topic and partition."""
        record = self.delivered.record
        return record.topic, record.partition

    @property
    def offset(self) -> int:
        """Within its partition."""
        return self.delivered.record.offset


class Waiting(msgspec.Struct, eq=False):
    """A record that is not applied yet; `arrival` is None where its value was let go of."""

    place: TopicPartition
    offset: int
    received_at: Moment
    generation: int
    key: StateKey
    cost: int
    arrival: Arrival | None


class _Queue:
    """Of one state: first those whose values are held, then those that are to be read again."""

    __slots__ = ("bytes", "held", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.held = 0
        self.bytes = 0


class FairOrder:
    """The records that were received and are not applied yet."""

    def __init__(self, held_records: int = HELD_RECORDS, held_bytes: int = HELD_BYTES) -> None:
        self._limits = (held_records, held_bytes)
        self.clear()

    def clear(self) -> None:
        """Forget all of them: they will be read again."""
        self._queues: dict[StateKey, _Queue] = {}
        self._turns: list[tuple[int, bool, int, StateKey]] = []
        self._served: dict[StateKey, int] = {}
        self._begun = 0
        self._numbers = count()  # ties go to who came first
        self._pending: defaultdict[TopicPartition, OrderedDict[int, Waiting]] = defaultdict(
            OrderedDict
        )
        self._records = self._held = self._bytes = 0

    def __len__(self) -> int:
        return self._records

    @property
    def is_full(self) -> bool:
        """Whether reading has to wait."""
        return self._records >= WAITING_RECORDS

    @property
    def is_held(self) -> bool:
        """Whether the values of all that wait are in memory."""
        return all(queue.held == len(queue.waiting) for queue in self._queues.values())

    def add(self, arrivals: Iterable[Arrival]) -> None:
        """They were read, in this order."""
        for each in arrivals:
            waiting = _waiting(each)
            queue = self._queues.setdefault(each.task.key, _Queue())
            queue.waiting.append(waiting)
            if len(queue.waiting) == 1:
                self._take_turn(each.task.key, is_back=True)
            self._pending[waiting.place][waiting.offset] = waiting
            self._records += 1
            # Values are held from the front only: behind one that was let go of, none is kept.
            if queue.held == len(queue.waiting) - 1:
                self._hold(queue, waiting, 1)
            else:
                self._let_go(waiting)
            self._keep_limits()

    def take(self, records: int, size: int = 0) -> list[Arrival]:
        """The next ones, up to so many, until they cost so much, or one is to be read again.

        Without a size, as much as makes a good step: where few are behind and many send, a short
        one, and those that are not behind are not made to wait for a backlog's share of theirs.
        """
        taken: list[Arrival] = []
        is_short = not size and len(self._queues) < FEW <= len(self._served)
        size = size or (SHORT_STEP_BYTES if is_short else STEP_BYTES)
        is_behind = False
        while self._turns and len(taken) < records and size > 0:
            key = self._turns[0][-1]
            queue = self._queues[key]
            waiting = queue.waiting[0]
            was_behind, is_behind = is_behind, len(queue.waiting) > 1
            # Its value has to be read again first. Nobody overtakes it: it is the turn of its
            # state, which was served least.
            if waiting.arrival is None or (is_short and taken and is_behind != was_behind):
                break
            self._begun = heappop(self._turns)[0]
            served = self._serve(key, queue, records - len(taken), min(size, TURN_BYTES))
            size -= sum(each.cost for each in served)
            taken += [each.arrival for each in served if each.arrival is not None]
        return taken

    def next_absent(self) -> Waiting | None:
        """The one whose turn it is and that is to be read again first."""
        first = self._queues[self._turns[0][-1]].waiting[0] if self._turns else None
        return None if first is None or first.arrival is not None else first

    def awaits(self, place: TopicPartition, offset: int) -> bool:
        """Whether this record is to be read again."""
        waiting = self._pending[place].get(offset)
        return waiting is not None and waiting.arrival is None

    def fill(self, arrivals: Iterable[Arrival]) -> None:
        """They were read again, in this order; those that are not the next of their state yet are
        left for later."""
        for each in arrivals:
            waiting = self._pending[each.place].get(each.offset)
            queue = None if waiting is None else self._queues.get(waiting.key)
            if waiting is None or queue is None or len(queue.waiting) <= queue.held:
                continue
            if queue.waiting[queue.held] is waiting:
                waiting.arrival = each
                self._hold(queue, waiting, 1)

    def drop(self, waiting: Waiting) -> None:
        """The one whose turn it is and that cannot be read again: there is no such record."""
        heappop(self._turns)
        queue = self._queues[waiting.key]
        queue.waiting.popleft()
        self._go_on(waiting.key, queue)
        self._settle(waiting.place, waiting.offset)

    def done(self, arrivals: Iterable[Arrival]) -> None:
        """They are applied, or dead letters: nothing waits for them any more."""
        for each in arrivals:
            self._settle(each.place, each.offset)

    def first(self, place: TopicPartition) -> Waiting | None:
        """The one of the lowest offset that is not applied; None where all are."""
        of_place = self._pending.get(place)
        return next(iter(of_place.values())) if of_place else None

    def first_of(self, key: StateKey) -> Waiting | None:
        """The next one of a state; None where none waits."""
        queue = self._queues.get(key)
        return queue.waiting[0] if queue is not None else None

    def ends(self) -> list[tuple[TopicPartition, int]]:
        """Of each place the last offset that waits."""
        return [(place, next(reversed(of))) for place, of in self._pending.items() if of]

    def drain(self) -> list[Arrival]:
        """Take out all that wait, in the order of each log; their values are all held."""
        waiting = [each for of_place in self._pending.values() for each in of_place.values()]
        self.clear()
        return [each.arrival for each in waiting if each.arrival is not None]

    def _serve(self, key: StateKey, queue: _Queue, records: int, size: int) -> list[Waiting]:
        """The first of a state whose turn it is, and as many behind it as fit; then its next turn.

        Only what is held: what is to be read again ends the turn.
        """
        served: list[Waiting] = []
        cost = 0
        while not served or (
            queue.held and len(served) < records and cost + queue.waiting[0].cost <= size
        ):
            waiting = queue.waiting.popleft()
            self._hold(queue, waiting, -1)
            cost += waiting.cost
            served.append(waiting)
        self._served[key] = self._begun + cost
        self._go_on(key, queue)
        return served

    def _take_turn(self, key: StateKey, is_back: bool) -> None:
        # Rule 2: a rest saves nothing up. Where turns are alike, who comes back goes before those
        # that are behind: each of them may take a whole turn's bytes.
        turn = max(self._begun, self._served.get(key, 0))
        heappush(self._turns, (turn, not is_back, next(self._numbers), key))
        if len(self._served) > FORGOTTEN + 2 * len(self._queues):
            self._served = {
                each: served
                for each, served in self._served.items()
                if served > self._begun or each in self._queues
            }

    def _go_on(self, key: StateKey, queue: _Queue) -> None:
        if queue.waiting:
            self._take_turn(key, is_back=False)
        else:
            del self._queues[key]

    def _settle(self, place: TopicPartition, offset: int) -> None:
        del self._pending[place][offset]
        self._records -= 1

    def _hold(self, queue: _Queue, waiting: Waiting, one: int) -> None:
        """One value more, or less."""
        queue.held += one
        queue.bytes += one * waiting.cost
        self._held += one
        self._bytes += one * waiting.cost

    def _keep_limits(self) -> None:
        records, size = self._limits
        while self._held > records or self._bytes > size:
            queue = max(self._queues.values(), key=lambda each: each.bytes)
            newest = queue.waiting[queue.held - 1]
            self._hold(queue, newest, -1)
            self._let_go(newest)

    def _let_go(self, waiting: Waiting) -> None:
        assert waiting.arrival is not None, "a value is let go of once"
        waiting.arrival.delivered.ack()
        waiting.arrival = None


def _waiting(arrival: Arrival) -> Waiting:
    record = arrival.delivered.record
    cost = len(record.value) + RECORD_BYTES
    generation = arrival.delivered.generation
    return Waiting(
        arrival.place, record.offset, record.timestamp, generation, arrival.task.key, cost, arrival
    )
