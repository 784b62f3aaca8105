"""Who may do what on the broker: one table, from which rights are granted and checked.

Kafka's READ and WRITE include DESCRIBE. The key of a record is not part of Kafka's access
control: that an enterprise publishes only in its own name is what each batch's signature proves.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from pipeline.kafka.naming import changelog_name
from schemas.topics import TopicRole, topic_name

Role: TypeAlias = Literal[
    "enterprise", "analyst", "subscriber", "investigator", "operator", "worker"
]
Operation: TypeAlias = Literal["READ", "WRITE"]
Thing: TypeAlias = TopicRole | Literal["changelog", "group"]
"""A topic by its role, the topic of a worker's state, or the workers' consumer group."""

RIGHTS: Mapping[Role, Mapping[Thing, tuple[Operation, ...]]] = {
    "enterprise": {"events": ("WRITE",)},
    "analyst": {"commands": ("WRITE",)},
    "subscriber": {
        "dead_letters": ("READ",),
        "incidents": ("READ",),
        "detections": ("READ",),
        "campaigns": ("READ",),
    },
    "investigator": {"events": ("READ",), "commands": ("READ",)},
    "operator": {
        "events": ("READ", "WRITE"),
        "commands": ("READ", "WRITE"),
        "sightings": ("READ", "WRITE"),
    },
    "worker": {
        "events": ("READ",),
        "commands": ("READ",),
        "sightings": ("READ", "WRITE"),
        "dead_letters": ("WRITE",),
        "incidents": ("WRITE",),
        "detections": ("WRITE",),
        "campaigns": ("WRITE",),
        "changelog": ("READ", "WRITE"),
        "group": ("READ",),
    },
}
"""Of `fenghuo publish`, `fenghuo incidents`, other systems that read what comes out, `fenghuo
replay`, `fenghuo dead-letters requeue` and `fenghuo worker`. A user may have several roles."""


class Right(msgspec.Struct, frozen=True):
    """To do `operation` on one topic or consumer group."""

    resource: Literal["topic", "group"]
    name: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.operation} on {self.resource} {self.name}"


def rights_of(role: Role, prefix: str, group: str) -> list[Right]:
    """Every right that the role needs, with these topics and this group of workers."""
    return [
        Right("group" if thing == "group" else "topic", _name(thing, prefix, group), operation)
        for thing, operations in RIGHTS[role].items()
        for operation in operations
    ]


def _name(thing: Thing, prefix: str, group: str) -> str:
    if thing == "group":
        return group
    if thing == "changelog":
        return changelog_name(group)
    return topic_name(thing, prefix)
