"""A text that must occur in whatever a test accepts: what one scan can look for.

For a test and a folded value: if the test passes, its literal occurs in the folded
value. "" means that nothing is known. Regular expressions that ignore case are exempt
for values beyond ASCII (`is_exact` false), since they fold differently.
"""

import re
from re import _constants as codes  # type: ignore[attr-defined]  # no public parser of them
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import msgspec

from pipeline.sigma.patterns import Parts
from pipeline.sigma.predicates import Regex

_IGNORES_CASE = re.compile(r"\(\?[a-zA-Z]*i")


class Needle(msgspec.Struct, frozen=True):
    """`text` is folded; `is_exact` is false where it holds for ASCII values only."""

    text: str
    is_exact: bool = True


def pattern_literal(parts: Parts) -> str:
    """The longest literal of a wildcard pattern, folded."""
    folded = [part.casefold() for part in parts if isinstance(part, str)]
    return max(folded, key=len, default="")


def regex_needle(test: Regex) -> Needle:
    """The longest run of letters that every match of the expression holds."""
    try:
        parsed = parser.parse(test.pattern)
    except (re.error, RecursionError, OverflowError):
        return Needle("")
    runs = _runs(list(parsed))
    longest = max((run.casefold() for run in runs), key=len, default="")
    ignores_case = "i" in test.flags or _IGNORES_CASE.search(test.pattern) is not None
    return Needle(longest, not ignores_case)


def _runs(items: list[tuple[Any, Any]]) -> list[str]:
    """Runs of literals that must occur one after another; anything else ends a run."""
    runs = [""]
    for code, argument in items:
        if code is codes.LITERAL:
            runs[-1] += chr(argument)
        elif code is codes.AT:
            continue
        else:
            runs.extend([*_inner(code, argument), ""])
    return runs


def _inner(code: Any, argument: Any) -> list[str]:
    """Runs inside a part that occurs at least once."""
    if code is codes.SUBPATTERN:
        return _runs(list(argument[3]))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and argument[0] > 0:
        return _runs(list(argument[2]))
    if code is codes.ATOMIC_GROUP:
        return _runs(list(argument))
    return []
