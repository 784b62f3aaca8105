"""Identifiers derived from content: a retry, a replay or another worker yields the same id."""

from collections.abc import Iterable
from hashlib import blake2b

ID_BYTES = 16
_SEPARATOR = b"\x1f"


def content_id(kind: str, *parts: str | bytes) -> str:
    """32 hexadecimal digits of BLAKE2b-128 over `kind` and `parts`.

    Each part is preceded by its length, so that no two different lists of parts
    ever give the same bytes.
    """
    return ContentIds(kind, *parts).id_of()


class ContentIds:
    """Ids of one kind whose first parts are the same: those are digested once."""

    __slots__ = ("_begun",)

    def __init__(self, kind: str, *parts: str | bytes) -> None:
        self._begun = blake2b(digest_size=ID_BYTES, person=kind.encode()[:16])
        _take_in(self._begun, parts)

    def id_of(self, *parts: str | bytes) -> str:
        """`content_id` of the kind, the first parts and these."""
        digest = self._begun.copy()
        _take_in(digest, parts)
        return digest.hexdigest()


def _take_in(digest: blake2b, parts: Iterable[str | bytes]) -> None:
    """Part by part: a copy of all of them joined costs more than their digest."""
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d%s" % (len(data), _SEPARATOR))
        digest.update(data)
