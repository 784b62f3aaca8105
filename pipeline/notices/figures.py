"""What `fenghuo notify` says of itself to Prometheus (shell)."""

from collections.abc import Callable
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from pipeline.notices.content import Notice
from pipeline.notices.outbox import Outbox
from pipeline.notices.receivers import NotTold
from pipeline.notices.settings import Channel

Tell: TypeAlias = Callable[[Channel, Notice], None]


class Figures:
    """Counters by channel since the process began; what waits and was given up, of the folder.

    `looked` stands still while the store cannot be read or the process hangs: an alert on its
    age holds for both.
    """

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        self.registry = registry = CollectorRegistry()
        by = ["channel"]
        self._told = Counter(
            "fenghuo_notices_told", "Notices that were taken.", by, registry=registry
        )
        self._failed = Counter(
            "fenghuo_notices_failed",
            "ALARM: attempts that a receiver did not take.",
            by,
            registry=registry,
        )
        self._waiting = Gauge("fenghuo_notices_waiting", "Still to be told.", by, registry=registry)
        self._given_up = Gauge(
            "fenghuo_notices_given_up",
            "ALARM: given up since the folder began; given-up.ndjson holds them.",
            registry=registry,
        )
        self._looked = Gauge(
            "fenghuo_notices_looked_timestamp_seconds",
            "ALARM: when the store was last read.",
            registry=registry,
        )
        self._channels = {channel.name for channel in channels}
        for name in self._channels:
            for metric in (self._told, self._failed, self._waiting):
                metric.labels(name)  # at 0: what begins with its first fault never rises

    def counting(self, tell: Tell) -> Tell:
        """The same, counted."""

        def counted(channel: Channel, notice: Notice) -> None:
            try:
                tell(channel, notice)
            except NotTold:
                self._failed.labels(channel.name).inc()
                raise
            self._told.labels(channel.name).inc()

        return counted

    def see(self, outbox: Outbox) -> None:
        """What the folder holds after a round."""
        waiting = outbox.waiting_by_channel
        self._channels |= waiting.keys()
        for channel in self._channels:
            self._waiting.labels(channel).set(waiting[channel])
        self._given_up.set(outbox.given_up)
        self._looked.set(outbox.looked_s)

    def serve(self, host: str, port: int) -> int:
        """On every path, until the process ends; the port that was taken. Raises OSError."""
        server, _ = start_http_server(port, host, self.registry)
        taken: int = server.server_port
        return taken
