"""Groups: opened and dropped; a group's matches: taken in, taken out, let go; its caches follow.

What gives way when an enterprise's correlation state is full: the group whose last match is the
oldest in event time goes first; of equal ones, the one whose correlation's key, then group key,
is smaller. Once a quota is exceeded, groups go until nine tenths of it are left, so that not every
step has to sort them.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable

import msgspec

from pipeline.correlation.drop_reasons import count_drop
from pipeline.correlation.plan import CorrelationPlan
from pipeline.correlation.state import (
    BACKLOG,
    CorrelationState,
    EntityKey,
    Group,
    Held,
    Inner,
    Rank,
    rank_of,
    time_of,
)
from pipeline.correlation.windows import Value
from pipeline.event_time.sources import SourceId
from schemas.detection import Entity
from schemas.moments import Moment

GROUP_BYTES = 100
HELD_BYTES = 56
INNER_BYTES = 24
ENTITY_BYTES = 10
TEXT_BYTES = 3
"""What each weighs in MessagePack, texts aside: the quota's measure, held against the real
encoding by a test."""

_POOL_SLACK = 16
KEPT_SHARE = 0.9


class Entities(msgspec.Struct, frozen=True):
    """An event's entities, each once, and what they weigh in a pool that has none of them."""

    keys: tuple[EntityKey, ...] = ()
    weight: int = 0


def entities_to_hold(entities: Iterable[Entity]) -> Entities:
    """What a group keeps of entities: made once for all groups that an event goes to."""
    keys = tuple(dict.fromkeys([(each.kind, each.value, each.role) for each in entities]))
    return Entities(keys, _pool_weight(keys))


class Candidate(msgspec.Struct, frozen=True):
    """A match on its way into a group."""

    time: Moment
    event_id: str
    source: int
    value: Value
    entities: "Entities"
    inner: Inner | None = None
    sources: tuple[SourceId, ...] = ()
    """Sources behind the watermark that it came from."""

    @property
    def rank(self) -> Rank:
        return self.time, self.event_id, self.source


class Pending(msgspec.Struct):
    """What a step brings to one group: matches that came, and matches that no longer hold."""

    candidates: list[Candidate] = []
    gone: list[Rank] = []


def change(group: Group, pending: Pending) -> Moment | None:
    """Apply what is pending; the time of the earliest match that changed, or None."""
    if not pending.candidates and not pending.gone:
        return None
    if group.is_cached and group.cache.window is not None:
        times = [*(rank[0] for rank in pending.gone), *(each.time for each in pending.candidates)]
        group.cache.window.retreat(group.held, bisect_left(group.held, min(times), key=time_of))
    changed = [rank[0] for rank in pending.gone if _remove(group, rank)]
    changed += [candidate.time for candidate in pending.candidates if _insert(group, candidate)]
    return min(changed, default=None)


def _insert(group: Group, candidate: Candidate) -> bool:
    """False where the match is there already: an event sent twice counts once."""
    if group.floor is not None and candidate.time <= group.floor:
        return False
    held = group.held
    new = Held(
        candidate.time,
        candidate.event_id,
        candidate.source,
        candidate.value,
        _intern(group, candidate.entities),
        candidate.inner,
    )
    index = len(held)
    # Most matches are the newest of their group: no place has to be looked for.
    if held and held[-1].time >= candidate.time:
        index = bisect_left(held, candidate.rank, key=rank_of)
        if index < len(held) and rank_of(held[index]) == candidate.rank:
            return _replace(group, index, new)
    held.insert(index, new)
    group.bytes += weight(new)
    if group.is_cached and group.cache.times is not None:
        insort(group.cache.times[new.source], new.time)
    return True


def _replace(group: Group, index: int, new: Held) -> bool:
    """A detection of an inner correlation that grew takes its own place."""
    old = group.held[index]
    # An event says the same whenever it is sent; only an inner correlation has more to say.
    if new.inner is None or new == old:
        return False
    group.held[index] = new
    group.bytes += weight(new) - weight(old)
    return True


def _remove(group: Group, rank: Rank) -> bool:
    index = bisect_left(group.held, rank, key=rank_of)
    if index == len(group.held) or rank_of(group.held[index]) != rank:
        return False
    old = group.held.pop(index)
    group.bytes -= weight(old)
    if group.cache.times is not None:
        times = group.cache.times[old.source]
        del times[bisect_left(times, old.time)]
    return True


def let_go(group: Group, count: int) -> None:
    """Drop the first `count` matches."""
    if not count:
        return
    cache = group.cache
    if cache.window is not None:
        cache.window.forget(group.held, count)
    leaving = group.held[:count]
    if cache.times is not None:
        for source, times in enumerate(cache.times):
            del times[: sum(held.source == source for held in leaving)]
    del group.held[:count]
    group.bytes -= sum(weight(held) for held in leaving)
    _thin_pool(group)


def weight(held: Held) -> int:
    """About how many bytes a match takes in the encoded state."""
    size = HELD_BYTES + len(held.entities)
    if isinstance(held.value, str):
        size += len(held.value)
    if held.inner is not None:
        size += INNER_BYTES + sum(len(each) + TEXT_BYTES for each in held.inner.event_ids)
    return size


def _intern(group: Group, entities: Entities) -> tuple[int, ...]:
    """Where each stands in the group's pool, new ones at its end."""
    keys = entities.keys
    if not group.pool:  # most groups never have a second match
        group.pool = [*keys]
        group.bytes += entities.weight
        return tuple(range(len(keys)))
    pool = group.cache.pool
    if pool is None:
        pool = group.cache.pool = {key: index for index, key in enumerate(group.pool)}
    for key in keys:
        if key not in pool:
            pool[key] = len(group.pool)
            group.pool.append(key)
            group.bytes += _entity_weight(key)
    return tuple([pool[key] for key in keys])


def _thin_pool(group: Group) -> None:
    """Forget entities that no match names any more, once they are the most of them."""
    if len(group.pool) <= _POOL_SLACK + 2 * len(group.held):
        return
    kept = sorted({index for held in group.held for index in held.entities})
    moved = {index: position for position, index in enumerate(kept)}
    group.held = [
        msgspec.structs.replace(held, entities=tuple(moved[index] for index in held.entities))
        for held in group.held
    ]
    group.bytes -= _pool_weight(group.pool)
    group.pool = [group.pool[index] for index in kept]
    group.bytes += _pool_weight(group.pool)
    group.cache.pool = None


def _pool_weight(pool: Iterable[EntityKey]) -> int:
    return sum(_entity_weight(key) for key in pool)


def _entity_weight(key: EntityKey) -> int:
    kind, value, role = key
    size = len(value) if value.isascii() else len(value.encode())
    return ENTITY_BYTES + len(kind) + size + len(role)


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
