"""A record is taken only from whom it says it is from; a refusal names reason and remedy."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.admission import REMEDIES, Refusal, admit, refuse
from pipeline.intake.batching import chunk_lines
from schemas.batch import SIGNED_HEADERS, Batch, Record
from schemas.registry import Enterprise, PublishingKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
RECEIVED = 1_700_000_000_000_000
LINE = b'{"@timestamp":"2023-11-14T22:00:00Z","EventID":1}'


def enterprise(name: str = "E1", **key: int) -> Enterprise:
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
    batch = admit(signed([LINE, LINE], drill="spring"), REGISTRY)
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
        "unknown_format",
        "header_malformed",
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


def test_a_missing_header_is_named() -> None:
    refusal = admit(changed(signed([LINE]), headers=()), REGISTRY)
    assert isinstance(refusal, Refusal)
    assert "fenghuo-signature" in refusal.detail


@pytest.mark.parametrize(
    ("period", "taken"),
    [
        ({"valid_from": RECEIVED}, True),
        ({"valid_from": RECEIVED + 1}, False),
        ({"valid_until": RECEIVED + 1}, True),
        ({"valid_until": RECEIVED}, False),
    ],
)
def test_a_key_signs_from_its_first_moment_up_to_its_last(
    period: dict[str, int], taken: bool
) -> None:
    outcome = admit(signed([LINE]), {"E1": enterprise(**period)})
    assert isinstance(outcome, Batch) is taken
    if not taken:
        assert outcome.reason == "key_not_valid"


def test_a_refused_record_is_kept_whole_and_counted() -> None:
    record = changed(signed([LINE, LINE]), key=b"E9")
    outcome = admit(record, REGISTRY)
    assert isinstance(outcome, Refusal)
    letter, account = refuse(record, outcome)
    assert letter.original == record.value
    assert letter.remedy == REMEDIES[outcome.reason]
    assert account.events == account.dead_lettered == letter.events == 2
    assert (letter.topic, letter.partition, letter.offset) == ("fenghuo.events", 0, 7)
