"""Timers: every state is looked at once a round, a share of them each second."""

from collections.abc import Iterable, Sequence

from pipeline.state import StateKey
from pipeline.worker.ownership import NO_GENERATION


class Timers:
    """The round in hand; `shares` calls make a round. A new generation begins a new one."""

    def __init__(self, shares: int) -> None:
        self._shares = max(1, shares)
        self._generation = NO_GENERATION
        self._waiting: list[StateKey] = []

    def next_share(self, generation: int, held: Sequence[StateKey]) -> list[StateKey]:
        """The next ones to look at, of those that are held in this generation."""
        if generation != self._generation or not self._waiting:
            self._generation = generation
            self._waiting = list(held)
        size = -(-len(held) // self._shares)
        share, self._waiting = self._waiting[:size], self._waiting[size:]
        return _held_of(share, held)


def _held_of(share: Iterable[StateKey], held: Sequence[StateKey]) -> list[StateKey]:
    still = set(held)
    return [key for key in share if key in still]
