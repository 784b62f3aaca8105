"""What the steps know of the consumer: records as delivered, and the log they come from."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeAlias

from pipeline.worker.contiguity import TopicPartition
from schemas.batch import Record
from schemas.decision import Decision

Publish: TypeAlias = Callable[[Sequence[Decision]], Sequence[Awaitable[object]]]
"""Send decisions to the topics that they go out on; the writes to wait for."""


class Delivered(Protocol):
    """A record as the consumer handed it over, and the group's generation at its fetching."""

    @property
    def record(self) -> Record: ...

    @property
    def generation(self) -> int: ...

    def ack(self) -> None: ...


class Log(Protocol):
    """The source topics themselves, asked apart from the consumer."""

    def name_of(self, topic: str) -> str:
        """The name of the log that the topic is now; see rule 6 of the ledger."""

    async def start_of(self, place: TopicPartition) -> int:
        """The partition's first offset."""

    async def first_from(self, place: TopicPartition, offset: int) -> int | None:
        """The first offset at or after this one that holds a record; None: there is none yet."""

    async def seek(self, place: TopicPartition, offset: int) -> None:
        """Make the consumer read on from here."""
