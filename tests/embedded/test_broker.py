"""The embedded broker: starts on a free port, yields to a busy one, ends with its owner."""

import socket

import pytest

from pipeline.embedded.broker import BrokerFault, embedded_broker, find_binary

try:
    find_binary()
except BrokerFault as absent:
    pytest.skip(str(absent), allow_module_level=True)


@pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")
def test_it_carries_records_and_is_gone_afterwards() -> None:
    from kafka import KafkaAdminClient

    with embedded_broker() as address:
        admin = KafkaAdminClient(bootstrap_servers=address)
        admin.create_topics({"t": {"num_partitions": 2, "replication_factor": 1, "configs": {}}})
        assert "t" in admin.list_topics()
        admin.close()
    host, _, port = address.partition(":")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=1)


def test_a_busy_port_is_left_to_whoever_has_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with embedded_broker(port) as address:
            assert address != f"127.0.0.1:{port}"
