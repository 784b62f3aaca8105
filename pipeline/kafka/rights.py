"""Who may do what on the broker: one table, from which rights are granted and checked.

Kafka's READ and WRITE include DESCRIBE. The key of a record is not part of Kafka's access
control: that an enterprise publishes only in its own name is what each batch's signature proves,
and that it alone reads its receipts is why they have a topic for each enterprise.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from pipeline.kafka.naming import changelog_name
from schemas.topics import TopicRole, receipts_topic, topic_name

Role: TypeAlias = Literal[
    "enterprise", "analyst", "subscriber", "investigator", "operator", "worker"
]
Operation: TypeAlias = Literal["READ", "WRITE"]
Thing: TypeAlias = TopicRole | Literal["changelog", "group"]
"""A topic by its role, the topic of a worker's state, or the workers' consumer group."""

RIGHTS: Mapping[Role, Mapping[Thing, tuple[Operation, ...]]] = {
    "enterprise": {"events": ("WRITE",), "receipts": ("READ",)},
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
        "receipts": ("WRITE",),
        "changelog": ("READ", "WRITE"),
        "group": ("READ",),
    },
}
"""Of `fenghuo publish`, `fenghuo incidents`, other systems that read what comes out, `fenghuo
replay`, `fenghuo dead-letters requeue` and `fenghuo worker`. A user may have several roles."""


class Right(msgspec.Struct, frozen=True):
    """To do `operation` on one topic or consumer group; or, where `is_prefix`, on all topics
    whose names begin so."""

    resource: Literal["topic", "group"]
    name: str
    operation: Operation
    is_prefix: bool = False

    def __str__(self) -> str:
        return f"{self.operation} on {self.resource} {self.name}{'*' * self.is_prefix}"


def rights_of(
    role: Role,
    prefix: str,
    group: str,
    enterprise_id: str = "",
    things: Collection[Thing] = (),
) -> list[Right]:
    """Every right that the role needs, with these topics and this group of workers, or with these
    `things` of them alone. An enterprise reads its own receipts, a worker writes everybody's.
    """
    return [
        Right(resource, name, operation, is_prefix=resource == "topic" and name.endswith("."))
        for thing, operations in RIGHTS[role].items()
        if not things or thing in things
        for resource, name in _places(role, thing, prefix, group, enterprise_id)
        for operation in operations
    ]


def _places(
    role: Role, thing: Thing, prefix: str, group: str, enterprise_id: str
) -> Iterator[tuple[Literal["topic", "group"], str]]:
    """Kind and name; none for the receipts of an enterprise that is not named. A name that ends
    in a dot is the beginning of many: no topic of ours ends so."""
    match thing:
        case "group":
            yield "group", group
        case "changelog":
            yield "topic", changelog_name(group)
        case "receipts" if role != "enterprise":
            yield "topic", f"{topic_name(thing, prefix)}."
        case "receipts":
            if enterprise_id:
                yield "topic", receipts_topic(enterprise_id, prefix)
        case _:
            yield "topic", topic_name(thing, prefix)
