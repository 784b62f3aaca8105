"""What cannot be honoured is refused at load, with the field and the remedy."""

import pytest

from pipeline.correlation.faults import CorrelationFaults
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.sigma.reading.documents import And, Not, Or, RuleName, SigmaCorrelation
from tests.correlation.samples import correlation, plan_of

A, B, C, D = (RuleName(name) for name in "abcd")


@pytest.mark.parametrize(
    ("rule", "field", "problem"),
    [
        (correlation("event_count", ["z"], 5, gte=1), "rules", "no rule"),
        (correlation("event_count", "aa", 5, gte=1), "rules", "twice"),
        (correlation("event_count", "a", 0, gte=1), "timespan", "no timespan"),
        (correlation("event_count", "a", 5), "condition", "no comparison"),
        (correlation("event_count", "a", 5, lt=1), "condition", "nothing opens a window"),
        (correlation("event_count", "a", 5, eq=0), "condition", "nothing opens a window"),
        (correlation("event_count", "a", 5, gt=5, lt=6), "condition", "no count"),
        (correlation("event_count", "a", 5, gte=float("inf")), "condition", "finite"),
        (correlation("event_count", "a", 5, gte=10_001), "condition", "more than a group"),
        (correlation("event_count", "a", 5, field="x", gte=1), "condition.field", "no field"),
        (correlation("value_count", "a", 5, gte=1), "condition.field", "needs a field"),
        (
            correlation("value_sum", "a", 5, field=["x", "y"], gte=1),
            "condition.field",
            "one field",
        ),
        (
            correlation("value_percentile", "a", 5, field="x", percentile=101, gte=1),
            "condition.percentile",
            "no percentile",
        ),
        (correlation("temporal", "ab", 5, gte=2), "condition", "no comparison"),
        (correlation("temporal", "a", 5, expression=Not(A)), "condition", "opens"),
        (correlation("temporal", "ab", 5, expression=Or((A, Not(B)))), "condition", "opens"),
        (correlation("temporal", "a", 5, expression=And((A, Not(A)))), "condition", "contradicts"),
        (correlation("temporal", "abc", 5, expression=And((A, B))), "condition", "same rules: c"),
        (correlation("event_count", "a", 5, expression=A, gte=1), "condition", "no rule names"),
        (
            correlation("temporal", "ab", 5, group_by=["who"], aliases={"who": {"a": "User"}}),
            "group-by",
            "no field for rule 'b'",
        ),
    ],
)
def test_refused(rule: SigmaCorrelation, field: str, problem: str) -> None:
    with pytest.raises(CorrelationFaults) as raised:
        plan_of(rule)
    (fault,) = raised.value.faults
    assert (fault.file, fault.field) == ("c.yml", f"correlation.{field}")
    assert problem in fault.problem
    assert fault.remedy


def test_an_inner_correlation_has_only_its_group_by() -> None:
    inner = correlation("event_count", "a", 5, group_by=["user"], gte=2, rule_id="c1")
    outer = correlation("event_count", ["c1"], 5, group_by=["host"], gte=2, rule_id="c2")
    with pytest.raises(CorrelationFaults, match="only its group-by"):
        plan_of(inner, outer)


def test_a_correlation_needs_an_id_of_its_own() -> None:
    with pytest.raises(CorrelationFaults, match="another rule has the id 'a'"):
        plan_of(correlation("event_count", "b", 5, gte=2, rule_id="a"))


def test_too_many_alternatives_are_refused() -> None:
    pairs = [Or((A, B)), Or((C, D)), Or((A, C)), Or((B, D))] * 3
    with pytest.raises(CorrelationFaults, match="alternatives"):
        plan_of(correlation("temporal", "abcd", 5, expression=And(tuple(pairs))))


def test_all_faults_of_all_correlations_come_together() -> None:
    wrong = [correlation("event_count", "z", 0, gte=1, rule_id=rule_id) for rule_id in ("c1", "c2")]
    with pytest.raises(CorrelationFaults) as raised:
        plan_of(*wrong)
    assert len(raised.value.faults) == 4


def test_a_wider_quota_allows_a_higher_bound() -> None:
    rule = correlation("event_count", "a", 5, gte=10_001)
    plan_of(rule, policy=CorrelationPolicy(group_matches=20_000))
