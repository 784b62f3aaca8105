"""Which keyword rules an event can possibly satisfy, from one scan of its raw line.

Rule 1: a keyword's needle is letters, digits and dots that JSON writes as they are, so a
line that does not hold the needle cannot hold the keyword.
Rule 2: where that is not so (a line with `\\u` escapes, or with letters beyond ASCII that
fold to ASCII ones, an event whose format rewrote its values, a keyword without such
letters), every rule is a candidate.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import hyperscan

from pipeline.sigma.matching.literals import pattern_literal, regex_needle
from pipeline.sigma.predicates import Regex, Test, Text
from pipeline.sigma.trees import AllOf, AnyOf, Leaf, NotOf, Tree

_PLAIN_RUN = re.compile(r"[a-z0-9 .:;,_$%&=+(){}\[\]*?!@#|~^-]+")
FOLDING_TO_ASCII = (
    "\u00df\u0130\u0149\u017f\u01f0\u1e96\u1e97\u1e98\u1e99\u1e9a\u1e9e\u212a"
    + "".join(map(chr, range(0xFB00, 0xFB07)))
)
"""Every letter beyond ASCII whose case folding holds an ASCII one (Unicode, CaseFolding)."""
_UNICODE_ESCAPE = rb"(?:^|[^\\])(?:\\\\)*\\u[0-9A-Fa-f]"
_NUMERIC_ONLY = re.compile(r"[0-9.einfa+-]*\Z")


def needle_of(test: Test) -> str:
    """The longest run of the keyword's letters that stand for themselves in JSON text."""
    if isinstance(test, Text):
        literal = pattern_literal(test.parts)
    elif isinstance(test, Regex):
        literal = regex_needle(test).text
    else:
        return ""
    run = max(_PLAIN_RUN.findall(literal), key=len, default="")
    return "" if _NUMERIC_ONLY.match(run) else run


class KeywordScan:
    """Which of a plan's rules are possible, as bits; one hyperscan database for all needles."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self.every = (1 << len(trees)) - 1
        self.without = self.every
        """The rules that are possible in a line without any needle."""
        self.owners: list[int] = []
        owners: dict[str, int] = {}
        for index, tree in enumerate(trees):
            for needle in needles_of(tree) or ():
                owners[needle] = owners.get(needle, 0) | 1 << index
                self.without &= ~(1 << index)
        self.owners = list(owners.values())
        self.database = _database(tuple(owners)) if owners else None
        self.found: list[int] = []
        self.note = self._note

    def possible(self, raw: bytes) -> int:
        """The rules that `raw` (b"" where it says nothing) leaves possible."""
        if not raw or self.database is None:
            return self.every
        self.database.scan(raw, match_event_handler=self.note)
        if not self.found:
            return self.without
        found, self.found = self.found, []
        possible = self.without
        for number in found:
            if number >= len(self.owners):
                return self.every
            possible |= self.owners[number]
        return possible

    def _note(self, number: int, *_place: object) -> None:
        self.found.append(number)


def needles_of(tree: Tree) -> frozenset[str] | None:
    """Needles of which at least one is in any line that satisfies `tree`; None where that
    cannot be said. Of the operands of a conjunction, the one with the fewest needles."""
    match tree:
        case Leaf():
            if tree.field:
                return None
            found = frozenset(needle_of(test) for test in tree.tests)
            return None if "" in found else found
        case NotOf():
            return None
        case AllOf(operands):
            needled = [each for operand in operands if (each := needles_of(operand))]
            return min(needled, key=len, default=None)
        case AnyOf(operands):
            parts = [needles_of(operand) for operand in operands]
            known = [part for part in parts if part]
            return frozenset().union(*known) if known and len(known) == len(parts) else None


@lru_cache(maxsize=64)
def _database(needles: tuple[str, ...]) -> hyperscan.Database:
    """The needles by their place in the list; after them what makes a line untrustworthy."""
    caseless = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    doubts = [letter.encode() for letter in FOLDING_TO_ASCII] + [_UNICODE_ESCAPE]
    expressions = [re.escape(needle).encode() for needle in needles] + doubts
    database = hyperscan.Database()
    database.compile(
        expressions=expressions,
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[caseless] * len(needles) + [hyperscan.HS_FLAG_SINGLEMATCH] * len(doubts),
    )
    return database
