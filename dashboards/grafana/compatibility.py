"""What Grafana 9.4 to 13 and its ClickHouse data source 3.3 to 4.20 understand: tables.

Options and field settings are those of the packages @grafana/schema, @grafana/ui and of the
panels themselves; types are those of the data source's converters. What is not in a table here
is a fault of the check: look it up in all these versions, then add it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "stat": frozenset(
        {
            "colorMode",
            "graphMode",
            "justifyMode",
            "orientation",
            "reduceOptions",
            "text",
            "textMode",
        }
    ),
    "table": frozenset({"footer", "frameIndex", "showHeader", "showTypeIcons"}),
    "timeseries": frozenset({"legend", "tooltip"}),
    "bargauge": frozenset(
        {
            "displayMode",
            "minVizHeight",
            "minVizWidth",
            "orientation",
            "reduceOptions",
            "showUnfilled",
            "text",
        }
    ),
    "geomap": frozenset({"basemap", "controls", "layers", "tooltip", "view"}),
    "nodeGraph": frozenset(),
    "logs": frozenset(
        {
            "dedupStrategy",
            "enableLogDetails",
            "prettifyLogMessage",
            "showCommonLabels",
            "showLabels",
            "showTime",
            "sortOrder",
            "wrapLogMessage",
        }
    ),
    "row": frozenset(),
}
"""Panel type to the options that it has had since 9.4."""

LATER_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "stat": frozenset({"percentChangeColorMode", "showPercentChange", "wideLayout"}),
    "logs": frozenset({"showLogContextToggle"}),
    "table": frozenset({"cellHeight"}),
    "bargauge": frozenset({"legend", "maxVizHeight", "namePlacement", "sizing", "valueMode"}),
}
"""Options that came after 9.4, which passes them by. A panel must say all that it has to say
without them."""

FIELD_SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset(
        {"displayName", "noValue", "mappings", "unit", "links", "color", "min", "thresholds"}
    ),
    "table": frozenset(
        {
            "custom.align",
            "custom.cellOptions",
            "custom.filterable",
            "custom.hidden",
            "custom.hideFrom.viz",
            "custom.inspect",
            "custom.minWidth",
            "custom.width",
            "custom.wrapText",
        }
    ),
    "timeseries": frozenset(
        {"custom.drawStyle", "custom.fillOpacity", "custom.lineWidth", "custom.stacking"}
    ),
    "geomap": frozenset({"custom.hideFrom"}),
}
"""Settings of every panel type (""), and of one; in defaults and in overrides."""

TWINS: Final = (("custom.hidden", "custom.hideFrom.viz"),)
"""Two names of one setting, before and since Grafana 12.2: both are given, or neither."""

MEANS: Final[Mapping[str, Mapping[str, object]]] = {
    "geomap": {"tooltip.mode": "details"},
}
"""Options without whose value a panel does not do what ours are for: a map's links."""

VARIABLE_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "datasource": frozenset({"current", "query"}),
    "custom": frozenset({"current", "query", "options"}),
    "query": frozenset({"query", "refresh", "datasource"}),
    "textbox": frozenset(),
}
"""What a variable must carry: 9.4 does not work out a custom variable's options by itself."""

_PLAIN: Final = r"String|Bool|U?Int(8|16|32|64)|Float(32|64)|Date|Date32|DateTime(64)?(\(.*\))?"
_SHOWN_TYPE: Final = re.compile(
    rf"^({_PLAIN}|Nullable\(({_PLAIN})\)|LowCardinality\((String|Nullable\(String\))\))$"
)
"""Column types that every version of the data source shows as they are. Arrays, tuples, maps
arrive as JSON or as nothing (Array(UInt8) as null); others are unknown to 3.3."""
_TIME: Final = re.compile(r"^Date(Time(64)?)?\b|^Nullable\(Date")


def is_shown(column_type: str) -> bool:
    """Whether every version of the data source shows a column of this ClickHouse type."""
    return _SHOWN_TYPE.match(column_type) is not None


def is_time(column_type: str) -> bool:
    """Whether Grafana takes a column of this type for a time."""
    return _TIME.match(column_type) is not None


def panel_faults(panel: Mapping[str, Any]) -> Iterator[str]:
    """What of a panel some version of Grafana would not understand."""
    kind = panel["type"]
    if kind not in OPTIONS:
        yield f"is of type {kind}, which is not in compatibility.OPTIONS"
        return
    options = panel.get("options", {})
    for name in sorted(options.keys() - OPTIONS[kind] - LATER_OPTIONS.get(kind, frozenset())):
        yield f"has an option {name}, which is not in compatibility.OPTIONS"
    for path, value in MEANS.get(kind, {}).items():
        first, _, last = path.partition(".")
        if options.get(first, {}).get(last) != value:
            yield f"needs its option {path} to be {value}"
    if kind == "geomap" and not any(map(_is_text_only, options.get("layers", ()))):
        yield "has no layer of text only: a marker's own text is of the marker's colour"
    yield from _setting_faults(panel)


def _is_text_only(layer: Mapping[str, Any]) -> bool:
    style = layer.get("config", {}).get("style", {})
    has_symbol = bool(style.get("symbol", {}).get("fixed"))
    return "field" in style.get("text", {}) and not has_symbol and "field" not in style["color"]


def _setting_faults(panel: Mapping[str, Any]) -> Iterator[str]:
    config = panel.get("fieldConfig", {})
    known = FIELD_SETTINGS[""] | FIELD_SETTINGS.get(panel["type"], frozenset())
    for override in config.get("overrides", ()):
        named = {setting["id"] for setting in override["properties"]}
        for name in sorted(named - known):
            yield f"has a setting {name}, which is not in compatibility.FIELD_SETTINGS"
        for old, new in TWINS:
            if (old in named) != (new in named) and new in known:
                yield f"has only one of {old} and {new}, which are the same to other versions"
    for name in sorted(set(_flat(config.get("defaults", {}))) - known):
        yield f"has a setting {name}, which is not in compatibility.FIELD_SETTINGS"


def _flat(defaults: Mapping[str, Any]) -> Iterator[str]:
    for name, value in defaults.items():
        yield from (f"custom.{each}" for each in value) if name == "custom" else (name,)


def variable_faults(variable: Mapping[str, Any]) -> Iterator[str]:
    """What a template variable lacks for some version."""
    needed = VARIABLE_KEYS.get(variable["type"])
    if needed is None:
        yield f"{variable['name']}: type {variable['type']} is not in compatibility.VARIABLE_KEYS"
        return
    for key in sorted(key for key in needed if not variable.get(key)):
        yield f"{variable['name']}: has no {key}"
    if variable["type"] == "query" and variable["query"].get("queryType") != "sql":
        yield f"{variable['name']}: plugin 3.3 answers only to queryType sql"
