"""From the broker's receipt of a batch until its rows are written, at half of a worker's rate.

A backlog of small signed batches of sixty enterprises tells what one worker does at most, with our
own rules and an embedded store; then as many come evenly as half of that. Told by the receipts,
which are sent once the rows are written; `python -m tests.benchmarks.latency`. Broker, sender,
store and worker share the machine: on one that is busy the second figure is the machine's.
"""

import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.topics import make_topics, plan_receipts, plan_topics
from pipeline.simulate.registry import make_registry
from tests.benchmarks.neighbour import Told, Waits
from tests.benchmarks.worker import publish
from tests.brokers.choice import any_broker
from tests.brokers.kafka import free_port
from tests.chaos.subjects import ENTERPRISES, fenghuo_subject, simulated_records
from tests.chaos.traffic import Outgoing
from tests.chaos.workers import WorkerProcess

GROUP = "latency"
PARTITIONS = 4
BACKLOG = 8_000
STEADY_S = 60.0
PATIENCE_S = 180.0
GOAL_S = (0.5, 2.0)
"""The median, and the 99th percentile."""


class Latency(msgspec.Struct, frozen=True):
    """What one worker did at most, and how long batches waited at half of it."""

    greatest_per_s: float
    sent_per_s: float
    waits: Waits

    def line(self) -> str:
        """One line for people."""
        median_s, slowest_s = (self.waits.at(share) for share in (0.5, 0.99))
        is_met = median_s <= GOAL_S[0] and slowest_s <= GOAL_S[1]
        return (
            f"broker to row, one worker: at most {self.greatest_per_s:,.0f} batches/s; at "
            f"{self.sent_per_s:,.0f}/s {len(self.waits.waits)} batches waited {median_s:.2f} s "
            f"(median), {slowest_s:.2f} s (99th percentile); goal {GOAL_S[0]} s and {GOAL_S[1]} s"
            f"{'' if is_met else ', missed'}"
        )


def measure_latency(backlog: int = BACKLOG, steady_s: float = STEADY_S, seed: int = 1) -> Latency:
    """A backlog, then a steady stream at half the rate at which it was taken."""
    with tempfile.TemporaryDirectory() as folder, any_broker(Path(folder) / "broker") as broker:
        place, access = Path(folder), KafkaAccess(broker.address)
        publishers = make_registry(seed, ENTERPRISES)
        names = [enterprise.enterprise_id for enterprise, _ in publishers]
        plans = plan_topics("fenghuo", GROUP, PARTITIONS) + plan_receipts("fenghuo", names)
        make_topics(access, plans, 1)
        subject = fenghuo_subject(seed, place)
        records = simulated_records(seed, publishers)
        publish(broker.address, islice(records, backlog))
        own = {"FENGHUO_GROUP": GROUP, "FENGHUO_HEALTH_PORT": str(free_port())}
        environment = {**subject.environment, **broker.settings, **own, "FENGHUO_TIMERS_S": "60"}
        worker = WorkerProcess(place / "worker", subject.command, environment)
        told = Told(access, names)
        worker.start()
        try:
            greatest = _rate(told, round(backlog * 0.9))
            steady = [*islice(records, round(greatest / 2 * steady_s))]
            start_s = time.time()
            _send_evenly(access, told, steady, steady_s)
            end_s = time.time()
            told.listen(10)
        finally:
            worker.terminate()
        return Latency(greatest, len(steady) / steady_s, told.between(start_s, end_s))


def _rate(told: Told, batches: int) -> float:
    """Batches a second while so many are taken, by the second half of them: rules are compiled."""
    give_up_s = time.monotonic() + PATIENCE_S
    while len(told.waits) < batches:
        if time.monotonic() > give_up_s:
            raise TimeoutError(f"{len(told.waits)} of {batches} batches in {PATIENCE_S} s")
        told.listen(1)
    done_s = sorted(received_s + wait_s for received_s, wait_s in told.waits)
    half = len(done_s) // 2
    return half / (done_s[-1] - done_s[-half - 1])


def _send_evenly(
    access: KafkaAccess, told: Told, records: Sequence[Outgoing], seconds: float
) -> None:
    """Send each when it is due, and listen meanwhile."""
    producer = open_producer(access, linger_ms=5)
    started_s = time.monotonic()
    for number, each in enumerate(records):
        early_s = started_s + number * seconds / len(records) - time.monotonic()
        if early_s > 0:
            time.sleep(early_s)
        producer.send(each.topic, each.value, key=each.key, headers=[*each.headers])
    producer.flush()
    producer.close()


if __name__ == "__main__":
    print(measure_latency().line())
