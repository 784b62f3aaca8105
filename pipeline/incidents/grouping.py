"""Which detections belong together: connected components over shared keys within a gap.

    time ──────────────────────────────────────────────►
    medium, host A     ●───gap───●                         linked: one of them bridges
    low,    host A       ·         ·   ·                   pulled in: within the gap of a ●
    low,    host A                            ·     ·      apart: beyond both gaps

Rule 1. Two detections that share a key are linked if the span between them is at most `gap_s`
        and at least one bridges, or at most `context_gap_s`.
Rule 2. A group is what links connect. So it depends on the evidence alone, not on its order,
        and adding evidence can only join groups.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.incidents.policy import IncidentPolicy
from schemas.moments import SECOND, Moment


class Node(msgspec.Struct, frozen=True):
    """What grouping must know of one piece of evidence."""

    first_time: Moment
    last_time: Moment
    bridges: bool
    keys: Sequence[str]


class _Union:
    """Disjoint sets of 0 … size-1; a set's root is its least member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, member: int) -> int:
        """The least member of its set."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def join(self, one: int, other: int) -> None:
        """Make the two sets one."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low


def components(nodes: Sequence[Node], policy: IncidentPolicy) -> list[list[int]]:
    """The groups as lists of indices, each ascending, in the order of their least index."""
    union = _Union(len(nodes))
    for members in _by_key(nodes):
        _link_chain(nodes, members, policy.context_gap_s * SECOND, union)
        if any(nodes[index].bridges for index in members):
            _link_bridges(nodes, members, policy.gap_s * SECOND, union)
    groups: dict[int, list[int]] = {}
    for index in range(len(nodes)):
        groups.setdefault(union.root(index), []).append(index)
    return list(groups.values())


def _by_key(nodes: Sequence[Node]) -> Iterable[list[int]]:
    """For each key that several nodes have: those nodes, by first time."""
    buckets: dict[str, list[int]] = {}
    for index in sorted(range(len(nodes)), key=lambda index: nodes[index].first_time):
        for key in nodes[index].keys:
            buckets.setdefault(key, []).append(index)
    return (members for members in buckets.values() if len(members) > 1)


def _link_chain(nodes: Sequence[Node], members: list[int], gap: Moment, union: _Union) -> None:
    """Link each to the one before it that lasted longest, within the gap."""
    latest = members[0]
    for index in members[1:]:
        if nodes[index].first_time - nodes[latest].last_time <= gap:
            union.join(index, latest)
        if nodes[index].last_time > nodes[latest].last_time:
            latest = index


def _link_bridges(nodes: Sequence[Node], members: list[int], gap: Moment, union: _Union) -> None:
    """Link each to the bridge before it that lasted longest, and to the one that began next."""
    latest: int | None = None
    for index in members:
        node = nodes[index]
        if latest is not None and node.first_time - nodes[latest].last_time <= gap:
            union.join(index, latest)
        if node.bridges and (latest is None or node.last_time > nodes[latest].last_time):
            latest = index
    soonest: int | None = None
    for index in sorted(members, key=lambda index: -nodes[index].last_time):
        node = nodes[index]
        if soonest is not None and nodes[soonest].first_time - node.last_time <= gap:
            union.join(index, soonest)
        if node.bridges and (soonest is None or node.first_time < nodes[soonest].first_time):
            soonest = index
