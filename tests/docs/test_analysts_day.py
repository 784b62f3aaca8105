"""The transcript of an analyst's day: every line is typed, every answer is as it is printed."""

import re
import shlex
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from tests.docs.links import ROOT
from tests.docs.test_commands import BLOCK

PAGE = ROOT / "docs" / "analysts-day.md"
SKIPPED = "…"
"""A line of the page that stands for any lines."""


def steps() -> Iterator[tuple[str, list[str]]]:
    """What is typed, with the lines that follow it on the page."""
    typed, answer = "", list[str]()
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                if typed:
                    yield typed, answer
                typed, answer = line[2:], []
            else:
                answer.append(line)
    yield typed, answer


def typed_as(line: str) -> list[str]:
    """The words after `fenghuo`, names of files expanded."""
    words = shlex.split(line)[1:]
    return [each for word in words for each in (sorted(glob(word)) or [word])]  # noqa: PTH207


def plain(line: str) -> str:
    """Without what follows from the moment at which it is run, and without widths of columns."""
    line = re.sub(r"\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME", line)
    line = re.sub(r"\b[0-9a-f]{12}\b", "ID", line)
    return " ".join(line.split())


def differs(page: list[str], printed: list[str]) -> str:
    """The first line of the page that is not printed where it should be; "" where all are."""
    place, may_skip = 0, False
    for line in map(plain, filter(str.strip, page)):
        if line == SKIPPED:
            may_skip = True
            continue
        rest = printed[place:] if may_skip else printed[place : place + 1]
        if line not in rest:
            return line
        place += rest.index(line) + 1
        may_skip = False
    return "" if may_skip or place == len(printed) else printed[place]


def test_the_day_goes_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line, answer in steps():
        if line.startswith("export "):
            for word in shlex.split(line)[1:]:
                monkeypatch.setenv(*word.split("=", 1))
            continue
        result = CliRunner().invoke(main, typed_as(line))
        printed = [plain(each) for each in result.output.splitlines() if each.strip()]
        assert not (missing := differs(answer, printed)), (line, missing, printed)
