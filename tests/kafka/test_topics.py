"""`fenghuo topics` on a broker: what is made, what is altered where it was there before."""

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from tests.brokers.secured import ADMIN
from tests.kafka.site import Site

EVENTS = "kept.events"
DAY_MS = 86_400_000


def settings(site: Site, topic: str) -> dict[str, str]:
    admin = KafkaAdminClient(**site.broker.admin_options())
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
    found = admin.describe_configs(asked)["topic"][topic]
    admin.close()
    return {name: str(each["value"]) for name, each in found.items()}


def test_terms_are_set_when_topics_are_made_and_altered_only_when_that_is_asked(
    site: Site,
) -> None:
    call = ("topics", "--prefix", "kept", "--group", "kept", "--partitions", "2")
    assert site.call(ADMIN, *call).exit_code == 0
    first = settings(site, EVENTS)
    assert first["retention.ms"] == str(7 * DAY_MS)
    assert settings(site, "kept.commands")["retention.ms"] == str(184 * DAY_MS)
    longer = (*call, "--keep-events-days", "184")
    assert site.call(ADMIN, *longer).exit_code == 0
    assert settings(site, EVENTS) == first
    altered = site.call(ADMIN, *longer, "--alter")
    assert altered.stdout == f"{EVENTS}: retention.ms was {7 * DAY_MS}, is {184 * DAY_MS}\n"
    assert settings(site, EVENTS)["retention.ms"] == str(184 * DAY_MS)
    assert site.call(ADMIN, *longer, "--alter").stdout == ""


def test_less_on_the_brokers_than_in_all_is_asked_for(site: Site) -> None:
    refused = site.call(ADMIN, "topics", "--keep-events-days", "7", "--local-days", "7")
    assert refused.exit_code == 2
    assert "fewer than --keep-events-days" in refused.output
