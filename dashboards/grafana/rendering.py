"""The dashboards as files, for a Grafana that reads them from a folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.words import LANGUAGES, Language


def render(map_layer: str = "") -> dict[Language, list[dict[str, Any]]]:
    """Every dashboard in every language."""
    return {
        language: [board_json(board, language, map_layer) for board in BOARDS]
        for language in LANGUAGES
    }


def rendered_files(map_layer: str = "") -> Iterator[tuple[Path, str]]:
    """Path below the folder of rendered files, and text, of each dashboard."""
    for language, dashboards in render(map_layer).items():
        for board, dashboard in zip(BOARDS, dashboards, strict=True):
            yield Path(language) / f"{board.name}.json", to_text(dashboard)


def to_text(value: object) -> str:
    """JSON to be read and compared: two spaces, keys in their order, a newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def write_files(folder: Path, map_layer: str = "") -> list[Path]:
    """Writes every file that differs; returns those. A file of no dashboard is removed."""
    changed: list[Path] = []
    wanted = {folder / path: text for path, text in rendered_files(map_layer)}
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    for language in LANGUAGES:
        for path in (folder / language).glob("*.json"):
            if path not in wanted:
                path.unlink()
                changed.append(path)
    return changed
