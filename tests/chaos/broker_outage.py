"""`python -m tests.chaos.broker_outage --down 20`: a broker is away while an enterprise publishes.

`fenghuo publish` and `fenghuo worker` as processes on a real Kafka, which is killed in the middle
and started again, and killed once more before the worker is told to stop. Prints what each of them
said, and fails unless every event is stored once and both end by themselves.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from click.testing import CliRunner

from pipeline.cli.main import main as fenghuo
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import make_topics, plan_topics
from schemas.registry import Enterprise
from sinks.chdb import ChdbSink
from tests.brokers.cluster import NODES, KafkaCluster
from tests.brokers.kafka import KafkaBroker, free_port
from tests.chaos.workers import WorkerProcess, python_module

EVENTS = 150_000
PUBLISH = ("--enterprise", "e", "--format", "json", "--key-id", "k")


@click.command()
@click.option("--down", "down_s", type=float, default=20.0, show_default=True, help="Seconds.")
@click.option("--events", type=int, default=EVENTS, show_default=True)
@click.option("--cluster", is_flag=True, help="One of three brokers, instead of the only one.")
def main(down_s: float, events: int, cluster: bool) -> None:
    """Kill a broker for a while under a publisher and a worker."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make = KafkaCluster if cluster else KafkaBroker
        sys.exit(0 if run(folder, make(folder / "broker"), down_s, events) else 1)


def run(folder: Path, broker: KafkaBroker | KafkaCluster, down_s: float, events: int) -> bool:
    """Whether every event was stored once, and both processes ended as they should."""
    recording = write_events(folder / "events.ndjson", events)
    key, registry = write_identity(folder)
    broker.start()
    replicas = NODES if isinstance(broker, KafkaCluster) else 1
    make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", "fenghuo", 4), replicas)
    worker = start_worker(folder / "worker", broker, registry)
    wait_until(lambda: worker.page("/health/ready")[0] == 200, "the worker is ready")
    publisher = start_publisher(folder, broker, key, recording)
    try:
        wait_until(lambda: bool(list(folder.glob("*.fenghuo-sent"))), "something is published")
        broker.kill()
        killed_s = time.monotonic()
        time.sleep(down_s)
        print("worker while the broker is away:", worker.page("/health/live"), end=" ")
        print(worker.page("/health/ready"))
        broker.start()
        away_s = time.monotonic() - killed_s
        code = publisher.wait(300)
        published_s = time.monotonic() - killed_s - away_s
        wait_until(
            lambda: worker.metric("fenghuo_events_total") >= events, "all events are applied", 240
        )
        broker.kill()
        told_s = time.monotonic()
        worker.terminate()
        ended_s = time.monotonic() - told_s
        stored = stored_events(worker)
    finally:
        publisher.kill()
        worker.terminate()
        broker.stop()
    said = (folder / "publisher.log").read_text()
    print(f"broker away for {away_s:.1f} s, restart included; published {published_s:.1f} s later")
    print(f"publisher: exit {code}; it said:\n{said}")
    print(f"worker: exits {worker.exits}, {worker.log().count(chr(10))} lines:\n{worker.log()}")
    print(f"{events} events, {stored} stored; told to stop without a broker: {ended_s:.1f} s")
    return code == 0 and worker.exits == [0] and stored == events


def write_events(place: Path, events: int) -> Path:
    """So many different lines of some 300 bytes."""
    with place.open("w") as lines:
        for number in range(events):
            moment = f"2026-03-02T10:{number // 60 % 60:02}:{number % 60:02}Z"
            lines.write(json.dumps({"@timestamp": moment, "n": number, "pad": "x" * 240}) + "\n")
    return place


def write_identity(folder: Path) -> tuple[Path, Path]:
    """A key, and a registry that has it."""
    key, registry = folder / "key.pem", folder / "registry.ndjson"
    row = Enterprise(enterprise_id="e", name="n", province="110000", sector="", field="industrial")
    registry.write_bytes(msgspec.json.encode(row) + b"\n")
    public = CliRunner().invoke(fenghuo, ["keys", "new", str(key)]).stdout.strip()
    entry = ["--enterprise", "e", "--key-id", "k", "--public-key", public]
    CliRunner().invoke(fenghuo, ["keys", "register", str(registry), *entry], catch_exceptions=False)
    return key, registry


def start_worker(folder: Path, broker: KafkaBroker | KafkaCluster, registry: Path) -> WorkerProcess:
    """`fenghuo worker` with an embedded store."""
    settings = {
        "FENGHUO_KAFKA_BOOTSTRAP": broker.address,
        "FENGHUO_REGISTRY": str(registry),
        "FENGHUO_HEALTH_PORT": str(free_port()),
    }
    command = ("pipeline.cli.main", "worker", "--store")
    worker = WorkerProcess(folder, lambda store: python_module(*command, str(store)), settings)
    worker.start()
    return worker


def start_publisher(
    folder: Path, broker: KafkaBroker | KafkaCluster, key: Path, recording: Path
) -> "subprocess.Popen[bytes]":
    """`fenghuo publish`."""
    place = ("--key", str(key), "--bootstrap", broker.address, str(recording))
    with (folder / "publisher.log").open("wb") as log:
        return subprocess.Popen(
            python_module("pipeline.cli.main", "publish", *PUBLISH, *place), stdout=log, stderr=log
        )


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = 90.0) -> None:
    """TimeoutError names what did not come about."""
    deadline_s = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not within {patience_s} s: {what}")
        time.sleep(0.02)


def stored_events(worker: WorkerProcess) -> int:
    """The events in the store of a worker that has ended; -1 where one is there twice."""
    sink = ChdbSink(worker.store)
    try:
        (answer,) = sink.query("SELECT uniqExact(event_id) AS ids, count() AS rows FROM events")
    finally:
        sink.close()
    return int(str(answer["ids"])) if answer["ids"] == answer["rows"] else -1


if __name__ == "__main__":
    main()
