"""Signatures beside files and folders: made by their keeper, asked for by whoever runs on them
(shell)."""

import os
from collections.abc import Callable, Iterable
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
from schemas.moments import datetime_of, moment_of, parse_moment
from schemas.signed_files import SignedFile
from sinks.contract import Answer, Rows
from sinks.engine_tables import SIGNED_FILES

Check: TypeAlias = Callable[[Path, Contents], None]
"""Asked about what was read of a place before any of it is used; raises NotSigned."""
LARGEST: Final = 10_000
"""Bytes of a signature's file."""


SIGNERS_VARIABLE: Final = "FENGHUO_SIGNERS"


def not_asked(place: Path, contents: Contents) -> None:
    """Whoever may write the files decides."""


def names_of(place: Path) -> tuple[str, ...]:
    """What a place is known by, however it is spelled: its path with links followed, and the
    absolute one where that is another."""
    # By `os.path`: the absolute path that pathlib makes keeps `..`, or follows links.
    absolute = os.path.abspath(place)  # noqa: PTH100
    return (*dict.fromkeys((os.path.realpath(place), absolute)),)


def signature_places(place: Path) -> tuple[Path, ...]:
    """Where the signature of a file or folder may stand: beside it; of a link, beside what it
    leads to, else beside the link."""
    names = names_of(place)
    if len(names) == 1 and place.name not in ("", ".."):
        return (place.with_name(f"{place.name}.sig"),)
    return (*(Path(f"{name}.sig") for name in names),)


def signature_of(place: Path) -> Path:
    """Where the signature of a file or folder stands, or would be written."""
    first, *others = signature_places(place)
    return next((each for each in (first, *others) if each.exists()), first)


def sign_place(place: Path, private_key: Ed25519PrivateKey, key_id: str) -> FileSignature:
    """Sign what a file, or the rules of a folder, hold now; raises OSError."""
    contents = rule_contents(place) if place.is_dir() else {"": place.read_bytes()}
    signature = sign_contents(private_key, key_id, contents, datetime.now(UTC))
    replace_file(signature_places(place)[0], msgspec.json.encode(signature) + b"\n")
    return signature


def check_of_environment() -> Check:
    """What the environment asks of the files of every command: the signature of one of the signers
    that FENGHUO_SIGNERS names, or nothing."""
    signers = os.environ.get(SIGNERS_VARIABLE)
    return SignedFiles(Path(signers)).check if signers else not_asked


class SignedFiles:
    """Asks for a signature of a signer beside each place, never older than the one taken before."""

    def __init__(self, signers: Path) -> None:
        self._signers = signers
        self._taken: dict[str, SignedFile] = {}
        self._looked_at: dict[str, SignedFile] = {}

    def check(self, place: Path, contents: Contents) -> None:
        """Raises NotSigned, and OSError where the signers cannot be read."""
        # What is no UTF-8 is no key either, and told with its line; in a comment it does no harm.
        text = self._signers.read_text(encoding="utf-8", errors="replace")
        signers = read_signers(text, str(self._signers))
        names, signature = names_of(place), _read(place)
        # By both its names: another spelling or link is no way around what was taken, and neither
        # is a link that leads to an old release, whose own path has never been newer.
        before = [self._taken[name].signed_at for name in names if name in self._taken]
        newer_than = datetime_of(max(before)) if before else None
        check_contents(str(place), contents, signature, signers, datetime.now(UTC), newer_than)
        at = moment_of(signature.signed_at)
        for name in names:
            self._looked_at[name] = SignedFile(place=name, key_id=signature.key_id, signed_at=at)

    def recall(self, taken: Iterable[Answer]) -> None:
        """What a store remembers that workers took (rows of `signed_files`)."""
        for each in taken:
            at = parse_moment(str(each["signed_at"]))
            # A release before this one remembered places as their settings spelled them.
            for name in names_of(Path(str(each["place"]))):
                before = self._taken.get(name)
                if before is None or before.signed_at < at:
                    self._taken[name] = SignedFile(
                        place=name, key_id=str(each["key_id"]), signed_at=at
                    )

    def take(self) -> None:
        """What was looked at is what later content must not be older than."""
        self._taken |= self._looked_at

    def rows(self) -> Rows:
        """What was taken, for a store to remember."""
        taken = [*self._taken.values()]
        return {SIGNED_FILES.name: SIGNED_FILES.rows(taken)} if taken else {}


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
