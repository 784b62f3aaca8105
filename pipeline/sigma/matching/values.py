"""Values of an event: reading a field, its members, and the plain meaning of a leaf.

This is the definition that `explain.py` shows and that the index must agree with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.sigma.log_sources import RESERVED_FIELDS
from pipeline.sigma.predicates import Exists, Reference, passes, refers, text_of
from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

_MISSING = object()


def read_field(fields: Mapping[str, object], name: str) -> object:
    """The value of `name`: as a flat key, else as a dotted path through objects and arrays.
    None for missing as for null."""
    value = fields.get(name, _MISSING)
    if value is not _MISSING or "." not in name:
        return None if value is _MISSING else value
    found = list(_walk(fields, name))
    if len(found) <= 1:
        return found[0] if found else None
    return found


def _walk(holder: object, name: str) -> Iterator[object]:
    """Every value at the path; a part of the path may itself hold dots."""
    if isinstance(holder, list):
        for each in members(holder):
            yield from _walk(each, name)
        return
    if not isinstance(holder, Mapping):
        return
    if name in holder:
        yield holder[name]
        return
    position = name.find(".")
    while position >= 0:
        inner = holder.get(name[:position])
        if isinstance(inner, Mapping | list):
            yield from _walk(inner, name[position + 1 :])
        position = name.find(".", position + 1)


def members(value: object) -> Iterator[object]:
    """The members of a list, of lists in it too; any other value is its only member."""
    return _within(value, _listed)


def words(value: object) -> Iterator[str]:
    """Every string and number at any depth, as text: what keywords are held against."""
    for each in _within(value, _held):
        if each is not None and not isinstance(each, bool):
            text = text_of(each)
            if text is not None:
                yield text


def _within(value: object, inside: Callable[[object], Iterator[object] | None]) -> Iterator[object]:
    """What is left of `value` when everything that has an inside gives way to it, in order.
    Without recursion: a sender chooses how deep its values are."""
    waiting = [iter((value,))]
    while waiting:
        for each in waiting[-1]:
            deeper = inside(each)
            if deeper is not None:
                waiting.append(deeper)
                break
            yield each
        else:
            waiting.pop()


def _listed(value: object) -> Iterator[object] | None:
    return iter(value) if isinstance(value, list | tuple) else None


def _held(value: object) -> Iterator[object] | None:
    if isinstance(value, Mapping):
        return (each for key, each in value.items() if key not in RESERVED_FIELDS)
    return _listed(value)


def leaf_holds(leaf: Leaf, fields: Mapping[str, object]) -> bool:
    """Whether `leaf` is true of an event; each test of its own, any of them suffices."""
    if not leaf.field:
        texts = list(words(fields))
        return any(passes(test, text) for test in leaf.tests for text in texts)
    return value_holds(leaf, read_field(fields, leaf.field), fields)


def value_holds(leaf: Leaf, value: object, fields: Mapping[str, object]) -> bool:
    for test in leaf.tests:
        if isinstance(test, Exists):
            if (value is not None) is test.present:
                return True
        elif isinstance(test, Reference):
            others: Sequence[object] = list(members(read_field(fields, test.field)))
            if any(refers(test, each, other) for each in members(value) for other in others):
                return True
        elif any(passes(test, each) for each in members(value)):
            return True
    return False


def tree_holds(tree: Tree, fields: Mapping[str, object]) -> bool:
    match tree:
        case Leaf():
            return leaf_holds(tree, fields)
        case NotOf(operand):
            return not tree_holds(operand, fields)
        case AllOf(operands):
            return all(tree_holds(each, fields) for each in operands)
        case AnyOf(operands):
            return any(tree_holds(each, fields) for each in operands)
