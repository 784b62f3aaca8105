"""What a board shows, as one short text: panels by place, kind and title, and what they ask.

Grafana's JSON says each of these twice, once a language, among much that follows from tables with
tests of their own. `python -m tests.dashboards.outline` writes the texts anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.specs import TOKENS, Board, Panel
from dashboards.words import Text

GOLDEN: Final = Path(__file__).parent / "golden"


def outlines() -> dict[str, str]:
    """Text by the name of its file: one a board, and the expressions that their queries share."""
    return {
        **{f"{board.name}.txt": "\n".join(_board(board)) + "\n" for board in BOARDS},
        "tokens.txt": "".join(f"<{name}>\n{_indented(sql)}\n" for name, sql in TOKENS.items()),
    }


def _board(board: Board) -> Iterator[str]:
    yield f"{_said(board.title)} ({board.name}, {board.period}, every {board.refresh})"
    for variable in board.variables:
        choices = _indented(variable.query) if variable.query else f"    {len(variable.options)}"
        yield f"\n${variable.name} {_said(variable.label)}\n{choices}"
    for annotation in board.annotations:
        yield f"\nmarks {_said(annotation.name)}\n{_indented(annotation.query)}"
    places = _places(board)
    for section in board.sections:
        yield f"\n== {_said(section.title)}"
        next(places)
        for panel in section.panels:
            yield f"\n{panel.kind} {next(places)} {_said(panel.title)}"
            yield from map(_indented, _queries(panel))


def _places(board: Board) -> Iterator[str]:
    """Column, row, width and height of each row and panel, as Grafana gets them."""
    for panel in board_json(board, "zh")["panels"]:
        at = panel["gridPos"]
        yield f"{at['x']},{at['y']} {at['w']}x{at['h']}"


def _queries(panel: Panel) -> tuple[str, ...]:
    """A map's markers ask what its tiles ask."""
    return panel.queries[:1] if panel.kind == "map" else panel.queries


def _said(text: Text) -> str:
    return f"{text.zh} / {text.en}"


def _indented(query: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in query.strip().splitlines())


if __name__ == "__main__":
    for old in GOLDEN.glob("*.txt"):
        old.unlink()
    for name, text in outlines().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
