"""A Kafka with tiered storage: Kafka's own LocalTieredStorage, a folder where others have objects.

It stands in the test jar of kafka-storage (Maven Central): made for Kafka's tests, and no more.
"""

from pathlib import Path

from tests.brokers.jars import find_tiered_storage
from tests.brokers.kafka import KafkaBroker

_TIERED = """\
remote.log.storage.system.enable=true
remote.log.storage.manager.class.name=org.apache.kafka.server.log.remote.storage.LocalTieredStorage
remote.log.storage.manager.class.path={jar}
remote.log.storage.manager.impl.prefix=rsm.config.
rsm.config.dir={remote}
remote.log.metadata.manager.listener.name=PLAINTEXT
rlmm.config.remote.log.metadata.topic.replication.factor=1
rlmm.config.remote.log.metadata.topic.num.partitions=1
remote.log.manager.task.interval.ms=500
log.retention.check.interval.ms=500
log.initial.task.delay.ms=500
"""
"""Looked at twice a second, as a test has no days."""


class TieredKafka(KafkaBroker):
    """One node; what is no longer on its own disk is in `remote`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._jar = find_tiered_storage()
        self.remote = folder / "remote"
        self.remote.mkdir(parents=True, exist_ok=True)

    def properties(self, controller: int) -> str:
        """The node's, and where the other tier is."""
        return super().properties(controller) + _TIERED.format(jar=self._jar, remote=self.remote)

    def local_starts(self, topic: str, partitions: int) -> list[int]:
        """Of each partition the first offset that is on the broker's own disk."""
        return [
            min(int(segment.stem) for segment in self._log(topic, each).glob("*.log"))
            for each in range(partitions)
        ]

    def remote_segments(self) -> int:
        """How many segments the other tier has."""
        return len([*self.remote.rglob("*.log")])

    def _log(self, topic: str, partition: int) -> Path:
        return self.folder / "data" / f"{topic}-{partition}"
