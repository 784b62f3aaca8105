"""What is worked out once for events that are alike: memories that no sender can fill.

A sensor writes millions of events whose fields have the same names in the same order: which of a
table's names they have is one look-up of the whole list, and not one for each name of the table.
"""

from collections.abc import Callable, Hashable
from typing import TypeAlias, TypeVar

Names: TypeAlias = tuple[str, ...]
"""The names of an event's fields, in its order."""

SHAPES_KEPT = 2_048
"""Lists of names that one memory holds."""
NAMES_MAX = 64
CHARACTERS_MAX = 2_048
"""Of a list of names that is remembered: a sender chooses how many fields an event has, and how
long their names are."""
TEXT_MAX = 256
"""Characters of a text that is remembered: no name, account or address is longer."""

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Memo(dict[Key, Made]):
    """`memo[key]` is `make(key)`; of the keys that `is_kept` allows, `most` are remembered, and
    then it begins anew. A dictionary, because a look-up in one costs less than any call."""

    def __init__(
        self, make: Callable[[Key], Made], most: int, is_kept: Callable[[Key], bool]
    ) -> None:
        super().__init__()
        self._make, self._most, self._is_kept = make, most, is_kept

    def __missing__(self, key: Key) -> Made:
        made = self._make(key)
        if self._is_kept(key):
            if len(self) >= self._most:
                self.clear()
            self[key] = made
        return made


def by_names(make: Callable[[Names], Made]) -> Memo[Names, Made]:
    """A memory by the names of an event's fields: `memo[tuple(fields)]`."""
    return Memo(make, SHAPES_KEPT, _are_short)


def by_text(make: Callable[[str], Made], most: int) -> Memo[str, Made]:
    """A memory by a text of the event."""
    return Memo(make, most, lambda text: len(text) <= TEXT_MAX)


def _are_short(names: Names) -> bool:
    return len(names) <= NAMES_MAX and sum(map(len, names)) <= CHARACTERS_MAX
