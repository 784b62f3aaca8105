"""A detection: a Sigma rule, or a Sigma correlation, that matched (OCSF class 2004)."""

from typing import Literal, TypeAlias

import msgspec

from schemas.moments import Moment

EntityKind: TypeAlias = Literal[
    "host",
    "account",
    "address",
    "process",
    "hash",
    "domain",
    "url",
    "file",
    "registry_key",
    "data",
]
Level: TypeAlias = Literal["informational", "low", "medium", "high", "critical"]
DetectionStatus: TypeAlias = Literal["active", "superseded"]


class Entity(msgspec.Struct, frozen=True, order=True):
    """Something that takes part in an attack. `value` is normalised (lower case, no port).

    `role` says how it took part: actor, target, tool, observer, or "" where unknown.
    """

    kind: EntityKind
    value: str
    role: str = ""


class Detection(msgspec.Struct, frozen=True, kw_only=True, tag="detection"):
    """What matched, on which events.

    `detection_id` is derived from enterprise, rule and the event (rule) or the group and
    the first event (correlation); `revision` grows when a correlation's window grows.
    A superseded detection no longer holds: late evidence changed what it was made from.
    `event_ids` holds at most 100; `event_count` counts all.
    """

    detection_id: str
    revision: int
    status: DetectionStatus
    kind: Literal["rule", "correlation"]
    rule_id: str
    title: str
    level: Level
    tags: tuple[str, ...]
    scenario: str
    enterprise_id: str
    province: str
    time: Moment
    """When it became true: the event's time, or that of the event that completed the window."""
    first_time: Moment
    last_time: Moment
    received_at: Moment
    event_ids: tuple[str, ...]
    event_count: int
    entities: tuple[Entity, ...]
    product: str
    category: str
    service: str
    summary: str
    """The one fact an analyst reads first: command line, path, address or count."""
    late: bool
    drill: str
    rule_set_id: str
    title_zh: str = ""
    """The title in Chinese, where the rule's author gave one."""
    summary_zh: str = ""
    """The fact in Chinese, where it is a sentence of ours and not what an event says."""
    investigation: str = ""
    """The investigation that found it where an analyst admitted it as a late finding."""
