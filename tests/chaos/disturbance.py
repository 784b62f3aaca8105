"""What is done to workers, their machines, the store, the broker and the traffic: drawn from a
seed, one after another; what lasts goes on while the next ones are done."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Literal, TypeAlias

from tests.brokers.kafka import KafkaBroker
from tests.chaos.machine import Machine, SinkState
from tests.chaos.traffic import Traffic
from tests.chaos.workers import WorkerProcess

Action: TypeAlias = Literal[
    "SIGKILL",
    "SIGTERM",
    "SIGSTOP",
    "store away",
    "store slow",
    "store unanswering",
    "disk full",
    "clock set",
    "hot partition",
    "broker SIGKILL",
]

WEIGHTS: Mapping[Action, int] = {
    "SIGKILL": 3,
    "SIGTERM": 3,
    "SIGSTOP": 2,
    "store away": 2,
    "store slow": 1,
    "store unanswering": 1,
    "disk full": 1,
    "clock set": 2,
    "hot partition": 1,
}
OF_SWITCHES: frozenset[Action] = frozenset(
    {"store away", "store slow", "store unanswering", "clock set"}
)
"""What a worker does to itself, told by its machine's switches."""
PAUSE_S = (6.5, 11.0)
"""Of SIGSTOP: longer than the session timeout of 6 s, so the partitions are given to others."""
DOWN_S = (0.0, 3.0)
"""Between the end of a process and its successor's start."""
CALM_S = (0.3, 4.0)
"""Between two disturbances: often too short for the group to have settled."""
LASTS = (1, 3)
"""How many more disturbances a store or a disk sees before it is well again."""
CLOCKS_S = (-86_400, -3_600, -90, -1, 0, 1, 90, 3_600, 86_400)
"""How far ahead a machine's clock is set: a bad second, a time zone, another day."""
WORK_SHARE = 0.5
"""Of the disturbances: before them a worker has taken a step since the last, else they would meet
none at work on a slow machine."""
WORK_S = 30.0
"""How long that is waited for: a store that is away lets nobody work."""
BROKER_EVERY = 20
"""Disturbances of others to one of the broker, in their middle."""
BROKER_DOWN_S = 2.0


class Disturber:
    """Disturbs them; counts what it did, and writes a line of each to `log`."""

    def __init__(
        self,
        broker: KafkaBroker,
        workers: Mapping[WorkerProcess, Machine],
        traffic: Traffic,
        actions: Collection[Action],
        seed: int,
        log: Path,
    ) -> None:
        self.done: Counter[Action] = Counter()
        self.met_work = 0
        """How many of them met workers that had just taken a step."""
        self._broker = broker
        self._workers = workers
        self._traffic = traffic
        self._actions = [each for each in WEIGHTS if each in actions]
        self._random = Random(seed)
        self._log = log
        self._lasting: dict[Callable[[], None], int] = {}
        """What ends it, and before which disturbance."""

    def disturb(self, times: int, at_most_s: float) -> None:
        """So many disturbances, and of the broker between them; all is well afterwards.

        What time allows no more is left out.
        """
        ends_s = time.monotonic() + at_most_s
        weights = [WEIGHTS[each] for each in self._actions]
        for number in range(times):
            if time.monotonic() > ends_s:
                break
            self._end_lasting(number)
            self._supervise()
            time.sleep(self._random.uniform(*CALM_S))
            if self._random.random() < WORK_SHARE:
                self._await_work()
            if number % BROKER_EVERY == BROKER_EVERY // 2:
                self.kill_broker()
            self._act(self._random.choices(self._actions, weights)[0], number)
        for machine in self._workers.values():
            machine.mend()

    def kill_broker(self) -> None:
        """SIGKILL and restart on the same data."""
        self._count("broker SIGKILL")
        self._broker.kill()
        time.sleep(BROKER_DOWN_S)
        self._broker.start()

    def _await_work(self) -> None:
        deadline_s = time.monotonic() + WORK_S
        before = self._steps_taken()
        while time.monotonic() < deadline_s:
            time.sleep(0.5)
            if self._steps_taken() > before:
                self.met_work += 1
                return

    def _steps_taken(self) -> float:
        return sum(worker.metric("fenghuo_step_seconds_count") for worker in self._workers)

    def _supervise(self) -> None:
        """What any supervisor does: a worker that ended by a fault is started again."""
        for worker in self._workers:
            worker.start()

    def _count(self, action: Action, of: str = "") -> None:
        self.done[action] += 1
        self._say(f"{action} {of}")

    def _say(self, text: str) -> None:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._log.open("a") as log:
            print(moment, text, file=log)

    def _act(self, action: Action, number: int) -> None:
        worker = self._random.choice([*self._workers])
        machine = self._workers[worker]
        self._count(action, worker.name)
        match action:
            case "SIGSTOP":
                worker.pause(self._random.uniform(*PAUSE_S))
            case "SIGKILL" | "SIGTERM":
                end = worker.kill if action == "SIGKILL" else worker.terminate
                end()
                time.sleep(self._random.uniform(*DOWN_S))
                worker.start()
            case "store away" | "store slow" | "store unanswering":
                self._set_sinks(action.removeprefix("store "))  # type: ignore[arg-type]
                self._last(self._mend_sinks, number)
            case "disk full":
                machine.fill_disk()
                self._last(machine.clear_disk, number)
            case "clock set":
                machine.set_clock(ahead_s := self._random.choice(CLOCKS_S))
                self._say(f"ahead by {ahead_s} s")
            case "hot partition":
                self._traffic.burst()

    def _set_sinks(self, state: SinkState) -> None:
        """Of all workers: one server is away from all."""
        for machine in self._workers.values():
            machine.set_sink(state)

    def _mend_sinks(self) -> None:
        self._set_sinks("")

    def _last(self, end: Callable[[], None], number: int) -> None:
        self._lasting[end] = number + 1 + self._random.randint(*LASTS)

    def _end_lasting(self, number: int) -> None:
        for end in [each for each, until in self._lasting.items() if until <= number]:
            del self._lasting[end]
            end()
