"""What is stored cannot command a terminal, nor be taken for markup of tables."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from pipeline.cli.main import main as fenghuo
from pipeline.cli.terminal import cell, plain
from schemas.batch import DeadLetter, original_of
from sinks.chdb import ChdbSink
from sinks.rows import rows_of

HOSTILE = "x[/bold][red]\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\x7f\\"
COMMANDS = set("\x1b\x07\x9b\u202e\u2066\x7f")


@given(st.text())
def test_text_that_is_made_plain_commands_nothing(text: str) -> None:
    made = plain(text)
    assert plain(made) == made
    assert not any(character < " " and character not in "\t\n" for character in made)
    assert not COMMANDS & set(made)


@given(st.text())
def test_json_that_is_made_plain_is_the_same_json(text: str) -> None:
    assert json.loads(plain(json.dumps(text, ensure_ascii=False))) == text


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_a_cell_shows_the_plain_text(text: str) -> None:
    assert Text.from_markup(cell(text)).plain == Text(plain(text)).plain


def test_a_cell_among_markup_ends_where_it_ends() -> None:
    console = Console(width=200, force_terminal=False)
    with console.capture() as captured:
        console.print(f"[bold]{cell(HOSTILE)}[/] after")
    assert captured.get().startswith("x[/bold][red]")
    assert captured.get().endswith("after\n")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a dead letter of a record whose every text is hostile."""
    folder = tmp_path_factory.mktemp("store")
    letter = DeadLetter(
        dead_letter_id="d" * 32,
        enterprise_id=HOSTILE,
        batch_id=HOSTILE,
        topic="fenghuo.events",
        partition=0,
        offset=1,
        line=0,
        received_at=1_700_000_000_000_000,
        reason="unknown_key",
        detail=HOSTILE,
        remedy=HOSTILE,
        **original_of(HOSTILE.encode()),
        events=1,
    )
    sink = ChdbSink(folder)
    sink.migrate()
    sink.write(rows_of([letter]), "hostile")
    sink.close()
    return folder


def call(*arguments: str) -> Result:
    return CliRunner().invoke(fenghuo, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("dead-letters", "list"),
        ("dead-letters", "list", "--json"),
        ("dead-letters", "show", "ddd"),
        ("dead-letters", "show", HOSTILE),
        ("incidents", "show", HOSTILE),
        ("dead-letters", "requeue", "--bootstrap", HOSTILE, "ddd"),
    ],
)
def test_commands_that_show_what_is_stored(store: Path, arguments: tuple[str, ...]) -> None:
    result = call(*arguments, "--store", str(store))
    assert not isinstance(result.exception, Exception) or isinstance(
        result.exception, SystemExit
    ), result.exception
    assert not COMMANDS & set(result.output), repr(result.output)
    assert result.output


def test_the_list_shows_markup_as_it_is(store: Path) -> None:
    shown = call("dead-letters", "list", "--store", str(store)).output
    assert "[/bo" in shown
