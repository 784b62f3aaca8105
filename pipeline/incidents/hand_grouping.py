"""Groups as analysts made them: parted where they split, joined where they merged. Pure.

What is marked follows from commands, the rest from the evidence: the order in which it came
makes no difference (`regrouping.py` sets the marks).
"""

from collections.abc import Iterator, Sequence

from pipeline.incidents.grouping import Node

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
