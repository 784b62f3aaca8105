"""Quotas: what an enterprise may send in any span of time, counted, and the same in a replay."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.admitted import Admitted
from pipeline.intake.batching import BYTES_PER_BATCH
from pipeline.intake.lines import LINE_BYTES
from pipeline.intake.quota import QuotaState, charge, quota_of
from pipeline.intake.receipts import receipt_of
from pipeline.intake.registry import parse_registry
from pipeline.path import Engine
from pipeline.policy import Policy, PolicyFault, read_policy
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from pipeline.worker.metrics import Metrics, observe_decisions
from schemas.batch import Batch, BatchAccount, Record
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import SECOND, Moment
from schemas.quota import Quota, QuotaOverride
from tests.engine.builders import ENTERPRISE, RECEIPT, batch, make_engine, shadow_copies

ENGINE = make_engine()
TIGHT = Quota(events_per_second=2, bytes_per_second=10**9, burst_s=5)


def engine_of(quota: Quota, override: QuotaOverride | None = None) -> Engine:
    enterprise = msgspec.structs.replace(ENTERPRISE, quota=override)
    return Engine(ENGINE.rules, Policy(quota=quota), {"E1": enterprise})


def sent(number: int, at: Moment, lines: int) -> Batch:
    made = batch([shadow_copies(60 * number + each) for each in range(lines)], number)
    return msgspec.structs.replace(made, received_at=at, key_id="k")


def take(
    engine: Engine, batches: Sequence[Batch], *, restored: bool = False
) -> tuple[list[list[Decision]], EnterpriseState]:
    state, decided = EnterpriseState(), []
    for each in batches:
        record = Record(
            topic="fenghuo.events",
            partition=0,
            offset=each.offset,
            timestamp=each.received_at,
            key=b"E1",
            value=each.value,
        )
        decided.append(engine.apply(state, Admitted(record, each, "E1")))
        if restored:
            state = enterprise_state(decode_state("E1", encode_state(state)))
    return decided, state


def accounts(decided: Sequence[Sequence[Decision]]) -> list[BatchAccount]:
    return [each for some in decided for each in some if isinstance(each, BatchAccount)]


arrivals = st.lists(
    st.tuples(st.integers(0, 4 * SECOND), st.integers(1, 12)), min_size=1, max_size=14
).map(
    lambda gaps: [
        sent(number, RECEIPT + sum(gap for gap, _ in gaps[: number + 1]), lines)
        for number, (_, lines) in enumerate(gaps)
    ]
)


@settings(max_examples=40, deadline=None)
@given(arrivals)
def test_laws_of_a_quota_in_any_span_the_rate_the_burst_and_one_batch(
    batches: list[Batch],
) -> None:
    decided, _ = take(engine_of(msgspec.structs.replace(TIGHT, over="drop")), batches)
    told = accounts(decided)
    taken = [(each.received_at, each.stored) for each in told if each.stored]
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            span_s = Fraction(taken[last][0] - taken[first][0], SECOND)
            within = sum(count for _, count in taken[first : last + 1])
            assert within <= 2 * (span_s + 5) + 12
    assert all(each.events == each.stored + each.dropped for each in told)
    assert all(each.reasons == {"over_quota": each.events} for each in told if each.dropped)
    assert sum(each.events for each in told) == sum(len(one.value.split(b"\n")) for one in batches)


def over_by_reference(batches: Sequence[Batch]) -> list[bool]:
    """A vessel that drains at the rate and takes a batch unless it is above the burst's level."""
    level, at, over = Fraction(0), 0, []
    for each in batches:
        level = max(Fraction(0), level - 2 * Fraction(each.received_at - at, SECOND))
        at = each.received_at
        over.append(level > 2 * 5)
        level += 0 if over[-1] else len(each.value.split(b"\n"))
    return over


@settings(max_examples=40, deadline=None)
@given(arrivals)
def test_laws_of_a_quota_the_same_batches_are_over_it_dropped_or_not(batches: list[Batch]) -> None:
    expected = over_by_reference(batches)
    dropped, _ = take(engine_of(msgspec.structs.replace(TIGHT, over="drop")), batches)
    slowed, _ = take(engine_of(TIGHT), batches)
    assert [each.dropped > 0 for each in accounts(dropped)] == expected
    assert ["over_quota" in each.reasons for each in accounts(slowed)] == expected
    assert all(each.stored == each.events for each in accounts(slowed)), "slowed, and not lost"


@settings(max_examples=20, deadline=None)
@given(arrivals)
def test_laws_of_a_quota_below_it_nothing_changes_and_a_replay_finds_the_same(
    batches: list[Batch],
) -> None:
    wide = Quota(events_per_second=10**9)
    plain, before = take(engine_of(wide), batches)
    usual, after = take(engine_of(Quota()), batches)
    assert {each.quota for each in accounts(plain)} <= {wide}, "it is told to the sender"
    assert _without_quota(plain) == _without_quota(usual)
    before.quota = after.quota = QuotaState()
    assert encode_state(before) == encode_state(after)
    dropping = engine_of(msgspec.structs.replace(TIGHT, over="drop"))
    assert take(dropping, batches)[0] == take(dropping, batches, restored=True)[0]


def _without_quota(decided: list[list[Decision]]) -> list[list[Decision]]:
    return [
        [
            msgspec.structs.replace(each, quota=None) if isinstance(each, BatchAccount) else each
            for each in some
        ]
        for some in decided
    ]


def test_a_dropped_batch_is_read_by_nobody_and_may_be_sent_again() -> None:
    engine = engine_of(Quota(events_per_second=1, burst_s=1, over="drop"))
    loud = [sent(0, RECEIPT, 5), sent(1, RECEIPT, 5)]
    later = msgspec.structs.replace(loud[1], received_at=RECEIPT + 60 * SECOND, offset=2)
    decided, state = take(engine, [*loud, later])
    assert [each.outcome for each in accounts(decided)] == ["accepted", "refused", "accepted"]
    assert [len(some) for some in decided][1] == 1, "an account and nothing else"
    told = receipt_of(accounts(decided)[1])
    assert told is not None
    assert told.is_loss
    assert told.dropped == told.events == 5
    assert told.reasons[0].reason == "over_quota"
    assert "sent again" in told.reasons[0].remedy
    assert state.quota.events_paid_at == later.received_at + 5 * SECOND


def test_a_batch_of_more_than_the_quota_allows_at_once_is_dropped_whatever_the_policy() -> None:
    engine = engine_of(Quota(batch_events=3))
    told = accounts(take(engine, [sent(0, RECEIPT, 4), sent(1, RECEIPT, 3)])[0])
    assert [each.reasons for each in told] == [{"batch_over_quota": 4}, {}]


def test_events_in_envelopes_are_charged_though_they_are_one_line() -> None:
    line = b'{"Records":[' + b",".join(shadow_copies(each) for each in range(50)) + b"]}"
    one = msgspec.structs.replace(batch([line]), format="auto")
    decided, state = take(engine_of(Quota(events_per_second=10)), [one])
    assert sum(isinstance(each, Event) for each in decided[0]) == 50
    assert state.quota.events_paid_at == RECEIPT + 5 * SECOND


def test_bytes_are_charged_beside_events() -> None:
    state, quota = QuotaState(), Quota(bytes_per_second=1_000, burst_s=1, events_per_second=10**6)
    big = msgspec.structs.replace(batch([b"x" * 5_000]), key_id="k")
    assert [charge(quota, state, big).reason for _ in range(2)] == ["", "over_quota"]


def test_a_row_of_the_registry_says_otherwise_of_one_enterprise() -> None:
    override = QuotaOverride(events_per_second=9, over="drop")
    assert quota_of(TIGHT, override) == msgspec.structs.replace(
        TIGHT, events_per_second=9, over="drop"
    )
    row = msgspec.json.encode(msgspec.structs.replace(ENTERPRISE, quota=override))
    parsed = parse_registry([row], "r.ndjson")
    assert parsed.enterprises["E1"].quota == override
    assert not parsed.faults
    faulty = parse_registry([row.replace(b":9", b":0")], "r.ndjson").faults
    assert "quota" in str(faulty[0])
    assert "events_per_second" in str(faulty[0])


def test_a_policy_names_its_faulty_quota() -> None:
    assert read_policy("quota: {over: drop}", "p.yaml").quota.over == "drop"
    with pytest.raises(PolicyFault, match=r"quota\.over"):
        read_policy("quota: {over: block}", "p.yaml")


def test_what_is_over_a_quota_raises_an_alarm() -> None:
    engine = engine_of(Quota(events_per_second=1, burst_s=1))
    metrics = Metrics()
    for some in take(engine, [sent(0, RECEIPT, 5), sent(1, RECEIPT, 5)])[0]:
        observe_decisions(metrics, some)
    assert b'fenghuo_over_quota_events_total{done="taken"} 5.0' in metrics.text()


def test_a_batch_that_was_taken_before_has_one_reason_also_over_the_quota() -> None:
    first, loud = sent(0, RECEIPT, 5), sent(1, RECEIPT, 5)
    again = msgspec.structs.replace(first, offset=2)
    decided, _ = take(engine_of(Quota(events_per_second=1, burst_s=1)), [first, loud, again])
    account = accounts(decided)[2]
    assert (account.outcome, account.reasons) == ("duplicate", {"duplicate_batch": account.events})


def test_the_largest_batch_that_is_read_by_default_is_what_our_senders_cut_and_one_line() -> None:
    quota = Quota()
    assert quota.batch_bytes >= BYTES_PER_BATCH + LINE_BYTES
    large = msgspec.structs.replace(batch([b"{}"]), value=b" " * (quota.batch_bytes + 1))
    assert charge(quota, QuotaState(), large).reason == "batch_over_quota"
