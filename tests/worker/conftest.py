"""One broker for all tests of the live worker; every test has topics and a group of its own."""

from collections.abc import Iterator

import pytest

from tests.brokers.choice import BrokerAddress, any_broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerAddress]:
    """Real Kafka where Java and Maven are, else the embedded broker."""
    with any_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address
