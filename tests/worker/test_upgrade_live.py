"""An upgrade in daylight, worker by worker: other rules, policy and registry under traffic."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from pipeline.app.engines import make_engine
from pipeline.files.registry_file import registry_rows
from pipeline.files.rule_files import rule_rows
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.past_records import read_whole
from pipeline.worker.ledger import TopicPartition
from schemas.batch import Record
from schemas.topics import SOURCES, topic_name
from sinks.chdb import ChdbSink
from sinks.contract import Sink
from sinks.tables import TABLES
from tests.brokers.choice import BrokerAddress
from tests.chaos.comparison import Contents, Union, compare
from tests.chaos.progress import wait_until_read
from tests.chaos.workers import python_module
from tests.engine.builders import COMMANDS, RULES
from tests.releases.traffic import batches, exception
from tests.worker.hostile import DRILL, NAMES, enterprise
from tests.worker.test_live import PARTITIONS, Bench, LiveWorker
from tests.worker.world import Worker, World

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")
NO_TIMERS_S = "36000"
"""What timers do depends on when they are looked at, which two runs cannot have in common."""
CAMPAIGNS = {"thresholds": [{"kind": "account", "enterprises": 3, "window_s": 86_400}]}
RULE_NEVER_MET = """
title: Never Met
id: 44444444-4444-4444-8444-444444444444
logsource: {product: windows, category: process_creation}
detection: {selection: {CommandLine: never}, condition: selection}
level: low
"""


class Files:
    """Rules, policy and registry of a release."""

    def __init__(self, folder: Path, rules: str, names: Sequence[str], **policy: object) -> None:
        self.rules, self.policy = folder / "rules", folder / "policy.json"
        self.registry = folder / "registry.ndjson"
        self.rules.mkdir(parents=True)
        (self.rules / "rules.yml").write_text(rules)
        rows = [msgspec.json.encode(enterprise(name)) for name in names]
        self.registry.write_bytes(b"\n".join(rows))
        same = {"commands": COMMANDS, "drills": [DRILL], "campaigns": CAMPAIGNS}
        self.policy.write_bytes(msgspec.json.encode({**same, **policy}))

    @property
    def variables(self) -> dict[str, str]:
        return {
            "FENGHUO_RULES": str(self.rules),
            "FENGHUO_POLICY": str(self.policy),
            "FENGHUO_REGISTRY": str(self.registry),
        }


def worker_command(store: Path) -> list[str]:
    return python_module("pipeline.cli.main", "worker", "--store", str(store))


@pytest.fixture
def site(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    site = Bench(broker, tmp_path, worker_command)
    yield site
    site.close()


class Flow(Thread):
    """Two days of three enterprises, a record after the other."""

    def __init__(self, site: Bench, pause_s: float) -> None:
        super().__init__()
        self.records = [exception(), *batches(0), *batches(1)]
        self._site, self._pause_s = site, pause_s

    def run(self) -> None:
        for each in self.records:
            topic = each.topic.replace("fenghuo", self._site.prefix)
            sent = self._site.producer.send(
                topic, key=each.key, value=each.value, headers=[*each.headers]
            )
            sent.get(timeout=60)
            time.sleep(self._pause_s)


def contents(sinks: Iterable[Sink]) -> Contents:
    """Every revision of everything, but for what names the rules in force."""
    union = {table.name: Union(table) for table in TABLES}
    for sink in sinks:
        for table in TABLES:
            rows = sink.view(table.history or table.name)
            union[table.name].take({**row, "rule_set_id": ""} for row in rows)
    return {name: each.rows for name, each in union.items()}


def opened(workers: Iterable[LiveWorker]) -> Iterator[Sink]:
    """Their stores, one at a time: a process has no two open."""
    for worker in workers:
        sink = ChdbSink(worker.store)
        yield sink
        sink.close()


def undisturbed(site: Bench, files: Files) -> Contents:
    """What one worker of the new files comes to that reads the same topics at once."""
    access = KafkaAccess(site.address)
    engine = make_engine((files.rules,), files.registry, files.policy, print)
    log: dict[TopicPartition, list[Record]] = {
        (topic_name(role, site.prefix), each): [] for role in SOURCES for each in range(PARTITIONS)
    }
    for role in SOURCES:
        for record in read_whole(access, topic_name(role, site.prefix)):
            log[record.topic, record.partition].append(record)
    world = World(log, engine, partitions=PARTITIONS)
    world.store.write({**registry_rows(engine.registry), **rule_rows(engine.rules)}, "registry")
    owned = frozenset(range(PARTITIONS))
    assert Worker(world, 1, 10_000_000, partitions=owned).run({}, iter(()), 50)
    return contents([world.store])


def replace(worker: LiveWorker, files: Files) -> None:
    """Ended in order, and started again as the new release."""
    worker.terminate()
    worker.environment.update(files.variables)
    worker.start()
    worker.wait_for("fenghuo_assigned_partitions", 1)


def test_worker_by_worker_under_traffic_nothing_differs(site: Bench, tmp_path: Path) -> None:
    old = Files(tmp_path / "old", RULES, NAMES)
    new = Files(tmp_path / "new", f"{RULES}---{RULE_NEVER_MET}", (*NAMES, "E4"),
                quota={"burst_s": 90})  # fmt: skip
    workers = [
        site.worker(name, FENGHUO_TIMERS_S=NO_TIMERS_S, **old.variables) for name in ("a", "b")
    ]
    flow = Flow(site, pause_s=0.2)
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.wait_for("fenghuo_assigned_partitions", 1)
    flow.start()
    for worker in workers:
        replace(worker, new)
    flow.join()
    wait_until_read(site.address, site.prefix, PARTITIONS, 60, site.prefix)
    for worker in workers:
        worker.terminate()
    assert [each.exits for each in workers] == [[0, 0], [0, 0]]
    differences = compare(undisturbed(site, new), contents(opened(workers)))
    assert {each.table for each in differences if each.rows} >= {"batches", "campaigns", "commands"}
    assert [each for each in differences if not each.is_equal] == []
