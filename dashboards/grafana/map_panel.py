"""The map of provinces as a panel: tiles without borders, or markers on the site's own base layer.

A tile is a marker of the layer below, and each of its texts a layer of its own.
"""

from collections.abc import Mapping
from json import dumps
from typing import Any, Final

import msgspec
from grafana_foundation_sdk.builders import geomap
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import geomap as geomap_models

from dashboards.grafana.columns.catalogue import LOOKS
from dashboards.grafana.fields import link_json, mappings_of, thresholds_of
from dashboards.grafana.palette import GREY, INK
from dashboards.grafana.query_columns import column_names
from dashboards.grafana.sdk import JsonObject, colour_by_threshold
from dashboards.grafana.specs import Panel
from dashboards.words import Language, Text

_PROVINCES: Final = Text("省份", "Provinces")
LABEL_INK, LABEL_PAPER = "#14161a", "#ffffff"
TILE_ZOOM: Final = 4.65
"""At which five degrees are 89 pixels, and the map's eight rows 714 high."""
TILE_RADIUS: Final = 59
"""From the middle of a tile to its corner."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A text of every tile: of the column that it is under in LABELS; `sizes` in pixels.

    One without a size in a language is not there.
    """

    title: Text
    colour: str
    sizes: Mapping[Language, int]
    offset: int


_NAME, _FIGURES = Text("名称", "Names"), Text("数量", "Figures")
_SPELT_OUT: Final = Text("英文名称", "Names in full")
_TEXTS: Final[tuple[tuple[str, Text, Mapping[Language, int], int], ...]] = (
    ("name", _NAME, {"zh": 22, "en": 24}, -26),
    ("english", _SPELT_OUT, {"en": 11}, -9),
    ("figures", _FIGURES, {"zh": 19, "en": 17}, 18),
)
LABELS: Final[Mapping[str, Label]] = {
    f"{column}_{shade}": Label(title=title, colour=colour, sizes=sizes, offset=offset)
    for column, title, sizes, offset in _TEXTS
    for shade, colour in (("dark", LABEL_INK), ("light", LABEL_PAPER))
}
"""A text is one colour in its layer: dark on light tiles and light on dark ones are two.

No English name is read on a tile from ten metres: its two letters are, and it stands below them.
"""
_SMALL: Final = ("english_dark", "english_light")
"""Too small to be read beside a marker."""
EMPTY_BASE: Final = {
    "type": "geojson",
    "name": "base",
    "config": {
        "src": "data:application/geo+json," + dumps({"type": "FeatureCollection", "features": []})
    },
}
"""A base layer with nothing on it. Grafana's own would fetch tiles, and borders, from outside."""


def build_map(panel: Panel, language: Language, map_layer: str) -> Any:
    """Provinces as tiles without borders, or as markers on the site's own base layer.

    The query's second column colours them.
    """
    columns = column_names(panel.queries[0], language)
    base = {**EMPTY_BASE, "config": {"src": map_layer}} if map_layer else EMPTY_BASE
    builder: Any = geomap.Panel()
    tiles = _markers(_PROVINCES.of(language), _tile_style(map_layer, columns[1]))
    labels = [
        _markers(look.title.of(language), _label_style(name, look, bool(map_layer), language))
        for name, look in LABELS.items()
        if name in columns and not (map_layer and name in _SMALL)
    ]
    builder.basemap(JsonObject(base)).layers([JsonObject(layer) for layer in (tiles, *labels)])
    view: Any = geomap.MapViewConfig()
    view.id("coords" if map_layer else "zero")
    view = view.lat(35).lon(104).zoom(4) if map_layer else view.lat(0).lon(0).zoom(TILE_ZOOM)
    builder.view(view)
    builder.controls(geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(False))
    builder.tooltip(geomap.TooltipOptions().mode(geomap_models.TooltipMode.DETAILS))
    builder.thresholds(thresholds_of(panel.thresholds, panel.colour or INK))
    builder.color_scheme(colour_by_threshold())
    for name in columns:
        builder.override_by_name(name, _map_field(name, language, panel.empty))
    return builder


def _map_field(name: str, language: Language, nothing: Text) -> list[Any]:
    look = LOOKS[name]
    properties: list[tuple[str, object]] = [
        ("displayName", look.title.of(language)),
        ("noValue", nothing.of(language)),
    ]
    if look.words:
        properties.append(("mappings", mappings_of(look.words, {}, language)))
    if look.link:
        properties.append(("links", [link_json(look, language)]))
    if look.hidden:
        properties.append(("custom.hideFrom", {"tooltip": True, "legend": True, "viz": False}))
    return [models.DynamicConfigValue(id_val=key, value=value) for key, value in properties]


def _markers(name: str, style: dict[str, object]) -> dict[str, object]:
    return {
        "type": "markers",
        "name": name,
        "tooltip": "text" not in style,
        "location": {"mode": "coords", "latitude": "latitude", "longitude": "longitude"},
        "config": {"showLegend": False, "style": style},
    }


def _tile_style(map_layer: str, coloured_by: str) -> dict[str, object]:
    size = 14 if map_layer else TILE_RADIUS
    shape = "circle" if map_layer else "square"
    return {
        "size": {"fixed": size, "min": size, "max": size},
        "color": {"field": coloured_by, "fixed": GREY},
        "opacity": 0.95,
        "symbol": {"mode": "fixed", "fixed": f"img/icons/marker/{shape}.svg"},
    }


def _label_style(name: str, label: Label, is_marker: bool, language: Language) -> dict[str, object]:
    """Text alone: Grafana paints the text of a marker in the marker's colour."""
    size = label.sizes[language]
    return {
        "size": {"fixed": 14, "min": 14, "max": 14},
        "color": {"fixed": LABEL_INK if is_marker else label.colour},
        "opacity": 1,
        "symbol": {"mode": "fixed", "fixed": ""},
        "text": {"mode": "field", "field": name, "fixed": ""},
        "textConfig": {
            "fontSize": size * 2 // 3 if is_marker else size,
            "offsetX": 0,
            "offsetY": label.offset,
            "textAlign": "center",
            "textBaseline": "middle",
        },
    }
