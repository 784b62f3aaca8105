"""Help pages whose lines are as wide as a terminal shows them: a Chinese character takes two cells.

click counts characters and breaks lines at spaces alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import click
from rich.cells import cell_len

_CLOSING: Final = "[，。；：、）”》？！…]*"
_UNIT: Final = re.compile(rf"\s+|[（“《〔]*[\u2e80-\uffef]{_CLOSING}|[^\s\u2e80-\uffef]+{_CLOSING}")
"""What a line is not broken within: a space, a word, or a wide character with its punctuation."""
AS_IT_IS: Final = "\b\n"
"""click's mark of a paragraph that is not wrapped again."""


class WideFormatter(click.HelpFormatter):
    """click's, with lines wrapped by cells."""

    def write_text(self, text: str) -> None:
        width = self.width - self.current_indent
        super().write_text("\n\n".join(wrapped(each, width) for each in text.split("\n\n")))

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        column = min(max((cell_len(term) for term, _ in rows), default=0), col_max) + col_spacing
        width = max(self.width - column - self.current_indent, 10)
        for term, said in rows:
            lines = [*lines_of(said, width)]
            if cell_len(term) + col_spacing > column and said:
                lines.insert(0, "")  # the term takes a line of its own
            for place, line in enumerate(lines):
                shown = term if place == 0 else ""
                padding = " " * max(column - cell_len(shown), 0)
                self.write(" " * self.current_indent + f"{shown}{padding}{line}".rstrip() + "\n")


class WideContext(click.Context):
    """A context that formats so."""

    formatter_class = WideFormatter


def wrapped(paragraph: str, width: int) -> str:
    """The paragraph in lines of at most so many cells, marked as done."""
    return AS_IT_IS + "\n".join(lines_of(paragraph, width)) if paragraph else ""


def lines_of(paragraph: str, width: int) -> Iterator[str]:
    """The paragraph in lines of at most so many cells."""
    line = ""
    for unit in _UNIT.findall(" ".join(paragraph.split())):
        if line and cell_len(line + unit.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += unit if line or unit.strip() else ""
    yield line.rstrip()
