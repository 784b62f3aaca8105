"""Sliding aggregates: a window over a group's sorted matches that moves by what changed.

Each knows how to take one value in and let one out, so moving it costs what it moves past
and not what it spans. Results do not depend on the path by which the window came: sums are
exact integers, rounded once.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, insort
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, TypeAlias

Value: TypeAlias = float | str | None

_SCALE_BITS = 1074
"""Every finite double is a whole multiple of 2**-1074 (IEEE 754, smallest subnormal)."""


class HasValue(Protocol):
    @property
    def value(self) -> Value: ...


class SlidingWindow(ABC):
    """The matches `[low, high)` of a list that the caller keeps sorted."""

    def __init__(self) -> None:
        self.low = 0
        self.high = 0

    @abstractmethod
    def take(self, value: Value) -> None: ...

    @abstractmethod
    def release(self, value: Value) -> None: ...

    @abstractmethod
    def clear(self) -> None: ...

    @abstractmethod
    def measure(self) -> float:
        """The aggregate of a window that is not empty."""

    def move(self, held: Sequence[HasValue], low: int, high: int) -> None:
        """Make it `[low, high)`."""
        # Nothing in common: to begin anew costs less than to let all of it out.
        if low >= self.high or high <= self.low:
            self.clear()
            self.low = self.high = low
        self._reach(held, low, high)
        for index in range(self.low, low):
            self.release(held[index].value)
        for index in range(high, self.high):
            self.release(held[index].value)
        self.low, self.high = low, high

    def _reach(self, held: Sequence[HasValue], low: int, high: int) -> None:
        for index in range(self.high, high):
            self.take(held[index].value)
        for index in range(low, self.low):
            self.take(held[index].value)
        self.low, self.high = min(self.low, low), max(self.high, high)

    def retreat(self, held: Sequence[HasValue], index: int) -> None:
        """release everything from `index` on: the list is about to change there."""
        if self.high > index:
            self.move(held, min(self.low, index), index)

    def forget(self, held: Sequence[HasValue], count: int) -> None:
        """The first `count` matches are about to leave the list."""
        low, high = max(self.low, count), max(self.high, count)
        self.move(held, low, high)
        self.low, self.high = low - count, high - count


class DistinctWindow(SlidingWindow):
    """How many different values."""

    def __init__(self) -> None:
        super().__init__()
        self.occurrences: dict[Value, int] = {}

    def take(self, value: Value) -> None:
        self.occurrences[value] = self.occurrences.get(value, 0) + 1

    def release(self, value: Value) -> None:
        left = self.occurrences[value] - 1
        if left:
            self.occurrences[value] = left
        else:
            del self.occurrences[value]

    def clear(self) -> None:
        self.occurrences.clear()

    def measure(self) -> float:
        return len(self.occurrences)


def _exact(value: Value) -> int:
    numerator, denominator = float(value or 0.0).as_integer_ratio()
    # The denominator is a power of two: as_integer_ratio of a double gives no other.
    return numerator << (_SCALE_BITS + 1 - denominator.bit_length())


class SumWindow(SlidingWindow):
    """The sum, correctly rounded."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def take(self, value: Value) -> None:
        self.total += _exact(value)

    def release(self, value: Value) -> None:
        self.total -= _exact(value)

    def clear(self) -> None:
        self.total = 0

    def measure(self) -> float:
        return self.total / (1 << _SCALE_BITS)


class AverageWindow(SumWindow):
    """The mean, correctly rounded."""

    def measure(self) -> float:
        return self.total / ((self.high - self.low) << _SCALE_BITS)


class PercentileWindow(SlidingWindow):
    """The percentile, by linear interpolation between the two nearest ranks, rounded once."""

    def __init__(self, percentile: int) -> None:
        super().__init__()
        self.percentile = percentile
        self.ordered: list[float] = []

    def take(self, value: Value) -> None:
        insort(self.ordered, float(value or 0.0))

    def release(self, value: Value) -> None:
        del self.ordered[bisect_left(self.ordered, float(value or 0.0))]

    def clear(self) -> None:
        self.ordered.clear()

    def measure(self) -> float:
        whole, hundredths = divmod(self.percentile * (len(self.ordered) - 1), 100)
        below = self.ordered[whole]
        if not hundredths:
            return below
        step = Fraction(self.ordered[whole + 1]) - Fraction(below)
        return float(Fraction(below) + step * Fraction(hundredths, 100))
