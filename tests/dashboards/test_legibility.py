"""Cut texts, values without a word and the wrong script are found, and no board has them."""

import re
from copy import deepcopy
from typing import Any

import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.columns.catalogue import LOOKS
from dashboards.grafana.inspect_json import Link, links
from dashboards.grafana.legibility import (
    heading_faults,
    height_faults,
    script_faults,
    value_faults,
    width_faults,
)
from dashboards.grafana.widths import for_cell
from dashboards.words import LANGUAGES, Language

SITUATION = board_json(BOARDS[0], "en")


def incidents() -> dict[str, Any]:
    """The table of incidents, to be spoiled."""
    return deepcopy(
        next(p for p in SITUATION["panels"] if p["type"] == "table" and p["title"] == "Incidents")
    )


def settings_of(panel: dict[str, Any], column: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(
        override["properties"]
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == column
    )
    return found


def narrow(panel: dict[str, Any], column: str, width: int) -> None:
    for setting in settings_of(panel, column):
        if setting["id"] == "custom.width":
            setting["value"] = width


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_no_board_cuts_a_heading_or_speaks_the_other_language(
    board: Any, language: Language
) -> None:
    dashboard = board_json(board, language)
    found = [
        (panel["title"], fault)
        for panel in dashboard["panels"]
        for fault in (*heading_faults(panel), *width_faults(panel))
    ]
    assert [*found, *script_faults(dashboard, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_column_fits_into_it(language: Language) -> None:
    for board in BOARDS:
        for panel in board_json(board, language)["panels"]:
            for override in panel.get("fieldConfig", {}).get("overrides", ()):
                look = LOOKS.get(override["matcher"]["options"])
                width = {s["id"]: s["value"] for s in override["properties"]}.get("custom.width")
                if look and width:
                    for word in look.words.values():
                        assert for_cell(word.of(language)) <= width, (look.title.en, word)


def test_a_heading_that_is_cut_is_found() -> None:
    panel = incidents()
    narrow(panel, "detections", 60)
    (fault,) = heading_faults(panel)
    assert fault == "cuts the heading 'Detections' of detections: 110 pixels in 60"


def test_the_longest_value_that_is_cut_is_found_as_it_is_shown() -> None:
    panel = incidents()
    narrow(panel, "grade", 100)
    rows = [{"grade": 4}, {"grade": 1}]
    (fault,) = value_faults(panel, rows)
    assert fault.startswith("cuts 'I particularly major' of grade")
    assert list(value_faults(panel, [{"grade": ""}, {"grade": None}])) == []


def test_a_column_that_wraps_or_is_hidden_cuts_nothing() -> None:
    long = "示例" * 40
    assert list(value_faults(incidents(), [{"enterprise": long, "enterprise_id": long}])) == []


def test_a_table_that_its_height_does_not_fit_is_found() -> None:
    panel = incidents()  # twelve rows of the grid: room for ten
    known, grouped = "SELECT 1 AS x", "SELECT x FROM t GROUP BY x"
    assert list(height_faults(panel, known, 10)) == []
    assert list(height_faults(panel, known, 0)) == []
    assert list(height_faults(panel, known, 12)) == [
        "cuts off its last rows: 12 where there is room for 10"
    ]
    assert list(height_faults(panel, known, 3)) == [
        "is mostly empty: 3 rows where there is room for 10"
    ]
    assert list(height_faults(panel, grouped, 3)) == []


def test_a_table_with_columns_beyond_its_right_edge_is_found_and_a_sheet_is_not() -> None:
    panel = incidents()
    assert list(width_faults(panel)) == []
    panel["gridPos"]["w"] = 12
    (fault,) = width_faults(panel)
    assert re.fullmatch(r"is wider than its panel: 1\d{3} pixels in 886", fault)
    sheet = panel["fieldConfig"]["overrides"]
    sheet += [{**deepcopy(sheet[0]), "matcher": {"options": f"more_{n}"}} for n in range(4)]
    assert list(width_faults(panel)) == []


def test_a_value_for_which_no_word_stands_is_found() -> None:
    rows = [{"status": "new", "sector": "a registry's own word"}, {"status": "asleep"}]
    assert list(value_faults(incidents(), rows)) == [
        "shows 'asleep' of status, for which no word stands"
    ]


def test_a_text_in_the_other_script_is_found() -> None:
    dashboard = deepcopy(SITUATION)
    dashboard["panels"][1]["title"] = "特别重大"
    assert list(script_faults(dashboard, "en")) == ["says '特别重大' on an English dashboard"]
    chinese = board_json(BOARDS[0], "zh")
    chinese["panels"][1]["description"] = "Incidents of tier I"
    (fault,) = script_faults(chinese, "zh")
    assert fault == "says 'Incidents of tier I' on a Chinese dashboard"


def test_a_link_that_opens_an_incident_over_this_boards_period_is_told_apart() -> None:
    (own, *_) = (link for link in links(SITUATION) if link.opens_incident)
    assert own.has_own_period
    here = Link(
        place=own.place,
        url=own.url.replace("from=${__data.fields.opens_from}", "${__url_time_range}"),
        uid=own.uid,
        variables=own.variables,
    )
    assert here.opens_incident
    assert not here.has_own_period
