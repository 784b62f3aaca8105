"""Colours of the dashboards: the law's four mean its tiers and nothing else. Pure."""

from collections.abc import Mapping
from typing import Final

from dashboards import words

RED, ORANGE, YELLOW, BLUE, GREY = "#c2191f", "#ef8a17", "#f5c811", "#1f62c4", "#6d7784"
GREEN, INK = "#3f8f5f", "#5b8a9c"
URGENT, PRESSING = "#a3195b", "#c9689b"
"""Of what is late or wrong, and of what will be: shades of one colour that the law does not use."""
TIER_COLOURS: Final = {"I": RED, "II": ORANGE, "III": YELLOW, "IV": BLUE}
GRADE_COLOURS: Final[Mapping[str, str]] = {
    "1": RED,
    "2": ORANGE,
    "3": YELLOW,
    "4": BLUE,
    "9": GREY,
}
"""The law's four colours: 红, 橙, 黄, 蓝."""
JUDGEMENT_COLOURS: Final[Mapping[str, str]] = {
    **{f"response {tier}": colour for tier, colour in TIER_COLOURS.items()},
    **TIER_COLOURS,
    **{
        f"{state} {colour}": TIER_COLOURS[words.TIER_OF_COLOUR[colour]]
        for state in ("suggested", "issued", "adjusted")
        for colour in words.COLOUR
    },
    **{f"lifted {colour}": GREY for colour in words.COLOUR},
    "none": GREY,
}
STATE_COLOURS: Final[Mapping[str, str]] = {
    "late": URGENT,
    "due_soon": PRESSING,
    "at_once": PRESSING,
    "pending": INK,
    "done": GREEN,
    "withdrawn": GREY,
}
LEVEL_COLOURS: Final[Mapping[str, str]] = {
    "critical": "#5b3fa0",
    "high": "#7d66bf",
    "medium": "#a394cf",
    "low": "#cfc7e6",
    "informational": "#e4e0f0",
}
"""Sigma's levels are not the law's tiers: shades of one colour that the law does not use."""
CHANGE_COLOURS: Final[Mapping[str, str]] = {
    "new": "#5b3fa0",
    "gone": GREY,
    "changed": INK,
    "same": GREEN,
}
THRESHOLD_COLOURS: Final[Mapping[str, str]] = {
    "crossed": URGENT,
    "possibly_crossed": PRESSING,
    "warning": INK,
    "unknown": GREY,
    "replaced": GREY,
    "below": GREEN,
}
TARGET_COLOURS: Final[Mapping[str, str]] = {
    "reached": GREEN,
    "on_track": INK,
    "behind": PRESSING,
    "missed": URGENT,
    "unknown": GREY,
}
STANDING_COLOURS: Final[Mapping[str, str]] = {
    "yes": GREEN,
    "no": URGENT,
    "unknown": GREY,
    "not_required": GREY,
}
OUTCOME_COLOURS: Final[Mapping[str, str]] = {"met": INK, "unknown": GREY, "not_met": GREY}


TECHNIQUE_SHADES: Final = tuple(
    (rf"^T\S+ {digits}/\d+$", LEVEL_COLOURS[level])
    for digits, level in (
        ("0", "informational"),
        ("[1-9]", "low"),
        (r"\d\d", "medium"),
        (r"\d{3}", "high"),
        (r"\d{4,}", "critical"),
    )
)
"""Of a cell of the ATT&CK matrix, by its detections."""
