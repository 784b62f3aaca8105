"""Faust as the stream processor: assignment, rebalancing, change-logged storage. No more.

Round-robin assignment by copartitioned groups (no standbys): one partition number of all
sources, and of the changelog, always goes to the same worker.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Iterable
from functools import cached_property
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as AioTopicPartition
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from faust.types import TP
from mode.supervisors import CrashingSupervisor

from pipeline.worker.contiguity import TopicPartition
from pipeline.worker.settings import WorkerSettings
from schemas.batch import Record
from schemas.topics import SOURCES, topic_name

SETTLING_S = 0.2
"""How long records on their way take through Faust's conductor, at most."""
FETCH_BYTES = 4 * 1024 * 1024
REQUEST_BYTES = 8_000_000
BUFFERED_RECORDS = 1024
"""Records in memory; fewer collapse the throughput, more cost 66 kB each."""


def source_topics(settings: WorkerSettings) -> tuple[str, ...]:
    """All that is read: by the same worker, partition by partition."""
    return tuple(topic_name(role, settings.topic_prefix) for role in SOURCES)


def make_app(settings: WorkerSettings) -> Any:
    """The Faust app; topics are made by `fenghuo topics`, not here."""
    return faust.App(
        settings.group,
        broker=[f"kafka://{broker}" for broker in settings.kafka_bootstrap.split(",")],
        broker_credentials=_credentials(settings),
        store="memory://",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        agent_supervisor=CrashingSupervisor,
        web_enabled=False,
        key_serializer="raw",
        value_serializer="raw",
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_rebalance_timeout=settings.rebalance_timeout_s,
        broker_commit_interval=1.0,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=BUFFERED_RECORDS,
        stream_wait_empty=True,
        producer_max_request_size=REQUEST_BYTES,
        producer_compression_type="lz4",
    )


def _credentials(settings: WorkerSettings) -> Any:
    context = None
    if settings.kafka_ca is not None:
        context = ssl.create_default_context(cafile=str(settings.kafka_ca))
    if settings.kafka_user:
        return faust.SASLCredentials(
            username=settings.kafka_user,
            password=settings.kafka_password.get_secret_value(),
            mechanism="SCRAM-SHA-512",
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None


class StreamRecord:
    """A Faust event as the steps see it."""

    def __init__(self, event: Any) -> None:
        self._event = event

    @property
    def generation(self) -> int:
        """Of the group, when the record was fetched."""
        return int(self._event.message.generation_id or 0)

    @cached_property
    def record(self) -> Record:
        """The record; Kafka's timestamp has milliseconds."""
        message = self._event.message
        return Record(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            timestamp=round(message.timestamp * 1000) * 1000,
            key=message.key or b"",
            value=message.value or b"",
            headers=tuple(_pairs(message.headers)),
        )

    def ack(self) -> None:
        """Let Faust commit past it."""
        self._event.ack()


def _pairs(headers: Any) -> Iterable[tuple[str, bytes]]:
    return headers.items() if isinstance(headers, dict) else headers or ()


class StreamLog:
    """The source topics, asked through a consumer of its own: Faust's is busy reading."""

    def __init__(self, app: Any, settings: WorkerSettings) -> None:
        self._app = app
        self._bootstrap = settings.kafka_bootstrap
        self._asked: Any = None

    async def start_of(self, place: TopicPartition) -> int:
        """The partition's first offset."""
        consumer = await self._consumer()
        where = AioTopicPartition(*place)
        offsets: dict[Any, int] = await consumer.beginning_offsets([where])
        return offsets[where]

    async def first_from(self, place: TopicPartition, offset: int) -> int:
        """The offset of the first record there is at or after this one."""
        consumer = await self._consumer()
        where = AioTopicPartition(*place)
        consumer.assign([where])
        consumer.seek(where, offset)
        record = await consumer.getone(where)
        return int(record.offset)

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
        if self._asked is not None:
            await self._asked.stop()
            self._asked = None

    async def _consumer(self) -> Any:
        if self._asked is None:
            self._asked = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap.split(","),
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                **credentials_to_aiokafka_auth(self._app.conf.broker_credentials),
            )
            await self._asked.start()
        return self._asked


def send_change(table: Any, partition: int, key: bytes, value: bytes | None) -> Awaitable[object]:
    """One change to the changelog; awaiting it raises where the broker refused it."""
    sent: Awaitable[object] = table.send_changelog(
        partition, key, value, key_serializer="raw", value_serializer="raw"
    )
    return sent
