"""The Kafka topics of an installation, with the settings that correctness rests on (shell).

All get their timestamps from the broker (`LogAppendTime`): a timestamp is the moment of receipt,
and a sender cannot choose it. Nor does a worker whose clock is wrong: what it tells is neither
refused by the broker (`message.timestamp.after.max.ms`) nor deleted before its time. The sources
and the worker's changelog have the same number of partitions, so that one worker owns a partition
number in all of them.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin
from pipeline.kafka.faults import RequestRefused
from pipeline.kafka.naming import changelog_name
from schemas.moments import DAY
from schemas.topics import RECEIPTS, TOPICS, Topic, receipts_topic, topic_name

MAX_MESSAGE_BYTES = "8000000"
_EVERY = {"max.message.bytes": MAX_MESSAGE_BYTES, "message.timestamp.type": "LogAppendTime"}
"""Settings of every topic."""
GROWN_S = 30.0
"""How long all brokers may take to know of new partitions."""
AT_ONCE = 500
"""Topics in one request: a broker makes so many well within its time."""


class TopicConflict(Exception):
    """Topics that are there and cannot be used as they are; the message has the remedy of each."""


class Terms(msgspec.Struct, frozen=True):
    """How long, in days, Kafka keeps events, and of them how long on the brokers' own disks.

    `local_days` 0: there is no tiered storage, or it is not used.
    """

    event_days: int = 7
    local_days: int = 0


class TopicPlan(msgspec.Struct, frozen=True):
    """One topic to be made."""

    name: str
    partitions: int
    settings: Mapping[str, str]


def plan_topics(
    prefix: str, group: str, partitions: int, terms: Terms | None = None
) -> list[TopicPlan]:
    """All topics of one installation, the worker's changelog among them."""
    terms = terms or Terms()
    plans = []
    for topic in TOPICS:
        settings = _settings(topic)
        if topic.role == "events":
            settings |= _settings_of_events(terms)
        plans.append(TopicPlan(topic_name(topic.role, prefix), partitions, settings))
    changelog = {"cleanup.policy": "compact", **_EVERY}
    plans.append(TopicPlan(changelog_name(group), partitions, changelog))
    return plans


def plan_receipts(prefix: str, enterprises: Iterable[str]) -> list[TopicPlan]:
    """The topic of each enterprise's receipts: one partition, read by one."""
    return [TopicPlan(receipts_topic(each, prefix), 1, _settings(RECEIPTS)) for each in enterprises]


def _settings_of_events(terms: Terms) -> dict[str, str]:
    kept = {"retention.ms": _days_in_ms(terms.event_days)}
    if not terms.local_days:
        return kept
    return kept | {
        "remote.storage.enable": "true",
        "local.retention.ms": _days_in_ms(terms.local_days),
    }


def _days_in_ms(days: int) -> str:
    return str(days * DAY // 1000)


def _settings(topic: Topic) -> dict[str, str]:
    return {
        "retention.ms": _days_in_ms(topic.days),
        **_EVERY,
    }


def find_conflicts(plans: list[TopicPlan], existing: Mapping[str, int]) -> list[str]:
    """What is there already with another number of partitions: state would be lost by a change."""
    return [
        f"{plan.name}: has {existing[plan.name]} partitions, {plan.partitions} wanted; "
        f"give --partitions {existing[plan.name]}, or `fenghuo states repartition` for more"
        for plan in plans
        if existing.get(plan.name, plan.partitions) != plan.partitions
    ]


def make_topics(access: KafkaAccess, plans: list[TopicPlan], replication: int) -> list[str]:
    """Make those that are missing; their names. Raises TopicConflict."""
    admin = open_admin(access)
    try:
        existing = {
            topic["name"]: len(topic["partitions"])
            for topic in admin.describe_topics(admin.list_topics())
        }
        conflicts = find_conflicts(plans, existing)
        if conflicts:
            raise TopicConflict("\n".join(conflicts))
        missing = [plan for plan in plans if plan.name not in existing]
        for first in range(0, len(missing), AT_ONCE):
            some = missing[first : first + AT_ONCE]
            admin.create_topics({plan.name: _wanted(plan, replication) for plan in some})
        return [plan.name for plan in missing]
    finally:
        admin.close()


def add_partitions(access: KafkaAccess, names: Sequence[str], partitions: int) -> None:
    """Give these topics, which have fewer, so many, one after the other; returns when they do.

    Raises KafkaFault and kafka.errors.KafkaError.
    """
    admin = open_admin(access)
    try:
        for name in names:
            admin.create_partitions({name: partitions})
        deadline_s = time.monotonic() + GROWN_S
        while any(len(each["partitions"]) < partitions for each in admin.describe_topics([*names])):
            if time.monotonic() > deadline_s:
                raise RequestRefused("the broker does not show the new partitions", "call again")
            time.sleep(0.2)
    finally:
        admin.close()


def alter_settings(access: KafkaAccess, plans: Sequence[TopicPlan]) -> list[str]:
    """Bring those that are there to the settings of their plans; what was changed, in words.

    Raises KafkaFault and kafka.errors.KafkaError.
    """
    from kafka.admin import ConfigResource, ConfigResourceType

    admin = open_admin(access)
    try:
        found = admin.describe_topics([plan.name for plan in plans])
        replicas = {
            each["name"]: len(each["partitions"][0]["replica_nodes"])
            for each in found
            if each["partitions"]
        }
        wanted = {
            plan.name: _all_settings(plan, replicas[plan.name])
            for plan in plans
            if plan.name in replicas
        }
        asked = [
            ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(settings))
            for name, settings in wanted.items()
        ]
        there = admin.describe_configs(asked, config_filter="all")["topic"]
        changes = {
            name: {
                key: value for key, value in settings.items() if _value(there[name], key) != value
            }
            for name, settings in wanted.items()
        }
        changed = [
            ConfigResource(ConfigResourceType.TOPIC, name, each)
            for name, each in changes.items()
            if each
        ]
        if changed:
            admin.alter_configs(changed)
    finally:
        admin.close()
    return [
        f"{name}: {key} was {_value(there[name], key)}, is {value}"
        for name, each in changes.items()
        for key, value in each.items()
    ]


def _value(settings: Mapping[str, Any], name: str) -> str:
    return str(settings.get(name, {}).get("value"))


def _wanted(plan: TopicPlan, replication: int) -> dict[str, Any]:
    return {
        "num_partitions": plan.partitions,
        "replication_factor": replication,
        "configs": _all_settings(plan, replication),
    }


def _all_settings(plan: TopicPlan, replication: int) -> dict[str, str]:
    """One replica may be away, and what was acknowledged is still on two where there are three."""
    return {**plan.settings, "min.insync.replicas": str(max(1, replication - 1))}
