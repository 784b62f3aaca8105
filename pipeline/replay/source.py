"""What the driver must know of a Kafka record."""

from pipeline.path import Engine
from schemas.batch import Record


class RecordSource:
    """Records as inputs: whose state they change, and where they came from."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state_key(self, input: Record, /) -> str:
        """The engine's state key."""
        return self._engine.state_key(input)

    def place(self, input: Record, /) -> str:
        """`topic/partition/offset`."""
        return f"{input.topic}/{input.partition}/{input.offset}"
