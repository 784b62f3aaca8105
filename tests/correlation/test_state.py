"""The state: its bounds, what gives way, what it weighs."""

from typing import Any

import msgspec
import pytest

from pipeline.correlation.plan import CorrelationPlan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import CorrelationState
from pipeline.sigma.reading.documents import And, Not, RuleName
from tests.correlation.samples import Run, correlation, event, plan_of, timeline

PER_USER = correlation("event_count", "a", 600, group_by=["user"], gte=3)


def users(run: Run, *named: str, start_s: int = 0) -> None:
    for number, user in enumerate(named):
        run.feed((event(start_s + number, f"{user}{start_s + number}", user=user), "a"))


def test_the_stalest_groups_give_way_and_are_counted() -> None:
    run = Run(plan_of(PER_USER, policy=CorrelationPolicy(groups=10)))
    users(run, *(f"u{number}" for number in range(11)))
    (groups,) = run.state.groups.values()
    assert sorted(groups) == sorted(f'["u{number}"]' for number in range(2, 11))
    assert run.state.counts == {"corr": {"evicted": 2}}
    assert run.state.group_count == 9


def test_bytes_are_bounded_too() -> None:
    run = Run(plan_of(PER_USER, policy=CorrelationPolicy(state_bytes=10_000)))
    users(run, *(f"user number {number}" for number in range(200)))
    assert run.state.bytes <= 10_000
    assert run.state.counts["corr"]["evicted"] > 0


def test_an_evicted_group_does_not_disturb_the_others() -> None:
    run = Run(plan_of(PER_USER, policy=CorrelationPolicy(groups=3)))
    users(run, "u", "u", "v", "w", "x", "u", "u")
    assert run.active() == []  # its first two were given up, and counted
    users(run, "u", start_s=20)
    assert len(run.active()) == 1


def test_matches_beyond_a_groups_limit_are_trimmed() -> None:
    rule = correlation("value_sum", "a", 600, field="amount", gte=1000)
    run = Run(plan_of(rule, policy=CorrelationPolicy(group_matches=5)))
    for number in range(8):
        run.feed((event(number, amount=1), "a"))
    (groups,) = run.state.groups.values()
    assert len(groups["[]"].held) == 5
    assert run.state.counts == {"corr": {"trimmed": 3}}


def test_a_count_remembers_only_the_matches_that_can_still_decide() -> None:
    """A window of a day with thousands of matches holds what the threshold needs."""
    rule = correlation("event_count", "a", 86_400, gte=10)
    run = Run(plan_of(rule), late_hold_s=0)
    for number in range(3_000):
        run.feed((event(number), "a"))
    (groups,) = run.state.groups.values()
    assert len(groups["[]"].held) <= 10
    assert run.active()[0].event_count == 3_000


def test_timers_survive_restarts_and_fire_once() -> None:
    absence = And((RuleName("a"), Not(RuleName("b"))))
    run = timeline(plan_of(correlation("temporal", "ab", 5, expression=absence)), "a")
    run.restore()
    assert len(run.pass_to(5)) == 1
    run.restore()
    assert run.pass_to(6) == []


def test_groups_of_a_correlation_that_changed_are_retired_and_counted() -> None:
    run = Run(plan_of(PER_USER))
    users(run, "u", "v")
    run.plan = plan_of(msgspec.structs.replace(PER_USER, timespan_s=60))
    users(run, "u", start_s=5)
    assert run.state.counts == {"corr": {"retired": 2}}
    assert run.state.group_count == 1


def test_groups_live_on_when_another_correlation_is_added() -> None:
    run = Run(plan_of(PER_USER))
    users(run, "u", "u")
    run.plan = plan_of(PER_USER, correlation("temporal", "ab", 5, rule_id="new"))
    users(run, "u", start_s=5)
    assert len(run.active()) == 1


@pytest.mark.parametrize(
    "plan",
    [
        plan_of(PER_USER),
        plan_of(correlation("value_count", "a", 600, group_by=["user"], field="host", gte=9)),
        plan_of(correlation("value_sum", "a", 600, group_by=["user"], field="size", gte=1e9)),
        plan_of(correlation("temporal", "ab", 600, group_by=["user"])),
    ],
    ids=["event_count", "value_count", "value_sum", "temporal"],
)
def test_the_quota_measures_about_what_the_record_weighs(plan: CorrelationPlan) -> None:
    run = Run(plan)
    for number in range(500):
        fields: dict[str, Any] = {
            "host": f"host-{number % 7}",
            "size": number,
            "Computer": f"pc-{number % 3}",
        }
        event_id = f"{number:032x}"
        run.feed((event(number / 10, event_id, user=f"user-{number % 40}", **fields), "a"))
    encoded = len(msgspec.msgpack.encode(run.state))
    assert 0.6 < run.state.bytes / encoded < 1.7


def test_an_empty_state_is_small() -> None:
    assert len(msgspec.msgpack.encode(CorrelationState())) < 100


def test_a_group_that_is_hit_without_end_keeps_few_timers() -> None:
    run = Run(plan_of(correlation("event_count", "a", 30 * 86_400, gte=3)))
    for second in range(1_000):
        run.feed((event(second), "a"))
    timers = run.state.timers
    assert max(len(timers.due), len(timers.ends), len(timers.backlog_ends)) < 100


def test_what_is_kept_packed_is_what_encoding_anew_gives() -> None:
    """Groups are opened, change, are evicted and end while others stay as they were."""
    run = Run(plan_of(PER_USER, policy=CorrelationPolicy(groups=5)), late_hold_s=0)
    for second, user in enumerate("abcabadefghaabzzab"):
        users(run, user, start_s=second * 100)
        packed = msgspec.msgpack.encode(run.state.with_groups_packed())
        assert msgspec.msgpack.decode(packed, type=CorrelationState) == run.state
    assert run.state.counts["corr"]["evicted"]
