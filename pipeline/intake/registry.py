"""The registry as text: one JSON object an enterprise, one enterprise a line."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from ipaddress import ip_network

import msgspec

from schemas.names import NAME_RULE, is_name
from schemas.provinces import PROVINCES, SEPARATE_CITIES
from schemas.registry import Enterprise
from schemas.time_zones import is_zone

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What editors of Windows put before text in UTF-8."""

_ENTERPRISE = msgspec.json.Decoder(Enterprise)


class RegistryFault(msgspec.Struct, frozen=True):
    """One thing wrong with one row: file, 1-based line, what, and what to do."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}; {self.remedy}"


class ParsedRegistry(msgspec.Struct):
    """The sound rows by enterprise id, and every fault of the others."""

    enterprises: dict[str, Enterprise]
    faults: list[RegistryFault]


def parse_registry(lines: Iterable[bytes], file: str) -> ParsedRegistry:
    """NDJSON to enterprises. A faulty row costs only itself; all faults are collected."""
    parsed = ParsedRegistry({}, [])
    for number, line in enumerate(lines, start=1):
        row = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if row.strip():
            _parse_row(parsed, row, file, number)
    return parsed


def _parse_row(parsed: ParsedRegistry, line: bytes, file: str, number: int) -> None:
    try:
        enterprise = _ENTERPRISE.decode(line)
    except UnicodeDecodeError as fault:
        parsed.faults.append(RegistryFault(file, number, str(fault), "save the file as UTF-8"))
        return
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        parsed.faults.append(
            RegistryFault(file, number, str(fault), "write the row as docs/registry.md says")
        )
        return
    problems = list(_problems(enterprise, parsed.enterprises))
    parsed.faults += [RegistryFault(file, number, *problem) for problem in problems]
    if not problems:
        parsed.enterprises[enterprise.enterprise_id] = enterprise


def _problems(enterprise: Enterprise, before: dict[str, Enterprise]) -> Iterable[tuple[str, str]]:
    """Every (problem, remedy) of a row that decodes."""
    name = enterprise.enterprise_id
    if not is_name(name):
        yield f"enterprise_id {name!r} cannot be an id", f"choose another: {NAME_RULE}"
    if name in before:
        yield f"enterprise_id {name!r} stands twice", "keep one of the two rows"
    if enterprise.province not in PROVINCES:
        yield (
            f"province {enterprise.province!r} is unknown",
            "write its GB/T 2260 code, such as 330000 for Zhejiang",
        )
    if enterprise.city and enterprise.city not in SEPARATE_CITIES:
        yield (
            f"city {enterprise.city!r} has no separate planning status",
            f"leave it out, or use one of {', '.join(SEPARATE_CITIES)}",
        )
    if min(enterprise.persons or 0, enterprise.sensitive_persons or 0) < 0:
        yield "a number of persons is negative", "write how many persons' data it holds"
    for network in enterprise.networks:
        if not _is_network(network):
            yield f"network {network!r} is no CIDR", "write it as 10.1.0.0/16"
    for zone in (enterprise.time_zone, *enterprise.time_zones.values()):
        if zone and not is_zone(zone):
            yield f"time zone {zone!r} is unknown", "write it as Asia/Shanghai or +08:00"
    for key in enterprise.keys:
        if not _is_public_key(key.public_key):
            yield (
                f"key {key.key_id!r} is not 32 bytes in base64",
                "paste the public key that `fenghuo keys new` printed",
            )


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
