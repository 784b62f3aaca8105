"""Hostile records on a broker, through `fenghuo worker` as it runs: none of them ends it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from tests.brokers.choice import BrokerAddress
from tests.chaos.workers import python_module
from tests.worker.hostile import DRILL, PARTITIONS, Chaos, engine, enterprise
from tests.worker.test_live import Bench, rows_of, wait_until

RECORDS = 400
pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


def whole_worker(store: Path) -> list[str]:
    return python_module("pipeline.cli.main", "worker", "--store", str(store))


@pytest.fixture
def executor(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    executor = Bench(broker, tmp_path, whole_worker)
    yield executor
    executor.close()


def send(executor: Bench, seed: int) -> None:
    """To the partition that each record says, whatever its key."""

    async def run() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=executor.address)
        await producer.start()
        chaos = Chaos(seed)
        topic = f"{executor.prefix}.events"
        for number in range(RECORDS):
            made = chaos.record(topic, number % PARTITIONS, number)
            batch = producer.create_batch()  # `send` would refuse a null key with a null value
            batch.append(
                key=made.key or None,
                value=made.value or None,
                timestamp=None,
                headers=[(name, value or None) for name, value in made.headers],
            )
            await (await producer.send_batch(batch, topic, partition=made.partition))
        await producer.stop()

    asyncio.run(run())


def test_hostile_records_are_each_accounted_for_and_the_worker_goes_on(
    executor: Bench, tmp_path: Path
) -> None:
    registry, policy = tmp_path / "registry.ndjson", tmp_path / "policy.json"
    rows = [msgspec.json.encode(enterprise(name)) for name in engine().registry]
    registry.write_bytes(b"\n".join(rows))
    policy.write_bytes(msgspec.json.encode({"drills": [DRILL]}))
    send(executor, 5)
    worker = executor.worker(FENGHUO_REGISTRY=str(registry), FENGHUO_POLICY=str(policy))
    worker.start()
    worker.wait_for("fenghuo_records_total", RECORDS)
    wait_until(lambda: worker.metric("fenghuo_lag_records") == 0, "no lag", 60, worker)
    assert worker.page("/health/live")[0] == worker.page("/health/ready")[0] == 200
    assert worker.metric("fenghuo_engine_faults_total") == 0
    worker.terminate()
    assert worker.exits == [0]
    accounts = [row for row in rows_of(worker) if str(row["topic"]).endswith(".events")]
    places = Counter((row["partition"], row["offset"]) for row in accounts)
    assert len(places) == RECORDS
    assert max(places.values()) == 1
    assert any(row["outcome"] == "accepted" for row in accounts)
