"""Who says it: each command carries the signature of an analyst, who may say it of this enterprise.

Rule 1. The signature comes before content: what carries none that holds is not decoded, unless the
        policy lets unsigned commands in (`signed: false`), which proves nothing about who spoke.
Rule 2. An analyst speaks in its own name: `analyst` of the command is whose key signed it.
Rule 3. An analyst of a province speaks of the enterprises of its provinces, and not as a body of
        the State or the ministry; one that may only read says nothing.

What is signed is told from what enterprises sign by its first part; the enterprise is in it, so a
command cannot be moved to another one.
"""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.intake.admission import Refusal
from pipeline.intake.signature import is_signed, joined
from schemas.analyst import Analyst
from schemas.batch import HEADER_KEY_ID, HEADER_SIGNATURE, Record
from schemas.command import Command
from schemas.ids import NAME_MAX, NAME_RULE, is_name
from schemas.provinces import PROVINCES
from schemas.registry import Enterprise, PublishingKey

CONTEXT: Final = b"fenghuo-command-1"
SEPARATOR: Final = "/"
"""Between analyst and key in the header `fenghuo-key-id`."""
NATIONAL_BODIES: Final = ("mechanism", "leading_group", "national_mechanism")
"""Of `Command.body`: those that no province speaks for (MIIT 2024/214 §2)."""
_KEY_ID_BYTES = 4 * (2 * NAME_MAX + 1)


class CommandsPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may send commands, and whether they have to prove it."""

    signed: bool = True
    analysts: tuple[Analyst, ...] = ()


def sign_command(
    private_key: Ed25519PrivateKey, enterprise_id: bytes, key_id: bytes, value: bytes
) -> bytes:
    """The 64 bytes of the header `fenghuo-signature`; `key_id` is `<analyst>/<key>`."""
    return private_key.sign(_signed_bytes(enterprise_id, key_id, value))


def signer_of(record: Record, policy: CommandsPolicy) -> Analyst | Refusal | None:
    """Whose signature holds (rule 1); None where there is none and none is asked for."""
    ours = [each for each in record.headers if each[0] in (HEADER_KEY_ID, HEADER_SIGNATURE)]
    headers = {name: value or b"" for name, value in ours}
    if not ours and not policy.signed:
        return None
    if len(ours) != 2 or len(headers) != 2:
        return Refusal("command_unsigned", f"{HEADER_KEY_ID} and {HEADER_SIGNATURE} stand not once")
    if len(headers[HEADER_KEY_ID]) > _KEY_ID_BYTES:
        return Refusal("command_signature", f"{len(headers[HEADER_KEY_ID])} bytes of a key's id")
    return _holder(record, headers[HEADER_KEY_ID], headers[HEADER_SIGNATURE], policy)


def refusal_of_analyst(
    analyst: Analyst, command: Command, enterprise: Enterprise
) -> Refusal | None:
    """Why this analyst may not say it (rules 2 and 3); None where it may."""
    name = analyst.analyst_id
    if command.analyst != name:
        return Refusal("analyst_not_allowed", f"{name!r} speaks in the name {command.analyst!r}")
    if analyst.role == "read_only":
        return Refusal("analyst_not_allowed", f"{name!r} may only read")
    if analyst.role == "national":
        return None
    if enterprise.province not in analyst.provinces:
        where = f"{enterprise.enterprise_id!r} is in {enterprise.province}"
        return Refusal("analyst_not_allowed", f"{name!r} speaks of {analyst.provinces}; {where}")
    if command.body in NATIONAL_BODIES:
        return Refusal("analyst_not_allowed", f"{name!r} does not speak for {command.body!r}")
    return None


def faults_of_analysts(policy: CommandsPolicy) -> Iterator[str]:
    """Everything that is wrong with the analysts of a policy."""
    ids = [analyst.analyst_id for analyst in policy.analysts]
    for number, analyst in enumerate(policy.analysts):
        place, name = f"commands.analysts[{number}]", analyst.analyst_id
        if not is_name(name) or SEPARATOR in name:
            yield f"{place}.analyst_id: {name!r}: write {NAME_RULE}, without {SEPARATOR!r}"
        if name in ids[:number]:
            yield f"{place}.analyst_id: {name!r} stands twice; keep one of the two"
        if (analyst.role == "province") != bool(analyst.provinces):
            yield f"{place}.provinces: they belong to the role province, and it needs one"
        for province in analyst.provinces:
            if province not in PROVINCES:
                yield f"{place}.provinces: {province!r} is unknown; write 330000 for Zhejiang"
        for key in analyst.keys:
            yield from _faults_of_key(f"{place}.keys", key)


def _holder(
    record: Record, key_id: bytes, signature: bytes, policy: CommandsPolicy
) -> Analyst | Refusal:
    name, _, key_name = key_id.decode("utf-8", "replace").partition(SEPARATOR)
    analyst = next((each for each in policy.analysts if each.analyst_id == name), None)
    keys = () if analyst is None else analyst.keys
    key = next((each for each in keys if each.key_id == key_name), None)
    if analyst is None or key is None:
        return Refusal("command_signature", f"no analyst has a key {key_id[:NAME_MAX]!r}")
    if not key.is_valid_at(record.timestamp):
        return Refusal("command_signature", f"key {name}/{key_name} was not valid when it came")
    if not is_signed(key.public_key, signature, _signed_bytes(record.key, key_id, record.value)):
        return Refusal("command_signature", f"the signature is not that of key {name}/{key_name}")
    return analyst


def _signed_bytes(enterprise_id: bytes, key_id: bytes, value: bytes) -> bytes:
    return joined([CONTEXT, enterprise_id, key_id, sha256(value).digest()])


def _faults_of_key(place: str, key: PublishingKey) -> Iterator[str]:
    if not is_name(key.key_id):
        yield f"{place}: key_id {key.key_id!r} is not {NAME_RULE}; choose another"
    try:
        octets = len(b64decode(key.public_key, validate=True))
    except ValueError:  # binascii's is one
        octets = 0
    if octets != 32:
        yield f"{place}: {key.key_id!r} is not 32 bytes in base64; paste what `keys new` printed"
