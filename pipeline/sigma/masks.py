"""Trees over bit masks: conditions as closures, and what one field alone can rule out.

A mask is an int in which each leaf of a plan has one bit.
"""

from collections.abc import Callable, Mapping

from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

Condition = Callable[[int], bool]


def condition(tree: Tree, bits: Mapping[Leaf, int]) -> Condition:
    """`tree` as a predicate of a mask."""
    match tree:
        case Leaf():
            bit = bits[tree]
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


def _split(operands: tuple[Tree, ...], bits: Mapping[Leaf, int]) -> tuple[int, list[Condition]]:
    """The leaves among `operands` as one mask, the others as conditions."""
    mask = 0
    rest = []
    for operand in operands:
        if isinstance(operand, Leaf):
            mask |= bits[operand]
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


def may_hold(tree: Tree, bits: Mapping[Leaf, int], mask: int, field: str) -> bool:
    """Whether `tree` can be true of an event of which only the leaves of `field` are known."""
    match tree:
        case Leaf():
            return tree.field != field or tree not in bits or mask & bits[tree] != 0
        case NotOf(operand):
            return not must_hold(operand, bits, mask, field)
        case AllOf(operands):
            return all(may_hold(each, bits, mask, field) for each in operands)
        case AnyOf(operands):
            return any(may_hold(each, bits, mask, field) for each in operands)


def must_hold(tree: Tree, bits: Mapping[Leaf, int], mask: int, field: str) -> bool:
    """Whether `tree` is true whatever the other fields are."""
    match tree:
        case Leaf():
            return tree.field == field and tree in bits and mask & bits[tree] != 0
        case NotOf(operand):
            return not may_hold(operand, bits, mask, field)
        case AllOf(operands):
            return all(must_hold(each, bits, mask, field) for each in operands)
        case AnyOf(operands):
            return any(must_hold(each, bits, mask, field) for each in operands)
