"""What is wrong with the values of one row of the registry that has the right shape: pure."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Final

import msgspec

from schemas.credit_code import credit_code_problem
from schemas.ids import NAME_RULE, is_name
from schemas.industries import industry_problem
from schemas.moments import FIRST_STORED, LAST_STORED, moment_of
from schemas.provinces import PROVINCES, SEPARATE_CITIES
from schemas.registry import Enterprise, Registry
from schemas.time_zones import is_zone

SHOWN: Final = 80
"""Characters of a value in a fault."""
YEARS: Final = (1990, 2100)


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one field: its value as text, what, and what to do."""

    column: str
    value: str
    problem: str
    remedy: str


def problems_of(enterprise: Enterprise, before: Mapping[str, Enterprise]) -> Iterable[Problem]:
    """Every problem of a row; `before` are the sound rows above it."""
    name = enterprise.enterprise_id
    if not is_name(name):
        yield Problem(
            "enterprise_id",
            name,
            f"enterprise_id {name!r} cannot be an id",
            f"choose another: {NAME_RULE}",
        )
    if name in before:
        yield Problem(
            "enterprise_id",
            name,
            f"enterprise_id {name!r} stands twice",
            "keep one of the two rows",
        )
    yield from _place_problems(enterprise)
    yield from _identity_problems(enterprise)
    yield from _number_problems(enterprise)
    yield from _time_zone_problems(enterprise)
    yield from _access_problems(enterprise)


def shared_credit_codes(registry: Registry) -> dict[str, list[str]]:
    """Codes that several enterprises state, with their ids: one legal person that counts twice,
    which may be meant (two sites), and is no fault of either row."""
    stated: dict[str, list[str]] = {}
    for name, row in registry.items():
        if row.unified_social_credit_code:
            stated.setdefault(row.unified_social_credit_code, []).append(name)
    return {code: names for code, names in stated.items() if len(names) > 1}


def _place_problems(enterprise: Enterprise) -> Iterable[Problem]:
    province, city = enterprise.province, enterprise.city
    if province not in PROVINCES:
        yield Problem(
            "province",
            province,
            f"province {province!r} is unknown",
            "write its GB/T 2260 code, such as 330000 for Zhejiang",
        )
    if city and city not in SEPARATE_CITIES:
        yield Problem(
            "city",
            city,
            f"city {city!r} has no separate planning status",
            f"leave it out, or use one of {', '.join(SEPARATE_CITIES)}",
        )


def _identity_problems(enterprise: Enterprise) -> Iterable[Problem]:
    code, industry = enterprise.unified_social_credit_code, enterprise.industry
    problem = credit_code_problem(code) if code else ""
    if problem:
        yield Problem(
            "unified_social_credit_code",
            code,
            f"unified social credit code {code!r} {problem}",
            "copy it from the business licence (GB 32100-2015), in capitals",
        )
    problem = industry_problem(industry) if industry else ""
    if problem:
        yield Problem(
            "industry",
            industry,
            f"industry {industry!r} {problem}",
            "write a code of GB/T 4754-2017, such as C31 or C3110",
        )


def _number_problems(enterprise: Enterprise) -> Iterable[Problem]:
    for name in ("persons", "sensitive_persons", "annual_revenue", "users"):
        value: int | None = getattr(enterprise, name)
        if value is not None and not 0 <= value < 2**63:
            problem = f"{name} {value} is negative" if value < 0 else f"{name} {value} is too large"
            yield Problem(name, str(value), problem, "write how much it is, or leave it out")
    year, (first, last) = enterprise.revenue_year, YEARS
    if year is not None and not first <= year <= last:
        yield Problem(
            "revenue_year",
            str(year),
            f"revenue_year {year} is not between {first} and {last}",
            "write the year of the annual report, such as 2025",
        )


def _time_zone_problems(enterprise: Enterprise) -> Iterable[Problem]:
    zones = {"time_zone": (enterprise.time_zone,), "time_zones": enterprise.time_zones.values()}
    for column, values in zones.items():
        for zone in values:
            if zone and not is_zone(zone):
                yield Problem(
                    column,
                    zone,
                    f"time zone {zone!r} is unknown",
                    "write it as Asia/Shanghai or +08:00",
                )


def _access_problems(enterprise: Enterprise) -> Iterable[Problem]:
    for network in enterprise.networks:
        if not _is_network(network):
            problem = f"network {network!r} is no CIDR"
            yield Problem("networks", network, problem, "write it as 10.1.0.0/16")
    for key in enterprise.keys:
        if not _is_public_key(key.public_key):
            yield Problem(
                "keys",
                key.public_key[:SHOWN],
                f"key {key.key_id!r} is not 32 bytes in base64",
                "paste the public key that `fenghuo keys new` printed",
            )
        for name in ("valid_from", "valid_until"):
            when: datetime | None = getattr(key, name)
            if when is not None and not FIRST_STORED <= moment_of(when) <= LAST_STORED:
                problem = f"key {key.key_id!r}: {name} {when.isoformat()} is out of range"
                yield Problem("keys", when.isoformat(), problem, "write a year from 1900 to 2299")


def _is_public_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == 32
    except (Base64Error, ValueError):
        return False


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
