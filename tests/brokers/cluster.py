"""Three Kafka nodes that are one cluster: every topic on all of them, two must have a record."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.brokers.kafka import KafkaBroker, free_port

NODES = 3

_OF_A_CLUSTER = """\
node.id={number}
controller.quorum.voters={voters}
offsets.topic.replication.factor=3
default.replication.factor=3
min.insync.replicas=2
"""
"""After a node's own: of two lines for one setting the later counts."""


class ClusterNode(KafkaBroker):
    """One of the three; `controllers` are the ports on which they agree among themselves."""

    format_options = ()
    cluster_id = "ZmVuZ2h1by1jbHVzdGVyLg"

    def __init__(self, folder: Path, number: int, controllers: list[int]) -> None:
        super().__init__(folder)
        self._number = number
        self._controllers = controllers

    def properties(self, controller: int) -> str:
        """The node's, with its number and the others'."""
        voters = ",".join(
            f"{number}@127.0.0.1:{port}" for number, port in enumerate(self._controllers, 1)
        )
        own = super().properties(self._controllers[self._number - 1])
        kept = [line for line in own.splitlines() if "bootstrap.servers" not in line]
        return "\n".join([*kept, _OF_A_CLUSTER.format(number=self._number, voters=voters)])


class KafkaCluster:
    """Three nodes behind one list of addresses; `kill` takes the first of them away."""

    def __init__(self, folder: Path) -> None:
        controllers = [free_port() for _ in range(NODES)]
        self._nodes = [
            ClusterNode(folder / str(number), number, controllers) for number in range(1, NODES + 1)
        ]
        self.address = ",".join(node.address for node in self._nodes)

    def start(self) -> "KafkaCluster":
        """All that do not run, at once: none answers before two are there."""
        with ThreadPoolExecutor(NODES) as starters:
            list(starters.map(lambda node: node.is_running or node.start(), self._nodes))
        return self

    def kill(self) -> None:
        """SIGKILL for the first node."""
        self._nodes[0].kill()

    def stop(self) -> None:
        """A clean end of all."""
        with ThreadPoolExecutor(NODES) as enders:
            list(enders.map(KafkaBroker.stop, self._nodes))
