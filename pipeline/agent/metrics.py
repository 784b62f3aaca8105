"""The agent's metrics: one list, from which all of them are made."""

from typing import Literal, TypeAlias

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

CounterName: TypeAlias = Literal[
    "lines",
    "lines_refused",
    "lines_sent",
    "batches_sent",
    "spool_refusals",
    "requests_refused",
    "events_refused",
]
GaugeName: TypeAlias = Literal[
    "spool_bytes",
    "spool_limit_bytes",
    "spool_lines",
    "spool_damaged_bytes",
    "spool_full",
    "udp_kernel_drops",
    "files_unreadable",
    "broker_away",
    "unacknowledged_seconds",
    "receipts_away",
    "unanswered_batches",
    "unanswered_seconds",
    "pace_share",
]


class Metric(msgspec.Struct, frozen=True):
    """One metric; its name on the wire is `fenghuo_agent_<name>`, and `_total` for a counter."""

    name: CounterName | GaugeName
    help: str
    labels: tuple[str, ...] = ("input",)


COUNTERS: tuple[Metric, ...] = (
    Metric("lines", "Lines taken: on the disk of this agent."),
    Metric("lines_refused", "ALARM: lines that are lost here, by reason.", ("input", "reason")),
    Metric("lines_sent", "Lines that Kafka acknowledged."),
    Metric("batches_sent", "Batches that Kafka acknowledged."),
    Metric("spool_refusals", "Writes refused by a full spool or disk; senders were made to wait."),
    Metric("requests_refused", "HTTP requests refused, by status.", ("input", "status")),
    Metric("events_refused", "ALARM: events that receipts say are not taken.", ("reason",)),
)
GAUGES: tuple[Metric, ...] = (
    Metric("spool_bytes", "On the disk, not all of it unsent."),
    Metric("spool_limit_bytes", "What the spool may hold."),
    Metric("spool_lines", "Lines that Kafka has not acknowledged."),
    Metric("spool_damaged_bytes", "ALARM: bytes of the spool with a wrong checksum, lost."),
    Metric("spool_full", "1 while the spool or its disk takes nothing more."),
    Metric("udp_kernel_drops", "ALARM: datagrams that the kernel dropped, of the open socket."),
    Metric("files_unreadable", "ALARM: files that are asked for, and cannot be read."),
    Metric("broker_away", "1 while Kafka cannot be reached, or takes nothing.", ()),
    Metric("unacknowledged_seconds", "Since Kafka last acknowledged, while something waits.", ()),
    Metric("receipts_away", "1 while no receipts can be read: what is refused is not known.", ()),
    Metric("unanswered_batches", "Batches that Kafka has, and that no receipt came for.", ()),
    Metric(
        "unanswered_seconds",
        "Since the first of them was acknowledged; for long: no worker, or an unknown key.",
        (),
    ),
    Metric("pace_share", "Of the quota's rate that is used; below 1 after it was exceeded.", ()),
)


class Metrics:
    """All metrics of one agent, by name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters = {
            each.name: Counter(
                f"fenghuo_agent_{each.name}", each.help, each.labels, registry=self.registry
            )
            for each in COUNTERS
        }
        self._gauges = {
            each.name: Gauge(
                f"fenghuo_agent_{each.name}", each.help, each.labels, registry=self.registry
            )
            for each in GAUGES
        }

    def add(self, name: CounterName, by: float = 1, **labels: str) -> None:
        """Count up a counter."""
        self._counters[name].labels(**labels).inc(by)

    def put(self, name: GaugeName, value: float, **labels: str) -> None:
        """Set a gauge."""
        metric = self._gauges[name]
        (metric.labels(**labels) if labels else metric).set(value)

    def value(self, name: str, **labels: str) -> float:
        """Of a counter or gauge, as it would be scraped; 0 where it was never set."""
        return self.registry.get_sample_value(f"fenghuo_agent_{name}", labels) or 0.0

    def total(self, name: CounterName, **labels: str) -> float:
        """Of a counter over all its other labels."""
        return sum(
            sample.value
            for sample in next(iter(self._counters[name].collect())).samples
            if sample.name.endswith("_total") and labels.items() <= sample.labels.items()
        )

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)
