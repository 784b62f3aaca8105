"""How far a replay has come, and how long it takes to warm up."""

from pipeline.correlation.policy import CorrelationPolicy
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.replay.pace import Pace
from pipeline.replay.warm_up import warm_up_of
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from schemas.moments import HOUR, MINUTE, SECOND
from tests.engine.builders import ENTERPRISE, RULES

NESTED = """
---
title: Failed Logons Of Many
id: 55555555-5555-4555-8555-555555555555
correlation:
  type: event_count
  rules: [33333333-3333-4333-8333-333333333333]
  group-by: [TargetUserName]
  timespan: 1h
  condition: {gte: 2}
level: high
"""


def engine(rules: str) -> Engine:
    compiled = compile_rules(parse_rules([("rules.yml", rules)]))
    assert not compiled.faults
    return Engine(compiled, Policy(correlation=CorrelationPolicy()), {"E1": ENTERPRISE})


def pace(reached: int, elapsed_s: float = 10) -> Pace:
    return Pace(events=5_000, elapsed_s=elapsed_s, start=0, end=HOUR, reached=reached)


def test_the_time_left_follows_from_the_part_of_the_period_that_is_done() -> None:
    told = "25% of the period, 5000 events, 500 events/s, about 30 s left"
    assert pace(15 * MINUTE).line() == told


def test_no_time_left_is_told_before_the_beginning_and_after_the_end() -> None:
    assert pace(-MINUTE).line() == "0% of the period, 5000 events, 500 events/s"
    assert pace(2 * HOUR).line() == "100% of the period, 5000 events, 500 events/s"


def test_warm_up_is_the_longest_window_the_gap_of_a_case_and_how_long_evidence_counts() -> None:
    time = Policy().event_time
    counts_s = time.lateness_s + time.behind_s + time.idle_s + time.late_hold_s
    joining = 2 * HOUR + counts_s * SECOND
    assert warm_up_of(engine(RULES.split("---\ntitle: Many")[0])) == joining
    assert warm_up_of(engine(RULES)) == joining + 5 * MINUTE
    assert warm_up_of(engine(RULES + NESTED)) == joining + HOUR + 5 * MINUTE
