"""What is done to the workers and the broker: drawn from a seed, one after another."""

import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Literal, TypeAlias

from tests.brokers.kafka import KafkaBroker
from tests.chaos.workers import WorkerProcess

Action: TypeAlias = Literal["SIGKILL", "SIGTERM", "SIGSTOP", "broker SIGKILL"]

WEIGHTS: dict[Action, int] = {"SIGKILL": 3, "SIGTERM": 4, "SIGSTOP": 3}
PAUSE_S = (6.5, 11.0)
"""Of SIGSTOP: longer than the session timeout of 6 s, so the partitions are given to others."""
DOWN_S = (0.0, 3.0)
"""Between the end of a process and its successor's start."""
CALM_S = (0.3, 4.0)
"""Between two disturbances: often too short for the group to have settled."""
BROKER_EVERY = 20
"""Disturbances of workers to one of the broker, in their middle."""
BROKER_DOWN_S = 2.0


class Disturber:
    """Disturbs workers and broker; counts what it did. `log` gets one line an action."""

    def __init__(self, broker: KafkaBroker, workers: Sequence[WorkerProcess], seed: int) -> None:
        self.done: Counter[Action] = Counter()
        self._broker = broker
        self._workers = workers
        self._random = Random(seed)

    def disturb(self, times: int) -> None:
        """So many disturbances of workers, and of the broker between them."""
        for number in range(times):
            time.sleep(self._random.uniform(*CALM_S))
            self._supervise()
            if number % BROKER_EVERY == BROKER_EVERY // 2:
                self.kill_broker()
            action = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            self._act(action, self._random.choice(self._workers))

    def kill_broker(self) -> None:
        """SIGKILL and restart on the same data."""
        self._broker.kill()
        time.sleep(BROKER_DOWN_S)
        self._broker.start()
        self.done["broker SIGKILL"] += 1

    def _supervise(self) -> None:
        """What any supervisor does: a worker that ended by a fault is started again."""
        for worker in self._workers:
            worker.start()

    def _act(self, action: Action, worker: WorkerProcess) -> None:
        self.done[action] += 1
        if action == "SIGSTOP":
            worker.pause(self._random.uniform(*PAUSE_S))
        else:
            end = worker.kill if action == "SIGKILL" else worker.terminate
            end()
            time.sleep(self._random.uniform(*DOWN_S))
        worker.start()
