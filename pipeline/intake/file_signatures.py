"""Who says what the registry, the policy and the rules hold: a signature beside each; pure.

Rule 1. Signed is all of a place: a file's bytes, or every file of a folder with its name. One that
        comes, goes or changes makes it another content.
Rule 2. What was signed before what was taken last is not taken: an old version with its old
        signature would bring back a key that was ended. Who signs it again means to go back.
Rule 3. A key is trusted while the file of signers names it. It has no period: who holds a stolen
        key can write any date into what it signs.
Rule 4. What is signed ahead of our clock is not taken: until that day nothing else would be.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.intake.signature import is_signed, joined
from schemas.ids import NAME_RULE, is_name
from schemas.moments import ZonedTime

CONTEXT: Final = b"fenghuo-files-1"
"""Tells it from what enterprises and analysts sign."""
AHEAD: Final = timedelta(hours=1)
"""How far the clock of who signs may be ahead of ours."""

Contents: TypeAlias = Mapping[str, bytes]
"""Of a place: each file by its path below it; a place that is one file has it under ""."""
Signers: TypeAlias = Mapping[str, str]
"""Public keys (base64 of 32 bytes) by their ids."""


class FileSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in `<place>.sig`; `signature` is base64 of 64 bytes (Ed25519, RFC 8032)."""

    key_id: str
    signed_at: ZonedTime
    signature: str


class NotSigned(ValueError):
    """A content that nobody trusted has signed: place, cause, remedy."""


def sign_contents(
    private_key: Ed25519PrivateKey, key_id: str, contents: Contents, at: datetime
) -> FileSignature:
    """The signature of a place's content; `at` has an offset."""
    signature = private_key.sign(_signed_bytes(key_id, at, contents))
    return FileSignature(key_id, at, b64encode(signature).decode())


def check_contents(
    place: str,
    contents: Contents,
    signature: FileSignature,
    signers: Signers,
    now: datetime,
    newer_than: datetime | None = None,
) -> None:
    """Raises NotSigned unless one of the signers signed this content, not before `newer_than`,
    where that is known, and not after `now`; all three have an offset."""
    key, at = signers.get(signature.key_id), signature.signed_at
    if key is None:
        raise NotSigned(
            f"{place} is signed with {signature.key_id!r}, which the file of signers does not "
            "name; sign it with one that it names, or enter the key there"
        )
    try:
        octets = b64decode(signature.signature, validate=True)
    except (Base64Error, ValueError):
        octets = b""
    if not is_signed(key, octets, _signed_bytes(signature.key_id, at, contents)):
        raise NotSigned(
            f"{place} is not what {signature.key_id!r} signed at {at.isoformat()}; look who "
            "changed it, and sign it again if the change is meant"
        )
    if at > now + AHEAD:
        raise NotSigned(
            f"{place} was signed at {at.isoformat()}, and now it is {now.isoformat()}; correct the "
            "clock that is wrong, and sign it again if that is the signer's"
        )
    if newer_than is not None and at < newer_than:
        raise NotSigned(
            f"{place} was signed at {at.isoformat()}, before what was taken last "
            f"({newer_than.isoformat()}); sign it again if going back is meant"
        )


def read_signers(text: str, file: str) -> Signers:
    """A key a line, its id before it; `#` begins a comment. Raises NotSigned for what is none."""
    signers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        name, key = words if len(words) == 2 else (line, "")
        if not is_name(name) or not _is_public_key(key) or name in signers:
            raise NotSigned(
                f"{file}:{number}: no new key; write an id ({NAME_RULE}), a space, and the public "
                "key that `fenghuo keys new` printed"
            )
        signers[name] = key
    if not signers:
        raise NotSigned(f"{file} names no key; write an id, a space, and a public key")
    return signers


def _signed_bytes(key_id: str, at: datetime, contents: Contents) -> bytes:
    files = [
        part
        for name in sorted(contents)
        for part in (name.encode("utf-8", "surrogateescape"), sha256(contents[name]).digest())
    ]
    return joined([CONTEXT, key_id.encode(), at.isoformat().encode(), *files])


def _is_public_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == 32
    except (Base64Error, ValueError):
        return False
