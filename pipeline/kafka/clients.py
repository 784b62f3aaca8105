"""kafka-python's clients, opened one way: let in first, then with settings that fit (shell).

Each raises KafkaFault where no broker lets us in.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import refusals_explained
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

    outlasting = {
        "acks": "all",
        # A retry whose first try had arrived is not stored twice.
        "enable_idempotence": True,
        "compression_type": "lz4",
        "linger_ms": 20,  # a batch of ours is a whole record; waiting gathers several
        "batch_size": 1_000_000,
        "max_request_size": 8_000_000,
        "delivery_timeout_ms": DELIVERY_MS,
        "max_block_ms": DELIVERY_MS,
    }
    return _open(KafkaProducer, access, {**outlasting, **options})


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
    options = {
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "max_partition_fetch_bytes": FETCH_BYTES,
    }
    return _open(KafkaConsumer, access, options)


def open_admin(access: KafkaAccess) -> Any:
    """An administrator's client; what it may do is the broker's to say."""
    from kafka import KafkaAdminClient

    return _open(KafkaAdminClient, access, {})


def _open(client: Callable[..., Any], access: KafkaAccess, options: Mapping[str, Any]) -> Any:
    """A broker that lets us in may be gone again before the client has met it."""
    await_broker(access)
    with refusals_explained(access.bootstrap, access.who):
        return client(
            bootstrap_servers=access.servers(),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            reconnect_backoff_max_ms=RECONNECT_MS,
            **access.security(),
            **options,
        )
