"""A record is taken only from whom it says it is from; a refusal names reason and remedy."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.admission import HEADERS_BYTES, REMEDIES, Refusal, admit, refuse
from pipeline.intake.batching import Chunk, chunk_lines
from pipeline.intake.drills import for_files
from pipeline.intake.organisers import Exercises
from pipeline.intake.signature import sign
from pipeline.intake.texts import count_lines, lines_of
from schemas.batch import (
    DETAIL_CHARS,
    HEADER_BATCH_ID,
    HEADER_ENCODING,
    HEADER_OCCURRENCES,
    HEADER_SEQUENCE,
    HEADER_SIGNATURE,
    HEADER_TIME_ZONE,
    ORIGINAL_BYTES,
    SIGNED_HEADERS,
    Batch,
    Record,
)
from schemas.moments import datetime_of
from schemas.registry import Enterprise, PublishingKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
RECEIVED = 1_700_000_000_000_000
LINE = b'{"@timestamp":"2023-11-14T22:00:00Z","EventID":1}'


def enterprise(name: str = "E1", **key: datetime) -> Enterprise:
    public = b64encode(KEY.public_key().public_bytes_raw()).decode()
    return Enterprise(
        enterprise_id=name,
        name=name,
        province="330000",
        sector="steel",
        field="industrial",
        keys=(PublishingKey("k1", public, **key),),
    )


REGISTRY = {"E1": enterprise("E1"), "E2": enterprise("E2")}


def signed(lines: list[bytes], drill: str = "", key: Ed25519PrivateKey = KEY) -> Record:
    (chunk,) = chunk_lines(lines, "E1", "windows")
    headers = sign_chunk(Sender("E1", "k1", key), chunk, "windows", drill)
    return Record(
        topic="fenghuo.events",
        partition=0,
        offset=7,
        timestamp=RECEIVED,
        key=b"E1",
        value=chunk.value,
        headers=tuple(headers.items()),
    )


def changed(record: Record, **parts: object) -> Record:
    values = {name: getattr(record, name) for name in Record.__struct_fields__}
    return Record(**{**values, **parts})


def reason(record: Record, registry: dict[str, Enterprise] = REGISTRY) -> str:
    outcome = admit(record, registry)
    assert isinstance(outcome, Refusal)
    return outcome.reason


def test_signed_record_becomes_its_batch() -> None:
    held = Exercises((for_files("spring"),))
    batch = admit(signed([LINE, LINE], drill="spring"), REGISTRY, held)
    assert isinstance(batch, Batch)
    assert (batch.enterprise_id, batch.format, batch.drill) == ("E1", "windows", "spring")
    assert batch.occurrences == {1: 1}
    assert batch.received_at == RECEIVED


@pytest.mark.parametrize("name", SIGNED_HEADERS)
def test_changing_any_signed_header_breaks_the_signature(name: str) -> None:
    record = signed([LINE, LINE], drill="spring")
    forged = {**dict(record.headers), name: b"1"}
    assert reason(changed(record, headers=tuple(forged.items()))) in {
        "bad_signature",
        "unknown_key",
    }


@given(st.binary(min_size=1).filter(lambda value: value != LINE))
def test_no_other_value_carries_the_signature(value: bytes) -> None:
    assert reason(changed(signed([LINE]), value=value)) == "bad_signature"


def test_a_batch_cannot_be_moved_to_another_enterprise() -> None:
    assert reason(changed(signed([LINE]), key=b"E2")) == "bad_signature"


def test_a_stranger_cannot_publish_in_its_name() -> None:
    assert reason(signed([LINE], key=OTHER_KEY)) == "bad_signature"


def test_an_enterprise_that_is_not_registered_is_refused() -> None:
    assert reason(signed([LINE]), {}) == "unknown_enterprise"


def with_zone_and_encoding(chunk: Chunk, zone: str, encoding: str) -> dict[str, bytes]:
    headers = sign_chunk(Sender("E1", "k1", KEY), chunk, "windows")
    headers |= {HEADER_TIME_ZONE: zone.encode(), HEADER_ENCODING: encoding.encode()}
    return headers | {HEADER_SIGNATURE: sign(KEY, b"E1", headers, chunk.value)}


def test_zone_and_encoding_are_signed_with_the_batch() -> None:
    (chunk,) = chunk_lines([LINE], "E1", "windows")
    headers = with_zone_and_encoding(chunk, "Asia/Shanghai", "gb18030")
    record = changed(signed([LINE]), headers=tuple(headers.items()))
    batch = admit(record, REGISTRY)
    assert isinstance(batch, Batch)
    assert (batch.time_zone, batch.encoding) == ("Asia/Shanghai", "gb18030")
    for name in (HEADER_TIME_ZONE, HEADER_ENCODING):
        without = {key: value for key, value in headers.items() if key != name}
        assert reason(changed(record, headers=tuple(without.items()))) == "bad_signature"


@pytest.mark.parametrize(("zone", "encoding"), [("Mars/Olympus", ""), ("", "rot13")])
def test_a_zone_or_encoding_that_nobody_knows_is_refused(zone: str, encoding: str) -> None:
    (chunk,) = chunk_lines([LINE], "E1", "windows")
    headers = with_zone_and_encoding(chunk, zone, encoding)
    assert reason(changed(signed([LINE]), headers=tuple(headers.items()))) == "header_malformed"


def test_a_missing_header_is_named() -> None:
    refusal = admit(changed(signed([LINE]), headers=()), REGISTRY)
    assert isinstance(refusal, Refusal)
    assert "fenghuo-signature" in refusal.detail


@pytest.mark.parametrize(
    ("period", "taken"),
    [
        ({"valid_from": datetime_of(RECEIVED)}, True),
        ({"valid_from": datetime_of(RECEIVED + 1)}, False),
        ({"valid_until": datetime_of(RECEIVED + 1)}, True),
        ({"valid_until": datetime_of(RECEIVED)}, False),
    ],
)
def test_a_key_signs_from_its_first_moment_up_to_its_last(
    period: dict[str, Any], taken: bool
) -> None:
    outcome = admit(signed([LINE]), {"E1": enterprise(**period)})
    assert isinstance(outcome, Batch) is taken
    assert taken or (isinstance(outcome, Refusal) and outcome.reason == "key_not_valid")


def with_headers(*more: tuple[str, bytes | None], without: str = "") -> Record:
    record = signed([LINE])
    kept = tuple(header for header in record.headers if header[0] != without)
    return changed(record, headers=(*kept, *more))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (with_headers(("fenghuo-drill", None)), "header_malformed"),
        (with_headers((HEADER_SIGNATURE, None), without=HEADER_SIGNATURE), "header_malformed"),
        (with_headers(("fenghuo-drill", b"x" * 513)), "header_malformed"),
        (with_headers((HEADER_BATCH_ID, b"b")), "header_repeated"),
        (with_headers(("fenghuo-extra", b"1")), "header_unknown"),
        (with_headers(without=HEADER_SEQUENCE), "header_missing"),
        (with_headers(*[(str(n), b"") for n in range(40)]), "headers_too_large"),
        (with_headers(("traceparent", b"x" * HEADERS_BYTES)), "headers_too_large"),
        (with_headers(("x" * HEADERS_BYTES, None)), "headers_too_large"),
        (changed(signed([LINE]), key=b""), "key_malformed"),
        (changed(signed([LINE]), key=b"\xff\x00"), "key_malformed"),
        (changed(signed([LINE]), key=b"E" * 129), "key_malformed"),
        (changed(signed([LINE]), key=b"!' UNION ALL SELECT 1 -- "), "key_malformed"),
        (changed(signed([LINE]), value=b"x" * 8_000_001), "batch_too_large"),
        (changed(signed([LINE]), value=b"\n" * 10_001), "too_many_lines"),
    ],
)
def test_whatever_is_wrong_with_a_record_is_one_dead_letter_that_fits_a_message(
    record: Record, expected: str
) -> None:
    outcome = admit(record, REGISTRY)
    assert isinstance(outcome, Refusal)
    assert outcome.reason == expected
    letter, account = refuse(record, outcome)
    assert letter.remedy == REMEDIES[expected]
    assert account.dead_lettered == account.events == letter.events
    assert len(msgspec.json.encode(letter)) < 100_000
    assert letter.enterprise_id in ("E1", "")


@pytest.mark.parametrize("others", [("traceparent", b"00-1-2-01"), ("note", None)])
def test_headers_that_others_add_are_not_looked_at(others: tuple[str, bytes | None]) -> None:
    assert isinstance(admit(with_headers(others), REGISTRY), Batch)


def test_ids_of_a_signed_record_are_bounded_and_of_a_stated_alphabet() -> None:
    chunk = Chunk(batch_id="a b", sequence=0, lines=(LINE,), occurrences={})
    for batch_id, expected in (("b" * 129, "header_malformed"), ("a b", "header_malformed")):
        named = msgspec.structs.replace(chunk, batch_id=batch_id)
        headers = sign_chunk(Sender("E1", "k1", KEY), named, "windows")
        assert reason(changed(signed([LINE]), headers=tuple(headers.items()))) == expected


@pytest.mark.parametrize("counts", [b'{"10000":1}', b'{"-1":1}', b'{"0":-1}', b"[]", b"{"])
def test_occurrences_are_bounded(counts: bytes) -> None:
    headers = dict(sign_chunk(Sender("E1", "k1", KEY), next(chunk_lines([LINE], "E1", "windows")),
                              "windows"))  # fmt: skip
    headers[HEADER_OCCURRENCES] = counts
    headers[HEADER_SIGNATURE] = sign(KEY, b"E1", headers, LINE)
    assert reason(changed(signed([LINE]), headers=tuple(headers.items()))) == "header_malformed"


def test_a_large_refused_record_is_told_by_size_and_digest() -> None:
    value = b"x" * 6_100_000
    record = changed(signed([LINE]), value=value)
    letter, _ = refuse(record, Refusal("bad_signature", "d" * 9_000))
    assert (letter.original, letter.size) == (value[:ORIGINAL_BYTES], len(value))
    assert letter.sha256 == sha256(value).hexdigest()
    assert len(letter.detail) == DETAIL_CHARS


@given(
    st.lists(st.sampled_from([b"\n", b" ", b"\t", b"\r", b"\x0b", b"\x0c", b"a", b"\x85", b"\0"]))
)
def test_lines_are_counted_as_they_would_be_read(parts: list[bytes]) -> None:
    value = b"".join(parts)
    assert count_lines(value) == len(lines_of(value))


def test_a_refused_record_is_kept_and_counted() -> None:
    record = changed(signed([LINE, LINE]), key=b"E9")
    outcome = admit(record, REGISTRY)
    assert isinstance(outcome, Refusal)
    letter, account = refuse(record, outcome)
    assert letter.original == record.value
    assert letter.remedy == REMEDIES[outcome.reason]
    assert account.events == account.dead_lettered == letter.events == 2
    assert (letter.topic, letter.partition, letter.offset) == ("fenghuo.events", 0, 7)
