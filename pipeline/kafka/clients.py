"""kafka-python's clients, opened one way: let in first, then with settings that fit (shell).

Each raises KafkaFault where no broker lets us in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker
from pipeline.kafka.record_batches import keep_within_limits

BOOTSTRAP_MS = 8_000
RECONNECT_MS = 1_000
"""kafka-python would pause up to 30 s after an outage."""
FETCH_BYTES = 8_000_000
DELIVERY_MS = 120_000
"""How long a record may wait for a broker that is away."""


def open_producer(access: KafkaAccess, **options: Any) -> Any:
    """A producer that waits for all replicas and outlasts a broker's restart."""
    from kafka import KafkaProducer

    return KafkaProducer(
        **_options(access),
        **{
            "acks": "all",
            "enable_idempotence": True,
            "compression_type": "lz4",
            "linger_ms": 20,
            "batch_size": 1_000_000,
            "max_request_size": 8_000_000,
            "delivery_timeout_ms": DELIVERY_MS,
            "max_block_ms": DELIVERY_MS,
            **options,
        },
    )


@contextmanager
def producing(access: KafkaAccess) -> Iterator[Any]:
    """A producer, closed afterwards; on a failure at once, whatever is still on its way."""
    producer = open_producer(access)
    try:
        yield producer
    except BaseException:
        producer.flush = lambda timeout=None: None  # `close` would wait for what never comes
        producer.close(0)
        raise
    producer.close()


def open_consumer(access: KafkaAccess) -> Any:
    """A consumer without a group: it commits nothing, and is in nobody's way.

    It reads what was committed, within the limits of `record_batches.py`.
    """
    from kafka import KafkaConsumer

    keep_within_limits()
    return KafkaConsumer(
        **_options(access),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=FETCH_BYTES,
    )


def open_admin(access: KafkaAccess) -> Any:
    """An administrator's client; what it may do is the broker's to say."""
    from kafka import KafkaAdminClient

    return KafkaAdminClient(**_options(access))


def _options(access: KafkaAccess) -> dict[str, Any]:
    await_broker(access)
    return {
        "bootstrap_servers": access.servers(),
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
        "reconnect_backoff_max_ms": RECONNECT_MS,
        **access.security(),
    }
