"""One worker among several of a command: a process that is started, asked and ended (shell)."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from threading import Thread
from typing import TypeAlias

import structlog

from pipeline.app.delivery import Backoff
from pipeline.worker.health import ENDED_S

log = structlog.get_logger("fenghuo.worker")

Entry: TypeAlias = Callable[[Connection], None]
"""What a process runs, in itself; it sends its health port as soon as it has one."""

ANSWER_S = 2.0
"""How long an answer of a member's health port is waited for."""
START_S = 300.0
"""A member that has no health port yet reads rules; after so long it hangs."""
STAYED_S = 300.0
"""One that ran for so long is started again at once; the pauses begin anew."""
PAUSES = Backoff(first_s=1.0, greatest_s=60.0)


class Member:
    """A worker process by name, over all its lives. Times are of the monotonic clock."""

    def __init__(self, name: str, entry: Entry, pauses: Backoff = PAUSES) -> None:
        self.name = name
        self.starts = 0
        self._entry = entry
        self._pauses = pauses
        self._process: multiprocessing.process.BaseProcess | None = None
        self._said: Connection | None = None
        self._port = 0
        self._vain = 0
        self._due_s = self._started_s = self._live_s = 0.0

    @property
    def pid(self) -> int | None:
        """Of the process that runs; None where none does."""
        return None if self._process is None else self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.is_alive()

    def look(self, now_s: float) -> None:
        """Start it if it is due; notice that it ended; end it if it hangs."""
        if self._process is None:
            if now_s >= self._due_s:
                self._start(now_s)
        elif not self._process.is_alive():
            self._note_end(self._process.exitcode, now_s)
        elif self._hangs(now_s):
            log.error("hangs, and is killed", member=self.name, pid=self.pid)
            self._process.kill()

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of its health port; 0 where nothing answers."""
        if not self._port or not self.is_running:
            return 0, ""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def terminate(self) -> None:
        """Tell it to end."""
        if self._process is not None:
            self._process.terminate()

    def join(self, patience_s: float) -> int | None:
        """Its exit code; it is killed where it does not end in time."""
        if self._process is None:
            return 0
        self._process.join(patience_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode

    def _start(self, now_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._said, says = context.Pipe(duplex=False)
        self._process = context.Process(target=self._entry, args=(says,), name=self.name)
        self._process.start()
        says.close()
        self._port = 0
        self.starts += 1
        self._started_s, self._live_s = now_s, now_s + START_S - ENDED_S

    def _note_end(self, code: int | None, now_s: float) -> None:
        self._vain = 0 if now_s - self._started_s >= STAYED_S else self._vain + 1
        pause_s = self._pauses.pause_s(self._vain) if self._vain else 0.0
        log.error("ended, and is started again", member=self.name, code=code, pause_s=pause_s)
        self._process, self._port, self._due_s = None, 0, now_s + pause_s

    def _hangs(self, now_s: float) -> bool:
        if self._said is not None and self._said.poll():
            self._hear_port(self._said)
        if self.page("/health/live")[0] == 200:
            self._live_s = now_s
        return now_s - self._live_s > ENDED_S

    def _hear_port(self, said: Connection) -> None:
        with suppress(EOFError):  # it ended before it had one
            self._port = said.recv()
        said.close()
        self._said = None


def end_with_parent() -> None:
    """In a member's process: whoever started it is gone, so it ends as if it had been told to."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "not in a member's process"

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()
