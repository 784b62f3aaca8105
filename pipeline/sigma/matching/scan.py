"""All tests on one field at once: a value to the bit mask of the leaves it satisfies.

Theory: most tests are literals with or without wildcards around them. Exact ones are
looked up, networks by prefix; the others become needles of one Aho-Corasick automaton over
the folded value. A needle that is the whole test sets its bits at once; a needle that is
only necessary sends its test to `passes`, the plain meaning. Tests without a needle are
always asked. So a mask is exact, whatever the needles.
"""

from collections.abc import Iterator, Mapping

import ahocorasick

from pipeline.sigma.matching.literals import Needle, pattern_literal, regex_needle
from pipeline.sigma.matching.long_values import LongValues
from pipeline.sigma.matching.values import members
from pipeline.sigma.networks import Networks
from pipeline.sigma.patterns import ANY, ONE
from pipeline.sigma.predicates import (
    Exists,
    Network,
    Null,
    Number,
    Regex,
    Test,
    Text,
    passes,
    text_of,
)
from pipeline.sigma.trees import Leaf

Asked = tuple[Test, int]


class _Needles:
    """What finding one needle means: bits by where it was found, and tests to ask."""

    __slots__ = ("anywhere", "ask", "at_end", "at_start", "length")

    def __init__(self, length: int) -> None:
        self.length = length
        self.anywhere = 0
        self.at_start = 0
        self.at_end = 0
        self.ask: list[Asked] = []


class Scanner:
    """The leaves of one field by their bits. `mask` is pure; building is lazy."""

    def __init__(self, leaves: Mapping[int, Leaf]) -> None:
        self.present = 0
        """Bits of every present value, null excepted."""
        self.exists = 0
        self.missing = 0
        """Bits of a missing or null field."""
        self.null = 0
        self.exact: dict[str, int] = {}
        self.always: list[Asked] = []
        self.beyond_ascii: list[Asked] = []
        self.needles: dict[str, _Needles] = {}
        self.networks = Networks()
        for bit, leaf in leaves.items():
            for test in leaf.tests:
                self._add(test, bit)
        self.automaton = self._automaton()
        self.long_values = LongValues(self.needles)

    def _add(self, test: Test, bit: int) -> None:
        match test:
            case Null():
                self.missing |= bit
                self.null |= bit
            case Exists(present):
                if present:
                    self.exists |= bit
                else:
                    self.missing |= bit
            case Text((0,), _):
                self.present |= bit
            case Text():
                self._add_text(test, bit)
            case Number():
                self._add_number(test, bit)
            case Network(cidr):
                self.networks.add(cidr, bit)
            case Regex():
                self._ask_at(regex_needle(test), test, bit)
            case _:
                self.always.append((test, bit))

    def _add_text(self, test: Text, bit: int) -> None:
        literals = [part for part in test.parts if isinstance(part, str)]
        plain = not test.cased and ONE not in test.parts and len(literals) <= 1
        if not plain:
            self._ask_at(Needle(pattern_literal(test.parts)), test, bit)
            return
        literal = "".join(literals).casefold()
        if test.parts[:1] != (ANY,) and test.parts[-1:] != (ANY,):
            self.exact[literal] = self.exact.get(literal, 0) | bit
            return
        needle = self._needle(literal)
        if test.parts[0] != ANY:
            needle.at_start |= bit
        elif test.parts[-1] != ANY:
            needle.at_end |= bit
        else:
            needle.anywhere |= bit

    def _add_number(self, test: Number, bit: int) -> None:
        for text in test.spellings:
            folded = text.casefold()  # as the value is: 1E+16 of one sensor is 1e+16 of another
            self.exact[folded] = self.exact.get(folded, 0) | bit

    def _ask_at(self, needle: Needle, test: Test, bit: int) -> None:
        if not needle.text:
            self.always.append((test, bit))
            return
        self._needle(needle.text).ask.append((test, bit))
        if not needle.is_exact:
            self.beyond_ascii.append((test, bit))

    def _needle(self, literal: str) -> _Needles:
        return self.needles.setdefault(literal, _Needles(len(literal)))

    def _automaton(self) -> ahocorasick.Automaton | None:
        if not self.needles:
            return None
        automaton = ahocorasick.Automaton()
        for literal, needle in self.needles.items():
            automaton.add_word(literal, needle)
        automaton.make_automaton()
        return automaton

    def mask(self, value: object) -> int:
        """The bits of the leaves that hold for a field of this value."""
        if value is None:
            return self.missing
        if isinstance(value, str):
            return self.present | self.exists | self._text(value)
        if isinstance(value, list | tuple):
            return self._list(value) | self.exists
        text = text_of(value)
        return self.present | self.exists | (self._text(text) if text is not None else 0)

    def _list(self, values: object) -> int:
        mask = 0
        for value in members(values):
            if value is None:
                mask |= self.null
            else:
                text = text_of(value)
                mask |= self.present | (self._text(text) if text is not None else 0)
        return mask

    def _text(self, text: str) -> int:
        folded = text.casefold()
        mask = self.exact.get(folded, 0) | self.networks.mask(text)
        asked = self.always
        if self.automaton is not None:
            if self.long_values.is_due(text):
                found, more = self._found_in_long(folded)
            else:
                found, more = _found(self.automaton, folded)
            mask |= found
            asked = [*asked, *more]
        if self.beyond_ascii and not text.isascii():
            asked = [*asked, *self.beyond_ascii]
        for test, bit in asked:
            if not mask & bit and passes(test, text):
                mask |= bit
        return mask

    def _found_in_long(self, folded: str) -> tuple[int, list[Asked]]:
        """As `_found`, for a value of ASCII letters."""
        mask = 0
        asked: list[Asked] = []
        for literal in self.long_values.held(folded):
            needle = self.needles[literal]
            mask |= needle.anywhere
            if needle.at_start and folded.startswith(literal):
                mask |= needle.at_start
            if needle.at_end and folded.endswith(literal):
                mask |= needle.at_end
            asked.extend(needle.ask)
        return mask, asked


def _found(automaton: ahocorasick.Automaton, folded: str) -> tuple[int, list[Asked]]:
    mask, asked, last = 0, [], len(folded) - 1
    seen: set[int] = set()
    hits: Iterator[tuple[int, _Needles]] = automaton.iter(folded)
    for end, needle in hits:
        mask |= needle.anywhere
        if needle.at_start and end == needle.length - 1:
            mask |= needle.at_start
        if needle.at_end and end == last:
            mask |= needle.at_end
        if needle.ask and id(needle) not in seen:
            seen.add(id(needle))
            asked.extend(needle.ask)
    return mask, asked
