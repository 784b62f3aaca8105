"""A changed registry under a running worker: whoever it leaves out is refused from then on.

Rule 1. A registry with faulty rows that the one in force had not is not taken: the row may be the
        last one of a file that is being written.
Rule 2. A registry that loses more than `FEW` enterprises and more than `FEW_SHARE` of them at once
        is held back until somebody confirms this very content.
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from pipeline.files.registry_file import read_registry_file
from pipeline.intake.registry import RegistryFault
from schemas.registry import Registry

FEW: Final = 5
FEW_SHARE: Final = 0.01
SHOWN: Final = 5
"""Names in a message."""


class RegistryHeld(Exception):
    """The registry in force stays: says why, and what to do."""


def confirmation_of(registry: Path) -> Path:
    """Where the content of a registry that was confirmed is named (`fenghuo registry confirm`)."""
    return registry.with_name(f"{registry.name}.confirmed")


def content_id_of(file: Path) -> str:
    """The id of what the file holds now; raises OSError."""
    return sha256(file.read_bytes()).hexdigest()


def is_confirmed(file: Path) -> bool:
    """Whether what the file holds now was confirmed; raises OSError."""
    place = confirmation_of(file)
    return place.is_file() and place.read_text(encoding="utf-8").strip() == content_id_of(file)


def lost(before: Registry, after: Registry) -> list[str]:
    """Who could publish and no longer can: left out, or without any key."""
    return [
        name
        for name, enterprise in before.items()
        if name not in after or (enterprise.keys and not after[name].keys)
    ]


def check_reload(file: Path, before: Registry, known: Iterable[RegistryFault]) -> None:
    """Raises RegistryHeld where the file may not replace what is in force, OSError where it cannot
    be read. `known` are the faults of the registry in force."""
    parsed = read_registry_file(file)
    gists = {(fault.problem, fault.remedy) for fault in known}
    new = [each for each in parsed.faults if (each.problem, each.remedy) not in gists]
    if new:
        raise RegistryHeld(f"{new[0]} ({len(new)} new faults); the registry in force stays")
    missing = lost(before, parsed.enterprises)
    if len(missing) > max(FEW, FEW_SHARE * len(before)) and not is_confirmed(file):
        names = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
        raise RegistryHeld(
            f"{file}: {len(missing)} of {len(before)} enterprises would be refused ({names}); the "
            f"registry in force stays; if that is meant: `fenghuo registry confirm {file}`"
        )
