"""A replay of a period that Kafka no longer holds, or holds in part, says so."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from kafka import KafkaAdminClient, TopicPartition

from pipeline.cli.main import main as fenghuo
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.past_records import held_since
from pipeline.kafka.topics import make_topics, plan_topics
from schemas.moments import HOUR, SECOND, Moment, format_moment
from schemas.registry import Enterprise
from tests.brokers.choice import running
from tests.brokers.kafka import KafkaBroker

TOPIC = "fenghuo.events"
PARTITIONS = 2


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaAccess]:
    with running(KafkaBroker, tmp_path_factory.mktemp("broker")) as broker:
        access = KafkaAccess(broker.address)
        make_topics(access, plan_topics("fenghuo", "fenghuo", PARTITIONS), 1)
        yield access


def send(access: KafkaAccess, records: int) -> Moment:
    """So many to each partition; the moment before."""
    now = time.time_ns() // 1_000
    with producing(access) as producer:
        for each in range(records * PARTITIONS):
            producer.send(TOPIC, key=b"works", value=b"{}", partition=each % PARTITIONS)
    return now


def delete(access: KafkaAccess, before: dict[int, int]) -> None:
    """What retention does: records before an offset are gone."""
    admin = KafkaAdminClient(bootstrap_servers=access.bootstrap)
    admin.delete_records({TopicPartition(TOPIC, number): at for number, at in before.items()})
    admin.close()


def replay(access: KafkaAccess, folder: Path, name: str, start: Moment, end: Moment) -> Result:
    registry = folder / "registry.ndjson"
    row = Enterprise(
        enterprise_id="works", name="works", province="330000", sector="", field="industrial"
    )
    registry.write_bytes(msgspec.json.encode(row))
    options = ["--from", format_moment(start), "--to", format_moment(end)]
    places = ["--registry", str(registry), "--store", str(folder / "st")]
    return CliRunner().invoke(
        fenghuo,
        ["replay", "--name", name, "--bootstrap", access.bootstrap, *options, *places],
    )


def test_what_kafka_no_longer_holds_is_said(access: KafkaAccess, tmp_path: Path) -> None:
    early = send(access, 3) - SECOND
    assert held_since(access, TOPIC) is None
    time.sleep(1.5)
    later = send(access, 2)
    delete(access, {0: 3, 1: 3})
    since = held_since(access, TOPIC)
    assert since is not None
    assert later - SECOND <= since <= later + 5 * SECOND

    gone = replay(access, tmp_path, "gone", early, later - SECOND // 2)
    assert gone.exit_code == 1
    assert f"holds all only since {format_moment(since)}" in gone.output
    assert "nothing of the period is left" in gone.output
    assert not (tmp_path / "st" / "investigation_gone").exists()

    partly = replay(access, tmp_path, "partly", early, later + HOUR)
    assert partly.exit_code == 0, partly.output
    assert "what was received before is missing from this replay" in partly.output

    delete(access, {0: 5, 1: 5})
    now = time.time_ns() // 1_000
    nothing = held_since(access, TOPIC)
    assert nothing is not None
    assert nothing >= now
