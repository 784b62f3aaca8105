"""Which detections belong together: cases over shared keys within a gap, context beside them.

    time ──────────────────────────────────────────────────►
    bridge,  host A     ●─────gap─────●                        one case
    joining, host A         ◐               ◐─◐        ◐       in it: within the gap of a ●
    context, host A           ○        ○                       goes with it
    context, hosts A, B           ○                            goes with it, joins nothing to it
    context, host A                                       ○─○  groups of its own: beyond the gap

Rule 1. Two nodes that share a key are linked if at most `gap_s` lies between them and one of
        them bridges, or at most `context_gap_s`. A case is what links of nodes that bridge or
        join connect.
Rule 2. A context node that is linked to a case goes with it; of several cases, with the one
        that began first. It joins no two cases.
Rule 3. Context that is linked to no case is a group of what is linked among itself.
Rule 4. So a group depends on the evidence alone, not on the order in which it came.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from pipeline.incidents.policy import IncidentPolicy
from schemas.moments import SECOND, Moment

Part: TypeAlias = Literal["bridge", "joining", "context"]
"""What a piece of evidence can do: found a case and reach over the whole gap, join cases within
the shorter one, or only go with a case."""


class Node(msgspec.Struct, frozen=True):
    """What grouping must know of one piece of evidence."""

    first_time: Moment
    last_time: Moment
    part: Part
    keys: Sequence[str]
    merged: Sequence[str] = ()
    parted: Sequence[str] = ()
    """Marks of analysts, which `hand_grouping.py` obeys."""


class Stretch(msgspec.Struct):
    """Nodes of one key and part that their gap does not part: `member` is one of them."""

    start: Moment
    end: Moment
    member: int


Stretches: TypeAlias = Mapping[str, Sequence[Stretch]]
"""By key, in order of time."""


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
    """The groups as lists of indices, each ascending, in the order of their least index.

    Of two cases, the one with the node of the least index "began first".
    """
    union = _Union(len(nodes))
    gap, context_gap = policy.gap_s * SECOND, policy.context_gap_s * SECOND
    of_part: dict[Part, list[int]] = {"bridge": [], "joining": [], "context": []}
    for index in sorted(range(len(nodes)), key=lambda index: nodes[index].first_time):
        of_part[nodes[index].part].append(index)
    bridges = _link(nodes, of_part["bridge"], gap, union)
    joining = _link(nodes, of_part["joining"], context_gap, union)
    for index in of_part["joining"]:
        for member in _touched(nodes[index], bridges, gap):
            union.join(index, member)
    owners: dict[int, int] = {}
    for index in of_part["context"]:
        touched = [*_touched(nodes[index], bridges, gap)]
        touched += _touched(nodes[index], joining, context_gap)
        if touched:
            owners[index] = min(map(union.root, touched))
    loose = [index for index in of_part["context"] if index not in owners]
    _link(nodes, loose, context_gap, union)
    groups: dict[int, list[int]] = {}
    for index in range(len(nodes)):
        groups.setdefault(owners.get(index, union.root(index)), []).append(index)
    return sorted(groups.values())


def _link(
    nodes: Sequence[Node], by_time: Iterable[int], gap: Moment, union: _Union
) -> dict[str, list[Stretch]]:
    """Join nodes that share a key within the gap; the stretches that they make."""
    stretches: dict[str, list[Stretch]] = {}
    for index in by_time:
        node = nodes[index]
        for key in node.keys:
            of_key = stretches.setdefault(key, [])
            if of_key and node.first_time - of_key[-1].end <= gap:
                union.join(index, of_key[-1].member)
                of_key[-1].end = max(of_key[-1].end, node.last_time)
            else:
                of_key.append(Stretch(node.first_time, node.last_time, index))
    return stretches


def _touched(node: Node, stretches: Stretches, gap: Moment) -> Iterator[int]:
    """A member of each stretch that has a node within the gap of this one."""
    for key in node.keys:
        of_key = stretches.get(key, ())
        place = bisect_left(of_key, node.first_time - gap, key=lambda one: one.end)
        for stretch in of_key[place:]:
            if stretch.start - node.last_time > gap:
                break
            yield stretch.member
