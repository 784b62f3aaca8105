"""The source topics, asked apart from Faust's consumer: beginning, end, and records again."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as AioTopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP

from pipeline.kafka.preflight import Topic
from pipeline.kafka.records import MILLISECOND, record_of
from pipeline.worker.ledger import TopicPartition, log_name
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.stream import COMMITTED, header_pairs, outlast_absence, start_or_close
from schemas.batch import Record

SETTLING_S = 0.2
"""How long records on their way take through Faust's conductor, at most."""
ANSWER_MS = 500
AGAIN_RECORDS = 100
"""Read again at a time."""


class StreamLog:
    """The source topics, asked through a consumer of its own: Faust's is busy reading."""

    def __init__(self, app: Any, settings: WorkerSettings, topics: Mapping[str, Topic]) -> None:
        self.topics = topics
        self._app = app
        self._access = settings.kafka()
        self._asked: Any = None
        self._opening = asyncio.Lock()
        self._reading: Any = None
        self._reading_at: dict[TopicPartition, int] = {}

    def name_of(self, topic: str) -> str:
        """`topic@id`: one that is deleted and made again is another log of the same topic."""
        return log_name(topic, self.topics[topic].topic_id)

    async def start_of(self, place: TopicPartition) -> int:
        """The partition's first offset."""
        where = AioTopicPartition(*place)

        async def ask() -> int:
            consumer = await self._consumer()
            offsets: dict[Any, int] = await consumer.beginning_offsets([where])
            return offsets[where]

        return await outlast_absence(ask)

    async def first_from(self, place: TopicPartition, offset: int) -> int | None:
        """The offset of the first record there is at or after this one."""
        return await outlast_absence(partial(self._first_from, place, offset))

    async def _first_from(self, place: TopicPartition, offset: int) -> int | None:
        consumer = await self._consumer()
        where = AioTopicPartition(*place)
        ends = await consumer.end_offsets([where])
        consumer.assign([where])
        consumer.seek(where, offset)
        while await consumer.position(where) < ends[where]:
            found = await consumer.getmany(where, timeout_ms=ANSWER_MS, max_records=1)
            if found.get(where):
                return int(found[where][0].offset)
        return None

    async def records_from(self, place: TopicPartition, offset: int) -> list[Record]:
        """Some records at or after this offset, in order; none where the broker does not answer."""
        try:
            if self._reading is None:
                self._reading = await self._open()
            where = AioTopicPartition(*place)
            if where not in self._reading.assignment():
                self._reading.assign([where])
            # A seek drops what was fetched ahead, and mostly the next ones are in hand already.
            if self._reading_at.get(place) != offset:
                self._reading.seek(where, offset)
            found = await self._reading.getmany(
                where, timeout_ms=ANSWER_MS, max_records=AGAIN_RECORDS
            )
        except KafkaError:
            return []
        records = [
            record_of(message, message.timestamp * MILLISECOND, header_pairs(message.headers))
            for message in found.get(where, ())
        ]
        self._reading_at = {place: records[-1].next_offset} if records else {}
        return records

    async def ends_of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Where the logs end now; none where the broker does not answer."""
        if not places:
            return {}
        try:
            consumer = await self._consumer()
            offsets = await consumer.end_offsets([AioTopicPartition(*each) for each in places])
        except KafkaError:
            return {}
        return {(each.topic, each.partition): end for each, end in offsets.items()}

    async def seek(self, place: TopicPartition, offset: int) -> None:
        """Make Faust read on from here.

        Records on their way set Faust's own read offset forward again, and it then drops what
        is sent for; so the partition is paused until they have arrived.
        """
        consumer, tp = self._app.consumer, TP(*place)
        consumer.pause_partitions({tp})
        await asyncio.sleep(SETTLING_S)
        if tp in consumer.assignment():
            await consumer.seek(tp, offset)
            consumer.resume_partitions({tp})

    async def close(self) -> None:
        """Let go of the connection."""
        for each in (self._asked, self._reading):
            if each is not None:
                await each.stop()
        self._asked = self._reading = None

    async def _consumer(self) -> Any:
        async with self._opening:  # a step, a timer and a recovery may ask at once
            if self._asked is None:
                self._asked = await self._open()
            return self._asked

    async def _open(self) -> Any:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._access.servers(),
            auto_offset_reset="earliest",
            enable_auto_commit=False,  # it has no group: it is in nobody's way
            isolation_level=COMMITTED,
            **self._access.security(),
        )
        await start_or_close(consumer.start, consumer.stop)
        return consumer
