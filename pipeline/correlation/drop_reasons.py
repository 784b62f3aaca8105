"""What is not counted by a correlation, and why: nothing disappears without a number."""

from typing import Literal, TypeAlias

from pipeline.correlation.state import CorrelationState

DropReason: TypeAlias = Literal[
    "missing_group_field",
    "missing_value",
    "not_numeric",
    "too_late",
    "trimmed",
    "evicted",
    "retired",
]

DROP_REASONS: dict[DropReason, str] = {
    "missing_group_field": "events without one of the group-by fields",
    "missing_value": "events without the field whose values are counted",
    "not_numeric": "events whose value is not a number",
    "too_late": "events older than what the correlation may still decide",
    "trimmed": "matches given up because one group was full",
    "evicted": "groups given up because the enterprise's quota was full",
    "retired": "groups given up because their correlation was changed or removed",
}


def count_drop(state: CorrelationState, rule_id: str, reason: DropReason, count: int = 1) -> None:
    """Count a reason of one correlation."""
    counts = state.counts.setdefault(rule_id, {})
    counts[reason] = counts.get(reason, 0) + count
