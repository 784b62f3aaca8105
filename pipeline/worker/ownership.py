"""Ownership: which partitions are this worker's, in which generation, and whether it may begin.

Faust learns of a generation in another thread, before its own callbacks run, so a number read
in passing may already belong to the next assignment. Partitions and generation are therefore
taken together, in the callback for which the consumer waits; a recovery counts only for the
assignment that was announced before it; and everything else asks here.
"""

from collections.abc import Set as AbstractSet

NO_GENERATION = -1
"""Before the first assignment; a group's generations start at 0 or 1."""


class Ownership:
    """The last assignment announced."""

    def __init__(self) -> None:
        self.generation = NO_GENERATION
        self.partitions: frozenset[int] = frozenset()
        self.is_recovered = False

    def assign(self, generation: int, partitions: AbstractSet[int]) -> None:
        """These partitions are ours in this generation; their table is not whole yet."""
        self.generation = generation
        self.partitions = frozenset(partitions)
        self.is_recovered = False

    def recover(self, generation: int) -> None:
        """The table is whole; of another assignment than the announced one it means nothing."""
        if generation == self.generation:
            self.is_recovered = True

    def may_begin(self, generation: int) -> bool:
        """Whether books may be opened for this generation."""
        return self.is_recovered and generation == self.generation
