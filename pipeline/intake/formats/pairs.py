"""`name=value` in a line of text: quoted, plain, or of several words as CEF writes them."""

import re
from itertools import islice

_PAIR = re.compile(
    r'(?<![\w.\-/])([\w.\-/]+)=("[^"\\]*(?:\\.[^"\\]*)*"?|\'[^\']*\'|[^,;\s]*)', re.DOTALL
)
"""Begins where a word begins, so that a long word costs its length once."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORDY = re.compile(r"(?<![^\s|])([\w.\-\[\]]+)=")
_VENDOR = re.compile(r'(?<![\w.\-])([\w.\-]+)(?:\(\d{1,5}\))?=("[^"]*"?|[^;,)"]*)')
"""`SrcIPAddr(1003)=192.0.2.1;` of H3C, `(Ip=192.0.2.1, User=ann)` of Huawei."""
MOST_PAIRS = 2_000


def pairs_of(text: str) -> dict[str, str]:
    """Every pair in order; of the same name the first counts."""
    pairs: list[tuple[str, str]] = _PAIR.findall(text)[:MOST_PAIRS]
    found = dict(pairs)
    if len(found) < len(pairs):
        found.update(reversed(pairs))
    for name, value in found.items() if '"' in text or "'" in text else ():
        if value[:1] in ('"', "'"):
            found[name] = unescaped(value[1:].removesuffix(value[0]))
    return found


def wordy_pairs_of(text: str) -> dict[str, str]:
    """Pairs whose values may hold spaces: each ends where the next name begins."""
    found: dict[str, str] = {}
    _, *parts = _WORDY.split(text, MOST_PAIRS)  # name, value, name, value…
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        found.setdefault(name, unescaped(value.rstrip()))
    return found


def vendor_pairs_of(text: str) -> dict[str, str]:
    """Pairs whose names may have a number, and whose values end at a comma, `;` or `)`; of the
    same name the first counts."""
    found: dict[str, str] = {}
    for match in islice(_VENDOR.finditer(text), MOST_PAIRS):
        found.setdefault(match[1], match[2].strip().strip('"'))
    return found


def unescaped(text: str) -> str:
    r"""`\=`, `\|`, `\\`, `\n` as what they stand for."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: _PLAIN_ESCAPES.get(match[1], match[1]), text)
