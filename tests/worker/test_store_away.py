"""A ClickHouse server that is killed under a live worker and comes back, over the wire."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers.choice import BrokerAddress
from tests.chaos.workers import python_module
from tests.sinks.server import ServerProcess, require_server
from tests.worker.native_worker import open_server
from tests.worker.test_live import Bench, LiveWorker, applied, wait_until

AWAY_S = 15.0
"""Longer than the session timeout of 6 s, and than a rebalance takes."""


class Site:
    """A broker, a server with the contract tables, and workers between them."""

    def __init__(self, broker: BrokerAddress, folder: Path) -> None:
        (folder / "clickhouse").mkdir()
        self.server = ServerProcess(folder / "clickhouse")
        self.server.start()
        command = python_module("tests.worker.native_worker", self.server.address)
        self.executor = Bench(broker, folder, lambda store: command)
        self.sink = open_server(self.server.address)
        self.sink.migrate()
        self.sent = 0

    def send(self, records: int) -> None:
        """Numbered on; acknowledged by the broker."""
        self.executor.send([b"%d" % (self.sent + each) for each in range(records)])
        self.sent += records

    def wait_until_stored(self, worker: LiveWorker) -> None:
        """Until every record has a row, each once, with the running count of its enterprise."""
        wait_until(lambda: len(self.sink.view("sights")) == self.sent, "all stored", 60, worker)
        counted = "count() AS rows, uniqExact(sight_id) AS places, uniqExact(owner, seen) AS counts"
        (sums,) = self.sink.query(f"SELECT {counted} FROM sights")
        assert sums == {"rows": self.sent, "places": self.sent, "counts": self.sent}

    def close(self) -> None:
        """End what runs."""
        self.executor.close()
        self.sink.close()
        self.server.kill()


@pytest.fixture
def site(broker: BrokerAddress, tmp_path: Path) -> Iterator[Site]:
    require_server()
    site = Site(broker, tmp_path)
    yield site
    site.close()


def test_a_store_that_goes_away_and_comes_back_costs_nothing(site: Site) -> None:
    """One worker waits when another joins; it is told to stop before the store is back."""
    worker, other = site.executor.worker(), site.executor.worker("b")
    worker.start()
    site.send(200)
    worker.wait_for("fenghuo_records_total", 200)
    site.server.kill()
    gone_s = time.monotonic()
    site.send(100)
    worker.wait_for("fenghuo_sink_waiting", 1)
    other.start()
    other.wait_for("fenghuo_assigned_partitions", 2)
    while time.monotonic() - gone_s < AWAY_S:
        site.send(10)
        assert worker.page("/health/live")[0] == other.page("/health/live")[0] == 200
        time.sleep(1)
    assert applied(site.executor) == 200, "acknowledged what was not written"
    assert worker.metric("fenghuo_sink_retries_total") > 0
    worker.terminate()
    assert worker.exits == [0]
    assert "given up while the sink was down" in worker.log()
    assert "UnknownMember" not in worker.log(), "thrown out of the group"
    site.server.start()
    site.wait_until_stored(other)
    wait_until(lambda: applied(site.executor) == site.sent, "all acknowledged", 60, other)
    assert other.metric("fenghuo_sink_waiting") == 0
    assert "sink is back" in other.log()
    other.terminate()
    assert other.exits == [0]


def test_a_worker_that_starts_while_the_store_is_away_is_live_and_not_ready(site: Site) -> None:
    """Another joins, so that its first write is given up once; it is tried again."""
    site.server.kill()
    worker, other = site.executor.worker(), site.executor.worker("b")
    worker.start()
    worker.wait_for("fenghuo_sink_waiting", 1)
    other.start()
    other.wait_for("fenghuo_assigned_partitions", 2)
    for each in (worker, other):
        assert each.page("/health/live") == (200, "live\n")
        status, page = each.page("/health/ready")
        assert (status, "the sink has taken nothing yet" in page) == (503, True)
    site.server.start()
    for each in (worker, other):
        wait_until(lambda: is_ready(each), "ready", 60, each)  # noqa: B023 - called at once
        each.terminate()
    assert worker.exits == other.exits == [0]


def is_ready(worker: LiveWorker) -> bool:
    return worker.page("/health/ready") == (200, "ready\n")
