"""Who sent it: an Ed25519 signature (RFC 8032) over the headers and the value's digest.

What is signed is unambiguous: every part is preceded by its length, and the enterprise id
that keys the record is one of the parts, so a batch cannot be moved to another enterprise.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from schemas.batch import SIGNATURE_CONTEXT, SIGNED_HEADERS


def signed_bytes(enterprise_id: bytes, headers: Mapping[str, bytes], value: bytes) -> bytes:
    """What the sender signs; an absent header counts as empty."""
    parts = [SIGNATURE_CONTEXT, enterprise_id]
    parts += [headers.get(name, b"") for name in SIGNED_HEADERS]
    parts.append(sha256(value).digest())
    return joined(parts)


def joined(parts: Iterable[bytes]) -> bytes:
    """Each part preceded by its length."""
    return b"".join(b"%d:%s" % (len(part), part) for part in parts)


def sign(
    private_key: Ed25519PrivateKey, enterprise_id: bytes, headers: Mapping[str, bytes], value: bytes
) -> bytes:
    """The 64 bytes of the header `fenghuo-signature`."""
    return private_key.sign(signed_bytes(enterprise_id, headers, value))


def is_signed_by(
    public_key: str,
    signature: bytes,
    enterprise_id: bytes,
    headers: Mapping[str, bytes],
    value: bytes,
) -> bool:
    """Whether the signature is that of the registered key (base64 of 32 bytes)."""
    return is_signed(public_key, signature, signed_bytes(enterprise_id, headers, value))


def is_signed(public_key: str, signature: bytes, message: bytes) -> bool:
    """Whether it is this key's signature of the message."""
    try:
        _key(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=100_000)
def _key(public_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(b64decode(public_key))
