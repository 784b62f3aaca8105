"""One batch's trace, from the enterprise's command to its row, by a collector that is sent it."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from tests.brokers.choice import BrokerAddress
from tests.brokers.kafka import free_port
from tests.chaos.workers import python_module
from tests.worker.collector import Span, collector
from tests.worker.test_live import LiveWorker, rows_of, wait_until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.store,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]
STEPS = ["read", "decide", "write", "receipt", "remember"]
WITHIN_S = 60.0


class Enrolled:
    """An enterprise with a key and a topic for receipts, and a worker; both are traced."""

    def __init__(self, broker: BrokerAddress, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._events = 0
        self._topics = ["--prefix", folder.name.replace("_", "-")]
        self._settings = {
            **broker.settings,
            "FENGHUO_TRACES": f"http://127.0.0.1:{self.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        registry, self._key = folder / "registry.ndjson", folder / "key.pem"
        row = {"enterprise_id": "works", "name": "n", "province": "110000", "sector": ""}
        registry.write_text(json.dumps(row | {"field": "industrial"}))
        public = self._call("keys", "new", self._key).stdout.strip()
        self._call(
            "keys", "register", registry, "--enterprise", "works", "--key-id", "k",
            "--public-key", public,
        )  # fmt: skip
        prefix = self._topics[1]
        self._call(
            "topics", *self._topics, "--group", prefix, "--partitions", 1, "--registry", registry
        )
        health = free_port()
        self.worker = LiveWorker(
            folder / "worker",
            lambda store: python_module("pipeline.cli.main", "worker", "--store", str(store)),
            {
                **self._settings,
                "FENGHUO_HEALTH_PORT": str(health),
                "FENGHUO_REGISTRY": str(registry),
                "FENGHUO_TOPIC_PREFIX": prefix,
                "FENGHUO_GROUP": prefix,
            },
        )

    def publish(self) -> Result:
        """A batch of three events that nobody has sent yet, until its receipt is there."""
        self._events += 1
        recording = self._folder / f"{self._events}.ndjson"
        lines = [
            json.dumps({"@timestamp": "2026-03-02T10:00:00Z", "n": f"{self._events}-{each}"})
            for each in range(3)
        ]
        recording.write_text("\n".join(lines))
        return self._call(
            "publish", "--enterprise", "works", "--format", "json", "--key-id", "k",
            "--key", self._key, "--wait", *self._topics, recording,
        )  # fmt: skip

    def _call(self, *arguments: object) -> Result:
        result = CliRunner().invoke(main, [*map(str, arguments)], env=self._settings)
        assert result.exit_code == 0, result.output
        return result


@pytest.fixture
def enrolled(broker: BrokerAddress, tmp_path: Path) -> Iterator[Enrolled]:
    enrolled = Enrolled(broker, tmp_path)
    yield enrolled
    enrolled.worker.kill()


def test_a_batch_has_one_trace_from_its_sender_to_its_row_and_nothing_waits_for_a_collector(
    enrolled: Enrolled,
) -> None:
    worker = enrolled.worker
    worker.start()
    with collector(enrolled.port) as taken:
        enrolled.publish()
        wait_for_whole_trace(taken, worker)
    sent = check_trace(taken)
    said = enrolled.publish()
    assert said.stderr.count("traces are not taken; the work goes on without them") == 1
    enrolled.publish()
    told = f"http://127.0.0.1:{enrolled.port}: traces are not taken"
    wait_until(lambda: told in worker.log(), "the worker says so", WITHIN_S, worker)
    with collector(enrolled.port) as taken_again:
        enrolled.publish()
        wait_for_whole_trace(taken_again, worker)
        wait_until(lambda: "traces are taken again" in worker.log(), "again", WITHIN_S, worker)
    check_trace(taken_again)
    begun_s = time.monotonic()
    worker.terminate()
    assert time.monotonic() - begun_s < WITHIN_S / 2
    assert worker.exits == [0]
    assert worker.log().count("traces are not taken") == 1
    rows = rows_of(worker)
    assert len(rows) == 4
    assert sent in {row["batch_id"] for row in rows}


def wait_for_whole_trace(taken: list[Span], worker: LiveWorker) -> None:
    wait_until(lambda: any(map(is_process, of_sent(taken))), "a trace", WITHIN_S, worker)


def is_process(span: Span) -> bool:
    return span.name.startswith("process ")


def of_sent(taken: list[Span]) -> list[Span]:
    """The trace whose beginning was taken: others began while no collector was there."""
    begun = [each.trace for each in taken if not each.parent]
    return [each for each in taken if each.trace in begun]


def check_trace(taken: list[Span]) -> object:
    """The batch's id, where all is as it should be."""
    trace = of_sent(taken)
    (send,) = (each for each in trace if each.name.startswith("send "))
    (process,) = filter(is_process, trace)
    assert (send.service, send.parent) == ("fenghuo-publish", "")
    assert (process.service, process.parent) == ("fenghuo-worker", send.span)
    steps = sorted((each for each in trace if each.parent == process.span), key=lambda of: of.begun)
    assert sorted(each.name for each in steps) == sorted(STEPS)
    assert len(trace) == 2 + len(STEPS)
    edges = {each.name: (each.begun, each.ended) for each in steps}
    assert edges["read"][0] == process.begun
    for before, after in pairwise(STEPS):
        assert edges[before][1] == edges[after][0], f"a gap between {before} and {after}"
    assert edges["remember"][1] == process.ended
    assert send.attributes["fenghuo.batch_id"] == process.attributes["fenghuo.batch_id"]
    assert process.attributes["fenghuo.enterprise_id"] == "works"
    assert (process.attributes["fenghuo.events"], process.attributes["fenghuo.stored"]) == (3, 3)
    place = ("messaging.destination.partition.id", "messaging.kafka.offset")
    assert [send.attributes[each] for each in place] == [process.attributes[each] for each in place]
    return send.attributes["fenghuo.batch_id"]
