"""Tables: wide in a pipe, a paragraph a row where a terminal is too narrow for the columns."""

import pytest

from pipeline.cli.tables import csv_text, print_table

HEADS = [f"heading-{number}" for number in range(12)]


def shown(capsys: pytest.CaptureFixture[str], *rows: list[object], empty: str = "") -> str:
    print_table(HEADS, rows, empty=empty)
    return capsys.readouterr().out


def test_a_row_in_a_pipe_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, [*range(12)], [*range(12, 24)]).splitlines()
    assert [line.split() for line in lines] == [
        HEADS, [*map(str, range(12))], [*map(str, range(12, 24))]
    ]  # fmt: skip


def test_a_row_on_a_narrow_terminal_is_a_paragraph(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    lines = shown(capsys, ["a", *range(11)], ["[b]", *range(11)]).splitlines()
    assert lines[:2] == ["heading-0: a", "heading-1: 0"]
    assert lines[12:14] == ["", "heading-0: [b]"]


def test_no_row_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, empty="No [rows].") == "No [rows].\n"
    assert shown(capsys) == ""


def test_a_spreadsheet_works_nothing_out_of_a_cell() -> None:
    assert csv_text([("=1+1", -1, "a,b")]) == '\'=1+1,-1,"a,b"\n'
