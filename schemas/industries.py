"""Industries by GB/T 4754-2017 国民经济行业分类: sections and their divisions."""

from collections.abc import Mapping
from re import fullmatch
from types import MappingProxyType
from typing import Final

SECTIONS: Final[Mapping[str, range]] = MappingProxyType(
    {
        "A": range(1, 6),
        "B": range(6, 13),
        "C": range(13, 44),
        "D": range(44, 47),
        "E": range(47, 51),
        "F": range(51, 53),
        "G": range(53, 61),
        "H": range(61, 63),
        "I": range(63, 66),
        "J": range(66, 70),
        "K": range(70, 71),
        "L": range(71, 73),
        "M": range(73, 76),
        "N": range(76, 80),
        "O": range(80, 83),
        "P": range(83, 84),
        "Q": range(84, 86),
        "R": range(86, 91),
        "S": range(91, 97),
        "T": range(97, 98),
    }
)
"""门类: 大类, the first two digits of a code."""


def industry_problem(code: str) -> str:
    """What is wrong with a code of a division, group or class (`C31`, `311`, `C3110`); "" if
    nothing is."""
    shape = fullmatch("([A-Z]?)([0-9]{2})[0-9]{0,2}", code)
    if shape is None:
        return "is not a letter and two to four digits"
    section, division = shape[1], int(shape[2])
    if not any(division in divisions for divisions in SECTIONS.values()):
        return f"has a division {division:02}, which there is not"
    if section and division not in SECTIONS.get(section, ()):
        return f"has a division {division:02}, which is not one of section {section}"
    return ""
