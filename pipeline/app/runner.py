"""The runner: from tasks to rows, the one loop of worker, files, replay, commands and demo.

Rule 1. Decide. The engine carries out each task, on the state that it is of.
Rule 2. Write. All rows of the step go to the sink; a sink that is down is waited for.
Rule 3. Remember. Only then are the changed states kept.
Rule 4. Gather. Where no topic carries sightings, the second stage takes them now, as a step of
        its own; the worker publishes them instead.
Rule 5. Acknowledge. Only then is the source told, which is the caller's to do.

A crash between any two of these costs nothing: ids are derived from content, and the same
tasks give the same rows, so what is done again is the same.

A step that fails leaves the memory as it was before (`Memory.forget`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Protocol

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.intake.admitted import STRANGER
from pipeline.intake.dead_letters import refuse_record
from pipeline.path import Engine
from pipeline.state import (
    ANY_PARTITION,
    State,
    StateFault,
    StateKey,
    campaign_key,
    campaign_state,
    decode_state,
    encode_state,
    enterprise_key,
    enterprise_state,
    fresh_state,
)
from schemas.batch import Batch, Record
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment
from schemas.sighting import Sighting


class EngineFault(Exception):
    """The engine raised: our logic is at fault, not the sender. `index` is the task's place."""

    def __init__(self, place: str, index: int, cause: Exception) -> None:
        super().__init__(f"{place}: the engine raised {type(cause).__name__}: {cause}")
        self.place = place
        self.index = index


class Task(msgspec.Struct, frozen=True, eq=False):
    """One thing for the engine to decide: whose state, from where, which call.

    `place` is where it came from, the same on every reading: `topic/partition/offset`.
    `refuse` says what becomes of it where the engine raises, given why; None: the run ends.
    """

    key: StateKey
    place: str
    decide: Callable[[State], list[Decision]]
    refuse: Callable[[str], Sequence[Decision]] | None = None


class Memory(Protocol):
    """States by key: of an enterprise, of one of its drills, of an indicator."""

    def recall(self, key: StateKey) -> State:
        """The state as last remembered, for the runner to change; fresh if there is none."""

    def remember(self, states: Mapping[StateKey, State]) -> None:
        """Keep these as they are now."""

    def forget(self, keys: Iterable[StateKey]) -> None:
        """Undo what was done to these since they were last remembered."""


class Runner:
    """Carries out tasks. `gather` makes a sighting a task; None where a topic carries them."""

    def __init__(
        self,
        memory: Memory,
        delivery: Delivery,
        gather: Callable[[Sighting], Task] | None = None,
    ) -> None:
        self._memory = memory
        self._delivery = delivery
        self._gather = gather

    def run(self, tasks: Iterable[Task], group_size: int = 50) -> Iterator[list[Decision]]:
        """Rules 1 to 4 for all tasks, so many at a time; yields each group's decisions once done.

        A task on which the engine raises is refused, and the others are taken. Raises
        EngineFault for one that cannot be refused, and whatever the delivery raises.
        """
        remaining = iter(tasks)
        while group := list(islice(remaining, group_size)):
            decisions = self._take_past_faults(group)
            if self._gather is not None:
                told = (each for each in decisions if isinstance(each, Sighting))
                decisions += self.take([self._gather(each) for each in told])
            yield decisions

    def complete(self, tasks: Iterable[Task]) -> list[Decision]:
        """The decisions of all of them; see `run`."""
        return [decision for decisions in self.run(tasks) for decision in decisions]

    def take(self, tasks: Sequence[Task]) -> list[Decision]:
        """Rules 1 to 3 for one group.

        Raises EngineFault for the first task on which the engine raises, StateFault, and whatever
        the delivery raises; the memory is then as it was before the call.
        """
        states: dict[StateKey, State] = {}
        decisions: list[Decision] = []
        for index, task in enumerate(tasks):
            decisions += self._decide(task, index, states)
        self._keep(tasks, decisions, states)
        return decisions

    def take_each(self, tasks: Sequence[Task]) -> tuple[list[Decision], list[EngineFault]]:
        """Rules 1 to 3 for tasks that have a state each: a fault costs its own task alone."""
        states: dict[StateKey, State] = {}
        decisions: list[Decision] = []
        faults: list[EngineFault] = []
        for index, task in enumerate(tasks):
            own: dict[StateKey, State] = {}
            try:
                decisions += self._decide(task, index, own)
            except EngineFault as fault:
                faults.append(fault)
            else:
                states |= own
        self._keep(tasks, decisions, states)
        return decisions, faults

    def _decide(self, task: Task, index: int, states: dict[StateKey, State]) -> list[Decision]:
        """Rule 1 for one task; `states` are those that the step has changed so far."""
        try:
            if task.key not in states:
                states[task.key] = self._memory.recall(task.key)
            return task.decide(states[task.key])
        except StateFault:  # the record is sound: it must not be refused for what met it
            self._memory.forget(states)
            raise
        except Exception as cause:  # whatever the engine raises is a fault of its own
            self._memory.forget(states)
            raise EngineFault(task.place, index, cause) from cause

    def _keep(
        self, tasks: Sequence[Task], decisions: list[Decision], states: dict[StateKey, State]
    ) -> None:
        """Rules 2 and 3. The same tasks are written under the same token."""
        try:
            self._delivery.write(decisions, content_id("step", *(task.place for task in tasks)))
        # An interrupt too: else the memory would be ahead of the store.
        except BaseException:
            self._memory.forget(states)
            raise
        self._memory.remember(states)

    def _take_past_faults(self, tasks: Sequence[Task]) -> list[Decision]:
        """`take`; a task on which the engine raises is refused, and the others are taken."""
        decisions: list[Decision] = []
        while True:
            try:
                return decisions + self.take(tasks)
            except EngineFault as fault:
                faulted, before = tasks[fault.index], tasks[: fault.index]
                if faulted.refuse is None:
                    raise
                refused = faulted.refuse(str(fault))
                decisions += self.take(before)
                self._delivery.write(refused, fault.place)
                decisions += refused
                tasks = tasks[fault.index + 1 :]


class HeldStates:
    """States in this process only: for replays, which begin anew each time.

    A name has one state, in whichever partition its records are.
    """

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._before: dict[str, bytes] = {}

    def recall(self, key: StateKey) -> State:
        """The state itself; what it was is kept aside until it is remembered."""
        state = self._states.setdefault(key.name, fresh_state(key.name))
        if key.name not in self._before:
            self._before[key.name] = encode_state(state)
        return state

    def remember(self, states: Mapping[StateKey, State]) -> None:
        """Drop what was kept aside."""
        self._before.clear()

    def forget(self, keys: Iterable[StateKey]) -> None:
        """Go back to what was kept aside."""
        for name in {key.name for key in keys}:
            self._states[name] = decode_state(name, self._before.pop(name))

    def all(self) -> Mapping[str, State]:
        """Every state held, by name: for the timers at the end."""
        return self._states


def record_task(engine: Engine, record: Record, partitions: int = 0) -> Task:
    """A Kafka record, on the state that it may touch: before its signature holds, nobody's.

    `partitions` is how many its topic has, 0 where nobody knows. What the engine raises while it
    admits the record is raised in the record's turn.
    """
    place = f"{record.topic}/{record.partition}/{record.offset}"
    refuse = partial(refuse_record, record)
    try:
        admitted = engine.admit(record, partitions)
    except Exception as fault:
        return Task(StateKey(record.partition, STRANGER), place, partial(_raise, fault), refuse)
    key = StateKey(record.partition, admitted.state_key)
    return Task(key, place, lambda state: engine.apply(state, admitted), refuse)


def batch_task(engine: Engine, batch: Batch) -> Task:
    """A batch that was read from files, whose sender is known."""
    return Task(
        StateKey(ANY_PARTITION, enterprise_key(batch.enterprise_id, batch.drill)),
        f"{batch.batch_id}/{batch.offset}",
        lambda state: engine.process(enterprise_state(state), batch),
    )


def sighting_task(engine: Engine, sighting: Sighting) -> Task:
    """A sighting where no topic carries it, taken at the moment at which it was told.

    Its place is unique, as an incident tells nothing twice under one order.
    """
    sight = sighting.sight
    return Task(
        StateKey(ANY_PARTITION, campaign_key(sighting.campaign_id)),
        f"sightings/{sighting.campaign_id}/{sighting.incident_id}/{sight.order}",
        lambda state: engine.apply_sighting(campaign_state(state), sighting, sight.emitted_at),
    )


def timer_task(engine: Engine, key: StateKey, now: Moment) -> Task:
    """The timers of one state, at one moment."""
    return Task(key, f"timers/{key}/{now}", lambda state: engine.advance(state, key.name, now))


def settle_task(engine: Engine, name: str) -> Task:
    """The end of a recording, for one enterprise or drill."""
    return Task(
        StateKey(ANY_PARTITION, name),
        f"settle/{name}",
        lambda state: engine.settle(enterprise_state(state), name),
    )


def _raise(fault: Exception, _state: State) -> list[Decision]:
    raise fault
