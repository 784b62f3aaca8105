"""An embedded store read while another process writes it: whole, and never in that one's way."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from pipeline.app.stores import StoreFault, open_store
from sinks.linked_copy import is_open_elsewhere

WRITER = """
    import sys
    from sinks.chdb import ChdbSink
    from sinks.rows import rows_of
    from tests.engine.builders import batch, make_engine, shadow_copies
    from pipeline.state import EnterpriseState

    engine, state, sink = make_engine(), EnterpriseState(), ChdbSink(sys.argv[1])
    sink.migrate()
    for number in range(int(sys.argv[2])):
        sink.write(rows_of(engine.process(state, batch([shadow_copies(number)], number))), "w")
        print(number + 1, flush=True)
        if number + 1 >= int(sys.argv[3]):
            sys.stdin.readline()
    sink.query("OPTIMIZE TABLE events_rows FINAL")
    print("end", flush=True)
    sys.stdin.readline()
"""


class Writer:
    """A process that has the store open and writes; held after `free` batches until told on."""

    def __init__(self, store: Path, batches: int, free: int) -> None:
        words = [sys.executable, "-c", dedent(WRITER), str(store), str(batches), str(free)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)

    def reach(self, said: str) -> None:
        """Wait until it says so."""
        assert self.process.stdout is not None
        while (line := self.process.stdout.readline().strip()) != said:
            assert line, "the writer has ended"

    def go_on(self) -> None:
        """One batch more, or the end."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Kill it, if it is still there."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "store", batches=12, free=8)
    yield made
    made.end()


def test_what_is_written_is_read_beside_the_writer_and_nothing_is_left(
    tmp_path: Path, writer: Writer
) -> None:
    store, left = tmp_path / "store", tmp_path / ".store.read-by-999999999-ab"
    (left / "store").mkdir(parents=True)  # of a process that was killed
    for written in (8, 9):
        writer.reach(str(written))
        assert is_open_elsewhere(store)
        with open_store(store, "fenghuo", must_exist=True) as sink:
            assert sink.is_copy
            assert sink.query("SELECT count() AS n FROM batches") == [{"n": written}]
            assert sink.query("SELECT count() AS n FROM events") == [{"n": written}]
            assert sink.query("SELECT count() AS n FROM incidents")[0]["n"] == 1
        assert [each.name for each in tmp_path.iterdir()] == ["store"]
        writer.go_on()
    for _ in range(3):
        writer.go_on()
    writer.reach("end")
    with (
        pytest.raises(StoreFault, match="open in one process at a time"),
        open_store(store, "fenghuo"),
    ):
        pass
    with open_store(store, "fenghuo", must_exist=True) as sink:
        assert sink.query("SELECT count() AS n FROM events") == [{"n": 12}]
    writer.go_on()
    assert writer.process.wait(timeout=60) == 0
    with open_store(store, "fenghuo", must_exist=True) as sink:
        assert not sink.is_copy
        assert sink.query("SELECT count() AS n FROM events") == [{"n": 12}]


def test_while_rows_are_written_every_batch_that_was_told_is_there(tmp_path: Path) -> None:
    store, writing = tmp_path / "store", Writer(tmp_path / "store", batches=40, free=40)
    try:
        writing.reach("1")
        with open_store(store, "fenghuo", must_exist=True) as sink:
            (counts,) = sink.query(
                "SELECT (SELECT count() FROM batches) AS batches,"
                " (SELECT count() FROM events) AS events"
            )
        assert int(str(counts["events"])) >= int(str(counts["batches"])) >= 1
        writing.reach("40")
    finally:
        writing.end()
