"""Kafka topics: what each carries, how it is keyed, and in which partition a key belongs.

All keyed topics share a partition count. The partition is that of Kafka's default partitioner:
every client for the JVM, aiokafka and kafka-python have it as theirs; librdkafka and what is built
on it has it as `partitioner=murmur2_random`.
"""

from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec

TopicRole: TypeAlias = Literal[
    "events",
    "commands",
    "sightings",
    "dead_letters",
    "incidents",
    "detections",
    "campaigns",
    "receipts",
]

DEFAULT_PREFIX = "fenghuo"
LONGEST_PART = 160
"""Characters of a topic's name for the enterprise; Kafka takes 249 in all."""


class Topic(msgspec.Struct, frozen=True):
    """One topic. `days` is how long Kafka keeps its records: events until they are in the store,
    which keeps their lines; commands six months, as what people decided is held against them.
    """

    role: TopicRole
    days: int
    comment: str


TOPICS: tuple[Topic, ...] = (
    Topic("events", 7, "Signed batches of events, keyed by enterprise id."),
    Topic("commands", 184, "What analysts say of incidents, keyed by enterprise id."),
    Topic("sightings", 7, "Indicators of incidents, for the stage of campaigns, by campaign id."),
    Topic("dead_letters", 30, "Records and lines that could not be taken, with the reason."),
    Topic("incidents", 30, "Incidents as OCSF 2005, keyed by enterprise id."),
    Topic("detections", 7, "Detections as OCSF 2004, keyed by enterprise id."),
    Topic("campaigns", 30, "Campaigns, without the names of enterprises, keyed by campaign id."),
)

RECEIPTS = Topic("receipts", 30, "What became of the batches of one enterprise.")
"""One topic for each enterprise (`receipts_topic`): Kafka's access control knows topics, and not
keys, so this is how an enterprise reads what it is told and no other does."""

SOURCES: tuple[TopicRole, ...] = ("events", "commands", "sightings")
"""What a worker reads: one worker owns a partition number in all of them."""


def topic_name(role: TopicRole, prefix: str = DEFAULT_PREFIX) -> str:
    """The topic's name on the broker: `fenghuo.dead-letters`."""
    return f"{prefix}.{role.replace('_', '-')}"


def receipts_topic(enterprise_id: str, prefix: str = DEFAULT_PREFIX) -> str:
    """The topic of one enterprise's receipts: `fenghuo.receipts.E00001`.

    Other ids have other topics, also where Kafka takes `.` and `_` for one: what is neither
    letter, digit nor `-` is written `_2e`, and an id that grows too long so is its digest.
    """
    written = "".join(
        each if each.isascii() and (each.isalnum() or each == "-") else f"_{ord(each):02x}"
        for each in enterprise_id
    )
    if len(written) > LONGEST_PART:
        written = "__" + sha256(enterprise_id.encode()).hexdigest()
    return f"{topic_name('receipts', prefix)}.{written}"


def is_commands(topic: str) -> bool:
    """Whether a record of this topic is a command."""
    return topic.endswith(".commands")


def is_sightings(topic: str) -> bool:
    """Whether a record of this topic is a sighting, written by our own workers."""
    return topic.endswith(".sightings")


def partition_of(key: bytes, partitions: int) -> int:
    """The key's partition of so many."""
    # The sign is cut off, as `Utils.toPositive` does: not the absolute value.
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def is_in_place(key: bytes, partition: int, partitions: int) -> bool:
    """Whether this is the key's partition. True where the number of partitions is unknown (0)."""
    return not partitions or partition_of(key, partitions) == partition


_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_MASK = 0xFFFFFFFF


def _murmur2(data: bytes) -> int:
    """32 bits, as `org.apache.kafka.common.utils.Utils.murmur2` defines them."""
    whole = len(data) & ~3
    hashed = _SEED ^ len(data)
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _MULTIPLIER & _MASK
        word = (word ^ word >> 24) * _MULTIPLIER & _MASK
        hashed = hashed * _MULTIPLIER & _MASK ^ word
    if data[whole:]:
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    hashed = (hashed ^ hashed >> 13) * _MULTIPLIER & _MASK
    return hashed ^ hashed >> 15
