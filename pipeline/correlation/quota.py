"""The quota of one enterprise: what gives way when its correlation state is full.

Order of eviction: the group whose last match is the oldest in event time goes first; of equal
ones, the one whose correlation's key, then group key, is smaller. Once a quota is exceeded,
groups go until nine tenths of it are left, so that not every step has to sort them.
"""

from pipeline.correlation.drop_reasons import count_drop
from pipeline.correlation.groups import GROUP_BYTES
from pipeline.correlation.plan import CorrelationPlan
from pipeline.correlation.state import BACKLOG, CorrelationState, Group

KEPT_SHARE = 0.9


def open_group(state: CorrelationState, key: str, name: str) -> Group:
    """A new, empty group."""
    group = state.groups.setdefault(key, {})[name] = Group(bytes=GROUP_BYTES + len(name))
    state.group_count += 1
    state.bytes += group.bytes
    return group


def drop_group(state: CorrelationState, key: str, name: str) -> None:
    """Forget one group."""
    state.changes(key, name)
    group = state.groups[key].pop(name)
    state.group_count -= 1
    state.bytes -= group.bytes
    if not state.groups[key]:
        del state.groups[key]


def enforce_quota(plan: CorrelationPlan, state: CorrelationState) -> None:
    """Evict the stalest groups where the state is past its policy's quota, and count them."""
    policy = plan.policy
    if state.group_count > policy.groups or state.bytes > policy.state_bytes:
        _evict(state, policy.groups * KEPT_SHARE, policy.state_bytes * KEPT_SHARE)


def shed(state: CorrelationState) -> int:
    """Evict the stalest half, whatever the quota; how many. For a state too large to be kept."""
    count = state.group_count
    _evict(state, count // 2, state.bytes // 2)
    return count - state.group_count


def _evict(state: CorrelationState, groups: float, size: float) -> None:
    stalest = sorted(
        (group.last_time, key, name)
        for key, groups in state.groups.items()
        for name, group in groups.items()
    )
    for _last_time, key, name in stalest:
        if state.group_count <= groups and state.bytes <= size:
            return
        drop_group(state, key, name)
        count_drop(state, key.partition("/")[0], "evicted")


def retire(plan: CorrelationPlan, state: CorrelationState) -> None:
    """Forget groups of correlations that the plan no longer has in this meaning, counted."""
    kept = {correlation.key for correlation in plan.correlations}
    for key in [key for key in state.groups if key.removesuffix(BACKLOG) not in kept]:
        count_drop(state, key.partition("/")[0], "retired", len(state.groups[key]))
        for name in list(state.groups[key]):
            drop_group(state, key, name)
    state.plan_id = plan.plan_id
