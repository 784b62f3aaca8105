"""A broker that is away: what the worker says of it while it waits, and how it begins (shell)."""

import time
from collections.abc import Callable
from math import inf

import structlog

from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import BrokerAbsent
from pipeline.kafka.preflight import TopicsFound, describe_sources, receipt_topics, require
from pipeline.worker.health import Health
from pipeline.worker.metrics import Metrics
from pipeline.worker.settings import WorkerSettings

log = structlog.get_logger("fenghuo.worker")

SAY_S = 60.0
"""The log says again that it is away after so long."""
ASK_AGAIN_S = 1.0


class BrokerWatch:
    """Health page, metric and log of an absence; times are of the monotonic clock."""

    def __init__(
        self, health: Health, metrics: Metrics, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._health = health
        self._metrics = metrics
        self._now = now
        self._away_s = 0.0
        self._said_s = -inf

    def look(self, absence: BrokerAbsent | None) -> None:
        """Why it is away just now, None where it is there."""
        now_s, was_away = self._now(), bool(self._health.broker_absence)
        self._health.broker_absence = "" if absence is None else str(absence)
        self._metrics.put("broker_waiting", int(absence is not None))
        if absence is None:
            if was_away:
                log.info("the broker is back", away_s=round(now_s - self._away_s, 1))
            self._said_s = -inf
            return
        if not was_away:
            self._away_s = now_s
        if now_s - self._said_s >= SAY_S:
            self._said_s = now_s
            log.warning("the broker is away; waiting", cause=absence.problem, remedy=absence.remedy)


def settle_with_kafka(settings: WorkerSettings, watch: BrokerWatch) -> TopicsFound:
    """What the worker reads and tells, once it may begin; a broker that is away, at first or
    between two of our questions, is waited for without limit.

    Raises LoginRefused and RequestRefused: waiting mends nothing there.
    """
    while True:
        try:
            found = _ask_kafka(settings)
        except BrokerAbsent as absence:
            watch.look(absence)
            time.sleep(ASK_AGAIN_S)
        else:
            watch.look(None)
            return found


def _ask_kafka(settings: WorkerSettings) -> TopicsFound:
    access, prefix = settings.kafka(), settings.topic_prefix
    await_broker(access, 0)
    require(access, "worker", prefix, settings.group)
    return TopicsFound(describe_sources(access, prefix), receipt_topics(access, prefix))
