"""A broker that lets us in, and is gone before it has answered."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from pipeline.kafka import clients
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker, is_broker_there
from pipeline.kafka.faults import BrokerAbsent
from pipeline.kafka.preflight import describe_sources, receipt_topics
from tests.brokers.choice import BrokerAddress


@contextmanager
def passage(address: str, connections: int) -> Iterator[KafkaAccess]:
    """A way to the broker that is open for so many connections, and then for none."""
    host, _, port = address.partition(":")
    listener = socket.create_server(("127.0.0.1", 0))
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
        assert not is_broker_there(access)
    assert is_broker_there(KafkaAccess(broker.address))
