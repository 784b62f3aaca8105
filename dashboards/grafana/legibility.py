"""Whether what stands in a table can be read: nothing cut off, nothing without its word. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboards.grafana.inspect_json import Dashboard
from dashboards.grafana.widths import for_cell, for_heading

OPEN: Final = frozenset({"sector", "first_sector", "stated_by"})
"""Columns whose values are a registry's, or people's names, where no word of ours stands."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"\b[a-z]{4,}\b")
_MOMENT: Final = "2026-11-20 14:12:00"
_LIST: Final = re.compile(r"\b(LIMIT|GROUP BY)\b")
_GRID_ROW, _TABLE_ROW = 38, 36
"""Pixels of a row of the grid, its gap included, and of a table with small cells."""
_FRAME: Final = 8 + 32 + 36 + 8
"""Of a table's panel: gap, title, heading, padding."""
_GRID_COLUMN, _SIDES = 76, 26
"""Pixels at 1920 beside Grafana's menu: of a column of the grid; of a panel's gap and padding."""
_UNSET_WIDTH: Final = 150
"""What Grafana gives a column without a width at least."""
_SHEET_COLUMNS: Final = 12
_SEEN_AT_ONCE: Final = 16
_SPARE_ROWS: Final = 3
_TEXTS: Final = frozenset({"title", "description", "text", "label", "noValue", "displayName"})


def heading_faults(panel: Mapping[str, Any]) -> Iterator[str]:
    """Headings of a table that their columns cut off."""
    for name, settings in _columns(panel):
        heading = str(settings.get("displayName", ""))
        width = settings.get("custom.width") or settings.get("custom.minWidth", 0)
        needs = for_heading(heading)
        if width and not settings.get("custom.hidden") and needs > width:
            yield f"cuts the heading {heading!r} of {name}: {needs} pixels in {width}"


def value_faults(panel: Mapping[str, Any], rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """The longest value of each column that is cut off, and values that no word stands for."""
    for name, settings in _columns(panel):
        if settings.get("custom.hidden"):
            continue
        values = [value for row in rows if (value := row.get(name)) not in (None, "")]
        words = _words(settings)
        if words and name not in OPEN and (raw := {_key(v) for v in values} - words.keys()):
            yield f"shows {min(raw)!r} of {name}, for which no word stands"
        width = settings.get("custom.width", 0)
        longest = max((_shown(v, words) for v in values), key=for_cell, default="")
        needs = for_cell(longest)
        if width and needs > width and not settings.get("custom.wrapText"):
            yield f"cuts {longest!r} of {name}: {needs} pixels in {width}"


def height_faults(panel: Mapping[str, Any], sql: str, rows: int) -> Iterator[str]:
    """A table of a known number of rows that is too low for them, or mostly empty.

    A query that groups or limits gives a list, which may be of any length and scrolls.
    """
    if panel.get("type") != "table" or not rows or _LIST.search(sql):
        return
    room = (panel["gridPos"]["h"] * _GRID_ROW - _FRAME) // _TABLE_ROW
    if room < rows <= _SEEN_AT_ONCE:
        yield f"cuts off its last rows: {rows} where there is room for {room}"
    if room > rows + _SPARE_ROWS:
        yield f"is mostly empty: {rows} rows where there is room for {room}"


def width_faults(panel: Mapping[str, Any]) -> Iterator[str]:
    """A table of few columns of which some stand beyond its right edge on a full screen.

    One of many is a sheet: it is read by scrolling on any screen.
    """
    widths = [
        settings.get("custom.width") or max(settings.get("custom.minWidth", 0), _UNSET_WIDTH)
        for _, settings in _columns(panel)
        if not settings.get("custom.hidden")
    ]
    room = panel["gridPos"]["w"] * _GRID_COLUMN - _SIDES
    if len(widths) < _SHEET_COLUMNS and sum(widths) > room:
        yield f"is wider than its panel: {sum(widths)} pixels in {room}"


def script_faults(dashboard: Dashboard, language: str) -> Iterator[str]:
    """Texts of a dashboard that are in the other language's script."""
    for text in _texts({**dashboard, "links": []}):
        if language == "en" and _HAN.search(text):
            yield f"says {text!r} on an English dashboard"
        if language == "zh" and not _HAN.search(text) and _WORD.search(text):
            yield f"says {text!r} on a Chinese dashboard"


def _columns(panel: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if panel.get("type") == "table":
        for override in panel["fieldConfig"]["overrides"]:
            settings = {each["id"]: each["value"] for each in override["properties"]}
            yield override["matcher"]["options"], settings


def _words(settings: Mapping[str, Any]) -> dict[str, str]:
    """By value; colours by pattern are no words."""
    return {
        key: str(result["text"])
        for mapping in settings.get("mappings", ())
        if mapping["type"] == "value"
        for key, result in mapping["options"].items()
    }


def _key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: object, words: Mapping[str, str]) -> str:
    if re.match(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d", str(value)):
        return _MOMENT
    if isinstance(value, int) and not isinstance(value, bool) and not words:
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2f}"
    return words.get(_key(value), str(value))


def _texts(node: object, key: str = "") -> Iterator[str]:
    """What Grafana shows of a dashboard's JSON, less what its queries answer."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _texts(value, str(name))
        if node.get("id") in _TEXTS:
            yield str(node["value"])
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, key)
    elif isinstance(node, str) and key in _TEXTS and node != "All":
        yield node
