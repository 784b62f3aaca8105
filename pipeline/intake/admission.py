"""From a Kafka record to a batch whose sender is known, or to a refusal that says why.

A refused record is kept whole as one dead letter; it never touches the state of the
enterprise in whose name it came.
"""

import msgspec

from pipeline.intake.accounts import refuse_whole
from pipeline.intake.formats.table import FORMATS
from pipeline.intake.signature import is_signed_by
from schemas.batch import (
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_OCCURRENCES,
    HEADER_SEQUENCE,
    HEADER_SIGNATURE,
    Batch,
    BatchAccount,
    DeadLetter,
    Record,
)
from schemas.registry import PublishingKey, Registry

REMEDIES: dict[str, str] = {
    "unknown_enterprise": "Key the record with the enterprise id under which you are registered.",
    "header_missing": "Send every header of the publishing guide; `fenghuo publish` does.",
    "header_malformed": "Write the header as the publishing guide says.",
    "unknown_format": f"Use one of the formats: {', '.join(sorted(FORMATS))}.",
    "unknown_key": "Register the public key first: `fenghuo keys register`.",
    "key_not_valid": "Sign with a key that is valid now, or have its period changed.",
    "bad_signature": "Sign these very headers and this value with the registered private key.",
    "batch_too_large": "Send at most 8 MB of NDJSON a record; 1 MB is best.",
    "command_malformed": "Send commands with `fenghuo incidents`.",
}
"""Reasons for refusing a whole record, each with what its sender can do."""

_REQUIRED = (HEADER_FORMAT, HEADER_KEY_ID, HEADER_BATCH_ID, HEADER_SEQUENCE, HEADER_SIGNATURE)
_MAX_VALUE_BYTES = 8_000_000
_OCCURRENCES = msgspec.json.Decoder(dict[int, int])


class Refusal(msgspec.Struct, frozen=True):
    """Why a record is refused: a key of `REMEDIES`, and the particulars."""

    reason: str
    detail: str


def admit(record: Record, registry: Registry) -> Batch | Refusal:
    """Check form, enterprise, key and signature of one record, in this order."""
    headers = dict(record.headers)
    missing = [name for name in _REQUIRED if name not in headers]
    if missing:
        return Refusal("header_missing", f"no header {', '.join(missing)}")
    enterprise_id = record.key.decode("utf-8", "replace")
    enterprise = registry.get(enterprise_id)
    if enterprise is None:
        return Refusal("unknown_enterprise", f"no enterprise {enterprise_id!r} in the registry")
    batch = _read_headers(record, headers)
    if isinstance(batch, Refusal):
        return batch
    key_id = headers[HEADER_KEY_ID].decode("utf-8", "replace")
    key = next((key for key in enterprise.keys if key.key_id == key_id), None)
    return _check_key(record, headers, key_id, key) or batch


def _read_headers(record: Record, headers: dict[str, bytes]) -> Batch | Refusal:
    format = headers[HEADER_FORMAT].decode("utf-8", "replace")
    if format not in FORMATS:
        return Refusal("unknown_format", f"format {format!r}")
    if len(record.value) > _MAX_VALUE_BYTES:
        return Refusal("batch_too_large", f"{len(record.value)} bytes")
    try:
        return Batch(
            enterprise_id=record.key.decode(),
            format=format,
            batch_id=headers[HEADER_BATCH_ID].decode(),
            sequence=int(headers[HEADER_SEQUENCE]),
            received_at=record.timestamp,
            value=record.value,
            occurrences=_OCCURRENCES.decode(headers.get(HEADER_OCCURRENCES) or b"{}"),
            drill=headers.get(HEADER_DRILL, b"").decode(),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
    except (ValueError, msgspec.DecodeError) as fault:
        return Refusal("header_malformed", str(fault))


def _check_key(
    record: Record, headers: dict[str, bytes], key_id: str, key: PublishingKey | None
) -> Refusal | None:
    if key is None:
        return Refusal("unknown_key", f"key {key_id!r} is not registered for this enterprise")
    until = key.valid_until
    if record.timestamp < key.valid_from or (until is not None and record.timestamp >= until):
        return Refusal("key_not_valid", f"key {key_id!r} was not valid when the record came")
    signature = headers[HEADER_SIGNATURE]
    if not is_signed_by(key.public_key, signature, record.key, headers, record.value):
        return Refusal("bad_signature", f"the signature is not that of key {key_id!r}")
    return None


def refuse(record: Record, refusal: Refusal) -> tuple[DeadLetter, BatchAccount]:
    """The dead letter and the account of a refused record."""
    return refuse_whole(record, refusal.reason, refusal.detail, REMEDIES[refusal.reason])
