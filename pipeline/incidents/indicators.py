"""What of an incident others can look for: addresses, names and files of the attacker, not hosts
and accounts of the victim.

Rule 1. What everyone has is no indicator (`linking_keys.py`): the system's programs, resolvers.
Rule 2. Addresses of private networks are other machines elsewhere.
Rule 3. Hashes only beside a program or file outside the system's folders: else they are its own.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from re import fullmatch

import msgspec

from pipeline.incidents.linking_keys import is_system_path, normal_form
from pipeline.intake.normal_forms import is_private
from schemas.detection import Entity, EntityKind

SHARED_KINDS: tuple[EntityKind, ...] = ("address", "domain", "url", "hash", "file", "process")


HASHES = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
"""By hexadecimal digits; what is none of these is not told."""


class Observable(msgspec.Struct, frozen=True, order=True):
    """One thing to look for; a process is told as its file."""

    kind: EntityKind
    value: str


def observables_of(entities: Iterable[Entity]) -> list[Observable]:
    """Each once, by kind and value."""
    held = [one for one in entities if one.kind in SHARED_KINDS and one.role != "observer"]
    has_own_file = any(_is_own_file(one) for one in held)
    found = {_observable(one) for one in held if one.kind != "hash" or has_own_file}
    return sorted(one for one in found if one is not None)


def _observable(entity: Entity) -> Observable | None:
    if entity.kind == "url":
        return Observable("url", entity.value)
    if entity.kind in ("file", "process"):
        return Observable("file", entity.value) if _is_own_file(entity) else None
    kind, value = normal_form(entity.kind, entity.value)
    check = _FIT.get(kind)
    return Observable(kind, value) if value and (check is None or check(value)) else None


_FIT: Mapping[EntityKind, Callable[[str], bool]] = {
    "address": lambda value: not is_private(ip_address(value)),
    "hash": lambda value: len(value) in HASHES and fullmatch(r"[0-9a-f]+", value) is not None,
}
"""What a value must be to mean the same elsewhere; other kinds always do."""


def _is_own_file(entity: Entity) -> bool:
    is_path = entity.kind in ("file", "process") and entity.value.strip() != ""
    return is_path and not is_system_path(entity.value.strip().lower())
