"""A worker as a process of its own, for the demonstration: started, watched, stopped (shell)."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import msgspec

from pipeline.embedded.broker import REBALANCE_TIMEOUT_S
from pipeline.embedded.defer_interrupts import defer_interrupts
from schemas.topics import topic_name

STOP_S = 20.0
_SAMPLE = re.compile(r"^fenghuo_(\w+?)_total(\{.*\})? (\S+)$", re.MULTILINE)


class WorkerFault(RuntimeError):
    """The worker ended by itself; the message holds the end of its log."""


class Applied(msgspec.Struct, frozen=True):
    """How far a worker is: events accounted for, sightings told, and those gathered of them."""

    events: int = 0
    told: int = 0
    gathered: int = 0


class WorkerProcess:
    """One running worker."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, health_port: int) -> None:
        self._process = process
        self._log = log
        self._health_port = health_port

    def applied(self) -> Applied:
        """How far it is, by its metrics; nowhere before it answers.

        Raises WorkerFault where it no longer runs.
        """
        if self._process.poll() is not None:
            said = self._log.read_text(errors="replace")[-2_000:]
            raise WorkerFault(f"the worker ended with code {self._process.returncode}:\n{said}")
        try:
            with urlopen(f"http://127.0.0.1:{self._health_port}/metrics", timeout=2) as answer:
                metrics = answer.read().decode()
        except (URLError, OSError):
            return Applied()
        return _read_applied(metrics)

    def stop(self) -> None:
        """Let it finish its batch and leave the group."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _read_applied(metrics: str) -> Applied:
    sums: Counter[str] = Counter()
    for name, labels, value in _SAMPLE.findall(metrics):
        is_gathered = name == "records" and topic_name("sightings") in labels
        sums["gathered" if is_gathered else name] += int(float(value))
    return Applied(sums["events"], sums["sightings"], sums["gathered"])


@contextmanager
def running_worker(
    bootstrap: str, store: Path, registry: Path, log: Path
) -> Iterator[WorkerProcess]:
    """Start a worker on an embedded broker and store; it is stopped at the end."""
    port = _free_port()
    settings = {
        "KAFKA_BOOTSTRAP": bootstrap,
        "STORE": str(store),
        "REGISTRY": str(registry),
        "HEALTH_PORT": str(port),
        "REBALANCE_TIMEOUT_S": str(REBALANCE_TIMEOUT_S),
    }
    process = None
    try:
        with defer_interrupts():
            process = _launch(settings, log)
        yield WorkerProcess(process, log, port)
    finally:
        if process is not None:
            WorkerProcess(process, log, port).stop()


def _launch(settings: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own: Ctrl-C reaches us first, and we stop it in order."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli.main", "worker"],
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Ours, without settings of another installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
    return kept | {f"FENGHUO_{name}": value for name, value in settings.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
