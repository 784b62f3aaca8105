"""A full disk: the sink says so, what it took is there, and it goes on when there is room."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.app.delivery import Backoff, Delivery
from sinks import room
from sinks.chdb import ChdbSink
from sinks.contract import Row, StoreFull
from tests.benchmarks.sinks import event_rows
from tests.sinks.small_disk import resize_disk, small_disk

FULL_MB, ROOMY_MB = 40, 400
ROWS_PER_WRITE = 2_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", FULL_MB) as place:
        yield place


@pytest.fixture
def sink(disk: Path) -> Iterator[ChdbSink]:
    made = ChdbSink(disk / "store")
    made.migrate()
    yield made
    made.close()


def incompressible(first: int) -> list[Row]:
    """Events whose line is random text."""
    chance = random.Random(first)
    rows = event_rows(ROWS_PER_WRITE, chance, first)
    return [(*row[:-1], chance.randbytes(700).hex()) for row in rows]


def fill(sink: ChdbSink) -> int:
    """Writes until the sink refuses; how many rows it took."""
    for taken in range(0, 200_000, ROWS_PER_WRITE):
        try:
            sink.write({"events": incompressible(taken)}, str(taken))
        except StoreFull:
            return taken
    raise AssertionError("the disk took more than it is large")


def held(sink: ChdbSink) -> int:
    (answer,) = sink.query("SELECT uniqExact(event_id) AS events FROM events")
    return int(str(answer["events"]))


def test_what_was_taken_is_held(sink: ChdbSink) -> None:
    taken = fill(sink)
    assert 0 < taken == held(sink)


def test_a_disk_that_fills_up_without_warning_raises_too(
    sink: ChdbSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else may write faster than we look."""
    monkeypatch.setattr(room, "FLOOR_BYTES", 0)
    taken = fill(sink)
    assert 0 < taken <= held(sink) < taken + ROWS_PER_WRITE


def test_a_delivery_waits_and_goes_on_when_there_is_room(disk: Path, sink: ChdbSink) -> None:
    taken = fill(sink)
    pauses: list[float] = []

    def wait(pause_s: float) -> bool:
        pauses.append(pause_s)
        if len(pauses) == 3:
            assert resize_disk(disk, ROOMY_MB)
        return True

    delivery = Delivery(sink, wait=wait, backoff=Backoff(first_s=0))
    delivery.write_rows({"events": incompressible(taken)}, "more")
    assert len(pauses) == 3
    assert held(sink) == taken + ROWS_PER_WRITE


def test_an_open_on_a_full_disk_names_the_disk(disk: Path) -> None:
    with suppress(OSError):
        (disk / "filler").write_bytes(b"x" * FULL_MB * 1_048_576)
    with pytest.raises(StoreFull, match="make room"):
        ChdbSink(disk / "store")


def fenghuo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pipeline.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_run_on_a_full_disk_fails_and_a_second_one_with_room_completes_it(
    disk: Path, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    chance = random.Random(7)
    lines = 60_000
    with events.open("w") as file:
        for number in range(lines):
            line = {
                "EventID": 4688,
                "Channel": "Security",
                "Computer": "ws-1",
                "@timestamp": f"2026-11-01T{number // 3600:02}:{number // 60 % 60:02}:00Z",
                "CommandLine": chance.randbytes(1_000).hex(),
            }
            file.write(json.dumps(line) + "\n")
    store = str(disk / "store")
    failed = fenghuo("run", "--store", store, str(events))
    assert failed.returncode == 1
    for said in (store, "disk is full", "make room"):
        assert said in failed.stderr
    assert "stored +" not in failed.stderr
    told = accounts(store)
    assert 0 < told["stored"] <= told["held"] < lines

    assert resize_disk(disk, ROOMY_MB)
    done = fenghuo("run", "--store", store, str(events))
    assert done.returncode == 0, done.stderr
    assert f"{lines} events" in done.stderr
    assert accounts(store) == {"stored": lines, "held": lines}


def accounts(store: str) -> dict[str, int]:
    """Events that the accounts call stored, and events that are there."""
    sql = "SELECT (SELECT sum(stored) FROM batches) AS stored, (SELECT count() FROM events) AS held"
    answer = fenghuo("sql", "--store", store, sql)
    assert answer.returncode == 0, answer.stderr
    return {name: int(value) for name, value in json.loads(answer.stdout).items()}
