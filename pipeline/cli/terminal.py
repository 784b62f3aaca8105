"""What is stored or received, as text on a terminal: it must not command the terminal (shell).

A value may hold escape sequences (to set the title, to move the cursor, to colour), characters
that turn the direction of what follows, and the markup of the library that draws our tables.
"""

import re
from collections.abc import Iterable
from typing import Final

import click
import msgspec
from rich.markup import escape

from pipeline.cli.translation import fault_in_language

_COMMANDING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but tab and line feed, separators of lines, marks of direction (UAX #9)."""


def plain(text: str) -> str:
    """The text with what commands a terminal written as `\\u001b`: JSON stays the same JSON."""
    return _COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def cell(value: object) -> str:
    """A value for a table, or among markup of ours: nothing in it is markup."""
    markup = escape(plain(str(value)))
    # A backslash at the end is doubled for the tag that may follow: let one follow.
    return f"{markup}[none][/none]" if markup.endswith("\\") else markup


def texts_of(value: object) -> list[str]:
    """A column of texts, as a store answers it; none where the value is no list."""
    return [str(each) for each in value] if isinstance(value, list) else []


def say_json_lines(found: Iterable[object]) -> None:
    """One object a line, for scripts."""
    for each in found:
        say(msgspec.json.encode(each))


def say(text: str | bytes, *, err: bool = False) -> None:
    """A line on stdout, as it is; on stderr what is told to a person, in the language spoken."""
    said = text.decode() if isinstance(text, bytes) else text
    click.echo(plain(fault_in_language(said) if err else said), err=err)
