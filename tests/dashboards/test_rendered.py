"""What the boards show, held against golden texts, and what Grafana asks of their JSON."""

import json
from pathlib import Path

import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.inspect_json import targets
from dashboards.grafana.rendering import rendered_files, write_files
from dashboards.grafana.specs import board_uid
from dashboards.words import LANGUAGES, Language
from tests.dashboards.outline import GOLDEN, outlines

FILES = dict(rendered_files())


@pytest.mark.parametrize(("name", "text"), outlines().items(), ids=str)
def test_a_board_shows_what_its_golden_text_says(name: str, text: str) -> None:
    golden = (GOLDEN / name).read_text(encoding="utf-8")
    assert golden == text, "run `python -m tests.dashboards.outline` and review the difference"


def test_every_golden_text_is_of_a_board() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(outlines())


def test_files_are_written_once_and_those_of_no_board_go(tmp_path: Path) -> None:
    assert len(write_files(tmp_path)) == len(FILES)
    assert write_files(tmp_path) == []
    gone = tmp_path / "en" / "gone.json"
    gone.write_text("{}", encoding="utf-8")
    assert write_files(tmp_path) == [gone]
    assert not gone.exists()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_ids_are_unique_and_panels_stay_on_the_grid(path: Path) -> None:
    dashboard = json.loads(FILES[path])
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    assert len(dashboard["uid"]) <= 40
    covered: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & covered, panel["title"]
        covered |= cells


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_token_is_left_in_a_query(language: Language) -> None:
    for board in BOARDS:
        for target in targets(board_json(board, language)):
            assert "<" not in target.sql.replace("<=", "").replace(" < ", ""), target.place


def test_both_languages_have_the_same_panels() -> None:
    for board in BOARDS:
        zh, en = (board_json(board, language)["panels"] for language in LANGUAGES)
        assert [panel["type"] for panel in zh] == [panel["type"] for panel in en]
        assert [panel["gridPos"] for panel in zh] == [panel["gridPos"] for panel in en]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_back_is_called_by_where_it_leads(language: Language) -> None:
    titles = {board_uid(board.name, language): board.title.of(language) for board in BOARDS}
    for board in BOARDS:
        back = board_json(board, language)["links"][0]
        if board.up != board.name:
            assert back["title"] == f"← {titles[back['url'][3:].partition('?')[0]]}"


def test_no_address_outside_is_named() -> None:
    for path, text in FILES.items():
        assert "http://" not in text, path
        assert "https://" not in text, path


def test_a_base_layer_of_ones_own_puts_markers_on_the_capitals() -> None:
    dashboard = board_json(BOARDS[0], "zh", map_layer="/public/maps/ours.geojson")
    panel = next(panel for panel in dashboard["panels"] if panel["type"] == "geomap")
    assert panel["options"]["basemap"]["config"]["src"] == "/public/maps/ours.geojson"
    assert "39.9, 116.41" in panel["targets"][0]["rawSql"]
