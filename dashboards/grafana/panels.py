"""Each kind of panel as a builder of grafana-foundation-sdk, from its specification."""

from collections.abc import Callable, Mapping
from json import dumps
from typing import Any, Final

import msgspec
from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    geomap,
    logs,
    nodegraph,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import geomap as geomap_models

from dashboards.grafana.clickhouse import SOURCE, ClickHouseQuery, QueryType
from dashboards.grafana.columns.catalogue import LOOKS
from dashboards.grafana.fields import (
    board_url,
    link_json,
    mappings_of,
    overrides_of,
    thresholds_of,
)
from dashboards.grafana.palette import GREY, INK
from dashboards.grafana.query_columns import column_names
from dashboards.grafana.specs import Kind, Panel, localise
from dashboards.words import Language, Text

_LIST: Final = Text("打开清单", "Open the list")
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
LABELS: Final[Mapping[str, Label]] = {
    f"{column}_{shade}": Label(title=title, colour=colour, sizes=sizes, offset=offset)
    for column, title, sizes, offset in (
        ("name", _NAME, {"zh": 22, "en": 24}, -26),
        ("english", _SPELT_OUT, {"en": 11}, -9),
        ("figures", _FIGURES, {"zh": 19, "en": 19}, 18),
    )
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


def panel_of(panel: Panel, language: Language, map_layer: str) -> Any:
    """The panel's builder; `map_layer` is the address of the site's own GeoJSON, or ""."""
    builder = _BUILDERS[panel.kind](panel, language, map_layer)
    builder.title(panel.title.of(language)).description(panel.description.of(language))
    builder.span(panel.width).height(panel.height)
    if panel.queries:
        builder.datasource(models.DataSourceRef(type_val=SOURCE["type"], uid=SOURCE["uid"]))
        builder.no_value(panel.empty.of(language))
    for index, query in enumerate(_queries(panel, map_layer)):
        ref_id = _REF_IDS.get(panel.kind, "ABCD")[index]
        kind: QueryType = "timeseries" if panel.kind == "timeseries" else "table"
        builder.with_target(ClickHouseQuery(localise(query, language), ref_id, kind))
    return builder


def _queries(panel: Panel, map_layer: str) -> tuple[str, ...]:
    """A map has two: tiles, and the capitals for a base layer of the site's own."""
    if panel.kind != "map":
        return panel.queries
    return panel.queries[1:] if map_layer else panel.queries[:1]


def _stat(panel: Panel, language: Language, map_layer: str) -> Any:
    builder = (
        stat.Panel()
        .unit(panel.unit)
        .thresholds(thresholds_of(panel.thresholds, panel.colour or INK))
    )
    builder.color_scheme(_colour_by_threshold())
    builder.color_mode(common_models.BigValueColorMode.BACKGROUND)
    builder.graph_mode(common_models.BigValueGraphMode.NONE)
    for name, title in panel.series.items():
        builder.override_by_name(
            name, [models.DynamicConfigValue("displayName", title.of(language))]
        )
    if panel.unit == "dtdhms":  # as large as fits would break it over two lines
        builder.text(common.VizTextDisplayOptions().value_size(40 if panel.is_by_row else 28))
    if panel.is_by_row:  # else one row alone would stand without its name
        builder.text_mode(common_models.BigValueTextMode.VALUE_AND_NAME)
    if panel.is_legend:
        builder.text_mode(common_models.BigValueTextMode.NAME)
        builder.text(common.VizTextDisplayOptions().title_size(14).value_size(14))
    if panel.link:
        board, *variables = panel.link
        url = board_url(board, language, *variables)
        leads: Any = _Json({"title": _LIST.of(language), "url": url})
        builder.data_links([leads])
    calcs = [] if panel.is_by_row else ["lastNotNull"]
    return builder.reduce_options(common.ReduceDataOptions().values(panel.is_by_row).calcs(calcs))


def _table(panel: Panel, language: Language, map_layer: str) -> Any:
    builder = table.Panel().show_header(True).cell_height(common_models.TableCellHeight.SM)
    builder.filterable(True)
    for name, properties in overrides_of(column_names(panel.queries[0], language), language):
        builder.override_by_name(name, properties)
    return builder


def _timeseries(panel: Panel, language: Language, map_layer: str) -> Any:
    builder = timeseries.Panel().unit(panel.unit).min(0)
    if panel.is_stacked:
        builder.draw_style(common_models.GraphDrawStyle.BARS).fill_opacity(85).line_width(0)
        builder.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL))
    else:
        builder.draw_style(common_models.GraphDrawStyle.LINE).fill_opacity(12).line_width(2)
    builder.legend(
        common.VizLegendOptions()
        .display_mode(common_models.LegendDisplayMode.LIST)
        .placement(common_models.LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    builder.tooltip(common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.MULTI))
    for name, title in panel.series.items():
        properties = [models.DynamicConfigValue("displayName", title.of(language))]
        if colour := panel.series_colours.get(name):
            fixed = {"mode": "fixed", "fixedColor": colour}
            properties.append(models.DynamicConfigValue("color", fixed))
        builder.override_by_name(name, properties)
    return builder


def _bars(panel: Panel, language: Language, map_layer: str) -> Any:
    """One bar a row: the first column is its name, the second its length.

    The second has no display name: Grafana names a bar after the row's texts only then. What
    the panel says when it is empty would be the name of a row whose text is empty.
    """
    name, value = column_names(panel.queries[0], language)[:2]
    builder = bargauge.Panel().unit(panel.unit).min(0)
    builder.orientation(common_models.VizOrientation.HORIZONTAL)
    builder.display_mode(common_models.BarGaugeDisplayMode.BASIC)
    builder.value_mode(common_models.BarGaugeValueMode.TEXT)
    builder.name_placement(common_models.BarGaugeNamePlacement.TOP)  # as 9.4 has it: not cut off
    builder.text(common.VizTextDisplayOptions().title_size(14).value_size(18))
    builder.thresholds(thresholds_of(panel.thresholds, panel.colour or INK))
    builder.color_scheme(_colour_by_threshold())
    properties: list[tuple[str, object]] = [("noValue", "—")]
    if words := LOOKS[name].words:
        properties.append(("mappings", mappings_of(words, {}, language)))
    builder.override_by_name(name, [models.DynamicConfigValue(*each) for each in properties])
    builder.override_by_name(value, [])
    return builder.reduce_options(common.ReduceDataOptions().values(True).calcs([]))


def _map(panel: Panel, language: Language, map_layer: str) -> Any:
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
    builder.basemap(_Json(base)).layers([_Json(layer) for layer in (tiles, *labels)])
    view: Any = geomap.MapViewConfig()
    view.id("coords" if map_layer else "zero")
    view = view.lat(35).lon(104).zoom(4) if map_layer else view.lat(0).lon(0).zoom(TILE_ZOOM)
    builder.view(view)
    builder.controls(geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(False))
    builder.tooltip(geomap.TooltipOptions().mode(geomap_models.TooltipMode.DETAILS))
    builder.thresholds(thresholds_of(panel.thresholds, panel.colour or INK))
    builder.color_scheme(_colour_by_threshold())
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


class _Json:
    """What the builders of the SDK have no word for, such as most options of a map's layer."""

    def __init__(self, value: Mapping[str, object]) -> None:
        self._value = value

    def build(self) -> Mapping[str, object]:
        return self._value


_GRAPH_FIELDS: Final[Mapping[str, Text]] = {
    "mainstat": Text("角色或次数", "Role or count"),
    "color": Text("角色", "Role"),
}
"""What its legend would call by the names that Grafana wants of the columns."""


def _graph(panel: Panel, language: Language, map_layer: str) -> Any:
    builder = nodegraph.Panel()
    for name, title in _GRAPH_FIELDS.items():
        builder.override_by_name(
            name, [models.DynamicConfigValue("displayName", title.of(language))]
        )
    return builder


def _logs(panel: Panel, language: Language, map_layer: str) -> Any:
    """A line an event, wrapped in every version; its other columns are what it opens to."""
    builder = logs.Panel().show_time(True).wrap_log_message(True).enable_log_details(True)
    return builder.sort_order(common_models.LogsSortOrder.ASCENDING)


def _colour_by_threshold() -> Any:
    return dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)


_REF_IDS: Final[Mapping[Kind, tuple[str, ...]]] = {"graph": ("nodes", "edges")}
_BUILDERS: Final[Mapping[Kind, Callable[[Panel, Language, str], Any]]] = {
    "stat": _stat,
    "table": _table,
    "timeseries": _timeseries,
    "bars": _bars,
    "map": _map,
    "graph": _graph,
    "logs": _logs,
}
