"""Each kind of panel as a builder of grafana-foundation-sdk, from its specification."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    logs,
    nodegraph,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

from dashboards.grafana.clickhouse import SOURCE, ClickHouseQuery, QueryType
from dashboards.grafana.columns.catalogue import LOOKS
from dashboards.grafana.fields import (
    board_url,
    mappings_of,
    overrides_of,
    thresholds_of,
)
from dashboards.grafana.map_panel import build_map
from dashboards.grafana.palette import INK
from dashboards.grafana.query_columns import column_names
from dashboards.grafana.sdk import JsonObject, colour_by_threshold
from dashboards.grafana.specs import Kind, Panel, localise
from dashboards.words import Language, Text

_LIST: Final = Text("打开清单", "Open the list")


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
    builder.color_scheme(colour_by_threshold())
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
        leads: Any = JsonObject({"title": _LIST.of(language), "url": url})
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
    builder.color_scheme(colour_by_threshold())
    properties: list[tuple[str, object]] = [("noValue", "—")]
    if words := LOOKS[name].words:
        properties.append(("mappings", mappings_of(words, {}, language)))
    builder.override_by_name(name, [models.DynamicConfigValue(*each) for each in properties])
    builder.override_by_name(value, [])
    return builder.reduce_options(common.ReduceDataOptions().values(True).calcs([]))


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


_REF_IDS: Final[Mapping[Kind, tuple[str, ...]]] = {"graph": ("nodes", "edges")}
_BUILDERS: Final[Mapping[Kind, Callable[[Panel, Language, str], Any]]] = {
    "stat": _stat,
    "table": _table,
    "timeseries": _timeseries,
    "bars": _bars,
    "map": build_map,
    "graph": _graph,
    "logs": _logs,
}
