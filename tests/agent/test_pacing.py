"""An agent keeps to its quota by itself: on Kafka's stamps the engine finds nothing over it."""

from pathlib import Path
from queue import SimpleQueue

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agent.metrics import Metrics
from pipeline.agent.pacing import FIRST_S, Pace
from pipeline.agent.receipts import Answers
from pipeline.intake.batching import make_chunk
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


@given(
    quota=QUOTAS,
    steps=st.lists(
        st.tuples(
            st.floats(0, 3),  # the time that passes
            st.integers(1, 40),  # lines of a batch
            st.floats(0, 60),  # until it is acknowledged
            st.floats(0, 1),  # where between both Kafka stamps it
        ),
        max_size=200,
    ),
)
def test_laws_what_goes_at_this_pace_is_never_over_the_quota(
    quota: Quota, steps: list[tuple[float, int, float, float]]
) -> None:
    now_s, pace = 0.0, Pace(quota, 0.0)
    on_its_way: list[tuple[float, int]] = []
    stamps: list[tuple[float, int]] = []
    for passed_s, lines, answer_s, where in steps:
        now_s += passed_s
        for acknowledged_s, count in sorted(on_its_way):
            if acknowledged_s <= now_s:
                pace.acknowledged(count, count * (len(LINE) + 1) - 1, acknowledged_s)
                on_its_way.remove((acknowledged_s, count))
        if pace.may_send(now_s):
            pace.sent(lines, lines * (len(LINE) + 1) - 1, now_s)
            on_its_way.append((now_s + answer_s, lines))
            stamps.append((now_s + where * answer_s, lines))
    state = QuotaState()
    for at_s, lines in sorted(stamps):
        assert not charge(quota, state, stamped(lines, at_s)).reason


def test_laws_a_pace_is_no_slower_than_its_quota() -> None:
    quota, now_s, sent = Quota(events_per_second=100, bytes_per_second=10**9, burst_s=10), 0.0, 0
    pace = Pace(quota, now_s)
    while now_s < 100:
        while pace.may_send(now_s):
            pace.sent(20, 200, now_s)
            pace.acknowledged(20, 200, now_s)
            sent += 20
        now_s += 0.2
    assert 9_900 <= sent <= 10_100


def test_until_the_quota_is_told_one_batch_goes_and_then_after_a_while_the_others() -> None:
    pace = Pace(None, 0.0)
    assert pace.may_send(0.0)
    pace.sent(1, 1, 0.0)
    pace.acknowledged(1, 1, 0.1)
    assert not pace.may_send(FIRST_S - 0.1)
    assert pace.may_send(FIRST_S)


def test_a_quota_that_is_told_first_is_gone_by_without_the_default_one_s_debt() -> None:
    pace = Pace(None, 0.0)
    pace.sent(5, 50, 0.0)
    pace.acknowledged(5, 50, 0.1)
    assert pace.hear(Quota(events_per_second=100, burst_s=4), False, 1.0)
    assert pace.may_send(1.0)
    pace.sent(100, 1_000, 1.0)
    assert not pace.may_send(1.9)
    pace.acknowledged(100, 1_000, 1.9)
    assert pace.may_send(2.91)


def test_a_quota_that_is_told_holds_at_once_and_outlives_the_process(tmp_path: Path) -> None:
    heard: SimpleQueue[Receipt] = SimpleQueue()
    quota = Quota(events_per_second=7)
    answers = Answers(heard, tmp_path, Metrics())
    assert answers.may_send()
    answers.sent(make_chunk([(b"{}", 0)], "E1", "json", 0, "s"))
    assert not answers.may_send()
    heard.put(receipt("x", quota=quota))
    answers.may_send()
    assert Answers(heard, tmp_path, Metrics()).pace.hear(quota, False, 0.0) is False
    (tmp_path / "quota.json").write_bytes(b"\xff{")
    assert Answers(heard, tmp_path, Metrics()).may_send()


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
    heard: SimpleQueue[Receipt] = SimpleQueue()
    metrics = Metrics()
    answers = Answers(heard, tmp_path, metrics)
    chunk = make_chunk([(b"{}", 0)], "E1", "json", 0, "s")
    answers.sent(chunk)
    for batch_id in (chunk.batch_id, chunk.batch_id, "another"):
        heard.put(receipt(batch_id))
    answers.may_send()
    assert metrics.value("events_refused_total", reason="over_quota") == 1
    assert metrics.value("pace_share") == 0.5
