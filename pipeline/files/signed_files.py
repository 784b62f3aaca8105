"""Signatures beside files and folders: made by their keeper, asked for by workers (shell)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.files.replacing import replace_file
from pipeline.files.rule_files import rule_contents
from pipeline.intake.file_signatures import (
    Contents,
    FileSignature,
    NotSigned,
    check_contents,
    read_signers,
    sign_contents,
)

Check: TypeAlias = Callable[[Path, Contents], None]
"""Asked about what was read of a place before any of it is used; raises NotSigned."""
LARGEST: Final = 10_000
"""Bytes of a signature's file."""


def not_asked(place: Path, contents: Contents) -> None:
    """Whoever may write the files decides."""


def signature_of(place: Path) -> Path:
    """Where the signature of a file or folder stands: beside it."""
    return place.with_name(f"{place.name}.sig")


def sign_place(place: Path, private_key: Ed25519PrivateKey, key_id: str) -> FileSignature:
    """Sign what a file, or the rules of a folder, hold now; raises OSError."""
    contents = rule_contents(place) if place.is_dir() else {"": place.read_bytes()}
    signature = sign_contents(private_key, key_id, contents, datetime.now(UTC))
    replace_file(signature_of(place), msgspec.json.encode(signature) + b"\n")
    return signature


class SignedFiles:
    """Asks for a signature of a signer beside each place, never older than the one before."""

    def __init__(self, signers: Path) -> None:
        self._signers = signers
        self._in_force: dict[Path, datetime] = {}
        self._looked_at: dict[Path, datetime] = {}

    def check(self, place: Path, contents: Contents) -> None:
        """Raises NotSigned, and OSError where the signers cannot be read."""
        signers = read_signers(self._signers.read_text(encoding="utf-8"), str(self._signers))
        signature = _read(place)
        check_contents(str(place), contents, signature, signers, self._in_force.get(place))
        self._looked_at[place] = signature.signed_at

    def put_in_force(self) -> None:
        """What was looked at is what later content must not be older than."""
        self._in_force |= self._looked_at


def _read(place: Path) -> FileSignature:
    file = signature_of(place)
    try:
        with file.open("rb") as source:
            return msgspec.json.decode(source.read(LARGEST), type=FileSignature)
    except OSError as fault:
        raise NotSigned(
            f"{place} is not signed ({file}: {fault.strerror}); sign it: `fenghuo keys sign`"
        ) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise NotSigned(f"{file} is no signature: {fault}; make it with `fenghuo keys sign`") from (
            fault
        )
