"""Faust as the stream processor: assignment, rebalancing, change-logged storage. No more.

Round-robin assignment by copartitioned groups (no standbys): one partition number of all
sources, and of the changelog, always goes to the same worker.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, TypeAlias, TypeVar

import faust
from aiokafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.transport.drivers.aiokafka import Consumer as AiokafkaConsumer
from faust.transport.drivers.aiokafka import Producer as AiokafkaProducer
from faust.transport.drivers.aiokafka import Transport as AiokafkaTransport
from faust.types import TP
from mode.supervisors import CrashingSupervisor

from pipeline.kafka.access import MECHANISM, KafkaAccess
from pipeline.kafka.record_batches import keep_within_limits
from pipeline.kafka.records import MILLISECOND, record_of
from pipeline.worker.ledger import TopicPartition
from pipeline.worker.settings import WorkerSettings
from schemas.batch import Record
from schemas.moments import Moment
from schemas.topics import SOURCES, topic_name

T = TypeVar("T")
Starts: TypeAlias = dict[TopicPartition, int]
"""The offset at which to begin reading."""

BATCH_BYTES = 1_000_000
"""Of one partition in one request. The client has one request of a partition on its way at a time:
with its default of 16 kB the states of a step of 50 went out in 17 requests one after another."""
FETCH_BYTES = 4 * 1024 * 1024
REQUEST_BYTES = 8_000_000
METADATA_S = 10.0
"""How old what is known of topics may be. A broker that has just come back may not know its topics
yet: a group that joins in that moment is assigned nothing, and joins again once it sees them. With
the client's default that took five minutes."""
BUFFERED_RECORDS = 1024
"""Records in memory; fewer collapse the throughput, more cost 66 kB each."""
BUFFERED_BYTES = 128_000_000
"""Of their values: of the largest that are admitted, 1,024 would take 8 GB."""
AWAY_S = 1.0
"""How long a broker that is away is left alone before it is asked again."""
FULL_S = 0.05
"""How long a full buffer is left alone before it is looked at again."""
COMMITTED = "read_committed"
"""What a transaction wrote that was aborted, or is still open, is not read."""


def source_topics(settings: WorkerSettings) -> tuple[str, ...]:
    """All that is read: by the same worker, partition by partition."""
    return tuple(topic_name(role, settings.topic_prefix) for role in SOURCES)


class App(faust.App):
    """A Faust app that has the step in hand ended before it stops its consumer.

    `watches` run from its start to its end; Faust's own timers begin only once the tables have been
    recovered for the first time, however long that takes.
    """

    end_step: Callable[[], Awaitable[None]]
    watches: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()

    async def on_start(self) -> None:
        """Called when it begins."""
        await super().on_start()
        for watch in self.watches:
            self.add_future(watch())

    async def on_stop(self) -> None:
        """Called when told to stop."""
        await self.end_step()
        await super().on_stop()


def make_app(settings: WorkerSettings, scratch: str) -> Any:
    """The Faust app; topics are made by `fenghuo topics`, not here.

    Faust makes folders for tables on disk, whether there are any or not: below `scratch`.
    """
    return App(
        settings.group,
        broker=[f"kafka://{broker}" for broker in settings.kafka().servers()],
        broker_credentials=_credentials(settings.kafka()),
        store="memory://",  # the changelog is what lasts
        datadir=scratch,
        # With standbys Faust takes its own assignor, and keeps a second copy of the table; as
        # measured, the partitions of a killed worker move no sooner.
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,  # one topic less to make, and to have rights on
        # The default one goes on after an exception, and the next acknowledgement passes over what
        # failed.
        agent_supervisor=CrashingSupervisor,
        web_enabled=False,  # health answers in a thread of its own, also while this loop does not
        key_serializer="raw",
        value_serializer="raw",
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_rebalance_timeout=settings.rebalance_timeout_s,
        broker_commit_interval=1.0,  # only a hint, but each rebalance reads again from it
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_metadata_max_age_ms=round(METADATA_S * 1_000),
        consumer_auto_offset_reset="earliest",  # what retention took shows as a gap, and is told
        stream_buffer_maxsize=BUFFERED_RECORDS,
        stream_wait_empty=False,  # what waits for a sink is never acknowledged: see `end_step`
        producer_max_request_size=REQUEST_BYTES,
        producer_compression_type="lz4",  # the fastest of those measured, at both ends
        producer_max_batch_size=BATCH_BYTES,
    )


def _credentials(access: KafkaAccess) -> Any:
    context = access.ssl_context()
    if access.user:
        return faust.SASLCredentials(
            username=access.user,
            password=access.password,
            mechanism=MECHANISM,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None


def read_from(app: Any, starts: Callable[[Collection[TopicPartition]], Awaitable[Starts]]) -> None:
    """Begin reading where `starts` says, wherever Faust would at the committed offsets.

    Read are committed records within the limits of `kafka/record_batches.py`, and no more at a time
    than memory is meant for.

    Faust takes records from its fetcher while a recovery still blocks the flow, drops them,
    and seeks back to the committed offset to read them again; where there is none yet, or it
    is 0, it does not seek, and the records never come.
    """

    keep_within_limits()

    class Consumer(AiokafkaConsumer):
        def _new_consumer_thread(self) -> Any:
            return _CommittedThread(self, loop=self.loop, beacon=self.beacon)

        async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's
            # Faust counts records and not bytes, and has no event for a buffer that empties: it is
            # looked at.
            while _buffered_bytes(self) > BUFFERED_BYTES and not self.should_stop:
                await self.sleep(FULL_S)
            return await super()._wait_next_records(timeout)

        async def _seek(self, partition: TP, offset: int) -> None:
            """In the thread that reads: Faust seeks from ours, and a fetch in hand, whose records
            are taken away under it, raises and ends the worker (or is never woken again)."""

            async def seek() -> None:
                self._thread.seek(partition, offset)

            with suppress(IllegalStateError):  # another's by now, who reads by the ledger
                await self._thread.call_thread(seek)

        async def seek_to_committed(self) -> dict[TP, int]:
            offsets = dict(await super().seek_to_committed())
            found = await starts([(tp.topic, tp.partition) for tp in self.assignment()])
            for place, offset in found.items():
                await self._seek(TP(*place), offset)
                offsets[TP(*place)] = offset
            return offsets

    class Transport(AiokafkaTransport):
        pass

    Transport.Consumer = Consumer
    Transport.Producer = _PatientProducer
    app.transport = Transport(app.conf.broker_consumer, app)
    app.producer_transport = Transport(app.conf.broker_producer, app)


class _PatientProducer(AiokafkaProducer):
    """Faust's would end the worker where the broker went away since it was last asked."""

    async def on_start(self) -> None:
        """Called when it begins."""
        await outlast_absence(partial(start_or_close, super().on_start, self._close))

    async def _close(self) -> None:
        client, self._producer = self._producer, None
        self.beacon.discard(client)
        if client is not None:
            await client.stop()


class _CommittedThread(AIOKafkaConsumerThread):
    """Faust reads uncommitted records unless it writes transactions itself."""

    async def on_start(self) -> None:
        """Called when it begins; see `_PatientProducer`."""
        await outlast_absence(partial(start_or_close, super().on_start, self._close))

    async def _close(self) -> None:
        client, self._consumer = self._consumer, None
        if client is not None:
            await client.stop()

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = COMMITTED  # read when it starts
        return consumer

    def highwater(self, tp: TP) -> Any:
        """Where what can be read ends: the last stable offset, where the broker knows one."""
        stable: int | None = self._ensure_consumer().last_stable_offset(tp)
        if stable is not None and stable >= 0:
            return stable
        return self._ensure_consumer().highwater(tp)


def unrecovered(app: Any) -> int:
    """How many changes of the tables are still to be read of the changelog."""
    return sum(app.tables.recovery.active_remaining().values())


def _buffered_bytes(consumer: Any) -> int:
    """Of the records delivered and not acknowledged yet."""
    return sum(len(message.value or b"") for message in list(consumer.unacked))


async def outlast_absence(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, asked for until the broker gives one; what it refuses is raised.

    Nothing can be done without it, so who asks waits, as a step does for a write.
    """
    while True:
        try:
            return await ask()
        except KafkaError as fault:
            if not (fault.retriable or isinstance(fault, KafkaTimeoutError)):
                raise
        await asyncio.sleep(AWAY_S)


async def start_or_close(
    start: Callable[[], Awaitable[object]], close: Callable[[], Awaitable[object]]
) -> None:
    """A client that could not start is closed before the next is made: one is made each second of
    an absence, and each keeps a task and its memory until it is."""
    try:
        await start()
    except BaseException:
        await close()
        raise


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
        return record_of(
            message, round(message.timestamp * 1000) * 1000, header_pairs(message.headers)
        )

    def ack(self) -> None:
        """Let Faust commit past it."""
        self._event.ack()


def header_pairs(headers: Any) -> Iterable[tuple[str, bytes | None]]:
    """Headers as either client gives them."""
    return headers.items() if isinstance(headers, dict) else headers or ()


def send_change(table: Any, partition: int, key: bytes, value: bytes | None) -> Awaitable[object]:
    """One change to the changelog; awaiting it raises where the broker refused it."""
    sent: Awaitable[object] = table.send_changelog(
        partition, key, value, key_serializer="raw", value_serializer="raw"
    )
    return sent


async def written_at(change: Awaitable[object]) -> Moment:
    """When the broker took a change; by our own wall clock where it does not say (`CreateTime`)."""
    written: Any = await change
    return int(written.timestamp) * MILLISECOND
