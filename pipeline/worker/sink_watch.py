"""What a worker tells of its deliveries: metrics, health and log."""

import structlog

from pipeline.app.delivery import DeliveryWatch
from pipeline.worker.health import Health
from pipeline.worker.metrics import Metrics

log = structlog.get_logger("fenghuo.worker")

SHOWN = 200
"""Characters of a fault on the health page; the log has all of it."""


class SinkWatch(DeliveryWatch):
    """Metrics, health and log of deliveries."""

    def __init__(self, metrics: Metrics, health: Health) -> None:
        self._metrics = metrics
        self._health = health

    def retried(self, attempt: int, pause_s: float, fault: Exception) -> None:
        self._metrics.add("sink_retries")
        self._show(str(fault).partition("\n")[0][:SHOWN])
        log.warning("sink down", attempt=attempt, again_in_s=pause_s, fault=str(fault))

    def written(self, duration_s: float) -> None:
        self._metrics.observe("sink_seconds", duration_s)
        if self._health.sink_fault:
            log.info("sink is back", away_s=round(duration_s, 1))
        self._show("")

    def refused(self, table: str, fault: Exception) -> None:
        self._metrics.add("rows_refused", table=table)
        log.error("row refused", table=table, fault=str(fault))

    def _show(self, fault: str) -> None:
        self._health.sink_fault = fault
        self._metrics.put("sink_waiting", int(bool(fault)))
