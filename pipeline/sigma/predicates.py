"""What one value of an event is held against: the leaves of every detection.

A `Leaf` is true when any member of a field's value satisfies any of its tests; the
trees above it know nothing of values. `passes` is the plain meaning of each test; the
index in `matching/scan.py` must say the same, faster.
"""

import re
from collections.abc import Callable
from ipaddress import ip_network

import msgspec

from pipeline.sigma.dates import date_part
from pipeline.sigma.globs import glob_matches
from pipeline.sigma.networks import read_address
from pipeline.sigma.patterns import Parts
from pipeline.sigma.re2_translation import expression_matches


class Text(msgspec.Struct, frozen=True, tag="text"):
    """The whole text of a value, wildcards read; case folded as Unicode does, unless `cased`."""

    parts: Parts
    cased: bool = False


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A number of the rule: equal as a number to a number, as text to a text."""

    value: int | float

    @property
    def spellings(self) -> tuple[str, ...]:
        """The texts that it equals: `10.0` is the version 10.0 of one sensor and 10 of another."""
        plain = text_of(self.value) or ""
        return (plain,) if isinstance(self.value, int) else (plain, repr(self.value))


class Null(msgspec.Struct, frozen=True, tag="null"):
    """Missing, or JSON null."""


class Exists(msgspec.Struct, frozen=True, tag="exists"):
    present: bool


class Regex(msgspec.Struct, frozen=True, tag="regex"):
    """An unanchored search; `flags` from "ims"."""

    pattern: str
    flags: str = ""


class Network(msgspec.Struct, frozen=True, tag="network"):
    cidr: str


class Comparison(msgspec.Struct, frozen=True, tag="comparison"):
    """gt, gte, lt, lte, eq over numbers and numeric text; of a date's `part`, where given."""

    operator: str
    bound: int | float
    part: str = ""


class Reference(msgspec.Struct, frozen=True, tag="reference"):
    """Another field of the same event; `mode` from "", contains, startswith, endswith."""

    field: str
    mode: str = ""
    cased: bool = False


Test = Text | Number | Null | Exists | Regex | Network | Comparison | Reference

NUMERIC = re.compile(r"\s*[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\s*\Z")
OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
    "eq": lambda value, bound: value == bound,
}
MODES: dict[str, Callable[[str, str], bool]] = {
    "": lambda value, other: value == other,
    "contains": lambda value, other: other in value,
    "startswith": lambda value, other: value.startswith(other),
    "endswith": lambda value, other: value.endswith(other),
}


def text_of(value: object) -> str | None:
    """A scalar as text: a number in digits (5.0 is 5: JSON has one kind), a boolean as
    `true` or `false`; None for null, objects and lists."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


def number_of(value: object) -> int | float | None:
    """A number, or a text that is one; None for anything else, booleans included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and NUMERIC.match(value) and len(value) < 400:
        return int(value) if value.strip().lstrip("+-").isdecimal() else float(value)
    return None


def in_network(value: str, cidr: str) -> bool:
    """Whether `value` is an address in `cidr`; an IPv4-mapped IPv6 address is its IPv4 one."""
    address = read_address(value)
    return address is not None and address in ip_network(cidr, strict=False)


def passes(test: Test, value: object) -> bool:  # noqa: PLR0911 (one line for each kind)
    """Whether one scalar (or object, or null) of an event satisfies `test`; not for `Reference`."""
    match test:
        case Null():
            return value is None
        case Exists():
            return (value is not None) is test.present
        case Text():
            return _matches_text(test, value)
        case Number():
            return text_of(value) in test.spellings and not isinstance(value, bool)
        case Comparison():
            return _compares(test, value)
        case Regex() | Network():
            text = text_of(value)
            if text is None:
                return False
            if isinstance(test, Network):
                return in_network(text, test.cidr)
            return expression_matches(test.pattern, test.flags, text)
    raise AssertionError(f"a {type(test).__name__} needs the whole event")


def _matches_text(test: Text, value: object) -> bool:
    if test.parts == (0,):
        return value is not None
    text = text_of(value)
    return text is not None and glob_matches(test.parts, text, test.cased)


def _compares(test: Comparison, value: object) -> bool:
    number = date_part(text_of(value), test.part) if test.part else number_of(value)
    return number is not None and OPERATORS[test.operator](number, test.bound)


def refers(test: Reference, value: object, other: object) -> bool:
    """Whether one scalar and one scalar of the other field are as `test` says."""
    left, right = text_of(value), text_of(other)
    if left is None or right is None:
        return False
    if not test.cased:
        left, right = left.casefold(), right.casefold()
    return MODES[test.mode](left, right)
