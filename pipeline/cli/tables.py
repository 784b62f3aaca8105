"""Tables, on a terminal, in a pipe and as CSV: the same for every command (shell)."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table

from pipeline.cli.terminal import cell

WIDE: Final = 200
"""Characters in a line where no terminal says how many."""
LEGIBLE: Final = 8
"""Cells that a column may be folded to."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With which a cell begins that a spreadsheet would work out."""


def terminal(*, err: bool = False) -> Console:
    """The terminal as wide as it is; what goes into a file or a pipe is not wrapped for one."""
    console = Console(stderr=err)
    return console if console.is_terminal else Console(stderr=err, width=WIDE)


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    empty: str = "",
    err: bool = False,
) -> None:
    """The rows as a table; without any, what `empty` says of that.

    On a terminal too narrow for its columns each row is a paragraph, a line a column.
    """
    console, texts = terminal(err=err), [[*map(cell, row)] for row in rows]
    if not texts:
        if empty:
            console.print(empty, markup=False)
    elif _least_width(heads, texts) <= console.width:
        columns = (Column(cell(head), overflow="fold") for head in heads)
        table = Table(*columns, title=title, box=None, header_style="bold", pad_edge=False)
        for row in texts:
            table.add_row(*row)
        console.print(table)
    else:
        for row in texts:
            named = zip(heads, row, strict=True)
            console.print("\n".join(f"[bold]{cell(head)}[/]: {it}" for head, it in named) + "\n")


def _least_width(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Cells below which words would be broken that are no longer than LEGIBLE."""
    columns = zip(heads, *rows, strict=True)
    # Chinese has no spaces, so a whole text counts as a word: LEGIBLE bounds it.
    longest = (max(cell_len(word) for it in each for word in [*it.split(), ""]) for each in columns)
    return sum(min(each, LEGIBLE) + 1 for each in longest)


def csv_text(rows: Iterable[Iterable[object]], *, line_end: str = "\n") -> str:
    """The rows as CSV that a spreadsheet can open: it works nothing out of what is in it."""
    text = StringIO()
    csv.writer(text, lineterminator=line_end).writerows([map(_harmless, row) for row in rows])
    return text.getvalue()


def _harmless(value: object) -> object:
    # A sender writes host names: "=HYPERLINK(…)" must stay text where an official opens the file.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
