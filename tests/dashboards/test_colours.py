"""The law's four colours mean its tiers and nothing else, on every board in both languages."""

import copy
from typing import Any

import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.colours import colour_faults
from dashboards.grafana.palette import GREEN, ORANGE, PRESSING, RED
from dashboards.words import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_no_board_uses_a_colour_of_the_law_for_anything_but_a_tier(
    board: Any, language: Language
) -> None:
    assert list(colour_faults(board_json(board, language))) == []


def faults_with(kind: str, change: Any) -> str:
    """Faults of the national situation once its first panel of a kind was changed."""
    dashboard = copy.deepcopy(board_json(BOARDS[0], "en"))
    change(next(panel for panel in dashboard["panels"] if panel["type"] == kind))
    return "\n".join(fault for _, fault in colour_faults(dashboard))


def steps_of(panel: Any) -> Any:
    return panel["fieldConfig"]["defaults"]["thresholds"]["steps"]


def test_a_tier_in_the_colour_of_another_is_found() -> None:
    found = faults_with("stat", lambda panel: steps_of(panel)[1].update(color=ORANGE))
    assert "colours of the law, and it counts no tier" in found


def test_a_count_that_is_green_at_nothing_is_found() -> None:
    found = faults_with("stat", lambda panel: steps_of(panel)[0].update(color=GREEN))
    assert f"shows no data in {GREEN}" in found
    assert f"shows 0 in {GREEN}" in found


def test_a_word_or_series_in_a_colour_of_the_law_is_found() -> None:
    def paint(panel: Any) -> None:
        setting = {"id": "color", "value": {"mode": "fixed", "fixedColor": RED}}
        override = {"matcher": {"id": "byName", "options": "late"}, "properties": [setting]}
        panel["fieldConfig"]["overrides"].append(override)

    assert f"shows late in {RED}" in faults_with("table", paint)


def test_what_is_unknown_in_a_colour_is_found() -> None:
    def paint(panel: Any) -> None:
        mapping = {"type": "value", "options": {"unknown": {"text": "?", "color": PRESSING}}}
        override = {
            "matcher": {"id": "byName", "options": "outcome"},
            "properties": [{"id": "mappings", "value": [mapping]}],
        }
        panel["fieldConfig"]["overrides"].append(override)

    assert f"shows unknown in {PRESSING}, as if it held" in faults_with("table", paint)


def test_a_mark_in_a_colour_of_the_law_is_found() -> None:
    dashboard = copy.deepcopy(board_json(BOARDS[0], "zh"))
    dashboard["annotations"]["list"][0]["iconColor"] = RED
    assert [place for place, _ in colour_faults(dashboard)] == [
        dashboard["annotations"]["list"][0]["name"]
    ]
