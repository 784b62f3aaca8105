"""What brokers may hold, read by worker and replay: codecs, transactions, bombs, new logs."""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka.errors import KafkaError

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin
from pipeline.kafka.past_records import Period, read_period
from pipeline.kafka.topics import make_topics, plan_topics
from tests.brokers.choice import BrokerAddress
from tests.worker.test_live import PARTITIONS, Bench, LiveWorker, rows_of, wait_until

CODECS = (None, "gzip", "snappy", "lz4", "zstd")
pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]


class Sender:
    """Writes to the events of a executor as any client may."""

    def __init__(self, executor: Bench) -> None:
        self._bench = executor
        self.topic = f"{executor.prefix}.events"

    def send(self, values: Sequence[bytes], **options: Any) -> None:
        """Acknowledged, all with one key."""
        self.write(lambda producer: self._send(producer, values), **options)

    def transact(self, values: Sequence[bytes], *, commits: bool, name: str) -> None:
        """One transaction, which ends as told."""

        async def transact(producer: Any) -> None:
            await producer.begin_transaction()
            await self._send(producer, values)
            await (producer.commit_transaction() if commits else producer.abort_transaction())

        self.write(transact, transactional_id=f"{self._bench.prefix}-{name}")

    def write(self, act: Callable[[Any], Awaitable[None]], **options: Any) -> None:
        """Act with a producer of these options."""

        async def run() -> None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bench.address, max_request_size=200_000_000, **options
            )
            await producer.start()
            try:
                await act(producer)
            finally:
                await producer.stop()

        asyncio.run(run())

    async def _send(self, producer: Any, values: Sequence[bytes]) -> None:
        sent = [await producer.send(self.topic, value=value, key=b"e1") for value in values]
        await asyncio.gather(*sent)


@pytest.fixture
def executor(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    if "FENGHUO_REBALANCE_TIMEOUT_S" in broker.settings:
        pytest.skip("the embedded broker has neither transactions nor ids of topics")
    executor = Bench(broker, tmp_path)
    yield executor
    executor.close()


def replayed(executor: Bench) -> list[bytes]:
    """What a replay of everything reads, in its order."""
    period = Period(0, 2**61)
    topics = [f"{executor.prefix}.events"]
    return [each.value for each in read_period(KafkaAccess(executor.address), topics, period)]


def taken(worker: LiveWorker) -> list[str]:
    """What was accepted, each as often as it was."""
    return sorted(str(row["batch_id"]) for row in rows_of(worker) if row["outcome"] == "accepted")


def rest(worker: LiveWorker) -> None:
    """Until nothing waits: by its own word."""
    wait_until(lambda: worker.metric("fenghuo_lag_records") == 0, "no lag", 90, worker)
    assert worker.page("/health/live")[0] == 200
    assert worker.page("/health/ready")[0] == 200


def test_every_codec_and_only_what_was_committed_is_read_by_worker_and_replay(
    executor: Bench,
) -> None:
    sender = Sender(executor)
    for number, codec in enumerate(CODECS):
        sender.send([b"%d" % (10 * number + each) for each in range(9)], compression_type=codec)
    sender.transact([b"900", b"901"], commits=False, name="a")
    sender.transact([b"100", b"101"], commits=True, name="b")
    expected = [b"%d" % (10 * n + each) for n in range(5) for each in range(9)] + [b"100", b"101"]
    assert replayed(executor) == expected
    worker = executor.worker(FENGHUO_REVIVAL_S="2")
    worker.start()
    worker.wait_for("fenghuo_records_total", len(expected))
    rest(worker)  # the last record of the log is the marker of a transaction
    assert worker.metric("fenghuo_stalls_total") == 0
    sender.transact([b"902"], commits=False, name="c")
    sender.send([b"102"])
    worker.wait_for("fenghuo_records_total", len(expected) + 1)
    worker.terminate()
    assert worker.exits == [0]
    assert taken(worker) == sorted(each.decode() for each in [*expected, b"102"])


def test_record_batches_that_unpack_to_too_much_cost_a_dead_letter_each(executor: Bench) -> None:
    sender = Sender(executor)
    sender.send([b"1"])
    for codec in ("gzip", "lz4", "zstd"):
        sender.send([b"\0" * 150_000_000], compression_type=codec, max_batch_size=200_000_000)
    sender.send([b"2"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert replayed(executor) == [b"1", b"", b"", b"", b"2"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"
    worker = executor.worker(FENGHUO_REVIVAL_S="2")
    worker.start()
    worker.wait_for("fenghuo_records_total", 5)
    rest(worker)
    worker.terminate()
    assert taken(worker) == ["1", "2"]
    letters = rows_of(worker, view="dead_letters")
    assert [row["reason"] for row in letters] == ["record_batch_too_large"] * 3
    assert sorted(row["offset"] for row in letters) == [1, 2, 3]  # type: ignore[type-var]


def test_a_topic_made_anew_is_read_from_its_start_and_said(executor: Bench) -> None:
    sender = Sender(executor)
    sender.send([b"%d" % number for number in range(50)])
    worker = executor.worker(FENGHUO_REVIVAL_S="2")
    worker.start()
    worker.wait_for("fenghuo_records_total", 50)
    remake(executor)
    sender.send([b"%d" % (100 + number) for number in range(30)])
    wait_until(lambda: not worker.is_running, "it ends, to be started again", 60, worker)
    worker.start()
    worker.wait_for("fenghuo_records_total", 30)
    rest(worker)
    worker.terminate()
    assert worker.exits == [1, 0]
    assert taken(worker) == sorted(map(str, [*range(50), *range(100, 130)]))
    letters = rows_of(worker, view="dead_letters")
    assert {row["reason"] for row in letters} == {"topic_recreated"}


def test_a_topic_made_anew_while_no_worker_ran_is_read_from_its_start(executor: Bench) -> None:
    sender = Sender(executor)
    sender.send([b"%d" % number for number in range(20)])
    worker = executor.worker(FENGHUO_REVIVAL_S="2")
    worker.start()
    worker.wait_for("fenghuo_records_total", 20)
    worker.terminate()
    remake(executor)
    sender.send([b"%d" % (100 + number) for number in range(60)])
    worker.start()
    worker.wait_for("fenghuo_records_total", 60)
    rest(worker)
    worker.terminate()
    assert len(taken(worker)) == 80
    (letter,) = rows_of(worker, view="dead_letters")
    assert (letter["reason"], letter["offset"]) == ("topic_recreated", 20)


def remake(executor: Bench) -> None:
    """Delete the topic of events and make it again."""
    access = KafkaAccess(executor.address)
    admin = open_admin(access)
    admin.delete_topics([f"{executor.prefix}.events"])
    admin.close()
    plans = plan_topics(executor.prefix, executor.prefix, PARTITIONS)
    for _ in range(20):
        try:
            make_topics(access, plans, 1)
            return
        except KafkaError:  # being deleted still
            time.sleep(0.5)
    raise AssertionError("the topic cannot be made again")
