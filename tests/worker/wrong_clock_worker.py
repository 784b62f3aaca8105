"""`python -m tests.worker.wrong_clock_worker STORE`: the counting worker where it is tomorrow.

Each look at the timers of a state is written as an account, received at the time of that look.
"""

import sys
import time
from functools import partial

from pipeline.path import Engine
from pipeline.state import State
from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.moments import Moment
from tests.worker.counting import CountingEngine, CountingParts
from tests.worker.counting_worker import open_store

LOOK = "look"
DAY_S = 86_400


class LookingEngine(CountingEngine):
    """Tells of every look."""

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        super().advance(state, state_key, now)
        look = BatchAccount(
            enterprise_id=state_key,
            batch_id=f"{LOOK} {now}",
            topic=LOOK,
            partition=0,
            offset=now,
            format="count",
            received_at=now,
            outcome="accepted",
            events=1,
            stored=1,
        )
        return [look]


class LookingParts(CountingParts):
    """A worker of that engine."""

    def load_engine(self, in_force: Engine | None) -> Engine:
        return LookingEngine()


if __name__ == "__main__":
    right = time.time
    time.time = lambda: right() + DAY_S
    serve(read_settings(), LookingParts(partial(open_store, sys.argv[1])))
