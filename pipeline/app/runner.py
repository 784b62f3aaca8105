"""The driver loop: from inputs to rows, the same for worker, files and replay.

Rule 1. Decide. The engine turns each input into decisions, on the state of its enterprise.
Rule 2. Write. All rows of the step go to the sink; a sink that is down is waited for.
Rule 3. Remember. Only then are the changed states kept.
Rule 4. Acknowledge. Only then is the source told.

A crash between any two of these costs nothing: ids are derived from content, and the same
inputs give the same rows, so what is done again is the same.

A step that fails leaves the memory as it was before (`Memory.forget`).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

import msgspec

from pipeline.app.delivery import Delivery
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment

Input = TypeVar("Input")
State = TypeVar("State")
Key = TypeVar("Key", bound=Hashable)
Input_contra = TypeVar("Input_contra", contravariant=True)
Key_co = TypeVar("Key_co", bound=Hashable, covariant=True)
State_contra = TypeVar("State_contra", contravariant=True)


class EngineFault(Exception):
    """The engine raised: our logic is at fault, not the sender. `index` is the input's place."""

    def __init__(self, place: str, index: int, cause: Exception) -> None:
        super().__init__(f"{place}: the engine raised {type(cause).__name__}: {cause}")
        self.place = place
        self.index = index


class Source(Protocol[Input_contra, Key_co]):
    """What the driver must know of an input."""

    def state_key(self, input: Input_contra, /) -> Key_co:
        """Whose state the input reads and writes."""

    def place(self, input: Input_contra, /) -> str:
        """Where it came from, unique and the same on every reading: `topic/partition/offset`."""


class TimerSource(Generic[Key]):
    """State keys as inputs: the timers of each, at one moment."""

    def __init__(self, now: Moment) -> None:
        self._now = now

    def state_key(self, input: Key, /) -> Key:
        """The key itself."""
        return input

    def place(self, input: Key, /) -> str:
        """`timers/key/moment`."""
        return f"timers/{input}/{self._now}"


class Decide(Protocol[State_contra, Input_contra]):
    """The engine: changes the state, returns what it decided. A function of its arguments."""

    def __call__(self, state: State_contra, input: Input_contra, /) -> list[Decision]: ...


class Refuse(Protocol[Input_contra]):
    """What becomes of an input on which the engine raises, and why."""

    def __call__(self, input: Input_contra, detail: str, /) -> Sequence[Decision]: ...


class Memory(Protocol[Key, State]):
    """States by state key: of an enterprise, of one of its drills, of an indicator."""

    def recall(self, key: Key) -> State:
        """The state as last remembered, for the driver to change; fresh if there is none."""

    def remember(self, states: Mapping[Key, State]) -> None:
        """Keep these as they are now."""

    def forget(self, keys: Iterable[Key]) -> None:
        """Undo what was done to these since they were last remembered."""


class Step(msgspec.Struct, Generic[Key, State], frozen=True):
    """What a group of inputs came to. `token` is the same for the same inputs."""

    decisions: list[Decision]
    states: dict[Key, State]
    token: str


def decide_step(
    inputs: Sequence[Input],
    source: Source[Input, Key],
    decide: Decide[State, Input],
    memory: Memory[Key, State],
) -> Step[Key, State]:
    """Rule 1 for a group of inputs, in their order.

    Raises EngineFault for the first input on which the engine raises; the memory is then
    as it was before the call.
    """
    decisions: list[Decision] = []
    states: dict[Key, State] = {}
    for index, input in enumerate(inputs):
        try:
            key = source.state_key(input)
            if key not in states:
                states[key] = memory.recall(key)
            decisions += decide(states[key], input)
        except Exception as cause:  # whatever the engine raises is a fault of its own
            memory.forget(states)
            raise EngineFault(source.place(input), index, cause) from cause
    return Step(decisions, states, content_id("step", *map(source.place, inputs)))


def take_group(
    inputs: Sequence[Input],
    source: Source[Input, Key],
    decide: Decide[State, Input],
    memory: Memory[Key, State],
    delivery: Delivery,
) -> list[Decision]:
    """Rules 1 to 3 for one group; acknowledging is left to the caller.

    Raises EngineFault, and whatever `delivery` raises; the memory is then as it was.
    """
    step = decide_step(inputs, source, decide, memory)
    _keep(step, memory, delivery)
    return step.decisions


def take_each(
    inputs: Sequence[Input],
    source: Source[Input, Key],
    decide: Decide[State, Input],
    memory: Memory[Key, State],
    delivery: Delivery,
) -> tuple[list[Decision], list[EngineFault]]:
    """Rules 1 to 3 for inputs that have a state each: a fault costs its own input alone.

    Raises whatever `delivery` raises; the memory is then as it was.
    """
    decisions: list[Decision] = []
    states: dict[Key, State] = {}
    places: list[str] = []
    faults: list[EngineFault] = []
    for input in inputs:
        try:
            step = decide_step([input], source, decide, memory)
        except EngineFault as fault:
            faults.append(fault)
            continue
        decisions += step.decisions
        states |= step.states
        places.append(source.place(input))
    _keep(Step(decisions, states, content_id("step", *places)), memory, delivery)
    return decisions, faults


def _keep(step: Step[Key, State], memory: Memory[Key, State], delivery: Delivery) -> None:
    """Rules 2 and 3."""
    try:
        delivery.write(step.decisions, step.token)
    except BaseException:
        memory.forget(step.states)
        raise
    memory.remember(step.states)


def take_past_faults(
    inputs: Sequence[Input],
    source: Source[Input, Key],
    decide: Decide[State, Input],
    memory: Memory[Key, State],
    delivery: Delivery,
    refuse: Refuse[Input],
) -> list[Decision]:
    """`take_group`; an input on which the engine raises is refused, and the others are taken."""
    try:
        return take_group(inputs, source, decide, memory, delivery)
    except EngineFault as fault:
        before, rest = inputs[: fault.index], inputs[fault.index + 1 :]
        taken = take_group(before, source, decide, memory, delivery)
        refused = refuse(inputs[fault.index], str(fault))
        delivery.write(refused, fault.place)
        others = take_past_faults(rest, source, decide, memory, delivery, refuse)
        return [*taken, *refused, *others]


def drive(
    inputs: Iterable[Input],
    source: Source[Input, Key],
    decide: Decide[State, Input],
    memory: Memory[Key, State],
    delivery: Delivery,
    *,
    acknowledge: Callable[[Sequence[Input]], None] = lambda inputs: None,
    refuse: Refuse[Input] | None = None,
    group_size: int = 50,
) -> Iterator[list[Decision]]:
    """All inputs, `group_size` at a time; yields each group's decisions once it is done.

    Raises EngineFault where no `refuse` says what becomes of an input like that.
    """
    remaining = iter(inputs)
    while group := list(islice(remaining, group_size)):
        if refuse is None:
            decisions = take_group(group, source, decide, memory, delivery)
        else:
            decisions = take_past_faults(group, source, decide, memory, delivery, refuse)
        acknowledge(group)
        yield decisions


class HeldStates(Generic[State]):
    """States in this process only: for replays, which begin anew each time.

    How a state is made and read back may depend on its key.
    """

    def __init__(
        self,
        fresh: Callable[[str], State],
        encode: Callable[[State], bytes],
        decode: Callable[[str, bytes], State],
    ) -> None:
        self._fresh = fresh
        self._encode = encode
        self._decode = decode
        self._states: dict[str, State] = {}
        self._before: dict[str, bytes] = {}

    def recall(self, key: str) -> State:
        """The state itself; what it was is kept aside until it is remembered."""
        if key not in self._states:
            self._states[key] = self._fresh(key)
        self._before[key] = self._encode(self._states[key])
        return self._states[key]

    def remember(self, states: Mapping[str, State]) -> None:
        """Drop what was kept aside."""
        self._before.clear()

    def forget(self, keys: Iterable[str]) -> None:
        """Go back to what was kept aside."""
        for key in keys:
            self._states[key] = self._decode(key, self._before.pop(key))

    def all(self) -> Mapping[str, State]:
        """Every state held, by state key: for the timers at the end."""
        return self._states
