"""Who is told what became of a batch: whoever signed it, in counts that add up, and nobody else."""

from hashlib import sha256
from random import Random

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.receipts import wording
from pipeline.intake.receipts import REMEDIES, receipt_of
from pipeline.state import decode_state, encode_state, fresh_state
from pipeline.worker.publications import publications_of
from schemas.batch import SIGNED_HEADERS, BatchAccount, Record
from schemas.decision import Decision
from schemas.ids import is_name
from schemas.moments import FIRST_STORED, LAST_STORED, format_moment, moment_of, parse_moment
from schemas.receipt import Receipt
from schemas.topics import receipts_topic
from tests.intake.fuzz import fuzzed_engine, record_of

PUBLIC = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
ENGINE = fuzzed_engine()


def carries_a_valid_signature(record: Record) -> bool:
    """By the publishing guide's own words: each part as `<length>:<bytes>`."""
    headers = dict(record.headers)
    parts = [b"fenghuo-batch-2", record.key]
    parts += [headers.get(name) or b"" for name in SIGNED_HEADERS]
    signed = b"".join(b"%d:%s" % (len(each), each) for each in (*parts, _digest(record.value)))
    try:
        PUBLIC.verify(headers.get("fenghuo-signature") or b"", signed)
    except InvalidSignature:
        return False
    return record.key == b"E1"


def _digest(value: bytes) -> bytes:
    return sha256(value).digest()


def receipts_in(decisions: list[Decision]) -> list[Receipt]:
    return [
        msgspec.json.decode(each.value, type=Receipt)
        for each in publications_of(decisions)
        if each.role == "receipts"
    ]


@given(st.integers(0, 2**32), st.integers(0, 400))
def test_laws_of_receipts(seed: int, number: int) -> None:
    """None without a signature that holds; one for what was taken; its parts add up to its events;
    what is done again is told by the same id."""
    record = record_of(Random(seed), number)
    admitted = ENGINE.admit(record)
    before = encode_state(fresh_state(admitted.state_key))
    told = [
        receipts_in(ENGINE.apply(decode_state(admitted.state_key, before), admitted))
        for _ in range(2)
    ]
    assert told[0] == told[1]
    if not carries_a_valid_signature(record) or record.topic != "fenghuo.events":
        assert told[0] == []
        return
    for receipt in told[0]:
        parts = receipt.stored, receipt.not_correlated, receipt.dropped, receipt.refused
        assert receipt.events == sum(parts)
        assert receipt.is_loss == (receipt.refused > 0)
        assert all(
            each.remedy == REMEDIES.get(each.reason, each.remedy) for each in receipt.reasons
        )
        assert all(each.remedy for each in receipt.reasons)
    assert len(told[0]) == 1 or admitted.state_key != "E1"


def account(**changed: object) -> BatchAccount:
    plain = BatchAccount(
        enterprise_id="E1", batch_id="b", key_id="k", topic="fenghuo.events", partition=1, offset=2,
        format="json", received_at=3, outcome="accepted", events=1, stored=1,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changed)


def test_a_batch_that_comes_again_has_a_receipt_of_its_own() -> None:
    first, again = receipt_of(account()), receipt_of(account(offset=3, outcome="duplicate"))
    assert first is not None
    assert again is not None
    assert first.receipt_id != again.receipt_id


def test_a_topic_made_anew_has_other_receipts_at_the_same_offsets() -> None:
    first, other = receipt_of(account()), receipt_of(account(received_at=4))
    assert first is not None
    assert other is not None
    assert first.receipt_id != other.receipt_id


@pytest.mark.parametrize("moment", [FIRST_STORED, -1, 0, 1_700_000_000_123_456, LAST_STORED])
def test_a_receipt_says_its_time_as_people_read_it(moment: int) -> None:
    """Kafka's timestamp, which a topic of others lets a sender choose, is within these bounds."""
    (sent,) = publications_of([account(received_at=moment)])
    text = msgspec.json.decode(sent.value)["received_at"]
    assert text.endswith("Z")
    assert parse_moment(text) == moment
    receipt = msgspec.json.decode(sent.value, type=Receipt)
    assert moment_of(receipt.received_at) == moment
    assert wording(receipt).startswith(format_moment(moment))


def test_what_was_taken_before_is_no_loss_and_what_is_dropped_else_is() -> None:
    lost = account(stored=0, dropped=1, reasons={"quota": 1})
    taken_before = msgspec.structs.replace(lost, outcome="duplicate")
    told = [receipt_of(each) for each in (lost, taken_before)]
    assert [each is not None and each.is_loss for each in told] == [True, False]


NAMES = st.text("ab.AZ09_:@+=/-", min_size=1, max_size=128).filter(is_name)


@given(NAMES, NAMES)
def test_enterprises_have_topics_of_their_own_whatever_their_ids(one: str, other: str) -> None:
    """Kafka takes 249 letters, digits, `.`, `_` and `-`; names that differ in `.` and `_` alone
    it takes for one."""
    topics = [receipts_topic(each) for each in (one, other)]
    assert all(len(topic) <= 249 for topic in topics)
    assert all(is_name(topic) and not set(topic) & set(":@+=/") for topic in topics)
    collides = topics[0].replace("_", ".") == topics[1].replace("_", ".")
    assert collides == (one == other)
