"""The embedded store when its process is killed, or is not the only one."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sinks.chdb import ChdbSink
from sinks.contract import SinkUnavailable
from tests.sinks.contract_tables import CONTRACT_TABLES, steps_of

WRITER = """
import sys
from sinks.chdb import ChdbSink
from tests.sinks.contract_tables import CONTRACT_TABLES, steps_of
from tests.sinks.test_embedded_crash import batch
sink = ChdbSink(sys.argv[1], tables=CONTRACT_TABLES, steps=steps_of(CONTRACT_TABLES))
sink.migrate()
for number in range(100_000):
    sink.write({"sights": batch(number)}, str(number))
    print(number, flush=True)
"""
ROOT = Path(__file__).parents[2]


def batch(number: int) -> list[tuple[object, ...]]:
    return [(f"s{number}-{index:05}", "o", 150, 1, "x" * 20) for index in range(5000)]


def start_writer(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_what_was_confirmed_before_a_kill_is_there_and_the_rest_can_be_written_again(
    tmp_path: Path,
) -> None:
    writer = start_writer(tmp_path / "store")
    assert writer.stdout is not None
    confirmed = [int(writer.stdout.readline()) for _ in range(5)]
    time.sleep(0.03)
    writer.kill()
    confirmed += [int(line) for line in writer.communicate()[0].split("\n") if line]
    sink = ChdbSink(tmp_path / "store", tables=CONTRACT_TABLES, steps=steps_of(CONTRACT_TABLES))
    counted = sink.query("SELECT count() AS n FROM sights")[0]["n"]
    assert isinstance(counted, int)
    assert counted >= 5000 * len(confirmed)
    last = confirmed[-1] + 1
    for number in range(last + 1):
        sink.write({"sights": batch(number)[::-1]}, "again")
    assert sink.query("SELECT count() AS n, uniqExact(sight_id) AS u FROM sights") == [
        {"n": 5000 * (last + 1), "u": 5000 * (last + 1)}
    ]
    sink.close()


def test_a_second_process_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    writer = start_writer(tmp_path / "store")
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(SinkUnavailable, match="is another one using it"):
            ChdbSink(tmp_path / "store")
    finally:
        writer.kill()
        writer.communicate()
