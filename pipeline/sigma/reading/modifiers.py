"""`field|modifier|modifier: values` to a tree (specification, modifiers appendix 2.1).

Theory: a value enters as a `Draft` and each modifier, left to right, turns a draft into
drafts (windash makes several of one). What is left is finished into a test. `all` and
`neq` do not change values; they say how the tests combine.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_network
from math import isfinite
from typing import NamedTuple, TypeGuard, TypeVar

import msgspec

from pipeline.sigma import patterns
from pipeline.sigma.dates import PARTS
from pipeline.sigma.patterns import Parts
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
    number_of,
    text_of,
)
from pipeline.sigma.re2_translation import check_expression, expression_matches
from pipeline.sigma.reading.regexes import python_regex
from pipeline.sigma.reading.yaml_text import RuleError
from pipeline.sigma.trees import Leaf, Tree, all_of, negation

COMBINERS = frozenset({"all", "neq"})
REGEX_FLAGS = {
    "i": "i",
    "ignorecase": "i",
    "m": "m",
    "multiline": "m",
    "s": "s",
    "dotall": "s",
}
COMPARISONS = frozenset({"gt", "gte", "lt", "lte"})
ENCODINGS = frozenset({"wide", "utf16le", "utf16be", "utf16", "base64", "base64offset"})
AROUND: dict[str, Callable[[Parts], Parts]] = {
    "contains": patterns.contains,
    "startswith": patterns.starts,
    "endswith": patterns.ends,
}
UTF16 = {
    "wide": "utf-16-le",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "utf16": "utf-16-bom",
}
KINDS = ("re", "cidr", "exists", "fieldref")
KNOWN = frozenset(
    {
        *COMBINERS,
        *REGEX_FLAGS,
        *COMPARISONS,
        *AROUND,
        *UTF16,
        *PARTS,
        *KINDS,
        *("cased", "base64", "base64offset", "windash", "expand"),
    }
)
LETTERS_A_WEIGHT = 10
SPELLING_HELP = "see the modifiers in the rule guide"


class Draft(msgspec.Struct, frozen=True):
    """A value on its way through its modifiers."""

    parts: Parts
    encoded: bool = False
    """Bytes, each as the letter of its number (after wide, utf16…)."""


Made = TypeVar("Made", str, Draft)


class Chain(msgspec.Struct, frozen=True):
    """A field and its modifiers, checked: every one known, and no two that exclude each other."""

    field: str
    modifiers: tuple[str, ...]
    placeholders: Mapping[str, Sequence[str]]

    def has(self, *names: str) -> bool:
        return any(name in self.modifiers for name in names)


def read_chain(key: str, placeholders: Mapping[str, Sequence[str]]) -> Chain:
    """Raises RuleError for an unknown modifier or a forbidden combination."""
    field, *modifiers = key.split("|")
    for modifier in modifiers:
        if modifier not in KNOWN:
            raise RuleError((key,), f"unknown modifier '{modifier}'", SPELLING_HELP)
    chain = Chain(field, tuple(modifiers), placeholders)
    for is_broken, problem, remedy in FORBIDDEN:
        if is_broken(chain):
            raise RuleError((key,), problem, remedy)
    return chain


def _is_late(chain: Chain, name: str) -> bool:
    """Whether `name` is there, but not first among the modifiers that change values."""
    changing = [each for each in chain.modifiers if each not in COMBINERS and each != "expand"]
    return name in changing[1:]


def _is_dashed_late(chain: Chain) -> bool:
    """Whether `windash` would look for dashes in what is encoded already."""
    if not chain.has("windash"):
        return False
    return not ENCODINGS.isdisjoint(chain.modifiers[: chain.modifiers.index("windash")])


class ForbiddenFault(NamedTuple):
    """A combination of modifiers that nothing is defined for."""

    is_broken: Callable[[Chain], bool]
    problem: str
    remedy: str


_STRINGS = (*AROUND, *ENCODINGS, "windash")
FORBIDDEN: tuple[ForbiddenFault, ...] = (
    ForbiddenFault(
        lambda c: len(set(c.modifiers)) < len(c.modifiers), "a modifier twice", "write it once"
    ),
    ForbiddenFault(
        lambda c: _is_late(c, "re"), "re must be the first modifier", "write field|re|…"
    ),
    ForbiddenFault(
        lambda c: _is_late(c, "cidr"), "cidr must be the first modifier", "write field|cidr"
    ),
    ForbiddenFault(
        lambda c: c.has("exists") and len(c.modifiers) > 1,
        "exists stands alone",
        "move the other modifiers to an item of their own",
    ),
    ForbiddenFault(
        lambda c: c.has("exists") and not c.field, "exists needs a field", "name the field"
    ),
    ForbiddenFault(
        lambda c: c.field != c.field.strip(),
        "white space beside the name of a field",
        "write the name without it",
    ),
    # A keyword is looked for within values: these two would silently say nothing.
    ForbiddenFault(
        lambda c: not c.field and c.has("startswith", "endswith"),
        "a keyword has no start and no end",
        "name a field, or drop startswith and endswith",
    ),
    ForbiddenFault(
        lambda c: c.has(*REGEX_FLAGS) and not c.has("re"),
        "i, m and s belong to re",
        "write field|re|i",
    ),
    ForbiddenFault(
        lambda c: c.has("re") and c.has("cased", "windash", *ENCODINGS),
        "re takes only contains, startswith, endswith and its flags",
        "write the encoding into the expression",
    ),
    ForbiddenFault(
        lambda c: c.has("cidr") and c.has("cased", *_STRINGS),
        "cidr takes no other modifier",
        "move it to an item of its own",
    ),
    ForbiddenFault(
        lambda c: c.has("fieldref") and c.has("re", "cidr", "windash", *ENCODINGS),
        "fieldref takes only neq, all, cased, contains, startswith and endswith",
        "compare the fields as they are",
    ),
    ForbiddenFault(
        lambda c: c.has("fieldref") and sum(c.has(name) for name in AROUND) > 1,
        "two of contains, startswith and endswith with fieldref",
        "write an item for each",
    ),
    ForbiddenFault(
        lambda c: sum(c.has(name) for name in UTF16) > 1,
        "two encodings of letters in one item",
        "write an item for each",
    ),
    ForbiddenFault(
        _is_dashed_late, "windash after an encoding", "write windash before wide and base64"
    ),
    ForbiddenFault(
        lambda c: sum(c.has(name) for name in COMPARISONS) > 1,
        "two comparisons in one item",
        "write one item for each bound",
    ),
    ForbiddenFault(
        lambda c: sum(c.has(name) for name in PARTS) > 1,
        "two parts of a date in one item",
        "write one item for each part",
    ),
    ForbiddenFault(
        lambda c: c.has(*COMPARISONS, *PARTS) and c.has("re", "cidr", "fieldref", *_STRINGS),
        "a comparison of numbers takes no string modifier",
        "drop the string modifier",
    ),
    ForbiddenFault(
        lambda c: not c.field and c.has("cidr", "fieldref", *COMPARISONS, *PARTS),
        "this modifier needs a field",
        "name the field before the first |",
    ),
)


class TooManyTests(RuleError):
    """An item stands for more values than its section has left."""


def item_tree(
    key: str, values: object, placeholders: Mapping[str, Sequence[str]], limit: int
) -> tuple[Tree, int]:
    """The tree of one map item, and what its tests weigh (`weight_of`). Raises RuleError with
    paths below the item's map; TooManyTests where they weigh more than `limit`."""
    chain = read_chain(key, placeholders)
    listed = values if isinstance(values, list) else [values]
    _check_list(chain, key, values, listed)
    tests: list[tuple[Test, ...]] = []
    weight = 0
    for index, value in enumerate(listed):
        try:
            tests.append(value_tests(chain, value, limit - weight))
        except RuleError as error:
            path = (key, index) if isinstance(values, list) else (key,)
            raise type(error)(path, error.problem, error.remedy) from None
        weight += sum(map(weight_of, tests[-1]))
    tree = _combined(chain, tests)
    return (negation(tree) if chain.has("neq") else tree), weight


def _combined(chain: Chain, tests: list[tuple[Test, ...]]) -> Tree:
    if chain.has("all"):
        return all_of([Leaf(chain.field, each) for each in tests])
    return Leaf(chain.field, tuple(dict.fromkeys(test for each in tests for test in each)))


def _check_list(chain: Chain, key: str, values: object, listed: list[object]) -> None:
    if not listed:
        raise RuleError((key,), "an empty list of values", "give at least one value")
    if isinstance(values, list) and len(values) > 1 and None in values:
        raise RuleError((key,), "null in a list", "give null a selection of its own")
    if chain.has("exists") and len(listed) > 1:
        raise RuleError((key,), "exists takes true or false", "write true or false")
    if chain.has("all") and not isinstance(values, list):
        raise RuleError((key,), "all on a single value", "drop |all or give a list")


def value_tests(  # noqa: PLR0911 (one line for each kind)
    chain: Chain, value: object, limit: int
) -> tuple[Test, ...]:
    """The alternatives that one value stands for (more than one after an expansion)."""
    if isinstance(value, dict | list):
        raise RuleError((), "a value must be text, a number, true, false or null", "flatten it")
    if chain.has("exists"):
        return (Exists(_flag(value)),)
    if value is None:
        return (_null(chain),)
    if chain.has(*COMPARISONS, *PARTS):
        return (_comparison(chain, value),)
    texts = _limited(_texts(chain, value), limit)
    if chain.has("re"):
        return tuple(_regex(chain, text) for text in texts)
    if chain.has("cidr"):
        return tuple(_network(text) for text in texts)
    if chain.has("fieldref"):
        return tuple(_reference(chain, text) for text in texts)
    if is_number(value) and chain.field and not chain.has(*_STRINGS):
        return (Number(value),)
    return _text_tests(chain, texts, limit)


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "yes", "false", "no"):
        return str(value).lower() in ("true", "yes")
    raise RuleError((), "exists takes true or false", "write true or false")


def _null(chain: Chain) -> Test:
    if any(modifier not in COMBINERS for modifier in chain.modifiers) or not chain.field:
        raise RuleError((), "null takes no modifier", "write field: null")
    return Null()


def _texts(chain: Chain, value: object) -> Iterable[str]:
    # As its author spelled it: `contains: 10.0` is not met by every 10.
    text = repr(value) if isinstance(value, float) else text_of(value)
    assert text is not None
    return patterns.expand_placeholders(text, chain.placeholders) if chain.has("expand") else [text]


def _limited(made: Iterable[Made], limit: int) -> list[Made]:
    """All of them, made one by one; raises TooManyTests as soon as they weigh more."""
    kept: list[Made] = []
    weight = 0
    for each in made:
        kept.append(each)
        weight += weight_of(each)
        if weight > limit:
            problem = "too many or too long values, as they stand after their modifiers"
            remedy = "give fewer values, dashes or placeholders, or split the rule"
            raise TooManyTests((), problem, remedy)
    return kept


def weight_of(made: str | Draft | Test) -> int:
    """One, and one more for each `LETTERS_A_WEIGHT` letters."""
    parts = (made,) if isinstance(made, str) else getattr(made, "parts", ())
    return 1 + sum(len(part) for part in parts if isinstance(part, str)) // LETTERS_A_WEIGHT


def _comparison(chain: Chain, value: object) -> Test:
    number = number_of(value)
    if number is None or not isfinite(number):
        raise RuleError((), f"'{value}' is not a number", "compare with a number")
    part = next((name for name in chain.modifiers if name in PARTS), "")
    if part and (number % 1 or not PARTS[part][0] <= number <= PARTS[part][1]):
        low, high = PARTS[part]
        raise RuleError((), f"no {part} is {value}", f"a number from {low} to {high}")
    operator = next((name for name in chain.modifiers if name in COMPARISONS), "eq")
    return Comparison(operator, number, part)


def _regex(chain: Chain, text: str) -> Test:
    """`contains`, `startswith` and `endswith` add `.*`, which an unanchored search implies."""
    flags = "".join(sorted({REGEX_FLAGS[name] for name in chain.modifiers if name in REGEX_FLAGS}))
    pattern = python_regex(text)
    check_expression(pattern, flags)
    # What is found in no letters, and in any other, is found in every value of every event.
    if not chain.field and all(expression_matches(pattern, flags, each) for each in ("", "\0")):
        raise _empty_keyword()
    return Regex(pattern, flags)


def _network(text: str) -> Test:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise RuleError((), f"not a network: {error}", "write it as 10.0.0.0/8") from None
    # An IPv4-mapped address of an event is read as its IPv4 one, so its network has to be too.
    if network.version == 6 and network.network_address.ipv4_mapped and network.prefixlen >= 96:
        network = ip_network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return Network(str(network))


def _reference(chain: Chain, text: str) -> Test:
    if not text.strip():
        raise RuleError((), "fieldref needs the name of a field", "write field|fieldref: other")
    mode = next((name for name in chain.modifiers if name in AROUND), "")
    return Reference(text, mode, chain.has("cased"))


def _text_tests(chain: Chain, texts: list[str], limit: int) -> tuple[Test, ...]:
    drafts = [Draft(patterns.parse_pattern(text)) for text in texts]
    for modifier in chain.modifiers:
        after = (each for draft in drafts for each in _modified(draft, modifier))
        drafts = _limited(after, limit)
    if not chain.field:
        drafts = [_keyword(draft) for draft in drafts]
    return tuple(Text(draft.parts, chain.has("cased")) for draft in drafts)


def _keyword(draft: Draft) -> Draft:
    if not any(isinstance(part, str) for part in draft.parts):
        raise _empty_keyword()
    return Draft(patterns.contains(draft.parts))


def _empty_keyword() -> RuleError:
    return RuleError((), "an empty keyword matches every event", "write what to look for")


def _modified(draft: Draft, modifier: str) -> Iterable[Draft]:
    if modifier in AROUND:
        return [Draft(AROUND[modifier](draft.parts))]
    if modifier == "windash":
        return map(Draft, patterns.dash_variants(draft.parts))
    if modifier in UTF16:
        return [Draft((_wide(draft, UTF16[modifier]),), True)]
    if modifier == "base64":
        return [Draft((patterns.base64_text(_plain(draft)),))]
    if modifier == "base64offset":
        return [Draft((text,)) for text in patterns.base64_offsets(_plain(draft)) if text]
    return [draft]


def _wide(draft: Draft, encoding: str) -> str:
    plain = patterns.literal_of(draft.parts)
    if encoding == "utf-16-bom":
        return (b"\xff\xfe" + plain.encode("utf-16-le")).decode("latin-1")
    return plain.encode(encoding).decode("latin-1")


def _plain(draft: Draft) -> bytes:
    return patterns.literal_of(draft.parts).encode("latin-1" if draft.encoded else "utf-8")
