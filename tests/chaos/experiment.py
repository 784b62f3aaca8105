"""One experiment: traffic, two disturbed workers, an undisturbed one, and the comparison."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import make_topics, plan_topics
from tests.brokers.kafka import KafkaBroker, free_port
from tests.chaos.comparison import Difference, compare, read_stores
from tests.chaos.disturbance import Action, Disturber
from tests.chaos.machine import Machine
from tests.chaos.progress import wait_until_read
from tests.chaos.traffic import Outgoing, Traffic
from tests.chaos.workers import Command, WorkerProcess

PARTITIONS = 8


class Subject(msgspec.Struct, frozen=True):
    """What is put to the test: a worker's command, its environment, and its traffic.

    `bursts` are records of one partition, sent in great numbers at once now and then.
    """

    command: Command
    records: Callable[[], Iterator[Outgoing]]
    bursts: Callable[[], Iterator[Outgoing]] | None = None
    environment: Mapping[str, str] = {}
    per_second: float = 100.0


class Result(msgspec.Struct, frozen=True):
    """What was done and what came of it."""

    seed: int
    published: int
    actions: dict[Action, int]
    exits: dict[str, list[int]]
    duration_s: float
    differences: list[Difference]

    @property
    def is_exact(self) -> bool:
        """Nothing lost, nothing doubled, nothing otherwise."""
        return all(difference.is_equal for difference in self.differences)


def run_experiment(subject: Subject, folder: Path, disturbances: int, seed: int) -> Result:
    """Blocks for some 6 s a disturbance."""
    started_s = time.monotonic()
    broker = KafkaBroker(folder / "broker").start()
    try:
        for group in ("disturbed", "undisturbed"):
            make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", group, PARTITIONS), 1)
        workers = {
            _worker(subject, folder / name, "disturbed", broker): Machine(folder / name)
            for name in ("a", "b")
        }
        bursts = subject.bursts and subject.bursts()
        with Traffic(broker.address, subject.records(), subject.per_second, bursts) as traffic:
            disturber = Disturber(broker, workers, traffic, seed)
            _disturb(disturber, [*workers], disturbances)
        with _running([*workers]):
            wait_until_read(broker.address, "disturbed", PARTITIONS)
        calm = _worker(subject, folder / "calm", "undisturbed", broker)
        with _running([calm]):
            wait_until_read(broker.address, "undisturbed", PARTITIONS)
    finally:
        broker.stop()
    expected, found = read_stores([calm.store]), read_stores(each.store for each in workers)
    for machine in workers.values():
        machine.close()
    return Result(
        seed=seed,
        published=traffic.published,
        actions=dict(disturber.done),
        exits={each.name: each.exits for each in [*workers, calm]},
        duration_s=time.monotonic() - started_s,
        differences=compare(expected, found),
    )


def _worker(subject: Subject, folder: Path, group: str, broker: KafkaBroker) -> WorkerProcess:
    own = {
        "FENGHUO_KAFKA_BOOTSTRAP": broker.address,
        "FENGHUO_GROUP": group,
        "FENGHUO_HEALTH_PORT": str(free_port()),
    }
    return WorkerProcess(folder, subject.command, {**subject.environment, **own})


def _disturb(disturber: Disturber, workers: Sequence[WorkerProcess], times: int) -> None:
    for worker in workers:
        worker.start()
    time.sleep(5)
    disturber.disturb(times)


@contextmanager
def _running(workers: list[WorkerProcess]) -> Iterator[None]:
    """Started if they are not, and ended in order afterwards."""
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
