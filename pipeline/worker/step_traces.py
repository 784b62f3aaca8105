"""Traces of what the worker does with batches; off unless `FENGHUO_TRACES` is set.

A step takes many batches at once, so each of its batches gets spans with the step's times: what
any of them waited for, all of them waited for.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.worker.fair_order import Arrival
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision


class StepTimes(msgspec.Struct, frozen=True):
    """When a step began, offered its first rows, and had them written: nanoseconds of Unix time."""

    begun: int = 0
    offered: int = 0
    written: int = 0


class StepTraces:
    """Told of each step; this one looks away."""

    def applied(
        self,
        arrivals: Iterable[Arrival],
        decisions: Sequence[Decision],
        times: StepTimes,
        told: int,
    ) -> None:
        """These records were decided, written, told (at that moment) and are now remembered."""


def accounts_by_place(decisions: Iterable[Decision]) -> dict[tuple[str, int, int], BatchAccount]:
    """Accounts of batches whose signature holds, by topic, partition and offset."""
    return {
        (each.topic, each.partition, each.offset): each
        for each in decisions
        if isinstance(each, BatchAccount) and each.key_id
    }


def place_of(record: Record) -> tuple[str, int, int]:
    """Topic, partition and offset."""
    return record.topic, record.partition, record.offset
