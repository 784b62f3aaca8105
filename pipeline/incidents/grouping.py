"""Which detections belong together: cases over shared keys within a gap, context beside them,
and then as analysts parted and joined them.

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
Rule 4. A split parts each group that holds both of its sides; groups that share a merge are one.
        What is marked follows from commands alone (`regrouping.py` sets the marks).
Rule 5. So a group depends on evidence and commands, not on the order in which evidence came.
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
    """Marks of analysts (rule 4)."""


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
        # Path halving: each look-up makes the next ones shorter.
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
    # A joining node reaches bridges over the long gap, and others like it over the short one only.
    for index in of_part["joining"]:
        for member in _touched(nodes[index], bridges, gap):
            union.join(index, member)
    owners: dict[int, int] = {}
    for index in of_part["context"]:
        touched = [*_touched(nodes[index], bridges, gap)]
        touched += _touched(nodes[index], joining, context_gap)
        if touched:
            # No join: context goes with one case and ties no two (rule 2).
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


Group = list[int]
OUT, IN = "out", "in"
"""The sides of a split: what was named, and the rest."""


def group_by_hand(groups: Sequence[Group], nodes: Sequence[Node]) -> list[Group]:
    """The groups, each ascending, in the order of their least index."""
    if not any(node.merged or node.parted for node in nodes):
        return list(groups)
    return _joined([part for group in groups for part in _parts(group, nodes)], nodes)


def _parts(group: Group, nodes: Sequence[Node]) -> Iterator[Group]:
    """The group, divided by every split of which it holds both sides."""
    sides: dict[str, dict[str, set[int]]] = {}
    for index in group:
        for mark in nodes[index].parted:
            split_id, _, side = mark.partition(":")
            sides.setdefault(split_id, {}).setdefault(side, set()).add(index)
    crossed = sorted(split_id for split_id, held in sides.items() if len(held) == 2)
    if not crossed:
        yield group
        return
    # One split at a time, in order of their ids: each half is looked at again for the others.
    out = _spread(group, nodes, sides[crossed[0]])
    yield from _parts([index for index in group if index in out], nodes)
    yield from _parts([index for index in group if index not in out], nodes)


def _spread(group: Group, nodes: Sequence[Node], sides: dict[str, set[int]]) -> set[int]:
    """All that goes with the named side: it shares more keys with it than with the rest.

    What touches neither goes with what of it does; what touches nothing stays with the rest.
    """
    out, rest = set(sides[OUT]), set(sides[IN])
    left = [index for index in group if index not in out and index not in rest]
    while left:
        keys_out, keys_rest = (
            {key for index in side for key in nodes[index].keys} for side in (out, rest)
        )
        shared = {
            index: (len(keys_out.intersection(nodes[index].keys)),
                    len(keys_rest.intersection(nodes[index].keys)))
            for index in left
        }  # fmt: skip
        reached = {index for index, counts in shared.items() if any(counts)} or set(left)
        out |= {index for index in reached if shared[index][0] > shared[index][1]}
        rest |= {index for index in reached if shared[index][0] <= shared[index][1]}
        left = [index for index in left if index not in reached]
    return out


def _joined(groups: Sequence[Group], nodes: Sequence[Node]) -> list[Group]:
    """Groups that share a merge are one."""
    whole: list[tuple[Group, set[str]]] = []
    for group in groups:
        members, marks = list(group), {mark for index in group for mark in nodes[index].merged}
        apart = []
        for held in whole:
            if marks & held[1]:
                members, marks = members + held[0], marks | held[1]
            else:
                apart.append(held)
        whole = [*apart, (members, marks)]
    return sorted(sorted(members) for members, _ in whole)
