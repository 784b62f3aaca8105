"""What some version of Grafana or its data source would not understand is found."""

from copy import deepcopy
from typing import Any

import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.compatibility import is_shown, is_time, panel_faults, variable_faults

SITUATION = board_json(BOARDS[0], "en")


def panel_of(kind: str) -> dict[str, Any]:
    """A panel of the national situation, to be spoiled."""
    return deepcopy(next(panel for panel in SITUATION["panels"] if panel["type"] == kind))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_every_board_is_understood_by_every_version(board: Any) -> None:
    dashboard = board_json(board, "zh")
    faults = [fault for panel in dashboard["panels"] for fault in panel_faults(panel)]
    faults += [f for variable in dashboard["templating"]["list"] for f in variable_faults(variable)]
    assert faults == []


def test_an_option_that_nobody_looked_up_is_found() -> None:
    panel = panel_of("stat")
    panel["options"]["sparkle"] = True
    assert list(panel_faults(panel)) == [
        "has an option sparkle, which is not in compatibility.OPTIONS"
    ]


def test_a_panel_type_that_nobody_looked_up_is_found() -> None:
    assert "is of type canvas" in "".join(panel_faults({"type": "canvas"}))


def test_a_map_without_its_tooltip_has_no_links_and_is_found() -> None:
    panel = panel_of("geomap")
    panel["options"]["tooltip"]["mode"] = "none"
    assert list(panel_faults(panel)) == ["needs its option tooltip.mode to be details"]


def test_a_column_hidden_for_some_versions_only_is_found() -> None:
    panel = panel_of("table")
    for override in panel["fieldConfig"]["overrides"]:
        override["properties"] = [
            setting for setting in override["properties"] if setting["id"] != "custom.hideFrom.viz"
        ]
    assert "has only one of custom.hidden and custom.hideFrom.viz" in "".join(panel_faults(panel))


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ({"type": "custom", "current": {"value": "1"}, "query": "1"}, "has no options"),
        (
            {
                "type": "query",
                "query": {"queryType": "table"},
                "refresh": 2,
                "datasource": {"uid": "x"},
            },
            "answers only to queryType sql",
        ),
        ({"type": "adhoc"}, "type adhoc is not in"),
    ],
)
def test_a_variable_that_a_version_would_not_fill_is_found(
    variable: dict[str, Any], said: str
) -> None:
    assert said in "".join(variable_faults({"name": "v", **variable}))


@pytest.mark.parametrize(
    ("column_type", "shown", "time"),
    [
        ("UInt64", True, False),
        ("Nullable(Int64)", True, False),
        ("LowCardinality(String)", True, False),
        ("DateTime64(6, 'UTC')", True, True),
        ("Nullable(DateTime64(6, 'UTC'))", True, True),
        ("Date", True, True),
        ("Array(UInt8)", False, False),
        ("Array(LowCardinality(String))", False, False),
        ("Tuple(String, UInt8)", False, False),
        ("Map(String, UInt64)", False, False),
        ("Enum8('a' = 1)", False, False),
        ("Decimal(18, 2)", False, False),
        ("Nullable(Nothing)", False, False),
        ("UInt128", False, False),
    ],
)
def test_types_that_every_version_of_the_data_source_shows(
    column_type: str, shown: bool, time: bool
) -> None:
    assert is_shown(column_type) is shown
    assert is_time(column_type) is time
