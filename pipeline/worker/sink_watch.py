"""What a worker tells of its deliveries: metrics, health and log."""

import structlog

from pipeline.app.delivery import DeliveryWatch
from pipeline.worker.health import Health
from pipeline.worker.metrics import Metrics

log = structlog.get_logger("fenghuo.worker")


class SinkWatch(DeliveryWatch):
    """Metrics, health and log of deliveries."""

    def __init__(self, metrics: Metrics, health: Health) -> None:
        self._metrics = metrics
        self._health = health

    def retried(self, attempt: int, pause_s: float, fault: Exception) -> None:
        self._metrics.add("sink_retries")
        self._show(is_down=True)
        log.warning("sink down", attempt=attempt, again_in_s=pause_s, fault=str(fault))

    def written(self, duration_s: float) -> None:
        self._metrics.observe("sink_seconds", duration_s)
        if self._health.is_sink_down:
            log.info("sink is back", away_s=round(duration_s, 1))
        self._show(is_down=False)

    def refused(self, table: str, fault: Exception) -> None:
        self._metrics.add("rows_refused", table=table)
        log.error("row refused", table=table, fault=str(fault))

    def _show(self, *, is_down: bool) -> None:
        self._health.is_sink_down = is_down
        self._metrics.put("sink_waiting", int(is_down))
