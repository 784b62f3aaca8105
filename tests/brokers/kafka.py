"""A real Kafka broker on a free port, with its data in one folder: started, killed, restarted."""

import gc
import os
import signal
import socket
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

from tests.brokers.jars import find_jars

_LISTENERS = """\
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
"""
NODE = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""


def free_port() -> int:
    """A TCP port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def forget_failed_connections() -> None:
    """kafka-python leaves the sockets of failed attempts to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class KafkaBroker:
    """One node, broker and controller in one. `address` stays the same over restarts."""

    kind = "kafka"
    format_options: tuple[str, ...] = ("--standalone",)
    """For the storage tool."""
    cluster_id = "ZmVuZ2h1by1hLWJyb2tlcg"
    """22 characters: 16 bytes in base64."""
    java_options: tuple[str, ...] = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    """A broker of a test lives for minutes: what the JVM takes to compile it best is not won back
    (4.3 s of CPU until it answers, 2.5 s so)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._jars = find_jars()
        self._properties = folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not ended by us since."""
        return self._process is not None

    def start(self) -> "KafkaBroker":
        """Format the folder if it is new, start, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._properties.exists():
            self._format()
        log = (self.folder / "broker.log").open("ab")
        self._process = subprocess.Popen(
            self._java("kafka.Kafka", str(self._properties), memory="-Xmx512m"),
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait_until_answering()
        return self

    def stop(self) -> None:
        """A clean end; nothing if it is not running."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: as if the machine lost power."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        forget_failed_connections()
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process = None

    def properties(self, controller: int) -> str:
        """The broker's settings; `controller` is the port it talks to itself on."""
        places = {"port": self.port, "controller": controller, "folder": self.folder}
        return (NODE + _LISTENERS).format(**places)

    def admin_options(self) -> dict[str, Any]:
        """How kafka-python reaches it as its administrator."""
        return {"bootstrap_servers": self.address}

    def _format(self) -> None:
        self._properties.write_text(self.properties(free_port()))
        tool = "kafka.tools.StorageTool"
        arguments = ["format", "-t", self.cluster_id, "-c", str(self._properties)]
        arguments += ["--ignore-formatted", *self.format_options]
        subprocess.run(
            self._java(tool, *arguments),
            check=True,
            capture_output=True,
        )

    def _java(self, *arguments: str, memory: str = "-Xmx128m") -> list[str]:
        return ["java", memory, *self.java_options, "-cp", f"{self._jars}{os.sep}*", *arguments]

    def _wait_until_answering(self, patience_s: float = 180.0) -> None:
        deadline_s = time.monotonic() + patience_s
        while not self._answers():
            assert self._process is not None
            if self._process.poll() is not None:
                raise RuntimeError(f"Kafka ended at once: see {self.folder / 'broker.log'}")
            if time.monotonic() > deadline_s:
                raise RuntimeError(f"Kafka did not answer in {patience_s} s: see {self.folder}")
            time.sleep(0.2)
        forget_failed_connections()

    def _answers(self) -> bool:
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            admin = KafkaAdminClient(**self.admin_options(), bootstrap_timeout_ms=1000)
        except (KafkaError, OSError, ValueError):
            return False
        try:
            admin.describe_cluster()
        except (KafkaError, OSError, ValueError):
            return False
        finally:
            admin.close()
        return True
