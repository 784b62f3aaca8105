"""Identifiers derived from content: a retry, a replay or another worker yields the same id."""

from hashlib import blake2b

ID_BYTES = 16


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
        self._begun.update(_joined(parts))

    def id_of(self, *parts: str | bytes) -> str:
        """`content_id` of the kind, the first parts and these."""
        digest = self._begun.copy()
        digest.update(_joined(parts))
        return digest.hexdigest()


def _joined(parts: tuple[str | bytes, ...]) -> bytes:
    """All in one piece: of a line, a call of `update` costs more than copying it."""
    pieces = []
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        pieces.append(b"%d\x1f%b" % (len(data), data))
    return b"".join(pieces)
