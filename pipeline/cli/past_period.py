"""A past period through an engine, wherever it is read (shell)."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Generic, TypeVar

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.app.inline_campaigns import gather_inline
from pipeline.app.runner import Decide, HeldStates, Refuse, Source, drive
from pipeline.cli.terminal import say
from pipeline.intake.admitted import STRANGER
from pipeline.path import Engine
from pipeline.replay.pace import Pace
from pipeline.replay.records import Period
from pipeline.replay.warm_up import NoDelivery
from pipeline.state import EnterpriseState, State, decode_state, encode_state, fresh_state
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.moments import Moment

Input = TypeVar("Input")

TOLD_EVERY_S = 5.0


class Inputs(msgspec.Struct, Generic[Input], frozen=True, kw_only=True):
    """What one place holds of the period, in the order of receipt, and how it is decided."""

    inputs: Iterable[Input]
    source: Source[Input, str]
    decide: Decide[State, Input]
    received: Callable[[Input], Moment]
    refuse: Refuse[Input] | None = None


class PastPeriod:
    """One engine with the states of its enterprises, which begin empty before the warm-up."""

    def __init__(
        self, engine: Engine, period: Period, delivery: Delivery, warm_up: Moment = 0
    ) -> None:
        self._engine = engine
        self._begins = period.start - warm_up
        self._period = period
        self._delivery = delivery
        self._memory: HeldStates[State] = HeldStates(fresh_state, encode_state, decode_state)
        self._events = 0
        self._began_s = self._told_s = time.monotonic()

    def take(self, given: Inputs[Input]) -> Iterator[list[Decision]]:
        """What is decided on the period's inputs; those of the warm-up change states alone."""
        period = self._period
        for is_within, inputs in groupby(
            given.inputs, key=lambda each: given.received(each) >= period.start
        ):
            delivery = self._delivery if is_within else NoDelivery()
            for decisions in drive(
                self._watched(inputs, given.received),
                given.source,
                given.decide,
                self._memory,
                delivery,
                refuse=given.refuse,
            ):
                campaigns = gather_inline(self._engine, decisions, self._memory, delivery)
                self._events += sum(
                    each.events for each in decisions if isinstance(each, BatchAccount)
                )
                if is_within:
                    yield [*decisions, *campaigns]

    def settle(self) -> Iterator[list[Decision]]:
        """Event time moved to the last event of each enterprise: what follows from it."""
        for key, state in list(self._memory.all().items()):
            if isinstance(state, EnterpriseState) and key != STRANGER:
                settled = self._engine.settle(state, key)
                self._delivery.write(settled, f"settle/{key}")
                campaigns = gather_inline(self._engine, settled, self._memory, self._delivery)
                yield [*settled, *campaigns]

    def _watched(
        self, inputs: Iterable[Input], received: Callable[[Input], Moment]
    ) -> Iterator[Input]:
        for each in inputs:
            now_s = time.monotonic()
            if now_s - self._told_s >= TOLD_EVERY_S:
                self._told_s = now_s
                say(self._pace(received(each), now_s - self._began_s).line(), err=True)
            yield each

    def _pace(self, reached: Moment, elapsed_s: float) -> Pace:
        return Pace(
            events=self._events,
            elapsed_s=elapsed_s,
            start=self._begins,
            end=min(self._period.end, time.time_ns() // 1_000),
            reached=reached,
        )
