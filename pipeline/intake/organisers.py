"""What organisers of drills may sign: nothing but the batches of their own drills.

Rule 1. A key is an organiser's by its 32 bytes, wherever and under whatever name it is registered:
        entered for an enterprise too, it still signs nothing in earnest.
Rule 2. What it signs bears the name of a registered drill of that organiser, comes from one of
        the drill's enterprises, and is received while the drill runs. Everything else is refused.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from pipeline.intake.drills import Drill, refusal_of
from schemas.ids import NAME_RULE, is_name
from schemas.moments import Moment
from schemas.organiser import Organiser
from schemas.registry import PublishingKey

SEPARATOR: Final = "/"
"""Between organiser and key in the header `fenghuo-key-id`."""


class Exercises(msgspec.Struct, frozen=True):
    """The drills that are registered, and who holds drills."""

    drills: tuple[Drill, ...] = ()
    organisers: tuple[Organiser, ...] = ()

    def key_of(self, key_id: str) -> PublishingKey | None:
        """The organiser's key that a batch names, if there is one."""
        organiser_id, _, name = key_id.partition(SEPARATOR)
        for organiser in self.organisers:
            if organiser.organiser_id == organiser_id:
                return next((key for key in organiser.keys if key.key_id == name), None)
        return None

    def holder_of(self, key: PublishingKey) -> str:
        """Whose key it is of the organisers, by its bytes; "" for an enterprise's."""
        octets = b64decode(key.public_key)
        for organiser in self.organisers:
            if any(b64decode(each.public_key) == octets for each in organiser.keys):
                return organiser.organiser_id
        return ""

    def refusal_of(self, drill: str, enterprise_id: str, at: Moment) -> str:
        """Why a batch received at this moment may not bear the drill's name; "" if it may."""
        return refusal_of(self.drills, drill, enterprise_id, at) if drill else ""

    def refusal_of_organiser(
        self, organiser_id: str, drill: str, enterprise_id: str, at: Moment
    ) -> str:
        """Why what this organiser signed is not taken; "" if it is."""
        if not drill:
            return f"{organiser_id!r} holds drills, and this batch bears the name of none"
        named = next((each for each in self.drills if each.name == drill), None)
        if named is not None and named.organiser != organiser_id:
            return f"drill {drill!r} is not {organiser_id!r}'s"
        return self.refusal_of(drill, enterprise_id, at)


NONE_HELD: Final = Exercises()


def faults_of_organisers(organisers: Sequence[Organiser], drills: Sequence[Drill]) -> Iterator[str]:
    """Everything that is wrong with the organisers, and with drills that name one."""
    ids = [each.organiser_id for each in organisers]
    for number, organiser in enumerate(organisers):
        place = f"organisers[{number}]"
        name = organiser.organiser_id
        if not is_name(name) or SEPARATOR in name:
            yield f"{place}.organiser_id: {name!r}: write {NAME_RULE}, without {SEPARATOR!r}"
        if name in ids[:number]:
            yield f"{place}.organiser_id: {name!r} stands twice; keep one of the two"
        for at, key in enumerate(organiser.keys):
            yield from _faults_of_key(f"{place}.keys[{at}]", key)
    for number, drill in enumerate(drills):
        if drill.organiser and drill.organiser not in ids:
            yield (
                f"drills[{number}].organiser: no organiser {drill.organiser!r}; add it under "
                "organisers, or correct the id"
            )


def _faults_of_key(place: str, key: PublishingKey) -> Iterator[str]:
    if not is_name(key.key_id):
        yield f"{place}.key_id: {key.key_id!r} is not {NAME_RULE}; choose another"
    try:
        octets = len(b64decode(key.public_key, validate=True))
    except (Base64Error, ValueError):
        octets = 0
    if octets != 32:
        yield f"{place}.public_key: not 32 bytes in base64; paste what `fenghuo keys new` printed"
