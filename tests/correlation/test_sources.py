"""Clocks of sources: what each can and cannot do to the others, drawn as it happens."""

import msgspec
import pytest

from pipeline.event_time.clock import ClockState, EventTimePolicy, Heard, advance
from pipeline.event_time.sources import Sources, is_shifted, observe, source_id
from pipeline.sigma.reading.documents import And, Not, RuleName
from schemas.event import Event
from schemas.moments import HOUR, MINUTE, SECOND
from tests.correlation.samples import START, Run, correlation, event, plan_of

BRUTE_FORCE = correlation("event_count", "a", 60, group_by=["user"], gte=10)
ABSENCE = correlation(
    "temporal", "ab", 300, group_by=["user"], expression=And((RuleName("a"), Not(RuleName("b"))))
)
HOSTS = ("pc1", "pc2", "pc3")


def live(run: Run, since_s: int, until_s: int, step_s: int = 10) -> None:
    """Ordinary hosts, each heard as it happens, that feed nothing."""
    for second in range(since_s, until_s, step_s):
        run.feed(*((event(second, source=host), "c") for host in HOSTS), received_s=second + 1)


def guesses(since_s: float, source: str, count: int = 12) -> list[tuple[Event, str]]:
    return [
        (event(since_s + 4 * n, f"guess{since_s}-{n}", source=source, user="chen"), "a")
        for n in range(count)
    ]


def test_one_fast_event_blinds_nobody() -> None:
    """A printer says one event 590 s ahead; then somebody guesses on another host."""
    run = Run(plan_of(BRUTE_FORCE), lateness_s=300)
    live(run, 0, 100)
    run.feed((event(690, source="printer"), "c"), received_s=100)
    assert run.clock.watermark <= START + 100 * SECOND
    for each in guesses(110, "pc1"):
        run.feed(each, received_s=160)
    run.pass_to(1_000)  # what only grew is said
    (found,) = run.active()
    assert found.event_count == 12


@pytest.mark.parametrize("ahead_s", [70, 540, 8 * 3_600, 10**9])
def test_a_fast_clock_on_the_attacked_host_itself_hides_nothing(ahead_s: int) -> None:
    run = Run(plan_of(BRUTE_FORCE), lateness_s=300)
    live(run, 0, 100)
    for number in range(12):
        second = 110 + 4 * number
        run.feed(
            (event(second + ahead_s, f"g{number}", source="pc1", user="chen"), "a"),
            received_s=second,
        )
        live(run, second, second + 1)
    run.pass_to(1_000)  # what only grew is said
    assert [each.event_count for each in run.active()] == [12]


@pytest.mark.parametrize("batches", [1, 2, 10])
@pytest.mark.parametrize("age_s", [1_500, 3_000, 86_400])
def test_a_buffer_correlates_with_itself_however_old_it_is(age_s: int, batches: int) -> None:
    run = Run(plan_of(BRUTE_FORCE), lateness_s=300)
    live(run, 90_000 - 8_000, 90_000, 60)
    buffered = guesses(90_000 - age_s, "laptop")
    size = -(-len(buffered) // batches)
    for first in range(0, len(buffered), size):
        run.feed(*buffered[first : first + size], received_s=90_000 + first)
        live(run, 90_000 + first, 90_001 + first)
    assert [each.event_count for each in run.active()] == [12]


def test_evidence_of_two_sources_meets_where_one_is_ten_minutes_behind() -> None:
    run = Run(plan_of(correlation("temporal", "ab", 60, group_by=["user"])), lateness_s=300)
    live(run, 0, 1_000)
    run.feed((event(1_000, "a", source="pc1", user="chen"), "a"), received_s=1_000)
    live(run, 1_000, 1_630)
    run.feed((event(1_030, "b", source="behind", user="chen"), "b"), received_s=1_630)
    assert [each.event_count for each in run.active()] == [2]


def test_an_absence_waits_for_the_source_behind_that_fed_it() -> None:
    """Two laptops, 25 minutes behind; b excuses a, and comes in a later batch."""
    run = Run(plan_of(ABSENCE), lateness_s=60)
    live(run, 0, 2_000)
    run.feed((event(500, source="laptop", user="chen"), "a"), received_s=2_000)
    run.feed((event(520, source="another", user="wang"), "a"), received_s=2_000)
    live(run, 2_000, 2_060)
    assert not run.rows
    run.feed((event(700, source="laptop", user="chen"), "b"), received_s=2_060)
    run.feed((event(1_000, source="another"), "c"), received_s=2_060)
    live(run, 2_060, 2_120)
    (found,) = run.active()
    assert "wang" in found.summary


def test_an_absence_is_withdrawn_by_an_excuse_that_comes_late() -> None:
    run = Run(plan_of(ABSENCE), lateness_s=60)
    live(run, 0, 100)
    run.feed((event(100, source="pc1", user="chen"), "a"), received_s=100)
    live(run, 100, 2_000)
    assert [each.status for each in run.rows] == ["active"]
    run.feed((event(200, source="laptop", user="chen"), "b"), received_s=2_000)
    assert [each.status for each in run.rows] == ["active", "superseded"]
    assert run.active() == []


def test_an_absence_is_decided_when_the_source_behind_falls_silent() -> None:
    run = Run(plan_of(ABSENCE), lateness_s=60)
    live(run, 0, 2_000)
    run.feed((event(500, source="laptop", user="chen"), "a"), received_s=2_000)
    live(run, 2_000, 2_800)
    assert run.active() == []
    live(run, 2_800, 3_100)
    assert len(run.active()) == 1


def test_no_absence_is_claimed_from_what_was_settled_when_it_came() -> None:
    run = Run(plan_of(ABSENCE), lateness_s=60)
    live(run, 80_000, 90_000, 60)
    run.feed((event(5, source="laptop", user="chen"), "a"), received_s=90_000)
    live(run, 90_000, 99_000, 60)
    assert run.active() == []
    assert run.state.counts == {"corr": {"too_late": 1}}


def test_the_groups_of_a_backlog_end() -> None:
    run = Run(plan_of(BRUTE_FORCE), lateness_s=60)
    live(run, 80_000, 90_000, 60)
    run.feed(*guesses(5, "laptop"), received_s=90_000)
    assert run.state.group_count == 1
    live(run, 90_000, 98_000, 60)
    assert run.state.group_count == 0


def test_sources_are_bounded_and_the_stalest_give_way() -> None:
    policy, state, evicted = EventTimePolicy(sources=100), ClockState(), 0
    for number in range(1_000):
        now = START + number * SECOND
        heard = {source_id(f"host/{number}"): Heard(now, now)}
        evicted += advance(policy, state, heard, now)[1].evicted
    assert len(state.sources) <= 100
    assert evicted + len(state.sources) == 1_000
    assert state.sources.get(source_id("host/999"))
    assert state.sources.get(source_id("host/0")) is None


def test_ten_thousand_sources_weigh_sixteen_bytes_each() -> None:
    policy, state = EventTimePolicy(), ClockState()
    ids = [source_id(f"host/{number}") for number in range(10_000)]
    advance(policy, state, dict.fromkeys(ids, Heard(START, START)), START)
    assert len(msgspec.msgpack.encode(state)) < 16 * 10_000 + 200


@pytest.mark.parametrize(
    ("behind", "is_told"),
    [
        (8 * HOUR + 4 * SECOND, True),
        (-8 * HOUR + 4 * SECOND, True),
        (5 * HOUR + 30 * MINUTE, True),
        (20 * SECOND, False),
        (20 * MINUTE, False),
        (8 * HOUR + 10 * MINUTE, False),
        (400 * 24 * HOUR, False),
    ],
)
def test_a_clock_that_is_half_hours_off_is_told_after_some_minutes(
    behind: int, is_told: bool
) -> None:
    policy, state, source = EventTimePolicy(), ClockState(), source_id("host/pc1")
    told = []
    for minute in range(8):
        now = START + minute * MINUTE
        heard = {source: Heard(min(now, now - behind), now - behind)}
        told.append(source in advance(policy, state, heard, now)[1].shifted)
    assert told == ([False] * 4 + [True] * 4 if is_told else [False] * 8)


def test_a_backlog_that_is_read_at_once_is_no_shifted_clock() -> None:
    sources = Sources()
    for minute in range(60):
        own = 1_000_000 + minute * 60
        row = observe(sources, b"source", own, 1_000_000 + 8 * 3_600 + minute - own, 1_028_800)
        assert not is_shifted(row)
