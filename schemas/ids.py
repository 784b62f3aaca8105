"""Identifiers derived from content: a retry, a replay or another worker yields the same id."""

from hashlib import blake2b

ID_BYTES = 16
_SEPARATOR = b"\x1f"


def content_id(kind: str, *parts: str | bytes) -> str:
    """32 hexadecimal digits of BLAKE2b-128 over `kind` and `parts`.

    Each part is preceded by its length, so that no two different lists of parts
    ever give the same bytes.
    """
    digest = blake2b(digest_size=ID_BYTES, person=kind.encode()[:16])
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d%s" % (len(data), _SEPARATOR))
        digest.update(data)
    return digest.hexdigest()
