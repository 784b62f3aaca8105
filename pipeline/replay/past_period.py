"""A past period through an engine, wherever it is read (shell).

Rule 1. States begin empty before the warm-up (`warm_up.py`). What is decided then changes states
        and is not told; when the period begins, all that was due by then is decided first. Only
        how an incident was judged is told once the incident is: it may be judged no other way.
Rule 2. Time passes as workers let it: before each record of a state, and at the end, its timers
        are looked at. So a silence ends as it did when it was lived, and when it did: the moment
        at which an incident is opened starts the terms of the law. One look is enough, however
        long the silence (`pipeline/passing_time.py`).
Rule 3. What came from files was lived without timers, and is read so again.
Rule 4. At the end event time moves to the last event of each enterprise.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, groupby

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.app.engines import Tell
from pipeline.app.runner import HeldStates, Runner, Task, settle_task, sighting_task, timer_task
from pipeline.intake.admitted import STRANGER
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.pace import Pace
from pipeline.replay.warm_up import NoDelivery
from pipeline.state import ANY_PARTITION, StateKey, is_campaign_key, split_key
from schemas.assessment import Assessment, Obligation
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.incident import Incident
from schemas.moments import Moment

TOLD_EVERY_S = 5.0


class PastInput(msgspec.Struct, frozen=True, eq=False):
    """What there is to decide again, for whichever engine; when it was received.

    `is_recorded` says that it came from a file.
    """

    received_at: Moment
    task_of: Callable[[Engine], Task]
    is_recorded: bool = False


class PastPeriod:
    """One engine with the states of its enterprises.

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
        self._delivery = delivery
        self._runner = Runner(self._states, delivery, gather)
        self._warming: Runner | None = Runner(self._states, NoDelivery(), gather)
        self._lived: set[str] = set()
        self._judged_before: dict[str, dict[str, Assessment | Obligation]] = {}
        self._events = 0
        self._began_s = self._told_s = time.monotonic()

    def take(self, given: Iterable[PastInput]) -> Iterator[list[Decision]]:
        """What is decided of the period; `given`, over all calls, is in the order of receipt."""
        for is_within, group in groupby(
            given, key=lambda each: each.received_at >= self._period.start
        ):
            if is_within:
                self._begin()
            for decisions in (self._warming or self._runner).run(self._tasks(group)):
                accounts = (each for each in decisions if isinstance(each, BatchAccount))
                self._events += sum(each.events for each in accounts)
                if is_within:
                    yield decisions + self._tell_judgements(decisions)
                else:
                    self._keep_judgements(decisions)

    def settle(self) -> Iterator[list[Decision]]:
        """What is due at the end, and what follows from no event being awaited any more."""
        self._begin()
        names = [each for each in self._states.all() if self._is_settled(each)]
        settled = (settle_task(self._engine, each) for each in names)
        for decisions in self._runner.run(chain(self._timers_of_all(self._end), settled)):
            yield decisions + self._tell_judgements(decisions)
        campaigns = [each for each in self._states.all() if is_campaign_key(each)]
        yield from self._runner.run(self._timer(each, self._end) for each in campaigns)

    @property
    def _end(self) -> Moment:
        return min(self._period.end, time.time_ns() // 1_000)

    def _begin(self) -> None:
        if self._warming is not None:
            self._keep_judgements(self._warming.complete(self._timers_of_all(self._period.start)))
            self._warming = None

    def _keep_judgements(self, decisions: Iterable[Decision]) -> None:
        for each in decisions:
            if isinstance(each, Assessment | Obligation):
                key = each.regime if isinstance(each, Assessment) else each.obligation_id
                self._judged_before.setdefault(each.incident_id, {})[key] = each

    def _tell_judgements(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Of incidents that are told for the first time, what was judged of them before."""
        told: list[Decision] = [
            judgement
            for each in decisions
            if isinstance(each, Incident)
            for judgement in self._judged_before.pop(each.incident_id, {}).values()
        ]
        self._delivery.write(told, "judged before")
        return told

    def _is_settled(self, name: str) -> bool:
        """Of what is held for whom the registry does not know, nothing is decided."""
        is_own = name != STRANGER and not is_campaign_key(name)
        return is_own and split_key(name)[0] in self._engine.registry

    def _timers_of_all(self, until: Moment) -> Iterator[Task]:
        """Of all states whose records came over Kafka, before this moment."""
        return (self._timer(name, until - 1) for name in [*self._lived])

    def _timer(self, name: str, now: Moment) -> Task:
        return timer_task(self._engine, StateKey(ANY_PARTITION, name), now)

    def _tasks(self, given: Iterable[PastInput]) -> Iterator[Task]:
        for each in given:
            now_s = time.monotonic()
            if now_s - self._told_s >= TOLD_EVERY_S:
                self._told_s = now_s
                self._tell(self._pace(each.received_at, now_s - self._began_s).line())
            task = each.task_of(self._engine)
            name = task.key.name
            if not each.is_recorded and self._is_settled(name):
                if name in self._lived:
                    yield self._timer(name, each.received_at - 1)
                self._lived.add(name)
            yield task

    def _pace(self, reached: Moment, elapsed_s: float) -> Pace:
        return Pace(
            events=self._events,
            elapsed_s=elapsed_s,
            start=self._begins,
            end=self._end,
            reached=reached,
        )
