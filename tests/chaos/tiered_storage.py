"""`python -m tests.chaos.tiered_storage`: a past that only the remote tier has, read three times.

A Kafka whose topic of events is kept for half a year, but on its own disk only for a second. A
worker reads it from the beginning; its changelog is lost, and one with an empty store reads it
again, as docs/operations.md says; and `fenghuo replay` reads it. Fails unless every row, incidents
among them, is the same after each, and unless the segments read were on no broker's disk.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
from click.testing import CliRunner, Result

from pipeline.cli.main import main as fenghuo
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin, producing
from pipeline.kafka.naming import changelog_name
from schemas.moments import HOUR, LAST_STORED, format_moment
from schemas.topics import topic_name
from tests.brokers.kafka import free_port
from tests.brokers.tiered import TieredKafka
from tests.chaos.comparison import Contents, compare, read_stores
from tests.chaos.experiment import Subject
from tests.chaos.progress import wait_until_read
from tests.chaos.subjects import fenghuo_subject
from tests.chaos.traffic import Outgoing
from tests.chaos.workers import WorkerProcess

PARTITIONS = 4
GROUP = "long-past"
EVENTS = topic_name("events")
BURST_S = 1.2
"""Longer than a segment may grow, so that each burst begins another one."""
TOPICS = ("topics", "--group", GROUP, "--partitions", PARTITIONS, "--keep-events-days", 184)


@click.command()
@click.option("--records", type=int, default=2_000, show_default=True)
@click.option("--bursts", type=int, default=10, show_default=True, help="Segments, about.")
@click.option("--seed", type=int, default=7, show_default=True)
def main(records: int, bursts: int, seed: int) -> None:
    """Read a past that is in the remote tier."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        broker = TieredKafka(folder / "broker")
        broker.start()
        try:
            is_same = Past(broker, folder, fenghuo_subject(seed, folder)).read(records, bursts)
        finally:
            broker.stop()
    sys.exit(0 if is_same else 1)


class Past:
    """A topic of events that is mostly elsewhere, and who reads it."""

    def __init__(self, broker: TieredKafka, folder: Path, subject: Subject) -> None:
        self._broker = broker
        self._folder = folder
        self._subject = subject
        self._access = KafkaAccess(broker.address)

    def read(self, records: int, bursts: int) -> bool:
        """Whether it was the same each time."""
        self._call(*TOPICS)
        self._call(*TOPICS, "--local-days", 7, "--alter")
        self._shorten()
        begun = time.time_ns() // 1_000
        self._publish(islice(self._subject.records(), records), records // bursts)
        starts = self._wait_for_remote()
        print(f"{records} records in {self._broker.remote_segments()} remote segments;", end=" ")
        print(f"on the broker's disk from offset {starts} on, in the log from 0")
        first = self._work("live")
        self._lose_changelog()
        is_same = tell_differences(first, self._work("again"))
        span = ("--from", format_moment(begun), "--to", format_moment(begun + HOUR))
        files = ("--registry", self._setting("REGISTRY"), "--policy", self._setting("POLICY"))
        replayed = self._call(
            "replay", "--name", "past", *span, *files, "--rules", self._setting("RULES"),
            "--source", "kafka", "--store", self._folder / "live" / "store", "--diff",
        )  # fmt: skip
        difference = replayed.stdout.splitlines()[-1]
        print(f"replay from Kafka against the live store: {difference}")
        print(*(f"  {line}" for line in replayed.stderr.splitlines()[-4:]), sep="\n")
        return is_same and difference == "nothing differs"

    def _call(self, *arguments: object) -> Result:
        options = ["--bootstrap", self._broker.address]
        result = CliRunner().invoke(fenghuo, [*map(str, arguments), *options])
        if result.exit_code:
            raise SystemExit(f"fenghuo {arguments[0]}: {result.output}")
        return result

    def _setting(self, name: str) -> str:
        return self._subject.environment[f"FENGHUO_{name}"]

    def _shorten(self) -> None:
        """What takes days takes seconds: `--local-days` and the broker's own terms of a segment."""
        from kafka.admin import ConfigResource, ConfigResourceType

        terms = {"local.retention.ms": "1000", "segment.ms": "1000", "file.delete.delay.ms": "100"}
        admin = open_admin(self._access)
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, EVENTS, terms)])
        admin.close()

    def _publish(self, records: Iterator[Outgoing], burst: int) -> None:
        with producing(self._access) as producer:
            while some := list(islice(records, burst)):
                for each in some:
                    producer.send(
                        each.topic, value=each.value, key=each.key, headers=[*each.headers]
                    )
                producer.flush()
                time.sleep(BURST_S)

    def _wait_for_remote(self, patience_s: float = 120.0) -> list[int]:
        """Until the beginning of every partition is in the other tier alone; where the rest is."""
        deadline_s = time.monotonic() + patience_s
        while not all(starts := self._broker.local_starts(EVENTS, PARTITIONS)):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"still on the broker's disk: {starts}")
            time.sleep(0.5)
        return starts

    def _work(self, name: str) -> Contents:
        """What a worker's own store holds once it has read all that there is."""
        own = {
            "FENGHUO_KAFKA_BOOTSTRAP": self._broker.address,
            "FENGHUO_GROUP": GROUP,
            "FENGHUO_HEALTH_PORT": str(free_port()),
        }
        environment = {**self._subject.environment, **own}
        worker = WorkerProcess(self._folder / name, self._subject.command, environment)
        worker.start()
        try:
            wait_until_read(self._broker.address, GROUP, PARTITIONS)
        finally:
            worker.terminate()
        rows = read_stores([worker.store], LAST_STORED)
        count = sum(map(len, rows.values()))
        print(f"worker, {name}: {count} rows, {len(rows['incidents'])} of incidents")
        return rows

    def _lose_changelog(self) -> None:
        admin = open_admin(self._access)
        admin.delete_topics([changelog_name(GROUP)])
        while changelog_name(GROUP) in admin.list_topics():
            time.sleep(0.2)
        admin.close()
        self._call(*TOPICS)


def tell_differences(before: Contents, after: Contents) -> bool:
    """Whether there is none; each table that has some is printed."""
    differences = [each for each in compare(before, after) if not each.is_equal]
    for each in differences:
        print(f"{each.table}: {len(each.lost)} rows gone, {len(each.extra)} more; for example:")
        print(*(*each.lost[:2], *each.extra[:2]), sep="\n")
    print(f"tables that differ after the changelog was lost: {len(differences)}")
    return not differences


if __name__ == "__main__":
    main()
