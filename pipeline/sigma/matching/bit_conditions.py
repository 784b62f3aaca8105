"""Trees over bit masks: conditions as closures, and what one field alone can rule out.

A mask is an int in which each leaf of a plan has one bit. Bits are looked up by a leaf's
identity (`id`), since a leaf's tests are many and cost time to hash; equal leaves share a bit.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

Condition = Callable[[int], bool]
Bits = Mapping[int, int]
"""The bit of each leaf, by its identity."""


def condition(tree: Tree, bits: Bits) -> Condition:
    """`tree` as a predicate of a mask."""
    match tree:
        case Leaf():
            bit = bits[id(tree)]
            return lambda mask: mask & bit != 0
        case NotOf(operand):
            inner = condition(operand, bits)
            return lambda mask: not inner(mask)
        case AllOf(operands):
            needed, rest = _split(operands, bits)
            return _conjunction(needed, rest)
        case AnyOf(operands):
            offered, rest = _split(operands, bits)
            return _disjunction(offered, rest)


def _split(operands: tuple[Tree, ...], bits: Bits) -> tuple[int, list[Condition]]:
    """The leaves among `operands` as one mask, the others as conditions."""
    mask = 0
    rest = []
    for operand in operands:
        if isinstance(operand, Leaf):
            mask |= bits[id(operand)]
        else:
            rest.append(condition(operand, bits))
    return mask, rest


def _conjunction(needed: int, rest: list[Condition]) -> Condition:
    if not rest:
        return lambda mask: mask & needed == needed
    return lambda mask: mask & needed == needed and all(each(mask) for each in rest)


def _disjunction(offered: int, rest: list[Condition]) -> Condition:
    if not rest:
        return lambda mask: mask & offered != 0
    return lambda mask: mask & offered != 0 or any(each(mask) for each in rest)


class Demand(NamedTuple):
    """What a tree asks of the leaves of one field, whatever the other fields are: all of
    `needed`, none of `forbidden`, and one of each group of `choices`."""

    needed: int = 0
    forbidden: int = 0
    choices: tuple[tuple["Demand", ...], ...] = ()

    def is_met(self, mask: int) -> bool:
        if mask & self.needed != self.needed or mask & self.forbidden:
            return False
        return all(any(each.is_met(mask) for each in group) for group in self.choices)


NO_DEMAND = Demand()


def demand(tree: Tree, field: str, bits: Bits, negated: bool = False) -> Demand:
    """Of an event of which only the leaves of `field` in `bits` are known: what it takes for
    `tree` to be possible (its opposite, where `negated`)."""
    if isinstance(tree, Leaf):
        bit = bits.get(id(tree), 0) if tree.field == field else 0
        return Demand(forbidden=bit) if negated else Demand(needed=bit)
    if isinstance(tree, NotOf):
        return demand(tree.operand, field, bits, not negated)
    parts = [demand(each, field, bits, negated) for each in tree.operands]
    return all_demands(parts) if isinstance(tree, AllOf) is not negated else _any_demand(parts)


def all_demands(parts: list[Demand]) -> Demand:
    if len(parts) == 1:
        return parts[0]
    needed = forbidden = 0
    choices: tuple[tuple[Demand, ...], ...] = ()
    for part in parts:
        needed |= part.needed
        forbidden |= part.forbidden
        choices += part.choices
    return Demand(needed, forbidden, choices)


def _any_demand(parts: list[Demand]) -> Demand:
    if len(parts) == 1:
        return parts[0]
    return NO_DEMAND if NO_DEMAND in parts else Demand(choices=(tuple(parts),))
