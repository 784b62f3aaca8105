"""What one enterprise at a hundred times its share costs the others of its partition.

Nine enterprises send 50 events a second, in batches of 100, in one partition with a tenth that at
first does the same and then a hundred times as much. Told is how long the nine wait, from receipt
of a batch until its rows are written, quiet and not; `python -m tests.benchmarks.neighbour`.
"""

import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.batching import Chunk
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer, open_producer
from pipeline.kafka.topics import make_topics, plan_receipts, plan_topics
from pipeline.simulate.registry import KEY_ID, Publisher, make_registry, signing_key
from schemas.moments import format_moment
from schemas.receipt import Receipt
from schemas.topics import receipts_topic
from tests.benchmarks.worker import cpu_seconds
from tests.brokers.choice import any_broker
from tests.brokers.kafka import free_port
from tests.chaos.subjects import fenghuo_subject
from tests.chaos.workers import WorkerProcess

GROUP = "neighbour"
ENTERPRISES = 10
LINES = 100
SHARE = 0.5
"""Batches a second of each."""
TIMES = 100
QUIET_S = 60.0
LOUD_S = 90.0
POLICY = """
quota: {events_per_second: 250, burst_s: 10, over: OVER}
"""


class Waits(msgspec.Struct, frozen=True):
    """How long batches waited from receipt to rows, in seconds."""

    waits: tuple[float, ...]

    def at(self, share: float) -> float:
        """The wait that this share of them did not exceed (nearest rank)."""
        ranked = sorted(self.waits)
        return ranked[max(0, math.ceil(share * len(ranked)) - 1)]

    def told(self, name: str) -> str:
        """One line for people."""
        return (
            f"{name}: {len(self.waits)} batches of the others, median {self.at(0.5):.2f} s, "
            f"99th percentile {self.at(0.99):.2f} s, longest {max(self.waits):.2f} s"
        )


class Publishing:
    """Sends batches of one enterprise at a rate, until told to stop."""

    def __init__(self, producer: Any, publisher: Publisher, per_second: float) -> None:
        enterprise, private = publisher
        self.rate = per_second
        self.sent = 0
        self._sender = Sender(enterprise.enterprise_id, KEY_ID, signing_key(private))
        self._producer = producer
        self._due_s = time.monotonic()

    def send_due(self) -> None:
        """What is due by now."""
        while self._due_s <= time.monotonic():
            self._due_s += 1 / self.rate
            self._send(self._sender.enterprise_id)

    def louder(self, times: float) -> None:
        """From now on so many times as many."""
        self.rate *= times
        self._due_s = time.monotonic()

    def _send(self, name: str) -> None:
        self.sent += 1
        lines = tuple(line(name, self.sent, each) for each in range(LINES))
        chunk = Chunk(
            batch_id=f"{name}-{self.sent}", sequence=self.sent, lines=lines, occurrences={}
        )
        headers = sign_chunk(self._sender, chunk, "windows")
        self._producer.send(
            "fenghuo.events", chunk.value, key=name.encode(), headers=[*headers.items()]
        )


def line(name: str, number: int, place: int) -> bytes:
    """An event that no rule finds anything in."""
    event = {
        "@timestamp": format_moment(time.time_ns() // 1_000),
        "EventID": 1,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": f"{name}-ws-{place % 20}",
        "User": f"{name}\\user{place % 50}",
        "Image": "C:\\Program Files\\Office\\winword.exe",
        "CommandLine": f'"winword.exe" /n "C:\\Users\\report-{number}-{place}.docx"',
        "ParentImage": "C:\\Windows\\explorer.exe",
    }
    return json.dumps(event).encode()


@contextmanager
def flowing(each: Sequence[Publishing]) -> Iterator[None]:
    """All of them send, in a thread of their own."""
    stop = Event()

    def run() -> None:
        while not stop.wait(0.005):
            for one in each:
                one.send_due()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Told:
    """The receipts as they come: when each batch came, and how long it waited."""

    def __init__(self, access: KafkaAccess, enterprises: Sequence[str]) -> None:
        from kafka import TopicPartition

        self._consumer = open_consumer(access)
        self._consumer.assign([TopicPartition(receipts_topic(each), 0) for each in enterprises])
        self.waits: list[tuple[float, float]] = []
        self.reasons: dict[str, int] = {}

    def listen(self, seconds: float) -> None:
        """Take in what comes within so long."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            for messages in self._consumer.poll(timeout_ms=200).values():
                for message in messages:
                    self._take_in(message)

    def _take_in(self, message: Any) -> None:
        receipt = msgspec.json.decode(message.value, type=Receipt)
        received_s = receipt.received_at.timestamp()
        self.waits.append((received_s, message.timestamp / 1_000 - received_s))
        for each in receipt.reasons:
            self.reasons[each.reason] = self.reasons.get(each.reason, 0) + each.events

    def between(self, start_s: float, end_s: float) -> Waits:
        """Of the batches that came then."""
        return Waits(tuple(wait for came_s, wait in self.waits if start_s <= came_s < end_s))


def measure(over: str, quiet_s: float = QUIET_S, loud_s: float = LOUD_S) -> tuple[Waits, Waits]:
    """A quiet time, then one with a neighbour; the waits of the others in both."""
    with tempfile.TemporaryDirectory() as folder, any_broker(Path(folder) / "broker") as broker:
        place, access = Path(folder), KafkaAccess(broker.address)
        publishers = make_registry(1, ENTERPRISES)
        names = [enterprise.enterprise_id for enterprise, _ in publishers]
        plans = plan_topics("fenghuo", GROUP, 1) + plan_receipts("fenghuo", names)
        make_topics(access, plans, 1)
        worker = _worker(place, broker.settings, over)
        worker.start()
        producer = open_producer(access, linger_ms=5)
        sending = [Publishing(producer, each, SHARE) for each in publishers]
        others, loud = Told(access, names[1:]), Told(access, names[:1])
        try:
            with flowing(sending):
                others.listen(30)  # the worker joins its group, compiles rules, opens its store
                start_s, used_s = time.time(), cpu_seconds(worker.pid)
                others.listen(quiet_s)
                print(f"worker, quiet: {(cpu_seconds(worker.pid) - used_s) / quiet_s:.2f} cores")
                sending[0].louder(TIMES)
                loud_s_from, used_s = time.time(), cpu_seconds(worker.pid)
                others.listen(loud_s)
                print(f"worker, loud: {(cpu_seconds(worker.pid) - used_s) / loud_s:.2f} cores")
                end_s = time.time()
            expected = sum(each.sent for each in sending[1:])
            give_up_s = time.monotonic() + 120
            while len(others.waits) < expected and time.monotonic() < give_up_s:
                others.listen(1)
            loud.listen(5)
        finally:
            worker.terminate()
        print(f"{len(others.waits)} of {expected} batches of the others were answered")
        print(f"the neighbour sent {sending[0].sent * LINES} events; told of them: {loud.reasons}")
        return others.between(start_s, loud_s_from), others.between(loud_s_from, end_s)


def _worker(place: Path, settings: dict[str, str], over: str) -> WorkerProcess:
    subject = fenghuo_subject(1, place)
    registry = place / "registry.ndjson"
    lines = [msgspec.json.encode(enterprise) for enterprise, _ in make_registry(1, ENTERPRISES)]
    registry.write_bytes(b"\n".join(lines) + b"\n")
    own = {"FENGHUO_GROUP": GROUP, "FENGHUO_HEALTH_PORT": str(free_port())}
    if over:
        policy = place / "policy.yaml"
        policy.write_text(POLICY.replace("OVER", over))
        own["FENGHUO_POLICY"] = str(policy)
    environment = {**subject.environment, **settings, **own, "FENGHUO_TIMERS_S": "60"}
    return WorkerProcess(place / "worker", subject.command, environment)


if __name__ == "__main__":
    import sys

    chosen = sys.argv[1:] or ["slow", "drop"]
    for each in chosen:
        quiet, noisy = measure("" if each == "none" else each)
        print(f"over quota: {each}")
        print(quiet.told("  quiet"))
        print(noisy.told("  beside a neighbour"))
