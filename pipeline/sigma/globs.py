"""Whether a text fits a pattern of literals, `*` and `?`.

Rule 1: case-insensitive means equal after Unicode's full case folding. Folding may lengthen a
text (`ß` becomes `ss`); `?` still stands for exactly one character of the event's own text, so
such a text is folded letter by letter and `?` may not cut a letter in two.
Rule 2: each segment between two `*` is taken where it first occurs: what fits later fits
then, so nothing is tried twice and the time grows with the text, whatever it holds.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from pipeline.sigma.patterns import ANY, ONE, Parts

Writer = Callable[[str | int], str]
"""A literal or `?` as a regular expression."""


def glob_matches(parts: Parts, text: str, cased: bool = False) -> bool:
    if cased:
        return _fits(_segments(parts, _as_written), text)
    folded = text.casefold()
    if len(folded) != len(text) and ONE in parts:
        return _fits(_segments(parts, _marked), _mark_letters(text))
    return _fits(_segments(parts, _folded), folded)


def _fits(segments: tuple[re.Pattern[str], ...], text: str) -> bool:
    found = segments[0].match(text)
    for segment in segments[1:]:
        if found is None:
            return False
        found = segment.search(text, found.end())
    return found is not None


@lru_cache(maxsize=65536)
def _segments(parts: Parts, write: Writer) -> tuple[re.Pattern[str], ...]:
    """The first stands at the text's beginning, the last at its end."""
    written = [""]
    for part in parts:
        if part == ANY:
            written.append("")
        else:
            written[-1] += write(part)
    if parts[-1:] == (ANY,):
        written.pop()
    else:
        written[-1] += r"\Z"
    return tuple(re.compile(each, re.DOTALL) for each in written)


def _as_written(part: str | int) -> str:
    return re.escape(part) if isinstance(part, str) else "."


def _folded(part: str | int) -> str:
    return re.escape(part.casefold()) if isinstance(part, str) else "."


_MARK = "\U0010ffff"


def _mark_letters(text: str) -> str:
    """Each letter's folding behind a mark; a mark of the text's own goes by another name."""
    return "".join(_MARK + letter.casefold() for letter in text.replace(_MARK, "\ufffe"))


def _marked(part: str | int) -> str:
    """Literals step over marks wherever they fall; `?` is one mark and what follows it."""
    if not isinstance(part, str):
        return f"{_MARK}[^{_MARK}]++"
    letters = part.replace(_MARK, "\ufffe").casefold()
    return "".join(f"{_MARK}?{re.escape(letter)}" for letter in letters)
