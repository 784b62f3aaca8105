"""Delivery of decisions to a sink: waits for a sink that is down, sets aside what it refuses.

Rule 1. `SinkUnavailable` is the world's fault: the same rows are written again, after a pause
        that doubles up to a bound, until they are taken or the shell is told to stop.
Rule 2. `RowsRefused` is our mapping's fault: the rows that the sink takes are written, each
        refused one becomes a dead letter of reason `rows_refused`, and the alarm is raised.
"""

import time
from collections.abc import Callable, Sequence

import msgspec

from pipeline.app.refused_rows import refuse_row
from schemas.decision import Decision
from sinks.contract import Row, Rows, RowsRefused, Sink, SinkUnavailable
from sinks.rows import rows_of


class DeliveryAbandoned(Exception):
    """The shell is stopping while the sink is down: nothing was remembered or acknowledged."""

    def __init__(self, fault: SinkUnavailable) -> None:
        super().__init__(f"sink unavailable: {fault}")
        self.fault = fault


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """Pauses between attempts, in seconds: `first_s`, doubled each time, at most `greatest_s`."""

    first_s: float = 0.25
    greatest_s: float = 15.0

    def pause_s(self, attempt: int) -> float:
        """The pause after attempt 1, 2, …"""
        # Past 30 doublings every bound is reached, and floats overflow at last.
        return min(self.greatest_s, self.first_s * 2.0 ** min(attempt - 1, 30))


_BACKOFF = Backoff()


class DeliveryWatch:
    """What the shell may want to know of a delivery; this one looks away."""

    def retried(self, attempt: int, pause_s: float, fault: Exception) -> None:
        """The sink was down; it is tried again after the pause."""

    def written(self, duration_s: float) -> None:
        """The sink took the rows, so long after they were first offered."""

    def refused(self, table: str, fault: Exception) -> None:
        """The sink refused a row: alarm."""


class Delivery:
    """Writes decisions until they are written. `wait` pauses and says whether to go on."""

    def __init__(
        self,
        sink: Sink,
        wait: Callable[[float], bool],
        backoff: Backoff = _BACKOFF,
        watch: DeliveryWatch | None = None,
    ) -> None:
        self._sink = sink
        self._wait = wait
        self._backoff = backoff
        self._watch = watch or DeliveryWatch()
        self.offered_ns = 0
        """When rows were last offered to the sink for the first time: Unix time."""

    def write(self, decisions: Sequence[Decision], token: str) -> None:
        """All of them, or DeliveryAbandoned when `wait` says to stop."""
        self.write_rows(rows_of(decisions), token)

    def write_rows(self, rows: Rows, token: str) -> None:
        """The same of rows; nothing happens where there are none."""
        if not rows:
            return
        self.offered_ns = time.time_ns()
        try:
            self._persist(rows, token)
        except RowsRefused:
            self._write_apart(rows, token)

    def _persist(self, rows: Rows, token: str) -> None:
        attempt, started_s = 0, time.monotonic()
        while True:
            try:
                self._sink.write(rows, token)
                return self._watch.written(time.monotonic() - started_s)
            except SinkUnavailable as fault:
                attempt += 1
                pause_s = self._backoff.pause_s(attempt)
                self._watch.retried(attempt, pause_s, fault)
                if not self._wait(pause_s):
                    raise DeliveryAbandoned(fault) from fault

    def _write_apart(self, rows: Rows, token: str) -> None:
        letters = [
            letter
            for table, of_table in rows.items()
            # A part has a token of its own: under the whole's, the store could take it for a
            # repetition.
            for letter in self._halve(table, of_table, f"{token}/{table}")
        ]
        if letters:
            self._persist(rows_of(letters), f"{token}/refused")

    def _halve(self, table: str, rows: Sequence[Row], token: str) -> list[Decision]:
        try:
            self._persist({table: rows}, token)
        except RowsRefused as fault:
            if len(rows) == 1:
                self._watch.refused(table, fault)
                return [refuse_row(table, rows[0], str(fault))]
            middle = len(rows) // 2
            first = self._halve(table, rows[:middle], f"{token}/0")
            return first + self._halve(table, rows[middle:], f"{token}/1")
        return []
