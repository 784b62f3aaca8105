"""How wide texts are in Grafana's tables: its theme's letters at 14 pixels. Pure.

A Chinese sign takes a square, any other letter half of one and a little more.
"""

from math import ceil
from typing import Final
from unicodedata import east_asian_width

_SQUARE, _LETTER = 14.0, 7.4
_SIGNS: Final = 36
"""Of a heading's width: its padding, and the signs for sorting and filtering."""
_PADDING: Final = 14


def for_heading(text: str) -> int:
    """Pixels of a column in which its heading can be read."""
    return ceil(_width_of(text) + _SIGNS)


def for_cell(text: str) -> int:
    """Pixels of a column in which a cell's text is not cut off."""
    return ceil(_width_of(text) + _PADDING)


def _width_of(text: str) -> float:
    return sum(_SQUARE if east_asian_width(sign) in "WF" else _LETTER for sign in text)
