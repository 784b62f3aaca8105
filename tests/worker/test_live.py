"""The worker as a process, on a broker: what it does with faults, signals and rebalances."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.topics import make_topics, plan_topics
from schemas.moments import SECOND, Moment, parse_moment
from sinks.chdb import ChdbSink
from tests.brokers.choice import BrokerAddress
from tests.brokers.jars import KafkaAbsent, find_jars
from tests.brokers.kafka import free_port
from tests.chaos.workers import Command, WorkerProcess, python_module
from tests.worker.wrong_clock_worker import LOOK

PARTITIONS = 4
pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


def counting_worker(store: Path) -> list[str]:
    return python_module("tests.worker.counting_worker", str(store))


class Bench:
    """Topics, a producer, and workers of one test."""

    def __init__(
        self, broker: BrokerAddress, folder: Path, command: Command = counting_worker
    ) -> None:
        self._command = command
        self.prefix = folder.name.replace("_", "-")
        self._broker = broker
        self.address = broker.address
        self._folder = folder
        access = KafkaAccess(broker.address)
        self.producer: Any = open_producer(access)
        self.workers: list[LiveWorker] = []
        make_topics(access, plan_topics(self.prefix, self.prefix, PARTITIONS), 1)

    def worker(self, name: str = "a", **settings: str) -> "LiveWorker":
        """A worker, not started."""
        environment = {
            **self._broker.settings,
            "FENGHUO_GROUP": self.prefix,
            "FENGHUO_TOPIC_PREFIX": self.prefix,
            "FENGHUO_HEALTH_PORT": str(free_port()),
            **settings,
        }
        worker = LiveWorker(self._folder / name, self._command, environment)
        self.workers.append(worker)
        return worker

    def send(self, values: Sequence[bytes], keys: int = 20) -> None:
        """Acknowledged records of several enterprises."""
        topic = f"{self.prefix}.events"
        sent = [
            self.producer.send(topic, value=value, key=b"e%d" % (number % keys))
            for number, value in enumerate(values)
        ]
        for each in sent:
            each.get(timeout=60)

    def close(self) -> None:
        """End what runs."""
        for worker in self.workers:
            worker.kill()
        self.producer.close()


class LiveWorker(WorkerProcess):
    """A worker that is waited for."""

    def wait_for(self, name: str, value: float, patience_s: float = 60.0) -> None:
        """Until a metric has reached a value."""
        wait_until(lambda: self.metric(name) >= value, f"{name} >= {value}", patience_s, self)


def wait_until(holds: Any, what: str, patience_s: float, worker: LiveWorker) -> None:
    deadline_s = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not within {patience_s} s: {what}\n{worker.log()[-3000:]}")
        time.sleep(0.2)


def rows_of(*workers: WorkerProcess, view: str = "batches") -> list[dict[str, object]]:
    rows = []
    for worker in workers:
        sink = ChdbSink(worker.store)
        rows += sink.view(view)
        sink.close()
    return rows


@pytest.fixture
def executor(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    executor = Bench(broker, tmp_path)
    yield executor
    executor.close()


def test_it_applies_everything_once_and_sigterm_ends_it_in_order(executor: Bench) -> None:
    executor.send([b"%d" % number for number in range(500)])
    worker = executor.worker()
    worker.start()
    worker.wait_for("fenghuo_records_total", 500)
    assert worker.page("/health/ready")[0] == 200
    assert worker.page("/health/live")[0] == 200
    worker.terminate()
    assert worker.exits == [0]
    rows = rows_of(worker)
    assert len(rows) == 500
    counts = sorted(int(str(row["stored"])) for row in rows)
    assert counts == sorted(count for count in range(1, 26) for _ in range(20))


def test_killed_and_started_again_it_goes_on_where_it_stopped(executor: Bench) -> None:
    worker = executor.worker()
    worker.start()
    for start in (0, 200, 400):
        executor.send([b"%d" % (start + number) for number in range(200)])
        time.sleep(1.5)
        worker.kill()
        worker.start()
    executor.send([b"600"])
    wait_until(
        lambda: worker.metric("fenghuo_assigned_partitions") == PARTITIONS, "assigned", 60, worker
    )
    wait_until(lambda: applied(executor) == 601, "all applied", 60, worker)
    worker.terminate()
    assert len(rows_of(worker)) == 601


def applied(executor: Bench, partitions: int = PARTITIONS) -> int:
    """Records applied so far by all processes: what the ledger's positions say."""
    from tests.chaos.progress import applied_records

    return applied_records(executor.address, executor.prefix, partitions, executor.prefix)


def test_a_record_the_engine_cannot_take_does_not_stop_the_stream(executor: Bench) -> None:
    executor.send([b"1", b"2", b"poison", b"4", b"5"], keys=1)
    worker = executor.worker(FENGHUO_ENGINE_ATTEMPTS="2")
    worker.start()
    wait_until(lambda: not worker.is_running, "the first fault ends it", 60, worker)
    worker.start()
    wait_until(lambda: applied(executor) == 5, "all applied", 60, worker)
    assert worker.metric("fenghuo_engine_faults_total") == 1
    assert worker.metric("fenghuo_stalls_total") == 0
    worker.terminate()
    assert worker.exits == [1, 0]
    (letter,) = rows_of(worker, view="dead_letters")
    assert (letter["reason"], letter["offset"]) == ("engine_fault", 2)
    outcomes = {row["offset"]: row["outcome"] for row in rows_of(worker)}
    assert outcomes == {
        0: "accepted",
        1: "accepted",
        2: "refused",
        3: "accepted",
        4: "accepted",
    }


def test_a_committed_offset_ahead_of_the_position_is_not_believed(executor: Bench) -> None:
    from kafka import KafkaAdminClient, TopicPartition
    from kafka.structs import OffsetAndMetadata

    executor.send([b"%d" % number for number in range(400)])
    admin = KafkaAdminClient(bootstrap_servers=executor._broker.address)
    ahead = {
        TopicPartition(f"{executor.prefix}.events", partition): OffsetAndMetadata(40, "", -1)
        for partition in range(PARTITIONS)
    }
    admin.alter_group_offsets(executor.prefix, ahead)
    admin.close()
    worker = executor.worker()
    worker.start()
    wait_until(lambda: applied(executor) == 400, "all applied", 60, worker)
    worker.terminate()
    assert len(rows_of(worker)) == 400


def test_timers_have_the_broker_s_time_where_the_machine_s_clock_is_a_day_ahead(
    broker: BrokerAddress, tmp_path: Path
) -> None:
    """Else a state would remember tomorrow, and all that comes until then would be late."""
    try:
        find_jars()
    except KafkaAbsent as absent:
        pytest.skip(f"the embedded broker stamps no writes: {absent}")
    bench = Bench(
        broker, tmp_path, lambda store: python_module("tests.worker.wrong_clock_worker", str(store))
    )
    bench.send([b"1"])
    worker = bench.worker(FENGHUO_TIMERS_S="1")
    worker.start()
    worker.wait_for("fenghuo_events_total", 2)  # the record, and a look
    worker.terminate()
    bench.close()
    moments: dict[bool, list[Moment]] = {True: [], False: []}
    for row in rows_of(worker):
        moments[row["topic"] == LOOK].append(parse_moment(str(row["received_at"])))
    (sent,), looks = moments[False], moments[True]
    assert looks
    assert all(sent - 2 * SECOND < look <= time.time_ns() // 1000 for look in looks)
    assert worker.exits == [0]
