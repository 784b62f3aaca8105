"""What a registry would change in the one before it, and what it would switch off: pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.registry import Enterprise, PublishingKey, Registry

Fields: TypeAlias = Mapping[str, object]
"""One enterprise's fields by name: of a registry's file, or of the store's table."""
SwitchedOff: TypeAlias = Literal["keys", "incidents", "state"]

MEANING: Final[Mapping[SwitchedOff, str]] = {
    "keys": "lose a key with which they sign: what they send is refused from then on",
    "incidents": "leave the registry with open incidents, which nobody will go on with",
    "state": "leave the registry with state, which is kept for a week and then ends",
}
"""What a change takes away without a word, and somebody must confirm."""


class FieldChange(msgspec.Struct, frozen=True):
    """One field of an enterprise that stays."""

    enterprise_id: str
    field: str
    before: object
    after: object


class RegistryDiff(msgspec.Struct, frozen=True):
    """Ids that come and go, and the fields that change, in the order of ids."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both registries say the same."""
        return not (self.added or self.removed or self.changed)


def differences(before: Mapping[str, Fields], after: Mapping[str, Fields]) -> RegistryDiff:
    """From the one to the other; fields that only one of them knows do not count."""
    return RegistryDiff(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            FieldChange(name, field, old, after[name][field])
            for name in sorted(before.keys() & after.keys())
            for field, old in before[name].items()
            if field in after[name] and after[name][field] != old
        ),
    )


class Content(msgspec.Struct, frozen=True):
    """What a registry says, by enterprise id: its fields as they are compared, and its keys."""

    fields: Mapping[str, Fields]
    keys: Mapping[str, tuple[PublishingKey, ...]]


def content_of(registry: Registry) -> Content:
    """Of the registry's file: every field."""
    names = Enterprise.__struct_fields__
    return Content(
        {
            enterprise_id: {name: getattr(row, name) for name in names}
            for enterprise_id, row in registry.items()
        },
        {enterprise_id: row.keys for enterprise_id, row in registry.items()},
    )


def switched_off(
    before: Content, after: Content, open_incidents: Collection[str], states: Collection[str]
) -> dict[SwitchedOff, list[str]]:
    """The ids behind each of MEANING, none left out; `open_incidents` and `states` are ids."""
    names = sorted(before.keys)
    removed = [name for name in names if name not in after.keys]
    found: dict[SwitchedOff, list[str]] = {
        "keys": [name for name in names if _loses(before.keys[name], after.keys.get(name, ()))],
        "incidents": _among(removed, open_incidents),
        "state": _among(removed, states),
    }
    return {what: those for what, those in found.items() if those}


def _among(names: Iterable[str], those: Collection[str]) -> list[str]:
    return [name for name in names if name in those]


def _loses(before: Iterable[PublishingKey], after: Collection[PublishingKey]) -> bool:
    return not all(any(_covers(new, old) for new in after) for old in before)


def _covers(new: PublishingKey, old: PublishingKey) -> bool:
    """Whether everything that the old key may sign the new one may too."""
    is_same = (new.key_id, new.public_key) == (old.key_id, old.public_key)
    lasts = new.valid_until is None or (
        old.valid_until is not None and old.valid_until <= new.valid_until
    )
    return is_same and new.valid_from <= old.valid_from and lasts
