"""Worker processes that are killed, ended, stopped and started again, each with a store."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import urlopen

Command = Callable[[Path], list[str]]
"""The command line of a worker with this store."""


def python_module(name: str, *arguments: str) -> list[str]:
    """`python -m name …` with this interpreter."""
    return [sys.executable, "-m", name, *arguments]


class WorkerProcess:
    """One worker: a store and a log that outlive its processes."""

    def __init__(
        self,
        folder: Path,
        command: Command,
        environment: Mapping[str, str],
        cwd: Path | None = None,
    ) -> None:
        self.name = folder.name
        self.store = folder / "store"
        self.exits: list[int] = []
        self._log = folder / "worker.log"
        self._cwd = cwd
        self._command = command(self.store)
        self.environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def is_running(self) -> bool:
        """Whether its process is there (a stopped one is)."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process; it must run."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.is_running:
            return
        self._collect()
        with self._log.open("ab") as log:
            self._process = self._launch(log)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def terminate(self, patience_s: float = 60.0) -> None:
        """SIGTERM, and wait; SIGKILL when it does not end."""
        self._end(signal.SIGTERM, patience_s)

    def pause(self, pause_s: float) -> None:
        """SIGSTOP, and SIGCONT after so long."""
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGSTOP)
            time.sleep(pause_s)
            self._process.send_signal(signal.SIGCONT)

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of a page on its health port; 0 where nothing answers."""
        try:
            with urlopen(
                f"http://127.0.0.1:{self.environment['FENGHUO_HEALTH_PORT']}{path}"
            ) as got:
                return got.status, got.read().decode()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name: str) -> float:
        """The sum over the labels of a metric; 0 where nothing answers."""
        lines = self.page("/metrics")[1].splitlines()
        starts = (f"{name} ", f"{name}{{")
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(starts))

    def log(self) -> str:
        """Everything its processes said."""
        return self._log.read_text(errors="replace")

    def _end(self, how: signal.Signals, patience_s: float = 10.0) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._collect()

    def _collect(self) -> None:
        if self._process is not None:
            self.exits.append(self._process.wait())
            self._process = None

    def _launch(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command,
            env=self.environment,
            cwd=self._cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
