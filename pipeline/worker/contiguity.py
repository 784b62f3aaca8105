"""Contiguity: every offset of a partition is applied once, in order, whatever is delivered.

    offset < expected   applied before                         skip
    offset = expected   the next one                           apply
    offset > expected   something is missing before it         gap

A gap is either the consumer's (records were skipped: go back to the expected one) or the
log's (there are no such records: retention deleted them, or the offsets belong to
transaction markers). Only the log can tell: `mend_gap` is given its first offset at or after
the expected one.
"""

from typing import Literal, TypeAlias

import msgspec

Verdict: TypeAlias = Literal["apply", "skip", "gap"]
TopicPartition: TypeAlias = tuple[str, int]


class Missing(msgspec.Struct, frozen=True):
    """Offsets `first` to `last` do not exist; `expired` if retention deleted them."""

    topic: str
    partition: int
    first: int
    last: int
    expired: bool


class Expectations:
    """The next offset of each partition, since the last assignment."""

    def __init__(self) -> None:
        self._next: dict[TopicPartition, int] = {}
        self._seeks: dict[TopicPartition, int] = {}

    def clear(self) -> None:
        """After an assignment: what was known may be out of date."""
        self._next.clear()
        self._seeks.clear()

    def is_known(self, place: TopicPartition) -> bool:
        """Whether the partition has been seen since the last assignment."""
        return place in self._next

    def expect(self, place: TopicPartition, offset: int) -> None:
        """Reading goes on at this offset."""
        self._next[place] = offset

    def expected(self, place: TopicPartition) -> int:
        """The next offset to apply."""
        return self._next[place]

    def is_sought(self, place: TopicPartition) -> bool:
        """Whether the consumer is about to be sent back: nothing of this step is the next."""
        return place in self._seeks

    def judge(self, place: TopicPartition, offset: int) -> Verdict:
        """What to do with the record at this offset; the partition must be known."""
        expected = self._next[place]
        if offset == expected:
            self._next[place] = offset + 1
            return "apply"
        return "skip" if offset < expected else "gap"

    def mend_gap(
        self, place: TopicPartition, offset: int, log_start: int, first: int
    ) -> Missing | None:
        """Judge a gap before `offset`, the log starting at `log_start` and holding `first`.

        `first` is the log's first offset at or after the expected one. Returns what is
        missing, after which `offset` can be judged again; or None where records were
        skipped, and reading must go back to the expected offset (`take_seeks`).
        """
        expected = self._next[place]
        if first < offset:
            self._seeks[place] = expected if first == expected else first
        if first > expected:
            self._next[place] = min(first, offset)
            last = self._next[place] - 1
            return Missing(place[0], place[1], expected, last, expired=log_start > expected)
        return None

    def take_seeks(self) -> dict[TopicPartition, int]:
        """Where the consumer must go back to; forgotten once taken."""
        seeks, self._seeks = self._seeks, {}
        return seeks
