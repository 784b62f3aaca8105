"""How long an absence waits for sources that may still bring what would excuse it."""

import pytest

from pipeline.sigma.reading.documents import And, Not, RuleName
from tests.correlation.samples import Run, correlation, event, plan_of

SPAN_S = 300
LATENESS_S, BEHIND_S, IDLE_S = 300, 600, 900
ABSENCE = correlation(
    "temporal",
    "ab",
    SPAN_S,
    group_by=["user"],
    expression=And((RuleName("a"), Not(RuleName("b")))),
)
STEP_S = 10


def decided_after_s(lags_s: dict[str, int], silent_s: dict[str, int]) -> int:
    """Seconds after the only event of `a` until it is said that no `b` followed.

    `lags_s` are the other sources with how far behind its receipt each is; `silent_s` are those
    that say nothing from then on.
    """
    run = Run(plan_of(ABSENCE), lateness_s=LATENESS_S)
    run.feed((event(0, source="pc", user="chen"), "a"), received_s=0)
    for second in range(STEP_S, 7_200, STEP_S):
        heard = [
            (event(second - lag_s, source=source), "c")
            for source, lag_s in lags_s.items()
            if second < silent_s.get(source, 7_200)
        ]
        if heard:
            run.feed(*heard, received_s=second)
        run.wait_to(second)
        if run.active():
            return second
    raise AssertionError("never decided")


@pytest.mark.parametrize(
    ("lags_s", "silent_s", "expected_s"),
    [
        ({"pc": 0, "srv": 0}, {}, SPAN_S + LATENESS_S),
        ({"pc": 0, "srv": 540}, {}, SPAN_S + LATENESS_S + 540),
        ({"pc": 0, "srv": BEHIND_S + 60}, {}, SPAN_S + LATENESS_S),
        ({"pc": 0, "srv": 0}, {"srv": 300}, SPAN_S + BEHIND_S),
        ({"pc": 0, "srv": 0}, {"srv": 600}, SPAN_S + LATENESS_S + BEHIND_S),
        ({}, {}, IDLE_S),
    ],
    ids=[
        "all in time: the lateness",
        "one nine minutes behind: nine minutes more",
        "one further behind than the policy waits for: as if it were not there",
        "one falls silent at the window's end: until the others are ten minutes on",
        "one falls silent just before it would be decided: the longest, fifteen minutes",
        "nothing more comes at all: until the enterprise is idle",
    ],
)
def test_an_absence_is_decided_at_most_lateness_and_behind_after_its_window(
    lags_s: dict[str, int], silent_s: dict[str, int], expected_s: int
) -> None:
    assert expected_s <= decided_after_s(lags_s, silent_s) <= expected_s + 2 * STEP_S
