"""The worker as a whole: Faust reads, the steps apply, the timers tick; wired together here."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Protocol, TypeAlias

import msgspec
import structlog

from pipeline.app.collector import collect_replaced, spare_long_lived
from pipeline.app.delivery import Delivery, DeliveryAbandoned
from pipeline.app.engines import RULE_CACHE
from pipeline.files.event_kinds import keep_kinds
from pipeline.files.registry_file import registry_rows
from pipeline.files.rule_files import rule_rows
from pipeline.kafka.connect import find_absence
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.naming import TABLE
from pipeline.kafka.preflight import (
    TopicsFound,
    describe_sources,
    partitions_of,
    receipt_topics,
)
from pipeline.path import Engine
from pipeline.worker.broker_watch import BrokerWatch
from pipeline.worker.health import Health
from pipeline.worker.ledger import Ledger, TopicPartition, positions_of, time_query
from pipeline.worker.metrics import Metrics
from pipeline.worker.publications import Publication, publications_of
from pipeline.worker.rules_watch import EngineLoader, RulesWatch
from pipeline.worker.sequence import Sequencer
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.sink_watch import SinkWatch
from pipeline.worker.step_executor import StepExecutor
from pipeline.worker.step_traces import StepTraces
from pipeline.worker.steps import Steps
from pipeline.worker.stream import (
    Starts,
    StreamRecord,
    make_app,
    outlast_absence,
    read_from,
    send_change,
    source_topics,
    unrecovered,
    written_at,
)
from pipeline.worker.stream_log import StreamLog
from pipeline.worker.timers import BrokerClock, Timers
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.topics import receipts_topic, topic_name
from sinks.contract import Rows, Sink
from sinks.room import free_bytes

log = structlog.get_logger("fenghuo.worker")

TICK_S = 1.0
BROKER_TIME_S = 20.0
"""How often the broker is asked what time it is: between, this machine counts seconds well."""
BROKER_LOOK_S = 5.0
"""How often the broker is asked whether it is there, by a connection of its own."""
READ_S = 0.05
"""How long reading gathers records before they are received."""
STOP_S = 10.0
"""How long the step in hand may take to end when told to stop."""
KINDS_S = 60.0
"""How often the kinds of events that came are kept for the next start."""


class Parts(EngineLoader, Protocol):
    """What a worker is made of, besides Kafka."""

    def open_sink(self) -> Sink:
        """The store, ready for rows; called in the thread that will use it."""

    def signature_rows(self) -> Rows:
        """Who signed what the engine in force was made of, where signatures are asked for."""


NextOffset: TypeAlias = Callable[[TopicPartition], int | None]


class Ends(msgspec.Struct, frozen=True):
    """Where the logs of our partitions ended, not before this moment."""

    asked_at: Moment | None = None
    offsets: Mapping[TopicPartition, int] = {}


class TopicsChanged(Exception):
    """The topics are not those that this process began with: its supervisor starts another.

    Faust's consumer may stand still for good on a topic that was deleted and made again; and
    where partitions were added, keys belong away from their states.
    """


class Service:
    """One worker. `app` is the Faust app to run; `close` lets go of everything afterwards."""

    def __init__(
        self,
        settings: WorkerSettings,
        parts: Parts,
        topics: TopicsFound,
        health: Health,
        metrics: Metrics,
        traces: StepTraces,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self._ownership = health.ownership
        self._clock = BrokerClock()
        engine = parts.load_engine(None)
        self.health = health
        self._broker_watch = BrokerWatch(health, metrics)
        self._scratch = TemporaryDirectory(prefix="fenghuo-")
        self.app = make_app(settings, self._scratch.name)
        self._giving_up = Event()
        self._ends = Ends()
        self._thread = ThreadPoolExecutor(1, "executor")
        self._parts = parts
        self._rules = RulesWatch(parts, engine, settings.watched_files(), self.metrics)
        # In the thread that will write: the embedded engine and the drivers belong to one.
        self._sink = self._thread.submit(parts.open_sink).result()
        self._table = self.app.Table(TABLE, key_type=bytes, value_type=bytes)
        self._log = StreamLog(self.app, settings, topics.sources)
        self._receipt_topics = topics.receipts
        self._steps = self._make_steps(engine, traces)
        spare_long_lived()
        self._timers = Timers(round(settings.timers_s / TICK_S))
        self._connect()
        health.begin()  # rules are read: from now on all its parts are to move

    def close(self) -> None:
        """After the app has ended: the sink is closed."""
        self._giving_up.set()
        self._thread.submit(self._sink.close).result()
        self._thread.shutdown()
        self._scratch.cleanup()

    def _make_steps(self, engine: Engine, traces: StepTraces) -> Steps:
        ledger = Ledger(self._table.data, partial(send_change, self._table))
        watch = SinkWatch(self.metrics, self.health)
        delivery = Delivery(self._sink, lambda s: not self._giving_up.wait(s), watch=watch)
        return Steps(
            ledger,
            StepExecutor(engine, delivery, self.metrics, partitions_of(self._log.topics)),
            Sequencer(ledger, self._log, self.metrics),
            self._publish,
            ownership=self._ownership,
            metrics=self.metrics,
            thread=self._thread,
            attempts=self.settings.engine_attempts,
            records=self.settings.step_records,
            traces=traces,
            clock=self._clock,
        )

    def _connect(self) -> None:
        """The one place where Faust calls us."""
        app = self.app
        topic = app.topic(*source_topics(self.settings), key_type=bytes, value_type=bytes)
        read_from(app, self._starts)
        app.agent(topic, name="steps", concurrency=1)(self._read)
        app.on_partitions_revoked.connect(self._revoked, weak=False)
        app.on_partitions_assigned.connect(self._assigned, weak=False)
        app.on_rebalance_complete.connect(self._recovered, weak=False)
        app.end_step = self._end_step
        app.on_before_shutdown.connect(self._shut_down, weak=False)
        app.task(self._introduce)
        app.task(self._apply)
        app.watches = (self._watch, self._watch_broker, self._watch_time, self._watch_ends)
        app.timer(TICK_S, name="timers")(self._advance)
        app.timer(self.settings.revival_s, name="revival")(self._resume_stalled)
        app.timer(self.settings.rules_poll_s, name="rules")(self._watch_rules)
        app.timer(KINDS_S, name="kinds")(self._keep_kinds)

    async def _read(self, stream: Any) -> None:
        """The agent: reads until the stream ends, as far ahead of the steps as there is room."""
        async for events in stream.noack_take(self.settings.step_records, within=READ_S):
            await self._steps.until_there_is_room()
            if self.app.should_stop:
                return
            with _abandonable():
                generation = self.app.consumer_generation_id
                await self._steps.receive([StreamRecord(event) for event in events], generation)
                self.health.moved("steps")

    async def _apply(self) -> None:
        """Steps, as long as records wait."""
        while not self.app.should_stop:
            await self._steps.until_some_wait()
            with _abandonable():
                await self._steps.take(self.app.consumer_generation_id)
                self.health.moved("steps")

    async def _revoked(self, app: Any, revoked: set[Any], **_: Any) -> None:
        """The group waits for this: a step may not outlast the partitions that it is of."""
        self._ownership.revoke()  # no other one begins
        self._giving_up.set()
        await self._steps.end()
        # Faust forgets what was acknowledged before it commits at a rebalance; so it is done here.
        await app.consumer.commit()
        if not app.should_stop:
            self._giving_up.clear()

    async def _starts(self, places: Collection[TopicPartition]) -> Starts:
        """The ledger's positions of the source topics; the log's start where there is none."""
        positions = positions_of(self._table.data)
        topics = source_topics(self.settings)
        return {
            (topic, partition): positions[self._log.name_of(topic), partition]
            if (self._log.name_of(topic), partition) in positions
            else await self._log.start_of((topic, partition))
            for topic, partition in places
            if topic in topics
        }

    async def _assigned(self, app: Any, assigned: set[Any], **_: Any) -> None:
        """The consumer waits for this: generation and partitions belong together."""
        generation = app.consumer_generation_id
        sources = source_topics(self.settings)
        self._ownership.assign(generation, {tp.partition for tp in assigned if tp.topic in sources})
        self.metrics.add("rebalances")
        self.metrics.put("generation", generation)
        self.metrics.put("assigned_partitions", len(self._ownership.partitions))
        self.metrics.clear("lag_records")
        log.info("assigned", generation=generation, partitions=len(self._ownership.partitions))

    async def _recovered(self, app: Any, **_: Any) -> None:
        self._ownership.recover(app.consumer_generation_id)
        log.info("recovered", generation=app.consumer_generation_id)

    async def _end_step(self) -> None:
        """A step that writes ends; one that waits for the sink is given up, nothing of it told."""
        self._giving_up.set()
        try:
            await asyncio.wait_for(self._steps.end(), STOP_S)
        except TimeoutError:
            log.warning("stopped in the middle of a step; its records will be read again")

    async def _shut_down(self, app: Any, **_: Any) -> None:
        await self._log.close()

    async def _introduce(self) -> None:
        """What the engine was made of into the sink: what is given up at a rebalance is tried
        again."""
        engine = self._rules.in_force
        signed = self._parts.signature_rows()
        rows = {**registry_rows(engine.registry), **rule_rows(engine.rules), **signed}
        rule_set = engine.rules.content_id
        while not self.app.should_stop:
            with _abandonable():
                write = self._steps.executor.write_rows
                await self._steps.in_thread(write, rows, "registry", rule_set)
                self.health.is_introduced = True
                return
            await self.app.sleep(TICK_S)

    async def _watch_rules(self) -> None:
        engine = await self._rules.look()
        if engine is not None:
            await self._steps.swap(engine)
            collect_replaced()
            await self._introduce()

    async def _keep_kinds(self) -> None:
        """What came, so that the next start is ready for it; in the thread that matches."""
        await self._steps.in_thread(keep_kinds, self._rules.in_force.rules, RULE_CACHE)

    async def _watch(self) -> None:
        """Every second, whatever a step waits for: the loop runs, and so much lies before it."""
        while not self.app.should_stop:
            waiting = self._measure_lag() if self._ownership.is_recovered else 0
            self.health.tick(waiting, unrecovered(self.app))
            self._measure_matching()
            self._measure_room()
            await self.app.sleep(TICK_S)

    async def _watch_broker(self) -> None:
        while not self.app.should_stop:
            self._broker_watch.look(await asyncio.to_thread(find_absence, self.settings.kafka()))
            await self.app.sleep(BROKER_LOOK_S)

    async def _watch_time(self) -> None:
        """Rule 9 of the ledger."""
        while not self.app.should_stop:
            is_ours = self._ownership.is_recovered and bool(self._ownership.partitions)
            if is_ours:
                self._clock.tell(await outlast_absence(self._ask_time))
            await self.app.sleep(BROKER_TIME_S if is_ours else TICK_S)

    async def _ask_time(self) -> Moment:
        partition = min(self._ownership.partitions, default=0)
        return await written_at(send_change(self._table, partition, time_query(partition), None))

    async def _watch_ends(self) -> None:
        """The consumer's own idea of the logs' ends is as old as its last fetch: seconds, on a busy
        machine."""
        while not self.app.should_stop:
            asked_at = self._clock.now()
            if ends := await self._log.ends_of(self._places()):
                self._ends = Ends(asked_at, ends)
            await self.app.sleep(TICK_S)

    async def _advance(self) -> None:
        """Every second, after the step in hand: a share of the states' timers.

        It is as late as when the logs' ends were asked for: what was received before that and is
        not read yet shows, so no row bears a moment that its log does not explain.
        """
        generation = self.app.consumer_generation_id
        asked_at = self._ends.asked_at
        waiting = self._waiting(self._steps.next_unread)
        moments = {} if asked_at is None else self._steps.moments(waiting, asked_at)
        with _abandonable():
            await self._steps.advance(self._timers, generation, moments)
        self.health.moved("timers")

    async def _resume_stalled(self) -> None:
        """Faust's consumer is known to stand still at times; no record then shows the gap."""
        await self._look_at_topics()
        generation = self.app.consumer_generation_id
        ends = await self._log.ends_of(self._places())  # none while the broker is away
        await self._steps.resume_stalled(ends, generation)

    async def _look_at_topics(self) -> None:
        """Raises TopicsChanged where one was deleted and made again, or has other partitions."""
        settings = self.settings
        try:
            found = await asyncio.to_thread(
                describe_sources, settings.kafka(), settings.topic_prefix
            )
            self._receipt_topics = await asyncio.to_thread(
                receipt_topics, settings.kafka(), settings.topic_prefix, self._receipt_topics
            )
        except KafkaFault:
            return  # away: asked again at the next look
        for name, topic in found.items():
            known = self._log.topics[name]
            now, before = (topic.topic_id, topic.partitions), (known.topic_id, known.partitions)
            if topic.partitions and now != before:
                raise TopicsChanged(f"{name}: id and partitions were {before}, and are {now}")

    def _measure_matching(self) -> None:
        effort = self._rules.in_force.rules.effort
        self.metrics.put("rule_plans", effort.plans)
        self.metrics.put("general_plan_events", effort.general_events)
        self.metrics.put("unplaced_events", effort.unplaced_events)

    def _measure_room(self) -> None:
        if self.settings.store is not None:
            with suppress(OSError):  # the next write says so
                self.metrics.put("store_free_bytes", free_bytes(self.settings.store))

    def _measure_lag(self) -> int:
        """How many records wait, in all; what is not known yet is not said."""
        owned, lag = {*self._places()}, 0
        for place, count in self._waiting(self._steps.next_offset).items():
            if count is not None and place in owned:
                topic, partition = place
                self.metrics.put("lag_records", count, topic=topic, partition=str(partition))
                lag += count
        return lag

    def _waiting(self, next_offset: NextOffset) -> dict[TopicPartition, int | None]:
        """Records from that offset to the log's end; None until the place in it is known."""
        expected = {place: next_offset(place) for place in self._ends.offsets}
        return {
            place: None if at is None else max(0, self._ends.offsets[place] - at)
            for place, at in expected.items()
        }

    def _places(self) -> list[TopicPartition]:
        topics = source_topics(self.settings)
        return [(topic, each) for topic in topics for each in sorted(self._ownership.partitions)]

    def _publish(self, decisions: Sequence[Decision]) -> list[Awaitable[object]]:
        return [
            self.app.topic(topic).send_soon(
                key=each.key, value=each.value, key_serializer="raw", value_serializer="raw"
            )
            for each in publications_of(decisions)
            if (topic := self._topic_of(each))
        ]

    def _topic_of(self, publication: Publication) -> str:
        """Where it goes; "" for a receipt that has no topic: to wait for one, as the client does,
        would make all enterprises wait for one that was not provided for."""
        prefix = self.settings.topic_prefix
        if publication.role != "receipts":
            return topic_name(publication.role, prefix)
        topic = receipts_topic(publication.key.decode(), prefix)
        if topic in self._receipt_topics:
            return topic
        self.metrics.add("receipts_unsent")
        return ""


@contextmanager
def _abandonable() -> Iterator[None]:
    """What waits for a sink that is down is given up at the worker's end, or its partitions'."""
    try:
        yield
    except DeliveryAbandoned as cause:
        log.warning("given up while the sink was down; it will be read again", cause=str(cause))
