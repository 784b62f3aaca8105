"""A broker that is away when a worker starts is no reason to end."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.kafka.faults import CHECK_ADDRESS, BrokerAbsent
from pipeline.worker.broker_watch import SAY_S, BrokerWatch
from pipeline.worker.health import Health
from pipeline.worker.ledger import Ownership
from pipeline.worker.metrics import Metrics
from tests.brokers.choice import BrokerAddress
from tests.brokers.kafka import free_port
from tests.chaos.workers import Command, python_module
from tests.worker.test_broker_gone import passage
from tests.worker.test_live import Bench, LiveWorker, counting_worker, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


def supervised(store: Path) -> list[str]:
    return python_module("tests.worker.supervised_worker", str(store))


@pytest.fixture
def start(broker: BrokerAddress, tmp_path: Path) -> Iterator[Callable[[Command, int], LiveWorker]]:
    """A worker of some kind, started while nobody answers at its broker's port."""
    benches = []

    def started(command: Command, port: int) -> LiveWorker:
        benches.append(bench := Bench(broker, tmp_path, command))
        processes = "2" if command is supervised else "1"
        worker = bench.worker(
            FENGHUO_KAFKA_BOOTSTRAP=f"127.0.0.1:{port}", FENGHUO_PROCESSES=processes
        )
        worker.start()
        return worker

    yield started
    for each in benches:
        each.close()


@pytest.mark.broker
@pytest.mark.store
def test_it_waits_says_why_and_goes_on_once_the_broker_is_there(
    broker: BrokerAddress, start: Callable[[Command, int], LiveWorker]
) -> None:
    port = free_port()
    worker = start(counting_worker, port)
    assert_waits(worker, f"no Kafka at 127.0.0.1:{port}: connection refused; {CHECK_ADDRESS}")
    with passage(broker.address, 1_000, at=port):
        wait_until(lambda: worker.page("/health/ready")[0] == 200, "ready", 90, worker)
        assert worker.metric("fenghuo_broker_waiting") == 0
        worker.terminate()
    assert worker.exits == [0]
    assert worker.log().count("the broker is away; waiting") == 1
    assert "the broker is back" in worker.log()


@pytest.mark.broker
@pytest.mark.parametrize(("command", "is_silent"), [(counting_worker, True), (supervised, False)])
def test_told_to_end_while_it_waits_it_ends_well(
    start: Callable[[Command, int], LiveWorker], command: Command, is_silent: bool
) -> None:
    """Also in the middle of a question to what takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if is_silent:
            listener.listen()
        port = listener.getsockname()[1]
        worker = start(command, port)
        silence = f"no Kafka at 127.0.0.1:{port}: it takes connections and says nothing"
        refusal = f"no Kafka at 127.0.0.1:{port}: connection refused"
        assert_waits(worker, silence if is_silent else refusal)
        os.kill(worker.pid, signal.SIGTERM)
        wait_until(lambda: not worker.is_running, "ended", 15, worker)
        worker.terminate()
    assert worker.exits == [0]
    assert "Traceback" not in worker.log()


def assert_waits(worker: LiveWorker, why: str) -> None:
    worker.wait_for("fenghuo_broker_waiting", 1)
    assert worker.page("/health/live") == (200, "live\n")
    status, said = worker.page("/health/ready")
    assert status == 503
    assert said.startswith(f"not ready: starting, the broker is away: {why}")


def test_the_log_says_once_a_minute_that_it_is_away(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    now_s = [0.0]
    health, metrics = Health(Ownership()), Metrics()
    watch = BrokerWatch(health, metrics, lambda: now_s[0])
    for now_s[0] in range(round(3 * SAY_S)):
        watch.look(BrokerAbsent("refused", "start it"))
    watch.look(None)
    watch.look(None)
    watch.look(BrokerAbsent("refused", "start it"))
    # On standard output, or by the library's logging once a test in this process has set that up.
    said = capsys.readouterr().out + caplog.text
    assert (said.count("the broker is away"), said.count("the broker is back")) == (4, 1)
    assert health.broker_absence == "refused; start it"
    assert b"fenghuo_broker_waiting 1.0" in metrics.text()
