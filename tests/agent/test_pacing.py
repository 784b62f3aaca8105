"""An agent keeps to its quota by itself: on Kafka's stamps the engine finds nothing over it."""

import time
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agent.metrics import Metrics
from pipeline.agent.pacing import UNTOLD, Owed, Pace
from pipeline.agent.receipts import Answers, Unanswered
from pipeline.agent.status import Status
from pipeline.intake.batching import Chunk, make_chunk
from pipeline.intake.quota import QuotaState, charge
from schemas.batch import Batch
from schemas.moments import SECOND, datetime_of
from schemas.quota import Quota
from schemas.receipt import Reason, Receipt

QUOTAS = st.builds(
    Quota,
    events_per_second=st.integers(5, 500),
    bytes_per_second=st.integers(50, 5_000),
    burst_s=st.integers(2, 60),
    over=st.just("drop"),
)
LINE = b"0123456789"


def stamped(lines: int, at_s: float) -> Batch:
    """As the engine meets it, received at that moment."""
    return Batch(
        enterprise_id="E1", format="json", batch_id="b", sequence=0,
        received_at=round(at_s * SECOND), value=b"\n".join([LINE] * lines),
        topic="t", partition=0, offset=0,
    )  # fmt: skip


STEPS = st.lists(  # each a `Step`
    st.tuples(
        st.sampled_from([0.0, 0.1, 1.0, 3.0]),  # the time that passes
        st.integers(1, 100),  # lines of a batch
        st.sampled_from([0.0, 0.1, 2.0, 60.0]),  # until it is acknowledged
        st.sampled_from([0.0, 0.5, 1.0]),  # where between both Kafka stamps it
        st.sampled_from(["", "", "", "killed", "told"]),
    ),
    max_size=200,
)
Step: TypeAlias = tuple[float, int, float, float, str]
Stamp: TypeAlias = tuple[float, int]
"""When Kafka took a batch, and its lines."""


def size_of(lines: int) -> int:
    return lines * (len(LINE) + 1) - 1


def sent_by(quota: Quota, pace: Pace, steps: list[Step]) -> list[Stamp]:
    """What Kafka stamps of an agent that is told its quota, and killed, in between."""
    now_s, kept, kept_s = 0.0, pace.owed(0.0), 0.0
    on_its_way: list[tuple[float, float, int]] = []
    stamps: list[Stamp] = []
    for passed_s, lines, answer_s, where, what in steps:
        now_s += passed_s
        for answered in sorted(on_its_way):
            if answered[0] <= now_s:
                kept_s, at_s, count = answered
                pace.acknowledged(count, size_of(count), kept_s)
                kept = pace.owed(kept_s)
                stamps.append((at_s, count))
                on_its_way.remove(answered)
        if what == "killed":  # Kafka may still have what was on its way
            pace = Pace(pace.told, now_s, kept.after(now_s - kept_s))
            stamps += [(min(at_s, now_s), count) for _, at_s, count in on_its_way]
            kept, kept_s, on_its_way = pace.owed(now_s), now_s, []
        elif what == "told":
            pace.hear(quota, False, now_s)
            kept, kept_s = pace.owed(now_s), now_s
        if pace.may_send(now_s):
            pace.sent(lines, size_of(lines))
            kept, kept_s = pace.owed(now_s), now_s
            on_its_way.append((now_s + answer_s, now_s + where * answer_s, lines))
    return sorted([*stamps, *((at_s, count) for _, at_s, count in on_its_way)])


def is_within(quota: Quota, stamps: list[Stamp]) -> bool:
    """By the engine's own reckoning."""
    state = QuotaState()
    return not any(charge(quota, state, stamped(lines, at_s)).reason for at_s, lines in stamps)


@given(quota=QUOTAS, steps=STEPS)
def test_laws_what_goes_at_this_pace_is_never_over_the_quota(
    quota: Quota, steps: list[Step]
) -> None:
    assert is_within(quota, sent_by(quota, Pace(quota, 0.0), steps))


@given(
    more=st.tuples(*[st.sampled_from([1, 1, 2, 30])] * 3),
    steps=STEPS,
    times=st.integers(1, 100),
)
def test_laws_before_the_quota_is_told_no_quota_of_a_tenth_of_the_default_is_exceeded(
    more: tuple[int, int, int], steps: list[Step], times: int
) -> None:
    quota = Quota(
        events_per_second=UNTOLD.events_per_second * more[0],
        bytes_per_second=UNTOLD.bytes_per_second * more[1],
        burst_s=UNTOLD.burst_s * more[2],
        over="drop",
    )
    large = [(step[0], step[1] * times, *step[2:]) for step in steps]
    assert is_within(quota, sent_by(quota, Pace(None, 0.0), large))


def test_laws_a_pace_is_no_slower_than_its_quota() -> None:
    quota, now_s, sent = Quota(events_per_second=100, bytes_per_second=10**9, burst_s=10), 0.0, 0
    pace = Pace(quota, now_s)
    while now_s < 100:
        while pace.may_send(now_s):
            pace.sent(20, 200)
            pace.acknowledged(20, 200, now_s)
            sent += 20
        now_s += 0.2
    assert 10_000 <= sent <= 10_600, "and half a burst at once"


def test_until_the_quota_is_told_a_tenth_of_the_default_goes() -> None:
    pace, now_s, sent = Pace(None, 0.0), 0.0, 0
    while now_s < 100:
        while pace.may_send(now_s):
            pace.sent(200, 2_000)
            pace.acknowledged(200, 2_000, now_s)
            sent += 200
        now_s += 0.2
    assert UNTOLD.events_per_second == 200
    assert 20_000 <= sent <= 21_000


def test_what_went_before_the_quota_was_told_is_owed_by_the_quota_that_is_told() -> None:
    pace = Pace(None, 0.0)
    pace.sent(500, 5_000)
    pace.acknowledged(500, 5_000, 0.0)
    assert pace.hear(Quota(events_per_second=100, burst_s=4), False, 1.0)
    assert pace.owed(1.0).events_s == 3.0, "300 of them, by a tenth of the default"
    assert not pace.may_send(1.9)
    assert pace.may_send(2.0)


def test_a_faster_quota_in_another_s_place_lets_no_debt_go() -> None:
    pace = Pace(Quota(events_per_second=10, burst_s=4), 0.0)
    pace.sent(20, 10)
    pace.acknowledged(20, 10, 0.0)
    assert pace.hear(Quota(events_per_second=100, burst_s=4), False, 0.0)
    assert pace.owed(0.0).events_s == 2.0


def test_a_restart_owes_what_was_on_its_way_and_half_a_burst_at_least() -> None:
    quota = Quota(events_per_second=10, bytes_per_second=100, burst_s=10)
    pace = Pace(quota, 0.0)
    pace.sent(70, 50)
    again = Pace(quota, 3.0, pace.owed(0.0).after(3.0))
    assert again.owed(3.0) == Owed(12.0, 5.5)
    assert not again.may_send(9.9)
    assert again.may_send(10.0)


def test_a_quota_that_is_told_and_what_is_owed_outlive_the_process(tmp_path: Path) -> None:
    heard: SimpleQueue[Receipt | None] = SimpleQueue()
    quota = Quota(events_per_second=1, burst_s=2)
    answers = Answers(heard, tmp_path, Metrics())
    assert answers.may_send()
    heard.put(receipt("x", quota=quota))
    assert answers.may_send()
    answers.sent(make_chunk([(b"{}", 0)] * 500, "E1", "json", 0, "s"))
    assert not answers.may_send()
    again = Answers(heard, tmp_path, Metrics())
    assert again.pace.told == quota
    assert not again.may_send()
    assert 490 < again.pace.owed(time.monotonic()).events_s <= 501


@pytest.mark.parametrize("content", [b"\xff{", b"", b"[]", b'{"quota":null,"owed":{"events":[]}}'])
def test_a_file_that_says_no_pace_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pace.json").write_bytes(content)
    answers = Answers(SimpleQueue(), tmp_path, Metrics())
    assert answers.pace.told is None
    assert answers.may_send()


def receipt(batch_id: str, **told: object) -> Receipt:
    row = Receipt(
        receipt_id="r", enterprise_id="E1", batch_id=batch_id, topic="t", partition=0, offset=0,
        received_at=datetime_of(0), outcome="refused", events=1, stored=0, not_correlated=0,
        dropped=1, refused=0, reasons=(Reason("over_quota", 1, ""),),
    )  # fmt: skip
    return msgspec.structs.replace(row, **told)


def test_events_that_a_receipt_says_are_lost_are_counted_and_others_are_another_s(
    tmp_path: Path,
) -> None:
    heard: SimpleQueue[Receipt | None] = SimpleQueue()
    metrics = Metrics()
    answers = Answers(heard, tmp_path, metrics)
    chunk = make_chunk([(b"{}", 0)], "E1", "json", 0, "s")
    answers.sent(chunk)
    for batch_id in (chunk.batch_id, chunk.batch_id, "another"):
        heard.put(receipt(batch_id))
    answers.may_send()
    assert metrics.value("events_refused_total", reason="over_quota") == 1
    assert metrics.value("pace_share") == 0.5


def chunk_of(sequence: int) -> Chunk:
    return make_chunk([(b"%d" % sequence, 0)], "E1", "json", sequence, "s")


def test_batches_that_kafka_has_wait_for_their_receipts_and_it_is_known_since_when(
    tmp_path: Path,
) -> None:
    heard: SimpleQueue[Receipt | None] = SimpleQueue()
    answers = Answers(heard, tmp_path, Metrics())
    first, second = chunk_of(0), chunk_of(1)
    for chunk in (first, second):
        answers.sent(chunk)
    answers.may_send()
    assert answers.unanswered == Unanswered(), "Kafka has none of them yet"
    before_s = time.monotonic()
    for chunk in (first, second):
        answers.acknowledged(chunk)
    answers.may_send()
    assert answers.unanswered.batches == 2
    assert before_s <= answers.unanswered.since_s <= time.monotonic()
    for chunk in (first, second):
        heard.put(receipt(chunk.batch_id))
    answers.may_send()
    assert answers.unanswered == Unanswered()


def test_of_batches_before_anybody_listened_silence_says_nothing_and_a_late_loss_is_counted(
    tmp_path: Path,
) -> None:
    heard: SimpleQueue[Receipt | None] = SimpleQueue()
    metrics = Metrics()
    answers = Answers(heard, tmp_path, metrics)
    early, late = chunk_of(0), chunk_of(1)
    answers.sent(early)
    answers.acknowledged(early)
    heard.put(None)
    answers.may_send()
    assert answers.unanswered == Unanswered()
    answers.sent(late)
    answers.acknowledged(late)
    heard.put(receipt(early.batch_id))
    answers.may_send()
    assert answers.unanswered.batches == 1
    assert metrics.value("events_refused_total", reason="over_quota") == 1


@pytest.mark.parametrize(
    ("receipts", "unanswered_s", "is_said"),
    [("", 61.0, True), ("", 59.0, False), ("no right", 61.0, False)],
)
def test_a_long_silence_is_said_where_receipts_are_heard(
    receipts: str, unanswered_s: float, is_said: bool
) -> None:
    status = Status("E1", (), 0.0, receipts, 0, (), 3, unanswered_s)
    assert ("the signing key is not registered" in status.silence) == is_said
