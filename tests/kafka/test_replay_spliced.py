"""Of a period that Kafka holds in part, the rest comes from the store: once, and whole."""

import subprocess
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer
from tests.brokers.choice import running
from tests.brokers.kafka import KafkaBroker
from tests.replay.test_replay import PARTITIONS, Site, tables

pytestmark = pytest.mark.kafka

TOPIC = "fenghuo.events"


def test_store_and_kafka_together_come_to_what_kafka_alone_came_to(tmp_path: Path) -> None:
    with running(KafkaBroker, tmp_path / "broker") as broker:
        site = Site(broker.address, tmp_path)
        published = site.publish()
        succeeded(site.replay("whole"))
        expire_half(broker.address)
        kept = tmp_path / "st" / "investigation_whole"
        places = ("--store", str(kept), "--database", "investigation_whole")
        spliced = succeeded(site.replay("spliced", *places, "--diff", "--lang", "en"))
        assert "read from the store's lines: " in spliced.stderr
        assert "read from Kafka: " in spliced.stderr
        assert f"{published} events in " in spliced.stderr
        assert spliced.stdout.endswith("nothing differs\n")
        from_store = succeeded(site.replay("stored", *places, "--source", "store"))
        assert "read from Kafka" not in from_store.stderr
    whole = tables(kept, "investigation_whole")
    for name in ("spliced", "stored"):
        assert tables(kept / f"investigation_{name}", f"investigation_{name}") == whole


def succeeded(result: "subprocess.CompletedProcess[str]") -> "subprocess.CompletedProcess[str]":
    assert result.returncode == 0, result.stderr
    return result


def expire_half(bootstrap: str) -> None:
    """What retention does: of each partition the older half is gone."""
    consumer = open_consumer(KafkaAccess(bootstrap))
    places = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    ends = consumer.end_offsets(places)
    consumer.close()
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_records({place: end // 2 for place, end in ends.items()})
    admin.close()
