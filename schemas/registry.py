"""Who publishes: enterprises, their keys, and what an incident at each of them may touch."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, TypeAlias

import msgspec

from schemas.moments import Moment, ZonedTime, moment_of
from schemas.quota import QuotaOverride

Field: TypeAlias = Literal["industrial", "telecom", "radio", "unknown"]
"""数据领域: the field decides the regulator (Data Security Measures 2022, Art. 3)."""
DataClass: TypeAlias = Literal["general", "important", "core"]
"""数据级别 一般/重要/核心 (Data Security Measures 2022, Art. 8)."""
ListingAbroad: TypeAlias = Literal["none", "planned", "filed"]
"""国外上市 (Cybersecurity Review Measures 2022, Art. 7): not meant, planned, or filed for."""

PROVINCE_PATTERN = "^[1-6][0-9]0000$"


class PublishingKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Ed25519 public key, base64 of its 32 bytes (RFC 8032), and when it may sign.

    Times are written as RFC 3339 with an offset; a number is refused, whatever its unit.
    """

    key_id: str
    public_key: str
    valid_from: ZonedTime = datetime(1970, 1, 1, tzinfo=UTC)
    valid_until: ZonedTime | None = None

    def is_valid_at(self, moment: Moment) -> bool:
        """From `valid_from` on, and before `valid_until`."""
        return moment_of(self.valid_from) <= moment and (
            self.valid_until is None or moment < moment_of(self.valid_until)
        )


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to call or write to there. Kept in the registry's file, not in the store."""

    name: str = ""
    phone: str = ""
    email: str = ""


class Enterprise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the registry.

    `province` is a GB/T 2260 code of province level; `city` the code of one of the five
    cities with separate planning status (计划单列市), where the enterprise reports to it.
    `persons` and `sensitive_persons` are how many natural persons' (sensitive) personal
    information it holds. `shared_entities` are hosts, accounts and addresses that everyone
    there touches (domain controllers, scanners): they never link detections.
    `key_systems` are hosts and addresses whose loss is graver than that of a workstation (domain
    controllers, production control, stores of important data): an attack on one is estimated
    as one stage further.
    What a row does not say of the operator is unknown (None, "unknown"), which is not "no":
    the stricter duty runs until it is known.
    `unified_social_credit_code` is GB 32100-2015's; `industry` a code of GB/T 4754-2017 beside the
    sector. `annual_revenue` is in yuan, of the year `revenue_year`; `above_designated_size` says
    whether it is one of the 规模以上 enterprises. `graded_on` is when its data was last classified
    and graded, `assessed_on` when their risks were last assessed (Data Security Measures 2022,
    Art. 31), `connected_since` when it says that it began to publish. `expected_sources` are the
    products (Sigma's log sources) whose events it is to send. `users` are those of its platforms.
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
    unified_social_credit_code: str = ""
    industry: str = ""
    annual_revenue: int | None = None
    revenue_year: int | None = None
    above_designated_size: bool | None = None
    graded_on: date | None = None
    assessed_on: date | None = None
    connected_since: date | None = None
    expected_sources: tuple[str, ...] = ()
    users: int | None = None
    listing_abroad: ListingAbroad | None = None
    contacts: tuple[Contact, ...] = ()
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
