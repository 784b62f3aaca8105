"""Hostile records through a live worker on a broker: it lives, and accounts for each of them."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from schemas.batch import Record
from tests.brokers.choice import BrokerAddress
from tests.chaos.workers import python_module
from tests.engine.builders import RULES
from tests.intake.fuzz import fuzzed_engine, record_of
from tests.worker.test_live import Bench, rows_of, wait_until

RECORDS = 400
LARGEST = 900_000
"""Bytes with headers: what a broker takes."""
pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


def hostile_records() -> Iterator[Record]:
    """Sound and mutated ones, among them null headers, and an unsigned record of 700 kB."""
    chance = random.Random(1)
    made = (record_of(chance, number) for number in range(10 * RECORDS))
    sendable = (each for each in made if _size(each) < LARGEST and each.topic.endswith("events"))
    for _, record in zip(range(RECORDS - 3), sendable, strict=False):
        yield record
    sound = record_of(random.Random(2), 1)
    yield msgspec.structs.replace(sound, headers=(("fenghuo-format", None),))
    yield msgspec.structs.replace(sound, headers=(("fenghuo-signature", None),) * 9)
    yield msgspec.structs.replace(sound, value=b"x" * 700_000)


async def _send(address: str, topic: str) -> None:
    """By aiokafka: kafka-python sends no null headers."""
    producer = AIOKafkaProducer(bootstrap_servers=address)
    await producer.start()
    try:
        for record in hostile_records():
            await producer.send_and_wait(
                topic, key=record.key or None, value=record.value, headers=list(record.headers)
            )
    finally:
        await producer.stop()


def _size(record: Record) -> int:
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.value) + headers + len(record.key)


@pytest.fixture
def executor(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    executor = Bench(
        broker, tmp_path, lambda store: [*python_module("pipeline.cli.main", "worker"),
                                         "--store", str(store)]
    )  # fmt: skip
    yield executor
    executor.close()


def test_each_hostile_record_is_accounted_for_and_the_worker_lives(
    executor: Bench, broker: BrokerAddress, tmp_path: Path
) -> None:
    rules, registry = tmp_path / "rules", tmp_path / "registry.ndjson"
    rules.mkdir()
    (rules / "rules.yml").write_text(RULES)
    registry.write_bytes(msgspec.json.encode(fuzzed_engine().registry["E1"]) + b"\n")
    asyncio.run(_send(broker.address, f"{executor.prefix}.events"))
    worker = executor.worker(FENGHUO_RULES=str(rules), FENGHUO_REGISTRY=str(registry))
    worker.start()
    worker.wait_for("fenghuo_records_total", RECORDS)
    wait_until(lambda: worker.page("/health/ready")[0] == 200, "ready", 60, worker)
    worker.terminate()
    assert worker.exits == [0]
    accounts = rows_of(worker)
    assert len({(each["partition"], each["offset"]) for each in accounts}) == RECORDS
    assert {"accepted", "refused"} <= {each["outcome"] for each in accounts}
    letters = sum(int(str(each["events"])) for each in rows_of(worker, view="dead_letters"))
    assert letters == sum(int(str(each["dead_lettered"])) for each in accounts)
