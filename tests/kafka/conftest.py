"""One broker with users, rights and TLS for all tests here; each has topics of its own."""

from collections.abc import Iterator

import pytest

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.topics import make_topics, plan_topics
from tests.brokers.choice import running
from tests.brokers.secured import SecuredKafka
from tests.kafka.site import PARTITIONS, Site


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """Skips the test without a real Kafka, fails it where one is required."""
    with running(SecuredKafka, tmp_path_factory.mktemp("secured")) as broker:
        yield broker


@pytest.fixture(scope="session")
def site(secured: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Topics, and users made by `fenghuo access`."""
    site = Site(secured, tmp_path_factory.mktemp("site"))
    admin = KafkaAccess(secured.address, *site.admin)
    make_topics(admin, plan_topics("fenghuo", "fenghuo", PARTITIONS), 1)
    for role in ("enterprise", "analyst", "investigator", "operator", "worker"):
        site.grant(role, role)
    return site
