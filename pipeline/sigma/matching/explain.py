"""Why a rule did or did not match one event: its tree, branch by branch.

The verdicts come from the plain meaning (`values.py`), not from the index.
"""

from collections.abc import Mapping

import msgspec

from pipeline.sigma.matching.values import leaf_holds, read_field, tree_holds
from pipeline.sigma.patterns import ANY, Parts
from pipeline.sigma.predicates import (
    Comparison,
    Exists,
    Network,
    Null,
    Number,
    Reference,
    Regex,
    Test,
    Text,
    text_of,
)
from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

LONGEST_SHOWN = 120
_WORDS = {"all": "all of", "any": "any of", "not": "not"}


class Branch(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node: what it asks, whether the event satisfies it (None without an event), what the
    event has there, and what is below."""

    text: str
    holds: bool | None = None
    found: str = ""
    branches: tuple["Branch", ...] = ()


def explain(tree: Tree, fields: Mapping[str, object] | None) -> Branch:
    """`fields` None explains the rule alone."""
    holds = None if fields is None else tree_holds(tree, fields)
    match tree:
        case Leaf():
            return _leaf(tree, fields)
        case NotOf(operand):
            return Branch(_WORDS["not"], holds, branches=(explain(operand, fields),))
        case AllOf(operands):
            below = tuple(explain(each, fields) for each in operands)
            return Branch(_WORDS["all"], holds, branches=below)
        case AnyOf(operands):
            below = tuple(explain(each, fields) for each in operands)
            return Branch(_WORDS["any"], holds, branches=below)


def _leaf(leaf: Leaf, fields: Mapping[str, object] | None) -> Branch:
    text = f"{leaf.field or 'any value'} {' or '.join(describe(test) for test in leaf.tests)}"
    if fields is None:
        return Branch(text)
    if not leaf.field:
        return Branch(text, leaf_holds(leaf, fields))
    value = read_field(fields, leaf.field)
    shown = "missing or null" if value is None else text_of(value) or repr(value)
    return Branch(text, leaf_holds(leaf, fields), _shortened(shown))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def describe(test: Test) -> str:  # noqa: PLR0911 (one line for each kind)
    """One test in words."""
    match test:
        case Text(parts, cased):
            return _pattern(parts) + (" (case as written)" if cased else "")
        case Number(value):
            return f"is {value}"
        case Null():
            return "is missing or null"
        case Exists(present):
            return "exists" if present else "does not exist"
        case Regex(pattern, flags):
            return f"matches /{pattern}/{flags}"
        case Network(cidr):
            return f"is an address in {cidr}"
        case Comparison(operator, bound, part):
            return f"has {part or 'a number'} {operator} {bound}"
        case Reference(field, mode, _):
            return f"{mode or 'equals'} the field {field}"


def _pattern(parts: Parts) -> str:
    if parts == (ANY,):
        return "has a value"
    literals = [part for part in parts if isinstance(part, str)]
    wildcards = [part for part in parts if not isinstance(part, str)]
    if len(literals) <= 1 and all(part == ANY for part in wildcards):
        literal = repr(literals[0] if literals else "")
        ends = (parts[:1] == (ANY,), parts[-1:] == (ANY,))
        names = {(True, True): "contains", (False, True): "starts with", (True, False): "ends with"}
        return f"{names.get(ends, 'is')} {literal}"
    shown = "".join(part if isinstance(part, str) else "*?"[part] for part in parts)
    return f"is like {shown!r}"
