"""Identifiers: ours derived from content, so that a retry, a replay or another worker yields the
same; and what those may look like that come from outside, which end up in keys, rows, pages and
queries."""

import re
from hashlib import blake2b

ID_BYTES = 16


def content_id(kind: str, *parts: str | bytes) -> str:
    """32 hexadecimal digits of BLAKE2b-128 over `kind` and `parts`.

    Each part is preceded by its length, so that no two different lists of parts
    ever give the same bytes.
    """
    return blake2b(_joined(parts), digest_size=ID_BYTES, person=kind.encode()[:16]).hexdigest()


class ContentIds:
    """Ids of one kind whose first parts are the same: those are digested once."""

    __slots__ = ("_begun",)

    def __init__(self, kind: str, *parts: str | bytes) -> None:
        # `person` keeps ids of different kinds apart; BLAKE2b takes 16 bytes of it.
        self._begun = blake2b(digest_size=ID_BYTES, person=kind.encode()[:16])
        self._begun.update(_joined(parts))

    def id_of(self, *parts: str | bytes) -> str:
        """`content_id` of the kind, the first parts and these."""
        return self.id_of_framed(_joined(parts))

    def id_of_framed(self, parts: bytes) -> str:
        """The same for parts that are `framed` already: of what all lines have in common, once."""
        digest = self._begun.copy()
        digest.update(parts)
        return digest.hexdigest()


def framed(part: str | bytes) -> bytes:
    """A part behind its length."""
    data = part if isinstance(part, bytes) else part.encode()
    return b"%d\x1f%b" % (len(data), data)


def _joined(parts: tuple[str | bytes, ...]) -> bytes:
    """All in one piece: of a line, a call of `update` costs more than copying it."""
    return b"".join([framed(part) for part in parts])


NAME_MAX = 128
"""Characters of an id at most."""
NAME_RULE = f"1 to {NAME_MAX} letters, digits and . _ : @ + = / -"
"""`is_name` in words, for remedies."""

_NAME = re.compile(rf"[\w.:@+=/-]{{1,{NAME_MAX}}}")


def is_name(text: str) -> bool:
    """Whether a text can be an id: of an enterprise, a key, a batch, a stream, a drill."""
    return _NAME.fullmatch(text) is not None
