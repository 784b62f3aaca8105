"""`dashboards check`: every query runs on the embedded engine, and every kind of fault is found."""

from copy import deepcopy
from typing import Any

import msgspec
import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Limits, Report, Source, check
from dashboards.grafana.macros import PLUGINS, Plugin
from dashboards.grafana.rendering import render
from dashboards.grafana.sample_period import choose
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed

EVERYTHING = [dashboard for some in render().values() for dashboard in some]


def run(store: ChdbSink, *dashboards: dict[str, Any]) -> Report:
    """Hostile values are tried above, on every dashboard, and in test_hostility.py."""
    limits = Limits(ms=60_000.0, tries_hostile=False)
    return check(dashboards, Source(store.query, QueryFailed), choose(store.query), limits)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_plugin_version_gives_the_same_rows(store: ChdbSink, plugin: Plugin) -> None:
    chosen = choose(store.query)
    source = Source(store.query, QueryFailed)
    limits = Limits(ms=60_000.0, needs_rows=True, tries_hostile=plugin == "4")
    report = check(EVERYTHING, source, msgspec.structs.replace(chosen, plugin=plugin), limits)
    assert [str(fault) for fault in report.faults] == []
    assert len(report.runs) >= 240


@pytest.fixture
def situation() -> dict[str, Any]:
    """The national situation without its links, which lead to other dashboards."""
    dashboard = deepcopy(board_json(BOARDS[0], "en"))
    dashboard["links"] = []
    for panel in dashboard["panels"]:
        panel.get("fieldConfig", {}).get("defaults", {}).pop("links", None)
        for override in panel.get("fieldConfig", {}).get("overrides", ()):
            override["properties"] = [p for p in override["properties"] if p["id"] != "links"]
    return dashboard


def panel_of(dashboard: dict[str, Any], title: str) -> dict[str, Any]:
    panel: dict[str, Any] = next(p for p in dashboard["panels"] if p.get("title") == title)
    return panel


def faults(store: ChdbSink, dashboard: dict[str, Any]) -> str:
    return "\n".join(str(fault) for fault in run(store, dashboard).faults)


def test_the_national_situation_alone_is_sound(store: ChdbSink, situation: dict[str, Any]) -> None:
    assert faults(store, situation) == ""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nothing AS x FROM incidents", "the store refuses its query"),
        ("SELECT 1 AS x WHERE $__unheard(time)", "$__unheard is not a macro"),
        ("SELECT ${unheard} AS x", "${unheard} is not a variable"),
        ("SELECT province AS extra FROM incidents", "speaks of a column grade"),
        ("SELECT province AS extra FROM incidents", "has no heading for its column extra"),
        ("SELECT number AS n FROM numbers(6000)", "returned 6000 rows"),
        ("SELECT [1, 2] AS grade", "its column grade is Array(UInt8), which the data source may"),
    ],
)
def test_a_table_with_a_wrong_query_is_found(
    store: ChdbSink, situation: dict[str, Any], sql: str, said: str
) -> None:
    panel_of(situation, "Incidents")  # the row
    table = next(p for p in situation["panels"] if p["type"] == "table" and "Inc" in p["title"])
    table["targets"][0]["rawSql"] = sql
    assert said in faults(store, situation)


def test_a_chart_without_time_or_numbers_is_found(
    store: ChdbSink, situation: dict[str, Any]
) -> None:
    chart = next(p for p in situation["panels"] if p["type"] == "timeseries")
    chart["targets"][0]["rawSql"] = "SELECT province FROM incidents"
    said = faults(store, situation)
    assert "needs a column time" in said
    assert "has no column of numbers" in said
    chart["targets"][0]["rawSql"] = "SELECT '2026' AS time, 1 AS n"
    said = faults(store, situation)
    assert "its column time is String, not a time" in said
    assert "has no heading for its column n" in said


def test_a_panel_without_description_and_a_link_to_nowhere_are_found(
    store: ChdbSink, situation: dict[str, Any]
) -> None:
    panel_of(situation, "Provinces")["description"] = ""
    link = {"type": "link", "url": "/d/fenghuo-gone-en?var-x=1"}
    here = {"type": "link", "url": "/d/fenghuo-situation-en?var-unheard=1"}
    situation["links"] = [link, here]
    said = faults(store, situation)
    assert "Provinces: has no description" in said
    assert "which is no dashboard" in said
    assert "which has no variable unheard" in said


def test_a_graph_with_loose_ends_is_found(store: ChdbSink) -> None:
    """As it was: edges of all pairs of entities, nodes of the first hundred."""
    incident = deepcopy(next(board_json(b, "en") for b in BOARDS if b.name == "incident"))
    incident["links"] = []
    (graph,) = (p for p in incident["panels"] if p["type"] == "nodeGraph")
    assert "nodes that are not there" not in faults(store, incident)
    nodes = next(target for target in graph["targets"] if target["refId"] == "nodes")
    nodes["rawSql"] += " LIMIT 1"
    nodes["rawSql"] = f"SELECT * FROM ({nodes['rawSql'].replace(' LIMIT 150', '')})"
    assert "nodes that are not there, such as" in faults(store, incident)


def test_a_map_without_a_layer_of_text_only_is_found(
    store: ChdbSink, situation: dict[str, Any]
) -> None:
    tiles = next(panel for panel in situation["panels"] if panel["type"] == "geomap")
    layers = tiles["options"]["layers"]
    layers[0]["config"]["style"]["text"] = layers[1]["config"]["style"]["text"]
    del layers[1:]
    assert "has no layer of text only" in faults(store, situation)


def test_a_slow_query_is_found(store: ChdbSink, situation: dict[str, Any]) -> None:
    limits = Limits(ms=0.0, tries_hostile=False)
    report = check([situation], Source(store.query, QueryFailed), choose(store.query), limits)
    assert len(report.faults) == len(report.runs)
    assert "the limit is 0 ms" in str(report.faults[0])
