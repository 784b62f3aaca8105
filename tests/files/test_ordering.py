"""Lines come in the order of their events, whatever their files, their order and the memory."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.files import ordering
from pipeline.files.ordering import IN_ORDER, Line, Read, in_order
from schemas.moments import MINUTE, SECOND, format_moment, parse_moment

START = parse_moment("2026-03-01T08:00:00Z")

RULE = """
title: Failed logon
name: failed
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4625}
  condition: selection
level: low
---
title: Brute force
correlation:
  type: event_count
  rules: [failed]
  group-by: [TargetUserName]
  timespan: 5m
  condition: {gte: 10}
level: high
"""


def numbered(files: list[list[int]]) -> list[list[Line]]:
    """A line a number, two minutes apart each; the lines of all files differ."""
    return [
        [Line(minute * 2 * MINUTE, 0, b"%d-%d" % (file, place)) for place, minute in each]
        for file, each in enumerate(list(enumerate(minutes)) for minutes in files)
    ]


def readers(files: list[list[Line]]) -> list[Read]:
    return [lambda lines=lines: iter(lines) for lines in files]  # type: ignore[misc]


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=30), max_size=4),
    st.integers(0, 6_000),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_any_files_with_any_memory_come_sorted_and_stable(
    minutes: list[list[int]], held_bytes: int, are_sorted: bool
) -> None:
    files = numbered([sorted(each) if are_sorted else each for each in minutes])
    expected = sorted((line for lines in files for line in lines), key=lambda line: line.time)
    with ExitStack() as stack:
        ordered = in_order(readers(files), stack, held_bytes)
        assert list(ordered.lines) == expected
    assert ordered.size == sum(len(line.raw) for line in expected)
    assert not (are_sorted and ordered.out_of_order)
    assert not (are_sorted and ordered.is_spilled)


def test_more_parts_than_may_be_open_are_merged_by_and_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ordering, "PARTS_MERGED", 3)
    files = numbered([list(range(50, 0, -1))])
    with ExitStack() as stack:
        ordered = in_order(readers(files), stack, held_bytes=1)
        assert [line.time // (2 * MINUTE) for line in ordered.lines] == list(range(1, 51))
        assert ordered.is_spilled


def test_what_sensors_write_a_little_out_of_order_is_not_told() -> None:
    lines = [Line(at, 0, b"") for at in (IN_ORDER, 0, 2 * IN_ORDER, 0)]
    with ExitStack() as stack:
        assert in_order(readers([lines]), stack).out_of_order == 1


def recorded(host: str, second: int, event_id: int, user: str) -> str:
    time = format_moment(START + second * SECOND)
    return (
        f'{{"@timestamp":"{time}","Channel":"Security","EventID":{event_id},'
        f'"Computer":"{host}","TargetUserName":"{user}"}}'
    )


def hosts() -> dict[str, list[str]]:
    """Two hosts for four hours; on one of them somebody guesses a password."""
    quiet = [recorded("host-a", second, 4624, "chen") for second in range(0, 14_400, 10)]
    guessed = {6_000 + 20 * number: 4625 for number in range(12)}
    other = [
        recorded("host-b", second, guessed.get(second, 4624), "wang")
        for second in range(0, 14_400, 10)
    ]
    return {"a.jsonl": quiet, "b.jsonl": other}


Lines: TypeAlias = list[str]
ARRANGEMENTS: dict[str, Callable[[Lines, Lines], dict[str, Lines]]] = {
    "one after another": lambda a, b: {"all.jsonl": a + b},
    "newest first": lambda a, b: {"a.jsonl": a[::-1], "b.jsonl": b[::-1]},
    "a file a host": lambda a, b: {"a.jsonl": a, "b.jsonl": b},
    "the other way round": lambda a, b: {"b.jsonl": b, "a.jsonl": a},
    "halves exchanged": lambda a, b: {"2.jsonl": a[700:] + b[700:], "1.jsonl": a[:700] + b[:700]},
    "sorted": lambda a, b: {"all.jsonl": sorted(a + b)},
}


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_run_finds_the_same_in_every_arrangement(tmp_path: Path, arrangement: str) -> None:
    rule = tmp_path / "rule.yml"
    rule.write_text(RULE)
    made = ARRANGEMENTS[arrangement](*hosts().values())
    files = []
    for name, lines in made.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        files.append(str(tmp_path / name))
    store = str(tmp_path / "store")
    result = invoke("run", "--store", store, "--rules", str(rule), *files)
    assert "2880 events" in result.output
    assert " 0 late" in result.output
    found = invoke("sql", "--store", store, "SELECT event_count FROM detections")
    assert found.output.strip() == '{"event_count":12}'
    is_told = "read in the order of their events" in result.output
    assert is_told is (arrangement in {"one after another", "newest first", "halves exchanged"})


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result
