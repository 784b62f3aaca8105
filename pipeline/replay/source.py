"""Kafka records as the driver's inputs, in this process alone."""

from pipeline.path import Engine
from pipeline.state import State
from schemas.batch import Record
from schemas.decision import Decision


class RecordSource:
    """Whose state a record changes, where it came from, and what is decided on it.

    `partitions` is how many its topic has, 0 where nobody knows. A record is admitted twice, so
    that an engine that raises even there raises where the driver expects it.
    """

    def __init__(self, engine: Engine, partitions: int = 0) -> None:
        self._engine = engine
        self._partitions = partitions

    def state_key(self, input: Record, /) -> str:
        """The engine's state key."""
        return self._engine.admit(input, self._partitions).state_key

    def place(self, input: Record, /) -> str:
        """`topic/partition/offset`."""
        return f"{input.topic}/{input.partition}/{input.offset}"

    def decide(self, state: State, input: Record, /) -> list[Decision]:
        """The engine's decisions."""
        return self._engine.apply(state, self._engine.admit(input, self._partitions))
