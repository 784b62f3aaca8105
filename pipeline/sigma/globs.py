"""Whether a text fits a pattern of literals, `*` and `?`.

Case-insensitive means: equal after Unicode's full case folding. Folding may lengthen a
text (`ß` becomes `ss`); `?` still stands for exactly one character of the event's own
text, so such a text is folded letter by letter and `?` may not cut a letter in two.
"""

import re
from functools import lru_cache

from pipeline.sigma.patterns import ANY, ONE, Parts


def glob_matches(parts: Parts, text: str, cased: bool = False) -> bool:
    if cased:
        return _expression(parts, True).match(text) is not None
    folded = text.casefold()
    if len(folded) != len(text) and ONE in parts:
        return _marked_expression(parts).match(_marked(text)) is not None
    return _expression(parts, False).match(folded) is not None


_WILDCARDS = {ANY: ".*", ONE: "."}


@lru_cache(maxsize=65536)
def _expression(parts: Parts, cased: bool) -> re.Pattern[str]:
    pieces = [
        _WILDCARDS[part] if isinstance(part, int) else re.escape(part if cased else part.casefold())
        for part in parts
    ]
    return re.compile("".join(pieces) + r"\Z", re.DOTALL)


_MARK = "\U0010ffff"


def _marked(text: str) -> str:
    """Each letter's folding behind a mark; a mark of the text's own goes by another name."""
    return "".join(_MARK + letter.casefold() for letter in text.replace(_MARK, "\ufffe"))


@lru_cache(maxsize=4096)
def _marked_expression(parts: Parts) -> re.Pattern[str]:
    """Literals step over marks wherever they fall; `?` is one mark and what follows it."""
    pieces = []
    for part in parts:
        if part == ONE:
            pieces.append(f"{_MARK}[^{_MARK}]++")
        elif part == ANY:
            pieces.append(".*")
        else:
            letters = str(part).replace(_MARK, "\ufffe").casefold()
            pieces.append("".join(f"{_MARK}?{re.escape(letter)}" for letter in letters))
    return re.compile("".join(pieces) + r"\Z", re.DOTALL)
