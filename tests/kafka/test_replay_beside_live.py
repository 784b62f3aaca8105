"""A replay while a worker runs: offsets, groups, topics and the live store stay as they are."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin, open_consumer
from pipeline.kafka.naming import changelog_name
from sinks.chdb import ChdbSink
from sinks.tables import TABLES
from tests.kafka.site import Site
from tests.kafka.test_secured import PERIOD, worker_of

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]
RULE = """\
title: Any even number
logsource: {category: numbers}
detection:
  even: {parity: even}
  condition: even
level: high
"""


def broker_state(site: Site) -> dict[str, Any]:
    """Every topic with its ends, every group with its members and offsets, every right."""
    from kafka import TopicPartition
    from kafka.admin import (
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )

    access = KafkaAccess(site.broker.address, *site.admin)
    admin, consumer = open_admin(access), open_consumer(access)
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    everything = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
    try:
        topics = admin.describe_topics(admin.list_topics())
        places = [
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in topics
            for partition in topic["partitions"]
            # The live worker asks the broker there what time it is (rule 9 of `worker/ledger.py`).
            if not topic["is_internal"] and topic["name"] != changelog_name("live")
        ]
        groups = sorted(group["group_id"] for group in admin.list_groups())
        return {
            "topics": sorted(topic["name"] for topic in topics),
            "ends": consumer.end_offsets(places),
            "groups": groups,
            "offsets": {group: str(admin.list_group_offsets(group)) for group in groups},
            "rights": sorted(map(str, admin.describe_acls(everything)[0])),
        }
    finally:
        consumer.close()
        admin.close()


def store_rows(store: Path) -> dict[str, list[Any]]:
    """Every view of the store; it must be nobody else's just now."""
    sink = ChdbSink(store)
    try:
        return {table.name: sink.view(table.name) for table in TABLES}
    finally:
        sink.close()


def test_a_replay_touches_nothing_of_the_live_pipeline(site: Site, tmp_path: Path) -> None:
    made = site.call("admin", "topics", "--prefix", "live", "--group", "live", "--partitions", 1)
    assert made.exit_code == 0, made.output
    names = {"FENGHUO_TOPIC_PREFIX": "live", "FENGHUO_GROUP": "live"}
    for role in ("worker", "enterprise", "investigator"):
        site.grant(role, role, "--prefix", "live", "--group", "live")
    worker = worker_of(site, tmp_path, FENGHUO_TIMERS_S="3600", **names)
    assert site.publish("enterprise", numbers(site.folder / "n.ndjson"), **names).exit_code == 0
    worker.start()
    worker.wait_for("fenghuo_events_total", 300)
    worker.terminate()
    rows = store_rows(worker.store)
    assert (len(rows["events"]), len(rows["detections"])) == (300, 0)
    worker.start()
    worker.wait_for("fenghuo_assigned_partitions", 1)
    before = broker_state(site)

    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "even.yml").write_text(RULE)
    replayed = site.call(
        "investigator", "replay", "--name", "even", *PERIOD, "--registry", site.registry,
        "--rules", rules, "--store", tmp_path / "aside", **names,
    )  # fmt: skip
    assert replayed.exit_code == 0, replayed.output
    aside = ChdbSink(tmp_path / "aside" / "investigation_even", "investigation_even")
    assert len(aside.view("detections")) == 150, "the other rules were in force"
    aside.close()

    assert broker_state(site) == before
    assert worker.page("/health/ready")[0] == 200
    worker.terminate()
    assert store_rows(worker.store) == rows


def numbers(place: Path) -> Path:
    """300 events, every second one even."""
    lines = [
        msgspec.json.encode(
            {
                "@timestamp": f"2026-03-02T10:{each // 60:02}:{each % 60:02}Z",
                "category": "numbers",
                "parity": ("even", "odd")[each % 2],
                "n": each,
            }
        )
        for each in range(300)
    ]
    place.write_bytes(b"\n".join(lines))
    return place
