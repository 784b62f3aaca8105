"""The map of provinces: one tile or marker each, coloured by a figure."""

from typing import Final

from dashboards.grafana.specs import Panel
from dashboards.words import INCIDENT, Text
from schemas.provinces import OUTSIDE, PROVINCES, TILE_COLUMNS, TILE_ROWS, Province

TILE_DEGREES: Final = 5
"""Side of a tile on the map, in degrees around the equator, where they are square."""
EMPTY_TILE: Final = "#c9c7bf"
OUTSIDE_TILE: Final = "#8b9099"


def province_map(
    title: Text,
    description: Text,
    figures: str,
    names: tuple[str, ...],
    thresholds: tuple[tuple[float, str], ...],
) -> Panel:
    """`figures` is a query of `province` and `names`; the first of these colours the tile.

    A province that it does not return has 0 of each; what is outside the reporting chain has
    nothing, and a grey of its own. The panel's queries are those of tiles,
    and of markers on the capitals for a base layer of the site's own.
    """
    return Panel(
        kind="map",
        title=title,
        description=description,
        queries=tuple(_query(figures, names, is_tiled) for is_tiled in (True, False)),
        width=12,
        height=17,
        colour=OUTSIDE_TILE,
        thresholds=((0, EMPTY_TILE), *thresholds),
        empty=INCIDENT["outside"],
    )


def _query(figures: str, names: tuple[str, ...], is_tiled: bool) -> str:
    places = (*PROVINCES.values(), *OUTSIDE)
    rows = ",\n    ".join((_tile if is_tiled else _marker)(p) for p in places)
    outside = ", ".join(f"'{place.code}'" for place in OUTSIDE)
    counts = ", ".join(
        f"if(p.1 IN ({outside}), NULL, ifNull(g.{name}, 0)) AS {name}" for name in names
    )
    return f"""
SELECT p.1 AS province, {counts},
       <label> AS label, p.4 AS latitude, p.5 AS longitude
FROM (SELECT arrayJoin([
    {rows}]) AS p) AS places
LEFT JOIN ({figures}) AS g ON g.province = p.1
ORDER BY province
"""


def _tile(province: Province) -> str:
    longitude = (province.column - (TILE_COLUMNS - 1) / 2) * TILE_DEGREES
    latitude = ((TILE_ROWS - 1) / 2 - province.row) * TILE_DEGREES
    return _place(province, latitude, longitude)


def _marker(province: Province) -> str:
    return _place(province, province.latitude, province.longitude)


def _place(province: Province, latitude: float, longitude: float) -> str:
    english = province.en.partition(" (")[0].replace("'", "")
    return f"('{province.code}', '{province.short_zh}', '{english}', {latitude}, {longitude})"
