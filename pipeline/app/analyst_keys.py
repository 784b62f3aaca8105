"""The key with which an analyst signs commands: from the environment (shell)."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.commands.analysts import SEPARATOR, sign_command
from schemas.batch import HEADER_KEY_ID, HEADER_SIGNATURE
from schemas.command import Command

KEY_VARIABLE = "FENGHUO_ANALYST_KEY"
KEY_ID_VARIABLE = "FENGHUO_ANALYST_KEY_ID"


class AnalystKeyFault(ValueError):
    """A key that cannot be used: the variable, the cause and the remedy."""


class AnalystKey(msgspec.Struct, frozen=True, eq=False):
    """A private key; `key_id` is `<analyst>/<key>`, as workers have it in their policy."""

    key_id: str
    private_key: Ed25519PrivateKey

    def in_own_name(self, command: Command) -> Command:
        """The command as the key's holder says it."""
        analyst, _, _ = self.key_id.partition(SEPARATOR)
        return msgspec.structs.replace(command, analyst=analyst)

    def headers(self, command: Command, value: bytes) -> list[tuple[str, bytes]]:
        """Of the record that holds the command as `value`."""
        key_id = self.key_id.encode()
        signature = sign_command(self.private_key, command.enterprise_id.encode(), key_id, value)
        return [(HEADER_KEY_ID, key_id), (HEADER_SIGNATURE, signature)]


def analyst_key(environment: Mapping[str, str] = os.environ) -> AnalystKey | None:
    """The key that the two variables name; None where neither is set. Raises AnalystKeyFault."""
    path, key_id = environment.get(KEY_VARIABLE, ""), environment.get(KEY_ID_VARIABLE, "")
    if not path and not key_id:
        return None
    if not path or SEPARATOR not in key_id:
        raise AnalystKeyFault(
            f"{KEY_VARIABLE} is {path or 'not set'}, {KEY_ID_VARIABLE} is {key_id or 'not set'}: "
            f"set the file of a private key, and its id as ANALYST{SEPARATOR}KEY"
        )
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as fault:
        raise AnalystKeyFault(f"{KEY_VARIABLE}: {path}: {fault}; make one: `keys new`") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise AnalystKeyFault(f"{KEY_VARIABLE}: {path}: no Ed25519 key; make one: `keys new`")
    return AnalystKey(key_id, key)
