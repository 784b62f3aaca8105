"""`python -m tests.chaos.disturbed_worker STORE`: `fenghuo worker` on a machine that goes wrong.

Its wall clock and its store do what the files beside the store say, from one moment to the next
(`machine.py`). Everything else is the worker's own.
"""

import sys
import time
from pathlib import Path

from pipeline.worker.engine_parts import EngineParts
from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from sinks.contract import Answer, Rows, Sink, SinkUnavailable
from tests.chaos.machine import CLOCK, SINK, SLOW_S, Switch


class UnsteadySink:
    """A store that is away, is slow, or takes rows and does not say so."""

    def __init__(self, sink: Sink, switch: Switch) -> None:
        self._sink, self._switch = sink, switch

    def migrate(self) -> None:
        """See `Sink.migrate`."""
        self._sink.migrate()

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`."""
        state = self._switch.read()
        if state == "away":
            raise SinkUnavailable("connection refused")
        if state == "slow":
            time.sleep(SLOW_S)
        self._sink.write(rows, token)
        if state == "unanswering":
            raise SinkUnavailable("the connection was closed before an answer came")

    def view(self, name: str) -> list[Answer]:
        """See `Sink.view`."""
        return self._sink.view(name)

    def close(self) -> None:
        """See `Sink.close`."""
        self._sink.close()


class UnsteadyParts(EngineParts):
    """The worker's own engine, over such a store."""

    def __init__(self, store: Path) -> None:
        self.settings = read_settings(store=store)
        super().__init__(self.settings)
        self._sink = Switch(store.parent / SINK)

    def open_sink(self) -> UnsteadySink:  # type: ignore[override]  # a worker asks no SQL of it
        """See `EngineParts.open_sink`."""
        return UnsteadySink(super().open_sink(), self._sink)


def set_clock_wrong(clock: Switch) -> None:
    """For the worker and its libraries; what counts the seconds between two moments goes on, as
    on a machine whose time is set."""
    right, right_ns = time.time, time.time_ns
    time.time = lambda: right() + int(clock.read() or 0)
    time.time_ns = lambda: right_ns() + int(clock.read() or 0) * 1_000_000_000


if __name__ == "__main__":
    store = Path(sys.argv[1])
    set_clock_wrong(Switch(store.parent / CLOCK))
    parts = UnsteadyParts(store)
    serve(parts.settings, parts)
