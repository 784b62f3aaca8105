"""What a story is: steps in time, each an event or a burst of them."""

from typing import Any

import msgspec


class Step(msgspec.Struct, frozen=True):
    """`times` events of one kind, the first `at_s` seconds into the story, `every_s` apart."""

    at_s: float
    source: str
    fields: dict[str, Any]
    times: int = 1
    every_s: float = 1.0


class Story(msgspec.Struct, frozen=True):
    """A named sequence of steps for enterprises of some kinds of network.

    `hostile` tells an attack from a look-alike: the same tools in rightful hands.
    """

    name: str
    profiles: tuple[str, ...]
    steps: tuple[Step, ...]
    hostile: bool = True

    @property
    def duration_s(self) -> float:
        """From the first event to the last, in seconds."""
        return max(step.at_s + (step.times - 1) * step.every_s for step in self.steps)
