"""The broker of a test: real Kafka where there is one, else the embedded one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.embedded.broker import REBALANCE_TIMEOUT_S, BrokerFault, embedded_broker
from tests.brokers.jars import REQUIRED, KafkaAbsent
from tests.brokers.kafka import KafkaBroker

Broker = TypeVar("Broker", bound=KafkaBroker)


@contextmanager
def running(make: Callable[[Path], Broker], folder: Path) -> Iterator[Broker]:
    """A running Kafka; skips the test without one, fails it under FENGHUO_REQUIRE_KAFKA=1."""
    try:
        broker = make(folder)
    except KafkaAbsent as absent:
        if REQUIRED:
            raise
        pytest.skip(f"no real Kafka: {absent}")
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


class BrokerAddress:
    """Where a broker answers, and what workers on it should ask for."""

    def __init__(self, address: str, settings: dict[str, str]) -> None:
        self.address = address
        self.settings = {"FENGHUO_KAFKA_BOOTSTRAP": address, **settings}


@contextmanager
def any_broker(folder: Path) -> Iterator[BrokerAddress]:
    """Real Kafka, or the embedded broker; skips the test without either."""
    try:
        broker = KafkaBroker(folder)
    except KafkaAbsent as absent:
        if REQUIRED:
            raise
        with _embedded(str(absent)) as address:
            yield address
        return
    try:
        yield BrokerAddress(broker.start().address, {})
    finally:
        broker.stop()


@contextmanager
def _embedded(reason: str) -> Iterator[BrokerAddress]:
    try:
        with embedded_broker() as address:
            settings = {"FENGHUO_REBALANCE_TIMEOUT_S": str(REBALANCE_TIMEOUT_S)}
            yield BrokerAddress(address, settings)
    except BrokerFault as fault:
        pytest.skip(f"{reason}; {fault}")
