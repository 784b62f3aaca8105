"""The source topics, asked apart from the consumer: by a step, a timer and a recovery at once."""

import asyncio

import pytest

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.stream_log import StreamLog
from tests.brokers.choice import BrokerAddress

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]


def test_who_asks_at_once_is_answered_through_one_connection(broker: BrokerAddress) -> None:
    prefix = "asked-at-once"
    make_topics(KafkaAccess(broker.address), plan_topics(prefix, prefix, 2), 1)
    chosen = {"kafka_bootstrap": broker.address, "group": prefix, "topic_prefix": prefix}
    settings = WorkerSettings.model_validate(chosen)
    places = [(f"{prefix}.events", partition) for partition in (0, 1)]

    async def ask() -> list[int]:
        log = StreamLog(None, settings, {})
        starts = await asyncio.gather(*(log.start_of(place) for place in places))
        await log.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a connection runs on"
        return starts

    assert asyncio.run(ask()) == [0, 0]
