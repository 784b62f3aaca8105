"""Who publishes: enterprises, their keys, and what an incident at each of them may touch."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from schemas.moments import Moment
from schemas.quota import QuotaOverride

Field: TypeAlias = Literal["industrial", "telecom", "radio", "unknown"]
"""数据领域: the field decides the regulator (Data Security Measures 2022, Art. 3)."""
DataClass: TypeAlias = Literal["general", "important", "core"]
"""数据级别 一般/重要/核心 (Data Security Measures 2022, Art. 8)."""

PROVINCE_PATTERN = "^[1-6][0-9]0000$"


class PublishingKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Ed25519 public key, base64 of its 32 bytes (RFC 8032), and when it may sign."""

    key_id: str
    public_key: str
    valid_from: Moment = 0
    valid_until: Moment | None = None

    def is_valid_at(self, moment: Moment) -> bool:
        """From `valid_from` on, and before `valid_until`."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


class Enterprise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the registry.

    `province` is a GB/T 2260 code of province level; `city` the code of one of the five
    cities with separate planning status (计划单列市), where the enterprise reports to it.
    `persons` and `sensitive_persons` are how many natural persons' (sensitive) personal
    information it holds. `shared_entities` are hosts, accounts and addresses that everyone
    there touches (domain controllers, scanners): they never glue detections together.
    `key_systems` are hosts and addresses whose loss is graver than that of a workstation (domain
    controllers, production control, stores of important data): an attack on one is estimated
    as one stage further.
    What a row does not say of the operator is unknown (None, "unknown"), which is not "no":
    the stricter duty runs until it is known.
    `time_zone` is that of times without an offset (`Asia/Shanghai`, `+08:00`; "" is UTC), and
    `time_zones` that of single hosts or formats, by their name. `quota` is what it may send, where
    that is other than the policy says.
    """

    enterprise_id: str
    name: str
    province: str
    sector: str
    field: Field = "unknown"
    city: str = ""
    xpcc: bool = False
    critical_infrastructure: bool | None = None
    central_organ: bool | None = None
    data_classes: tuple[DataClass, ...] = ("general",)
    persons: int | None = None
    sensitive_persons: int | None = None
    shared_entities: tuple[str, ...] = ()
    key_systems: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    keys: tuple[PublishingKey, ...] = ()
    time_zone: str = ""
    time_zones: dict[str, str] = {}
    quota: QuotaOverride | None = None


Registry: TypeAlias = Mapping[str, Enterprise]
"""All enterprises by `enterprise_id`."""

NOT_STATED: tuple[str, ...] = (
    "field",
    "critical_infrastructure",
    "central_organ",
    "persons",
    "sensitive_persons",
)
"""What a row of the registry may leave unknown."""


def unknown_facts(enterprise: Enterprise) -> list[str]:
    """The names of `NOT_STATED` that the row does not say."""
    return [name for name in NOT_STATED if getattr(enterprise, name) in (None, "unknown")]
