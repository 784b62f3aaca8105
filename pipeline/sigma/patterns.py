"""Sigma's string values: wildcards, escapes, encodings (specification, rules, "Escape Character").

A pattern is a tuple of literals and wildcards: `("\\\\", ANY, ".exe")` for `\\*.exe`.
Everything here is text in, patterns out; matching is in `predicates.py` and `matching/scan.py`.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product

from pipeline.sigma.reading.yaml_text import RuleError

ANY = 0
"""`*`: any run of any characters, line breaks included."""
ONE = 1
"""`?`: exactly one character of the event's text."""

Parts = tuple[str | int, ...]

DASHES = ("-", "/", "\u2013", "\u2014", "\u2015")
_DASH = re.compile(r"\B[-/]\b")
DASH_LIMIT = 5
"""More dashes in one value than this would be more than 3,125 permutations."""

_PLACEHOLDER = re.compile(r"%([^%\s]+)%")


_TOKEN = re.compile(r"(?s)\\[*?\\]|[*?]|[^\\*?]+|\\")
_TOKENS: dict[str, str | int] = {"*": ANY, "?": ONE, "\\*": "*", "\\?": "?", "\\\\": "\\"}


def parse_pattern(text: str) -> Parts:
    """`text` with `*`, `?` read as wildcards and `\\*`, `\\?`, `\\\\` as plain characters."""
    return join(tuple(_TOKENS.get(token, token) for token in _TOKEN.findall(text)))


def join(*pieces: Parts) -> Parts:
    """One after another; literals grow together, and `**` is `*`."""
    parts: list[str | int] = []
    for is_text, run in groupby((part for piece in pieces for part in piece), _is_text):
        if is_text:
            parts.append("".join(map(str, run)))
            continue
        for part in run:
            if part != ANY or parts[-1:] != [ANY]:
                parts.append(part)
    return tuple(part for part in parts if part != "")


def _is_text(part: str | int) -> bool:
    return isinstance(part, str)


def contains(parts: Parts) -> Parts:
    return join((ANY,), parts, (ANY,))


def starts(parts: Parts) -> Parts:
    return join(parts, (ANY,))


def ends(parts: Parts) -> Parts:
    return join((ANY,), parts)


def literal_of(parts: Parts) -> str:
    """The plain text of a pattern for an encoding, which cannot encode a wildcard."""
    if any(isinstance(part, int) for part in parts):
        raise RuleError(
            (), "a wildcard cannot be encoded", "escape it with \\, or drop the encoding"
        )
    text = "".join(str(part) for part in parts)
    # The Base64 text of nothing is in every text, or in none: neither is what was meant.
    if not text:
        raise RuleError((), "an empty value cannot be encoded", "write what to look for")
    return text


def dash_variants(parts: Parts) -> Iterator[Parts]:
    """Every permutation of the five dashes at the starts of words (modifier `windash`)."""
    tokens = [token for part in parts for token in (part if isinstance(part, str) else (part,))]
    text = "".join(token if isinstance(token, str) else "\0" for token in tokens)
    places = [match.start() for match in _DASH.finditer(text)]
    if len(places) > DASH_LIMIT:
        raise RuleError(
            (), f"windash over {len(places)} dashes", f"at most {DASH_LIMIT} dashes in one value"
        )
    pieces: list[Sequence[Parts]] = []
    position = 0
    for place in places:
        pieces += [[_joined(tokens[position:place])], [(dash,) for dash in DASHES]]
        position = place + 1
    pieces.append([_joined(tokens[position:])])
    return (join(*choice) for choice in product(*pieces))


def _joined(tokens: Sequence[str | int]) -> Parts:
    return join(*((token,) for token in tokens))


def base64_text(plain: bytes) -> str:
    return base64.b64encode(plain).decode()


_OFFSET_STARTS = (0, 2, 3)
_OFFSET_ENDS = (None, -3, -2)


def base64_offsets(plain: bytes) -> list[str]:
    """The three spellings of `plain` inside a longer Base64 text (modifier `base64offset`)."""
    return [
        base64_text(b" " * shift + plain)[
            _OFFSET_STARTS[shift] : _OFFSET_ENDS[(len(plain) + shift) % 3]
        ]
        for shift in range(3)
    ]


def expand_placeholders(text: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every way to fill `%name%` in `text`; `\\%` is a plain percent sign."""
    hidden = text.replace("\\%", "\0")
    names = _PLACEHOLDER.findall(hidden)
    # Without a value the item would be a list of nothing, which nothing satisfies.
    missing = sorted({name for name in names if not values.get(name)})
    if missing:
        listed = ", ".join(f"%{name}%" for name in missing)
        raise RuleError(
            (), f"no values for placeholder {listed}", "give its values with --expand NAME=VALUE"
        )
    pieces = _PLACEHOLDER.split(hidden)
    choices = [values[piece] if index % 2 else (piece,) for index, piece in enumerate(pieces)]
    for choice in product(*choices):
        yield "".join(choice).replace("\0", "%")
