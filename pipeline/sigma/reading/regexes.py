"""PCRE's spelling of a regular expression, in this language's.

The specification allows a small common subset; rules in the wild also use flags in the
middle, `\\z` and names without `P`. What means the same is rewritten; the rest is left
for the reader to refuse (`sigma/re2_translation.py`).
"""

import re

_TOKEN = re.compile(
    r"(?s)\\."  # an escaped letter
    r"|\[\^?\]?(?:\\.|[^\]\\])*+\]"  # a class
    r"|\(\?(?:[ims]+|[ims]*-[ims]+)\)"  # flags from here on
    r"|\(\?<(?=[A-Za-z_])"  # a named group
    r"|."
)
_SPELLINGS = {r"\z": r"\Z", r"\Z": "(?-m:$)", "(?<": "(?P<"}


def python_regex(pattern: str) -> str:
    """Flags that stand alone apply from there to the end of their group, later alternatives
    included: `(a(?i)b|c)` is `(a(?i:b)|(?i:c))` (pcre2pattern, "Internal option setting")."""
    written: list[str] = []
    opened: list[list[str]] = [[]]
    """For each open group, the flags that are in force in it."""
    for piece in _TOKEN.findall(pattern):
        flags = opened[-1]
        if piece.startswith("(?") and piece.endswith(")"):
            flags.append(piece[:-1] + ":")
            written.append(flags[-1])
        elif piece == "|":
            written.append(")" * len(flags) + "|" + "".join(flags))
        elif piece == ")" and len(opened) > 1:
            written.append(")" * len(opened.pop()) + ")")
        else:
            if piece.startswith("("):
                opened.append([])
            written.append(_SPELLINGS.get(piece, piece))
    return "".join(written) + ")" * len(opened[-1])
