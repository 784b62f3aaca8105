"""One experiment: traffic, two disturbed workers, an undisturbed one, and the comparison."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from math import inf
from pathlib import Path

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import make_topics, plan_topics
from tests.brokers.kafka import KafkaBroker, free_port
from tests.chaos.comparison import Difference, compare, read_stores
from tests.chaos.disturbance import OF_SWITCHES, WEIGHTS, Action, Disturber
from tests.chaos.machine import Machine
from tests.chaos.progress import wait_until_read
from tests.chaos.traffic import Outgoing, Traffic
from tests.chaos.workers import Command, WorkerProcess

PARTITIONS = 8


class Subject(msgspec.Struct, frozen=True):
    """What is put to the test: a worker's command, its environment, and its traffic.

    `bursts` are records of one partition, sent in great numbers at once now and then; `is_unsteady`
    is a worker whose clock and store do what its machine's switches say.
    """

    command: Command
    records: Callable[[], Iterator[Outgoing]]
    bursts: Callable[[], Iterator[Outgoing]] | None = None
    is_unsteady: bool = False
    environment: Mapping[str, str] = {}
    per_second: float = 100.0


class Result(msgspec.Struct, frozen=True):
    """What was done and what came of it."""

    seed: int
    published: int
    actions: dict[Action, int]
    met_work: int
    exits: dict[str, list[int]]
    duration_s: float
    differences: list[Difference]

    @property
    def is_exact(self) -> bool:
        """Nothing lost, nothing doubled, nothing otherwise."""
        return all(difference.is_equal for difference in self.differences)


def run_experiment(
    subject: Subject, folder: Path, disturbances: int, seed: int, at_most_s: float = inf
) -> Result:
    """Blocks for some 6 s a disturbance, and then for as long as their traffic takes twice.

    After `at_most_s` no more are done.
    """
    started_s = time.monotonic()
    with ExitStack() as stack:
        broker = KafkaBroker(folder / "broker").start()
        stack.callback(broker.stop)
        for group in ("disturbed", "undisturbed"):
            make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", group, PARTITIONS), 1)
        workers = {
            _worker(subject, folder / name, "disturbed", broker): stack.enter_context(
                closing(Machine(folder / name))
            )
            for name in ("a", "b")
        }
        bursts = subject.bursts and subject.bursts()
        with Traffic(broker.address, subject.records(), subject.per_second, bursts) as traffic:
            log = folder / "disturbances.log"
            actions = _possible(subject, workers.values())
            disturber = Disturber(broker, workers, traffic, actions, seed, log)
            for worker in workers:
                worker.start()
            time.sleep(5)
            disturber.disturb(disturbances, at_most_s)
        with _running([*workers]):
            wait_until_read(broker.address, "disturbed", PARTITIONS)
        calm = _worker(subject, folder / "calm", "undisturbed", broker)
        with _running([calm]):
            wait_until_read(broker.address, "undisturbed", PARTITIONS)
        expected = read_stores([calm.store], traffic.ended_at)
        found = read_stores((each.store for each in workers), traffic.ended_at)
    return Result(
        seed=seed,
        published=traffic.published,
        actions=dict(disturber.done),
        met_work=disturber.met_work,
        exits={each.name: each.exits for each in [*workers, calm]},
        duration_s=time.monotonic() - started_s,
        differences=compare(expected, found),
    )


def _possible(subject: Subject, machines: Iterable[Machine]) -> set[Action]:
    possible = {*WEIGHTS}
    if not subject.is_unsteady:
        possible -= OF_SWITCHES
    if not all(machine.has_disk for machine in machines):
        possible.remove("disk full")
    if subject.bursts is None:
        possible.remove("hot partition")
    return possible


def _worker(subject: Subject, folder: Path, group: str, broker: KafkaBroker) -> WorkerProcess:
    own = {
        "FENGHUO_KAFKA_BOOTSTRAP": broker.address,
        "FENGHUO_GROUP": group,
        "FENGHUO_HEALTH_PORT": str(free_port()),
    }
    return WorkerProcess(folder, subject.command, {**subject.environment, **own})


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
