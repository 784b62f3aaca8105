"""How we stand with a broker that lets us in: topics, their partitions, our rights (shell).

A worker without the right to its consumer group would wait for partitions without a word, and
one without its topics, or with unequal ones, fails in the middle of things: asked beforehand.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin
from pipeline.kafka.faults import RequestRefused, refusals_explained
from pipeline.kafka.naming import changelog_name
from pipeline.kafka.rights import Right, Role, Thing, rights_of
from schemas.topics import SOURCES, TopicRole, topic_name

NO_SUCH_TOPIC = 3
NOT_ALLOWED = 29
"""Kafka's error codes of a topic: UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED."""
COORDINATOR_S = 10.0
"""How long a new cluster may take to make its topic of offsets."""


class Problem(msgspec.Struct, frozen=True):
    """What is not as it must be, and the remedy."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}"


class Topic(msgspec.Struct, frozen=True):
    """A topic as the broker shows it to us; `operations` None: the broker does not say."""

    topic_id: str = ""
    """Another one where a topic is rebuilt under the same name; empty: the broker has none."""
    partitions: int = 0
    operations: frozenset[str] | None = None
    error: int = 0


class TopicsFound(msgspec.Struct, frozen=True):
    """What there is on the broker for a worker: the sources by name, and the topics of receipts."""

    sources: Mapping[str, Topic]
    receipts: frozenset[str]


def require(
    access: KafkaAccess,
    role: Role,
    prefix: str,
    group: str = "",
    *,
    enterprise_id: str = "",
    things: Collection[Thing] = (),
) -> None:
    """Raises RequestRefused with every problem that would keep the role from its work, or from
    its work with these `things` alone. The enterprise is the user unless another is named."""
    problems = find_problems(
        access, role, prefix, group, enterprise_id=enterprise_id, things=things
    )
    if problems:
        what = "; ".join(each.what for each in problems)
        raise RequestRefused(what, "; ".join(dict.fromkeys(each.remedy for each in problems)))


def find_problems(
    access: KafkaAccess,
    role: Role,
    prefix: str,
    group: str,
    *,
    enterprise_id: str = "",
    things: Collection[Thing] = (),
) -> list[Problem]:
    """What would keep a user of this role from its work; raises KafkaFault.

    Rights on all topics of a prefix cannot be asked for by who has them: `receipt_topics`.
    """
    owner = enterprise_id or access.user
    rights = rights_of(role, prefix, group, owner, things)
    wanted = [right for right in rights if not right.is_prefix]
    names = {right.name for right in wanted if right.resource == "topic"}
    admin = open_admin(access)
    try:
        with refusals_explained(access.bootstrap, access.who):
            topics = describe_topics(admin, names)
            is_member = "group" not in {right.resource for right in wanted} or _may_join(
                admin, group
            )
    finally:
        admin.close()
    lacking = [right for right in wanted if not _is_granted(right, topics, is_member)]
    return [
        *_absent(topics),
        *_unequal(topics, _partitioned_alike(prefix, group)),
        *_forbidden(access.who, lacking, _grant(owner, role, prefix, group)),
    ]


def describe_topics(admin: Any, names: Iterable[str]) -> dict[str, Topic]:
    """The topics by name, those that are not there or not shown among them."""
    return {
        each["name"]: Topic(
            topic_id=_topic_id(each.get("topic_id")),
            partitions=len(each["partitions"]),
            operations=_operations(each["authorized_operations"]),
            error=each["error_code"],
        )
        for each in admin.describe_topics(sorted(names))
    }


def describe_sources(
    access: KafkaAccess, prefix: str, roles: Iterable[TopicRole] = SOURCES
) -> dict[str, Topic]:
    """What the worker reads, or these of it, by name; raises KafkaFault."""
    admin = open_admin(access)
    try:
        with refusals_explained(access.bootstrap, access.who):
            return describe_topics(admin, [topic_name(role, prefix) for role in roles])
    finally:
        admin.close()


def receipt_topics(access: KafkaAccess, prefix: str, known: Iterable[str] = ()) -> frozenset[str]:
    """The topics of receipts that we may write to; of those `known` only whether they are there.

    Raises KafkaFault.
    """
    admin = open_admin(access)
    try:
        with refusals_explained(access.bootstrap, access.who):
            begins = f"{topic_name('receipts', prefix)}."
            there = {name for name in admin.list_topics() if name.startswith(begins)}
            fresh = describe_topics(admin, there.difference(known)) if there else {}
    finally:
        admin.close()
    return frozenset(there.intersection(known)) | {
        name
        for name, topic in fresh.items()
        if not topic.error and (topic.operations is None or "WRITE" in topic.operations)
    }


def partitions_of(topics: Mapping[str, Topic]) -> int:
    """How many each has; 0 where they differ or the broker does not say."""
    counts = {topic.partitions for topic in topics.values()}
    return counts.pop() if len(counts) == 1 else 0


def _topic_id(given: Any) -> str:
    """Kafka has them since 2.8; all zeros stand for none."""
    text = str(given or "").replace("-", "")
    return text if text.strip("0") else ""


def _operations(named: Iterable[str] | None) -> frozenset[str] | None:
    """A broker without access control names none at all, or all."""
    return frozenset(named) if named else None


def _partitioned_alike(prefix: str, group: str) -> tuple[str, ...]:
    """One worker owns an enterprise in all of these, by the number of its partition."""
    return (*(topic_name(role, prefix) for role in SOURCES), changelog_name(group))


def _absent(topics: Mapping[str, Topic]) -> Iterator[Problem]:
    absent = sorted(name for name, topic in topics.items() if topic.error == NO_SUCH_TOPIC)
    if absent:
        made_by = "`fenghuo topics`, those of receipts with --registry"
        yield Problem(f"no topic {', '.join(absent)}", f"make them: {made_by}")


def _unequal(topics: Mapping[str, Topic], alike: Iterable[str]) -> Iterator[Problem]:
    counts = {name: topics[name].partitions for name in alike if name in topics}
    counts = {name: count for name, count in counts.items() if count}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{name} has {count}" for name, count in counts.items())
        yield Problem(
            f"partitions differ: {said}",
            "make them equal while no worker runs: `fenghuo states repartition`",
        )


def _forbidden(who: str, lacking: list[Right], grant: str) -> Iterator[Problem]:
    """To a user without rights Kafka shows a topic that is there as one that is not."""
    if lacking:
        said = ", ".join(map(str, lacking))
        remedy = f"as administrator: `fenghuo topics` where they are not there, and `{grant}`"
        yield Problem(f"{who} lacks {said}", remedy)


def _grant(user: str, role: Role, prefix: str, group: str) -> str:
    """The command that grants it."""
    words = ["fenghuo access grant", user or "USER", "--role", role, "--prefix", prefix]
    return " ".join([*words, "--group", group] if group else words)


def _is_granted(right: Right, topics: Mapping[str, Topic], is_member: bool) -> bool:
    if right.resource == "group":
        return is_member
    topic = topics[right.name]
    if topic.error == NOT_ALLOWED:
        return False
    return topic.operations is None or right.operation in topic.operations


def _may_join(admin: Any, group: str) -> bool:
    """Whether the group would take us; asked again while the cluster has no coordinator yet."""
    from kafka.errors import CoordinatorNotAvailableError, GroupAuthorizationFailedError

    deadline_s = time.monotonic() + COORDINATOR_S
    while True:
        try:
            described = admin.describe_groups([group])[group]
            operations = _operations(described.get("authorized_operations"))
            return operations is None or "READ" in operations
        except GroupAuthorizationFailedError:
            return False
        except ValueError:  # bits of no operation: the embedded broker knows no rights
            return True
        except CoordinatorNotAvailableError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.5)
