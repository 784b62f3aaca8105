"""A detection as a tree of And, Or, Not over leaves; true and false are empty And and Or."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import msgspec

from pipeline.sigma.predicates import Test


class Leaf(msgspec.Struct, frozen=True, tag="leaf"):
    """True when any member of `field` satisfies any of `tests`; `field` "" is the whole event
    (keywords: any string or number at any depth)."""

    field: str
    tests: tuple[Test, ...]


class AllOf(msgspec.Struct, frozen=True, tag="all"):
    operands: tuple["Tree", ...] = ()


class AnyOf(msgspec.Struct, frozen=True, tag="any"):
    operands: tuple["Tree", ...] = ()


class NotOf(msgspec.Struct, frozen=True, tag="not"):
    operand: "Tree"


Tree = Leaf | AllOf | AnyOf | NotOf

TRUE = AllOf()
FALSE = AnyOf()


def all_of(operands: Iterable[Tree]) -> Tree:
    """Their conjunction, without layers and constants that say nothing; operands after a
    false one are not asked for."""
    kept: list[Tree] = []
    for operand in operands:
        if operand == FALSE:
            return FALSE
        kept.extend(operand.operands if isinstance(operand, AllOf) else (operand,))
    return kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def any_of(operands: Iterable[Tree]) -> Tree:
    """Their disjunction, likewise."""
    kept: list[Tree] = []
    for operand in operands:
        if operand == TRUE:
            return TRUE
        kept.extend(operand.operands if isinstance(operand, AnyOf) else (operand,))
    kept = _joined(kept)
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept))


def _joined(operands: list[Tree]) -> list[Tree]:
    """Leaves of one field in a disjunction are one leaf; it stands where the first stood."""
    tests: dict[str, tuple[Test, ...]] = {}
    for each in operands:
        if isinstance(each, Leaf):
            tests[each.field] = tests.get(each.field, ()) + each.tests
    return [
        Leaf(each.field, tests.pop(each.field)) if isinstance(each, Leaf) else each
        for each in operands
        if not isinstance(each, Leaf) or each.field in tests
    ]


def negation(operand: Tree) -> Tree:
    if isinstance(operand, NotOf):
        return operand.operand
    if operand == TRUE:
        return FALSE
    return TRUE if operand == FALSE else NotOf(operand)


def replace_leaves(tree: Tree, replacement: Callable[[Leaf], Tree]) -> Tree:
    """`tree` with each leaf exchanged, and simplified where constants come in."""
    match tree:
        case Leaf():
            return replacement(tree)
        case NotOf(operand):
            return negation(replace_leaves(operand, replacement))
        case AllOf(operands):
            return all_of(replace_leaves(each, replacement) for each in operands)
        case AnyOf(operands):
            return any_of(replace_leaves(each, replacement) for each in operands)


def leaves(tree: Tree) -> Iterator[Leaf]:
    match tree:
        case Leaf():
            yield tree
        case NotOf(operand):
            yield from leaves(operand)
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from leaves(each)


BRANCH_LIMIT = 16


def branches(tree: Tree) -> tuple[Tree, ...]:
    """Trees whose disjunction is `tree`, split as far as `BRANCH_LIMIT` allows: each can then
    be ruled out by a field of its own."""
    match tree:
        case AnyOf(operands):
            found = tuple(branch for each in operands for branch in branches(each))
            return found if len(found) <= BRANCH_LIMIT else (tree,)
        case AllOf(operands):
            parts: list[tuple[Tree, ...]] = []
            total = 1
            for each in operands:
                split = branches(each)
                fits = total * len(split) <= BRANCH_LIMIT
                parts.append(split if fits else (each,))
                total *= len(parts[-1])
            return tuple(all_of(choice) for choice in product(*parts))
        case _:
            return (tree,)
