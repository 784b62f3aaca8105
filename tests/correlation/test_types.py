"""Each correlation type on a drawn timeline: a character is a second, `.` is none."""

from typing import Any

import pytest

from pipeline.correlation.plan import CorrelationPlan
from pipeline.sigma.reading.documents import And, CorrelationType, Not, Or, RuleName
from tests.correlation.samples import Run, correlation, event, plan_of, seconds_of, timeline

A, B, C = RuleName("a"), RuleName("b"), RuleName("c")


def fired(run: Run) -> list[tuple[float, int]]:
    """When each detection became true, and how many events it has in the end."""
    return [(seconds_of(each.time), each.event_count) for each in run.active()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.a.a", [(4, 3)]),  # all three within (t-5, t]
        ("a.a..a", []),  # the first is exactly five seconds old: outside
        ("aa", []),
        ("aaaaaa", [(2, 6)]),  # it goes on: one detection that grows
        ("aaa....a", [(2, 3)]),  # its window has emptied: the last match is nobody's
        ("aaa....aaa", [(2, 3), (9, 3)]),  # and the next firing is a new one
        ("(ab)a", [(1, 3)]),  # an event of two listed rules counts once for each
    ],
)
def test_event_count(text: str, expected: list[tuple[float, int]]) -> None:
    plan = plan_of(correlation("event_count", "ab", 5, gte=3))
    assert fired(timeline(plan, text)) == expected


def test_value_count_counts_different_values_in_any_case() -> None:
    run = Run(plan_of(correlation("value_count", "a", 10, field="user", gte=3)))
    for at_s, user in enumerate(["ann", "ANN", "ben", "ben", "cid"]):
        run.feed((event(at_s, user=user), "a"))
    assert fired(run) == [(4, 5)]


def test_value_count_of_several_fields_counts_their_combinations() -> None:
    run = Run(plan_of(correlation("value_count", "a", 10, field=["user", "host"], gte=3)))
    for at_s, (user, host) in enumerate([("u", "x"), ("u", "y"), ("u", "x"), ("v", "x")]):
        run.feed((event(at_s, user=user, host=host), "a"))
    assert fired(run) == [(3, 4)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b", [(2, 2)]),
        ("b.a", [(2, 2)]),  # any order
        ("a....b", []),
        ("a...b", [(4, 2)]),
        ("a.b.c", [(2, 2)]),  # c is not listed
        ("aa.b.a", [(3, 4)]),
    ],
)
def test_temporal(text: str, expected: list[tuple[float, int]]) -> None:
    assert fired(timeline(plan_of(correlation("temporal", "ab", 5)), text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", [(4, 3)]),
        ("a.c.b", []),
        ("acb.c", [(4, 4)]),  # a, b, c in order, whatever lies between
        ("(abc)", [(0, 3)]),  # equal times are in order
        ("c(ab).c", [(3, 4)]),
        ("a....bc", []),
    ],
)
def test_temporal_ordered(text: str, expected: list[tuple[float, int]]) -> None:
    assert fired(timeline(plan_of(correlation("temporal_ordered", "abc", 5)), text)) == expected


def numbers(plan: CorrelationPlan, *values: object) -> Run:
    run = Run(plan)
    for at_s, value in enumerate(values):
        run.feed((event(at_s, amount=value), "a"))
    return run


@pytest.mark.parametrize(
    ("kind", "bound", "values", "expected"),
    [
        ("value_sum", 10, (4, "5", 1.5), [(2, 3)]),
        ("value_sum", 10, (9, -5, 5), []),
        (
            "value_sum",
            0.3,
            (0.1, 0.1, 0.1),
            [(2, 3)],
        ),  # exactly added, then rounded: 0.30000000000000004
        ("value_avg", 4, (2, 3, 7), [(2, 3)]),
        ("value_percentile", 5, (1, 1, 9), []),  # the median is 1
        ("value_percentile", 5, (1, 9), [(1, 2)]),  # between 1 and 9
    ],
)
def test_numbers(
    kind: CorrelationType, bound: float, values: tuple[object, ...], expected: list[object]
) -> None:
    assert (
        fired(numbers(plan_of(correlation(kind, "a", 5, field="amount", gte=bound)), *values))
        == expected
    )


def test_a_percentile_other_than_the_median() -> None:
    plan = plan_of(correlation("value_percentile", "a", 60, field="amount", percentile=90, gte=9.1))
    assert fired(numbers(plan, *range(1, 11))) == [(9, 10)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.........", [(5, 1)]),
        ("a...b.....", []),
        ("a....b....", [(5, 1)]),  # b comes when the window [0, 5) is over
        ("ba........", [(6, 1)]),  # what came before a is not looked at
        ("a.b.a.....", [(9, 1)]),  # the second a has no b after it
        ("a..a......", [(5, 2)]),  # both lack a b: one detection
        ("(ab)......", []),
        ("b.........", []),
    ],
)
def test_absence(text: str, expected: list[tuple[float, int]]) -> None:
    plan = plan_of(correlation("temporal", "ab", 5, expression=And((A, Not(B)))))
    run = timeline(plan, text)
    run.pass_to(100)
    assert fired(run) == expected


def test_absence_is_not_decided_before_the_watermark_passes() -> None:
    plan = plan_of(correlation("temporal", "ab", 5, expression=And((A, Not(B)))))
    run = Run(plan, lateness_s=3)
    run.feed((event(0), "a"))
    assert run.feed((event(7.9), "c")) == []  # the watermark is at 4.9
    assert [each.status for each in run.feed((event(8), "c"))] == ["active"]
    assert run.pass_to(1000) == []  # decided once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b...", [(2, 2)]),
        ("a.c...", [(2, 2)]),
        ("b.c...", []),
    ],
)
def test_and_with_or(text: str, expected: list[tuple[float, int]]) -> None:
    plan = plan_of(correlation("temporal", "abc", 5, expression=And((A, Or((B, C))))))
    assert fired(timeline(plan, text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a.b......", [(5, 2)]), ("a.b.c....", []), ("acb......", []), ("b.a......", [])],
)
def test_order_with_absence(text: str, expected: list[tuple[float, int]]) -> None:
    expression = And((A, B, Not(C)))
    run = timeline(plan_of(correlation("temporal_ordered", "abc", 5, expression=expression)), text)
    run.pass_to(100)
    assert fired(run) == expected


def test_not_of_a_group_is_the_absence_of_each() -> None:
    expression = And((A, Not(Or((B, C)))))
    plan = plan_of(correlation("temporal", "abc", 5, expression=expression))
    for text, expected in (("a", [(5, 1)]), ("a.c", []), ("ab", [])):
        run = timeline(plan, text)
        run.pass_to(100)
        assert fired(run) == expected


@pytest.mark.parametrize(
    ("bounds", "text", "expected"),
    [
        ({"lte": 2}, "aa", [(5, 2)]),
        ({"lte": 2}, "aaa", []),  # and no tail of the burst fires by itself
        ({"eq": 3}, "aaa", [(5, 3)]),
        ({"neq": 3}, "aaa", []),
        ({"neq": 3}, "aaaa", [(5, 4)]),
        ({"gt": 1, "lte": 3}, "aa", [(5, 2)]),
        ({"gt": 1, "lte": 3}, "a", []),
        ({"lt": 3}, "aa....aa", [(5, 2), (11, 2)]),  # each window begins after the last
    ],
)
def test_conditions_that_a_later_event_could_change_wait(
    bounds: dict[str, Any], text: str, expected: list[tuple[float, int]]
) -> None:
    run = timeline(plan_of(correlation("event_count", "a", 5, **bounds)), text)
    run.pass_to(4)
    assert run.rows == [] or "aa....aa" in text
    run.pass_to(100)
    assert fired(run) == expected
