"""The map of provinces: one tile or marker each, coloured by a figure, with name and figures."""

from collections.abc import Mapping
from typing import Final

from dashboards.grafana.palette import GREY
from dashboards.grafana.specs import Panel
from dashboards.words import INCIDENT, Text
from schemas.provinces import LETTERS, OUTSIDE, PROVINCES, TILE_COLUMNS, TILE_ROWS, Province

TILE_DEGREES: Final = 5
"""Side of a tile on the map, in degrees around the equator, where they are square."""
EMPTY_TILE: Final = "#c9c7bf"
OUTSIDE_TILE: Final = "#8b9099"
_BLANK: Final = "' '"
"""Nothing to be read; of an empty text Grafana says why the panel is empty."""
_THREE_SIGNS: Final = ("内蒙古", "黑龙江")


def province_map(
    title: Text,
    description: Text,
    figures: str,
    names: tuple[str, ...],
    thresholds: tuple[tuple[float, str], ...],
    shown: str,
    is_deep: str,
) -> Panel:
    """`figures` is a query of `province` and `names`; the first of these colours the tile.

    `shown` is the text below a province's name and `is_deep` whether the tile's colour asks for
    white letters: expressions over `names`. A province that the query does not return has 0 of
    each; what is outside the reporting chain has nothing, and a grey of its own. The panel's
    queries are those of tiles, and of markers on the capitals for a base layer of the site's own.
    """
    return Panel(
        kind="map",
        title=title,
        description=description,
        queries=tuple(
            _query(figures, names, shown, is_deep, is_tiled) for is_tiled in (True, False)
        ),
        width=14,
        height=21,
        colour=OUTSIDE_TILE,
        thresholds=((0, EMPTY_TILE), *thresholds),
        empty=INCIDENT["outside"],
    )


def legend(colours: Mapping[float, str], words: Mapping[float, Text]) -> Panel:
    """What the colours of a map mean: a strip of names, each on its colour."""
    return Panel(
        kind="stat",
        title=Text("图例", "Legend"),
        description=Text("方格颜色的含义。", "What the colours of the tiles mean."),
        queries=("SELECT " + ", ".join(f"{value} AS legend_{value}" for value in words),),
        series={f"legend_{value}": text for value, text in words.items()},
        width=24,
        height=2,
        unit="none",
        colour=GREY,
        thresholds=tuple(colours.items()),
        is_legend=True,
    )


def _query(figures: str, names: tuple[str, ...], shown: str, is_deep: str, is_tiled: bool) -> str:
    places = (*PROVINCES.values(), *OUTSIDE)
    rows = ",\n    ".join((_tile if is_tiled else _marker)(p) for p in places)
    outside = ", ".join(f"'{place.code}'" for place in OUTSIDE)
    counts = ", ".join(f"ifNull(g.{name}, 0) AS {name}" for name in names)
    told = ", ".join(f"if(is_outside, NULL, {name}) AS {name}" for name in names)
    return f"""
SELECT province, {told},
       if(is_deep, {_BLANK}, label) AS name_dark, if(is_deep, label, {_BLANK}) AS name_light,
       <spelt_out>
       if(is_deep, {_BLANK}, shown) AS figures_dark, if(is_deep, shown, {_BLANK}) AS figures_light,
       latitude, longitude
FROM (SELECT p.1 AS province, p.1 IN ({outside}) AS is_outside, {counts},
             <label> AS label, p.4 AS english, p.5 AS latitude, p.6 AS longitude,
             if(is_outside, {_BLANK}, {shown}) AS shown, NOT is_outside AND {is_deep} AS is_deep
      FROM (SELECT arrayJoin([
    {rows}]) AS p) AS places
      LEFT JOIN ({figures}) AS g ON g.province = p.1)
ORDER BY province
"""


def _tile(province: Province) -> str:
    longitude = (province.column - (TILE_COLUMNS - 1) / 2) * TILE_DEGREES
    latitude = ((TILE_ROWS - 1) / 2 - province.row) * TILE_DEGREES
    return _place(province, latitude, longitude)


def _marker(province: Province) -> str:
    return _place(province, province.latitude, province.longitude)


def _place(province: Province, latitude: float, longitude: float) -> str:
    chinese = province.zh[: 3 if province.zh.startswith(_THREE_SIGNS) else 2]
    english = province.en.partition(" (")[0].replace("'", "")
    names = f"'{chinese}', '{LETTERS[province.code]}', '{english}'"
    return f"('{province.code}', {names}, {latitude}, {longitude})"
