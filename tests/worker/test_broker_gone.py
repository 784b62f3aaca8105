"""A broker that lets us in, and is gone before it has answered."""

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from pipeline.kafka import clients
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker, find_absence
from pipeline.kafka.faults import BrokerAbsent
from pipeline.kafka.preflight import describe_sources, receipt_topics
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.stream import Starts, make_app, read_from
from tests.brokers.choice import BrokerAddress
from tests.brokers.kafka import free_port


@contextmanager
def passage(address: str, connections: int, at: int = 0) -> Iterator[KafkaAccess]:
    """A way to the broker that is open for so many connections, and then for none."""
    host, _, port = address.partition(":")
    listener = socket.create_server(("127.0.0.1", at))
    ends: list[socket.socket] = []

    def pipe(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        for _ in range(connections):
            here, _ = listener.accept()
            there = socket.create_connection((host, int(port)))
            ends.extend((here, there))
            for pair in ((here, there), (there, here)):
                Thread(target=pipe, args=pair, daemon=True).start()
        listener.close()

    Thread(target=serve, daemon=True).start()
    try:
        yield KafkaAccess(f"127.0.0.1:{listener.getsockname()[1]}")
    finally:
        for each in ends:
            each.close()


@pytest.mark.parametrize("ask", [describe_sources, receipt_topics])
def test_it_is_an_absence_and_no_fault_of_another_kind(
    broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch, ask: object
) -> None:
    """A worker that is asking waits for an absence; anything else would end it."""
    monkeypatch.setattr(clients, "BOOTSTRAP_MS", 300)
    assert callable(ask)
    with passage(broker.address, 1) as access, pytest.raises(BrokerAbsent, match="in time"):
        ask(access, "fenghuo")


def test_whether_it_is_there_is_said_in_either_case(broker: BrokerAddress) -> None:
    with passage(broker.address, 1) as access:
        await_broker(access)
        absence = find_absence(access)
        assert absence is not None
        assert "connection refused" in absence.problem
    assert find_absence(KafkaAccess(broker.address)) is None


def test_a_worker_s_own_clients_wait_for_one_that_is_away_when_they_begin(
    broker: BrokerAddress, tmp_path: Path
) -> None:
    """It was there when topics and rights were asked for, and rules took a while to read."""
    port = free_port()
    settings = WorkerSettings.model_validate({"kafka_bootstrap": f"127.0.0.1:{port}"})

    async def begin() -> None:
        app = make_app(settings, str(tmp_path))
        read_from(app, no_starts)
        producer = app.producer
        starting = asyncio.ensure_future(producer.start())
        await asyncio.sleep(0.3)
        assert not starting.done()
        with passage(broker.address, 1, at=port):
            await asyncio.wait_for(starting, 20)
            await producer.stop()

    async def no_starts(_places: object) -> Starts:
        return {}

    asyncio.run(begin())
    gc.collect()  # a client that was left open warns when it goes, and the warning is an error
