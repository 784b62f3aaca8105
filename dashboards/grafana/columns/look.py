"""How a column of a table looks: heading, words, colours, width, link. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from dashboards.words import Text, Words

MOMENT: Final = "time:YYYY-MM-DD HH:mm:ss"
"""Unit of a moment: of a column with fractions of seconds Grafana shows them, and cuts the text."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One column. `link` is (dashboard, variable, field that gives the value; "" for itself).

    `patterns` are colours by regular expression. `fill` colours the cell, not only its text;
    `hidden` keeps a column for links alone. A column with a width is at least as wide as its
    heading and its words are; one without shares what the others leave, and is never narrower than
    `least_width`.
    """

    title: Text
    words: Words = {}
    colours: Mapping[str, str] = {}
    patterns: tuple[tuple[str, str], ...] = ()
    fill: bool = False
    width: int = 0
    least_width: int = 0
    unit: str = ""
    link: tuple[str, str, str] | None = None
    hidden: bool = False
    wrap: bool = False


TO_INCIDENT: Final = ("incident", "incident", "incident_id")
TO_ENTERPRISE: Final = ("enterprise", "enterprise", "enterprise_id")
TO_PROVINCE: Final = ("province", "province", "")
TO_ENTITY: Final = ("entity", "entity", "")
