"""A past period through an engine, wherever it is read (shell)."""

import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.app.engines import Tell
from pipeline.app.runner import HeldStates, Runner, Task, settle_task, sighting_task
from pipeline.intake.admitted import STRANGER
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.pace import Pace
from pipeline.replay.warm_up import NoDelivery
from pipeline.state import is_campaign_key
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.moments import Moment

TOLD_EVERY_S = 5.0


class PastTask(msgspec.Struct, frozen=True, eq=False):
    """What there is to decide again, and when it was received."""

    received_at: Moment
    task: Task


class PastPeriod:
    """One engine with the states of its enterprises, which begin empty before the warm-up.

    Sightings that live workers told are not read: the replay gathers its own.
    """

    def __init__(
        self, engine: Engine, period: Period, delivery: Delivery, tell: Tell, warm_up: Moment = 0
    ) -> None:
        self._engine = engine
        self._period = period
        self._begins = period.start - warm_up
        self._tell = tell
        self._states = HeldStates()
        gather = partial(sighting_task, engine)
        self._runner = Runner(self._states, delivery, gather)
        self._warming = Runner(self._states, NoDelivery(), gather)
        self._events = 0
        self._began_s = self._told_s = time.monotonic()

    def take(self, given: Iterable[PastTask]) -> Iterator[list[Decision]]:
        """What is decided of the period, `given` in the order of receipt; what comes before it
        changes states alone."""
        for is_within, group in groupby(
            given, key=lambda each: each.received_at >= self._period.start
        ):
            runner = self._runner if is_within else self._warming
            for decisions in runner.run(self._watched(group)):
                accounts = (each for each in decisions if isinstance(each, BatchAccount))
                self._events += sum(each.events for each in accounts)
                if is_within:
                    yield decisions

    def settle(self) -> Iterator[list[Decision]]:
        """Event time moved to the last event of each enterprise: what follows from it."""
        states = self._states.all()
        names = [each for each in states if each != STRANGER and not is_campaign_key(each)]
        yield from self._runner.run(settle_task(self._engine, each) for each in names)

    def _watched(self, given: Iterable[PastTask]) -> Iterator[Task]:
        for each in given:
            now_s = time.monotonic()
            if now_s - self._told_s >= TOLD_EVERY_S:
                self._told_s = now_s
                self._tell(self._pace(each.received_at, now_s - self._began_s).line())
            yield each.task

    def _pace(self, reached: Moment, elapsed_s: float) -> Pace:
        return Pace(
            events=self._events,
            elapsed_s=elapsed_s,
            start=self._begins,
            end=min(self._period.end, time.time_ns() // 1_000),
            reached=reached,
        )
