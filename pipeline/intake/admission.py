"""From a Kafka record to a batch whose sender is known, or to a refusal that says why.

Rule 1. Bounds come before work: counts and sizes are looked at before anything is decoded.
Rule 2. The signature comes before content: of a record that does not carry the signature of
        its enterprise nothing is decoded, and nothing is remembered.
Rule 3. Who may speak is asked of the key: an enterprise's speaks for it, an organiser's only in the
        drills that it holds (`organisers.py`). What names a drill must be of a registered one.
Rule 4. A refused record costs one dead letter, whatever is wrong with it. It never touches the
        state of the enterprise in whose name it came.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Annotated

import msgspec

from pipeline.intake.dead_letters import refuse_whole
from pipeline.intake.formats.table import FORMAT_NAMES
from pipeline.intake.organisers import NONE_HELD, Exercises
from pipeline.intake.signature import is_signed_by
from pipeline.intake.texts import ENCODINGS
from schemas.batch import (
    HEADER_BATCH_ID,
    HEADER_DRILL,
    HEADER_ENCODING,
    HEADER_FORMAT,
    HEADER_KEY_ID,
    HEADER_OCCURRENCES,
    HEADER_SEQUENCE,
    HEADER_SIGNATURE,
    HEADER_STREAM,
    HEADER_TIME_ZONE,
    Batch,
    BatchAccount,
    DeadLetter,
    Record,
)
from schemas.ids import NAME_MAX, NAME_RULE, is_name
from schemas.registry import PublishingKey, Registry
from schemas.time_zones import is_zone

VALUE_BYTES = 8_000_000
LINES_MAX = 10_000
"""Line breaks in one record."""
HEADERS_MAX = 32
HEADERS_BYTES = 262_144
"""All names and values together: the occurrences of `LINES_MAX` lines fit."""

_PREFIX = "fenghuo-"
# In UTF-8 a character has four bytes at most.
_NAME_BYTES = 4 * NAME_MAX
_HEADER_BYTES: dict[str, int] = {
    HEADER_FORMAT: 32,
    HEADER_KEY_ID: _NAME_BYTES,
    HEADER_BATCH_ID: _NAME_BYTES,
    HEADER_STREAM: _NAME_BYTES,
    HEADER_SEQUENCE: 18,  # digits: any such number fits 64 bits
    HEADER_DRILL: _NAME_BYTES,
    HEADER_OCCURRENCES: HEADERS_BYTES,
    HEADER_TIME_ZONE: 64,
    HEADER_ENCODING: 32,
    HEADER_SIGNATURE: 64,  # RFC 8032, 5.1.6
}
"""Every header of ours, and how many bytes it has at most."""
_OPTIONAL = (
    HEADER_STREAM,
    HEADER_DRILL,
    HEADER_OCCURRENCES,
    HEADER_TIME_ZONE,
    HEADER_ENCODING,
)
_REQUIRED = tuple(name for name in _HEADER_BYTES if name not in _OPTIONAL)

REMEDIES: dict[str, str] = {
    "key_malformed": f"Key the record with your enterprise id: {NAME_RULE}.",
    "unknown_enterprise": "Key the record with the enterprise id under which you are registered.",
    "headers_too_large": f"Send at most {HEADERS_MAX} headers and {HEADERS_BYTES} bytes of them.",
    "header_missing": "Send every header of the publishing guide; `fenghuo publish` does.",
    "header_repeated": "Send each header once.",
    "header_unknown": f"Names that begin with {_PREFIX} are the publishing guide's own.",
    "header_malformed": "Write the header as the publishing guide says.",
    "unknown_format": f"Use one of the formats: {', '.join(FORMAT_NAMES)}.",
    "unknown_key": "Register the public key first: `fenghuo keys register`.",
    "key_not_valid": "Sign with a key that is valid now, or have its period changed.",
    "bad_signature": "Sign these very headers and this value with the registered private key.",
    "batch_too_large": "Send at most 8 MB of NDJSON a record; 1 MB is best.",
    "too_many_lines": f"Send at most {LINES_MAX} lines a record; 200 are best.",
    "wrong_partition": "Use Kafka's default partitioner (librdkafka: partitioner=murmur2_random).",
    "unknown_drill": "Have the drill registered with this enterprise, or send while it runs.",
    "organiser_out_of_scope": "An organiser's key signs only for its own drill, while it runs.",
    "command_malformed": "Send commands with `fenghuo incidents`.",
    "command_unsigned": "Sign commands with an analyst's key: set FENGHUO_ANALYST_KEY.",
    "command_signature": "Have the key entered for the analyst in the policy, valid now.",
    "analyst_not_allowed": "Let an analyst say it who may, in his own name: policy, `commands`.",
    "command_id_reused": "Give each command an id of its own; `fenghuo incidents` does.",
    "command_time_out_of_range": "Correct the clock of the computer that sends the command.",
}
"""Reasons for refusing a whole record, each with what its sender can do."""

_Index = Annotated[int, msgspec.Meta(ge=0, lt=LINES_MAX)]
_Repeats = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_OCCURRENCES = msgspec.json.Decoder(dict[_Index, _Repeats])
_SEQUENCE = re.compile(rb"[0-9]{1,18}")
_KNOWN: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (HEADER_TIME_ZONE, is_zone),
    (HEADER_ENCODING, ENCODINGS.__contains__),
)


class Refusal(msgspec.Struct, frozen=True):
    """Why a record is refused: a key of `REMEDIES`, and the particulars.

    `key_id` is that of the record's signature, "" where it was not found to hold.
    """

    reason: str
    detail: str
    key_id: str = ""


def admit(record: Record, registry: Registry, exercises: Exercises = NONE_HELD) -> Batch | Refusal:
    """Bounds, then who sent it; what is in it is read last."""
    refusal = _check_bounds(record) or _check_headers(record)
    if refusal is not None:
        return refusal
    headers = {name: value for name, value in record.headers if value is not None}
    signer = _check_sender(record, headers, registry, exercises)
    if isinstance(signer, Refusal):
        return signer
    content = _read(record, headers)
    # Most batches are of no drill; an organiser's key, though, signs nothing else (rule 3).
    if isinstance(content, Batch) and (content.drill or exercises.organisers):
        content = _check_drill(content, exercises.holder_of(signer), exercises) or content
    if isinstance(content, Refusal):
        # From here on its sender is known: it is told what is wrong, so the key's id goes along.
        return msgspec.structs.replace(content, key_id=headers[HEADER_KEY_ID].decode())
    return content


def _check_bounds(record: Record) -> Refusal | None:
    size = len(record.value)
    if size > VALUE_BYTES:
        return Refusal("batch_too_large", f"{size} bytes")
    # Counted, not split: a hostile value costs no list of its lines.
    lines = record.value.count(b"\n")
    if lines > LINES_MAX:
        return Refusal("too_many_lines", f"{lines} lines")
    count = len(record.headers)
    size = sum(len(name) + len(value or b"") for name, value in record.headers)
    if count > HEADERS_MAX or size > HEADERS_BYTES:
        return Refusal("headers_too_large", f"{count} headers of {size} bytes")
    return None


def _check_headers(record: Record) -> Refusal | None:
    """Ours alone: what proxies and tracing add is not signed, and not read."""
    # Only counts and lengths are looked at: nothing of a stranger's header is decoded before the
    # signature holds, so that what it costs is bounded by HEADERS_BYTES and not by what is in it.
    ours = [(name, value) for name, value in record.headers if name.startswith(_PREFIX)]
    counts = Counter(name for name, _ in ours)
    if missing := [name for name in _REQUIRED if name not in counts]:
        return Refusal("header_missing", f"no header {', '.join(missing)}")
    for name, value in ours:
        # Which of two was signed cannot be told, and whoever reads them may choose differently.
        if counts[name] > 1:
            return Refusal("header_repeated", f"header {name} stands {counts[name]} times")
        if name not in _HEADER_BYTES:
            return Refusal("header_unknown", f"header {name!r}")
        if value is None:
            return Refusal("header_malformed", f"header {name} is null")
        if len(value) > _HEADER_BYTES[name]:
            return Refusal("header_malformed", f"header {name} has {len(value)} bytes")
    return None


def _check_sender(
    record: Record, headers: dict[str, bytes], registry: Registry, exercises: Exercises
) -> PublishingKey | Refusal:
    """The key whose signature holds."""
    # What is not UTF-8 gets a U+FFFD, which no name may hold.
    enterprise_id = record.key.decode("utf-8", "replace")
    if not is_name(enterprise_id):
        return Refusal("key_malformed", f"the record's key is {record.key[:NAME_MAX]!r}")
    # The dead letter says which of name, key and signature it was; it is the operator's to read.
    # To the sender all three are the same silence: `receipts.py` answers no record without key id.
    enterprise = registry.get(enterprise_id)
    if enterprise is None:
        return Refusal("unknown_enterprise", f"no enterprise {enterprise_id!r} in the registry")
    key_id = headers[HEADER_KEY_ID].decode("utf-8", "replace")
    # The enterprise's own key first: an organiser's of the same id must not speak in its place.
    own = (key for key in enterprise.keys if key.key_id == key_id)
    key = next(own, None) or exercises.key_of(key_id)
    if key is None:
        return Refusal("unknown_key", f"key {key_id!r} is not registered for this enterprise")
    return _check_signature(record, headers, key, key_id) or key


def _check_signature(
    record: Record, headers: dict[str, bytes], key: PublishingKey, key_id: str
) -> Refusal | None:
    # By the time of receipt, which the broker sets: a sender could set its own clock back.
    if not key.is_valid_at(record.timestamp):
        return Refusal("key_not_valid", f"key {key_id!r} was not valid when the record came")
    signature = headers[HEADER_SIGNATURE]
    if not is_signed_by(key.public_key, signature, record.key, headers, record.value):
        return Refusal("bad_signature", f"the signature is not that of key {key_id!r}")
    return None


def _check_drill(batch: Batch, organiser: str, exercises: Exercises) -> Refusal | None:
    """Whether it may bear the drill's name; `organiser` signed it, "" for the enterprise."""
    named = (batch.drill, batch.enterprise_id, batch.received_at)
    if organiser:
        fault = exercises.refusal_of_organiser(organiser, *named)
        return Refusal("organiser_out_of_scope", fault) if fault else None
    fault = exercises.refusal_of(*named)
    return Refusal("unknown_drill", fault) if fault else None


def _read(record: Record, headers: dict[str, bytes]) -> Batch | Refusal:
    """The batch of a record whose signature holds."""
    texts = {name: headers.get(name, b"").decode("utf-8", "replace") for name in _HEADER_BYTES}
    if texts[HEADER_FORMAT] not in FORMAT_NAMES:
        return Refusal("unknown_format", f"format {texts[HEADER_FORMAT]!r}")
    for name in (HEADER_BATCH_ID, HEADER_STREAM, HEADER_DRILL):
        is_left_out = name in _OPTIONAL and not texts[name]
        if not is_left_out and not is_name(texts[name]):
            return Refusal("header_malformed", f"header {name}: {texts[name]!r} is not {NAME_RULE}")
    for name, is_known in _KNOWN:
        if texts[name] and not is_known(texts[name]):
            return Refusal("header_malformed", f"header {name}: {texts[name]!r} is unknown")
    if not _SEQUENCE.fullmatch(headers[HEADER_SEQUENCE]):
        return Refusal("header_malformed", f"header {HEADER_SEQUENCE} is not 1 to 18 digits")
    try:
        occurrences = _OCCURRENCES.decode(headers.get(HEADER_OCCURRENCES) or b"{}")
    except (ValueError, msgspec.DecodeError) as fault:
        return Refusal("header_malformed", f"header {HEADER_OCCURRENCES}: {fault}")
    return Batch(
        enterprise_id=record.key.decode(),
        format=texts[HEADER_FORMAT],
        batch_id=texts[HEADER_BATCH_ID],
        key_id=texts[HEADER_KEY_ID],
        stream=texts[HEADER_STREAM],
        sequence=int(headers[HEADER_SEQUENCE]),
        received_at=record.timestamp,
        value=record.value,
        occurrences=occurrences,
        drill=texts[HEADER_DRILL],
        time_zone=texts[HEADER_TIME_ZONE],
        encoding=texts[HEADER_ENCODING],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )


def refuse(record: Record, refusal: Refusal) -> tuple[DeadLetter, BatchAccount]:
    """The dead letter and the account of a refused record."""
    remedy = REMEDIES[refusal.reason]
    return refuse_whole(record, refusal.reason, refusal.detail, remedy, refusal.key_id)
