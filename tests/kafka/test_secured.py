"""A broker with users, rights and TLS: what each user may do, and what is said to the others."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline.cli.kafka_options import KafkaOptions, kafka_faults_told
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer, open_producer
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import BrokerAbsent
from pipeline.kafka.rights import RIGHTS, Role
from schemas.topics import TOPICS, topic_name
from tests.brokers.kafka import free_port
from tests.chaos.workers import python_module
from tests.kafka.site import Site
from tests.worker.test_live import LiveWorker, wait_until

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]
PERIOD = ("--from", "2026-01-01T00:00:00Z", "--to", "2126-01-01T00:00:00Z")


def worker_of(site: Site, folder: Path, **settings: str) -> LiveWorker:
    """`fenghuo worker` over TLS as the user `worker`."""
    environment = {
        **site.settings("worker"),
        "FENGHUO_HEALTH_PORT": str(free_port()),
        "FENGHUO_REGISTRY": str(site.registry),
        **settings,
    }
    return LiveWorker(
        folder,
        lambda store: python_module("pipeline.cli.main", "worker", "--store", str(store)),
        environment,
    )


def test_published_by_an_enterprise_taken_by_a_worker_replayed_by_an_investigator(
    site: Site, tmp_path: Path
) -> None:
    worker = worker_of(site, tmp_path)
    worker.start()
    sent = site.publish("enterprise", site.recording("a.ndjson", 450))
    assert (sent.exit_code, sent.stderr) == (0, "")
    assert '"batches":3,"events":450' in sent.stdout
    worker.wait_for("fenghuo_events_total", 450)
    assert worker.page("/health/ready") == (200, "ready\n")
    worker.terminate()
    assert worker.exits == [0]
    replayed = site.call(
        "investigator", "replay", "--name", "case", *PERIOD, "--registry", site.registry,
        "--store", tmp_path / "aside",
    )  # fmt: skip
    assert replayed.exit_code == 0, replayed.output
    assert "450 events in 3 batches = 450 stored" in replayed.stderr


def test_an_enterprise_reads_nothing_and_writes_nowhere_else(site: Site, tmp_path: Path) -> None:
    replayed = site.call("enterprise", "replay", "--name", "x", *PERIOD, "--store", tmp_path)
    assert replayed.exit_code == 1
    assert "user 'enterprise' lacks READ on topic fenghuo.events" in replayed.stderr
    assert "fenghuo access grant enterprise --role investigator" in replayed.stderr
    elsewhere = site.publish("enterprise", site.recording("b.ndjson", 1), "--prefix", "other")
    assert elsewhere.exit_code == 1
    assert "user 'enterprise' lacks WRITE on topic other.events" in elsewhere.stderr


def test_what_the_broker_refuses_an_enterprise_is_not_only_our_word(site: Site) -> None:
    settings = site.settings("enterprise", tls=False)
    access = KafkaAccess(
        settings["FENGHUO_KAFKA_BOOTSTRAP"], "enterprise", site.passwords["enterprise"]
    )
    from kafka import TopicPartition
    from kafka.errors import TopicAuthorizationFailedError

    consumer = open_consumer(access)
    try:
        consumer.assign([TopicPartition("fenghuo.events", 0)])
        consumer.seek(TopicPartition("fenghuo.events", 0), 0)
        with pytest.raises(TopicAuthorizationFailedError):
            consumer.poll(timeout_ms=10_000)
    finally:
        consumer.close()


@pytest.mark.parametrize("role", ["enterprise", "analyst", "investigator", "operator", "worker"])
def test_the_broker_takes_from_each_role_what_it_may_write_and_nothing_else(
    site: Site, role: Role
) -> None:
    """Tried by a client of Kafka alone, which asks nobody before it sends: sightings, above all,
    are believed without a signature, because workers alone can have written them."""
    from kafka.errors import TopicAuthorizationFailedError

    settings = site.settings(role, tls=False)
    access = KafkaAccess(settings["FENGHUO_KAFKA_BOOTSTRAP"], role, site.passwords[role])
    producer = open_producer(access, max_block_ms=10_000, enable_idempotence=False)
    taken = set()
    for topic in TOPICS:
        try:
            producer.send(topic_name(topic.role), b"forged", b"E1", partition=0).get(10)
            taken.add(topic.role)
        except TopicAuthorizationFailedError:
            pass
    producer.close(1)
    assert taken == {topic.role for topic in TOPICS if "WRITE" in RIGHTS[role].get(topic.role, ())}
    assert ("sightings" in taken) == (role in ("operator", "worker"))


def test_a_worker_without_its_group_says_so_and_ends(site: Site, tmp_path: Path) -> None:
    worker = worker_of(site, tmp_path, FENGHUO_GROUP="another")
    made = site.call("admin", "topics", "--group", "another", "--partitions", 1)
    assert made.exit_code == 0, made.output
    worker.start()
    wait_until(lambda: not worker.is_running, "it ends by itself", 60, worker)
    worker.kill()
    assert worker.exits == [1]
    said = "user 'worker' lacks READ on topic another-ledger-changelog, "
    assert said in worker.log()
    assert "READ on group another" in worker.log()
    assert "Traceback" not in worker.log()
    examined = site.call("worker", "doctor", "--group", "another")
    assert examined.exit_code == 1
    assert said in examined.stdout
    assert "fenghuo access grant worker --role worker --prefix fenghuo --group another" in (
        examined.stdout
    )


def test_a_right_that_was_taken_is_missed_at_once(site: Site) -> None:
    site.grant("passing", "enterprise")
    recording = site.recording("c.ndjson", 1)
    assert site.publish("passing", recording).exit_code == 0
    revoked = site.call("admin", "access", "revoke", "passing", "--role", "enterprise", "--login")
    assert revoked.exit_code == 0, revoked.output
    again = site.publish("passing", recording)
    assert again.exit_code == 1
    assert "the broker does not accept user 'passing'" in again.stderr


def test_rights_are_not_for_an_enterprise_to_grant(site: Site) -> None:
    result = site.call("enterprise", "access", "grant", "enterprise", "--role", "worker")
    assert result.exit_code == 1
    assert "user 'enterprise' may not change the cluster" in result.stderr
    assert "as the broker's administrator" in result.stderr
    made = site.call("enterprise", "topics", "--prefix", "mine")
    assert made.exit_code == 1
    assert "user 'enterprise' may not do this on a topic" in made.stderr


def test_an_event_too_large_for_any_topic_is_said_and_the_others_are_sent(site: Site) -> None:
    recording = site.recording("large.ndjson", 2)
    first, second = recording.read_text().splitlines()
    recording.write_text("\n".join([first, json.dumps({"huge": "x" * 8_000_000}), second]))
    result = site.publish("enterprise", recording)
    assert result.exit_code == 1
    assert '"events":2' in result.stdout
    assert "an event of 8000012 bytes, 7900000 are the most; left out; it begins" in result.stderr
    assert "1 events are too large to send" in result.stderr


def test_where_no_note_can_be_written_publishing_goes_on(site: Site) -> None:
    recording = site.recording("noteless.ndjson", 3)
    recording.with_name("noteless.ndjson.enterprise.fenghuo-sent.new").mkdir()
    result = site.publish("enterprise", recording)
    assert result.exit_code == 0
    assert '"events":3' in result.stdout
    assert "Is a directory: how far this run came cannot be noted" in result.stderr


def requeue(site: Site, **changed: str) -> Result:
    """A dead letter of the store goes back to its topic."""
    from schemas.batch import DeadLetter
    from sinks.chdb import ChdbSink
    from sinks.rows import rows_of

    store = site.folder / "letters"
    letter = DeadLetter(
        dead_letter_id="d1", enterprise_id="enterprise", batch_id="", topic="fenghuo.events",
        partition=0, offset=0, line=0, received_at=0, reason="unknown_key", detail="", remedy="",
        events=1, original=b"", size=0, sha256="",
    )  # fmt: skip
    sink = ChdbSink(store)
    sink.migrate()
    sink.write(rows_of([letter]), "t")
    sink.close()
    return site.call("operator", "dead-letters", "requeue", "d1", "--store", store, **changed)


def doctor(site: Site, **changed: str) -> Result:
    return site.call("worker", "doctor", **changed)


def topics(site: Site, **changed: str) -> Result:
    return site.call("admin", "topics", **changed)


def grant(site: Site, **changed: str) -> Result:
    return site.call("admin", "access", "grant", "someone", "--role", "analyst", **changed)


def publish(site: Site, **changed: str) -> Result:
    return site.publish("enterprise", site.recording("d.ndjson", 1), **changed)


def replay(site: Site, **changed: str) -> Result:
    return site.call(
        "investigator", "replay", "--name", "refused", *PERIOD, "--registry", site.registry,
        "--store", site.folder / "refused", **changed,
    )  # fmt: skip


def worker(site: Site, **changed: str) -> Result:
    return site.call(
        "worker", "worker", "--store", site.folder / "w", "--registry", site.registry, **changed
    )


COMMANDS: list[Callable[..., Result]] = [doctor, topics, grant, publish, replay, requeue, worker]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_wrong_password_is_said_by_every_command(
    site: Site, command: Callable[..., Result]
) -> None:
    result = command(site, FENGHUO_KAFKA_PASSWORD="wrong")
    assert result.exit_code == 1
    assert f"{site.broker.tls_address}: the broker does not accept user '" in result.output
    assert "check FENGHUO_KAFKA_USER and FENGHUO_KAFKA_PASSWORD" in result.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_certificate_of_another_authority_is_said_by_every_command(
    site: Site, command: Callable[..., Result]
) -> None:
    result = command(site, FENGHUO_KAFKA_CA=str(site.stranger.certificate))
    assert result.exit_code == 1
    assert f"{site.broker.tls_address}: its certificate is refused: unable to get" in result.output
    assert "name the CA that signed the broker's certificate" in result.output


def test_requeued_by_an_operator(site: Site) -> None:
    """The record is the first of the topic, published before."""
    site.publish("enterprise", site.recording("e.ndjson", 400))
    result = requeue(site)
    assert result.exit_code == 0, result.output
    assert "1 records sent again" in result.stderr


def test_an_analysts_command_goes_over_tls(site: Site) -> None:
    from pipeline.app.command_service import publish_commands
    from schemas.command import Command

    command = Command(
        command_id="c", enterprise_id="e", incident_id="i", verb="close", analyst="a", said_at=0
    )
    access = KafkaOptions(site.broker.tls_address, "analyst", site.broker.authority.certificate)
    with pytest.MonkeyPatch.context() as patch, kafka_faults_told(access):
        patch.setenv("FENGHUO_KAFKA_PASSWORD", site.passwords["analyst"])
        publish_commands(access.access(), [command], "fenghuo")


@pytest.mark.parametrize(("tls", "user", "with_ca"), [
    (True, "worker", False),
    (False, "worker", True),
    (False, "", False),
    (True, "", True),
], ids=["no TLS", "TLS to a plain listener", "no login", "no login over TLS"])  # fmt: skip
def test_a_listener_of_another_kind_closes_the_connection(
    site: Site, tls: bool, user: str, with_ca: bool
) -> None:
    address = site.broker.tls_address if tls else site.broker.address
    ca = site.broker.authority.certificate if with_ca else None
    access = KafkaAccess(address, user, site.passwords.get(user, ""), ca)
    with pytest.raises(BrokerAbsent, match=f"{address} closes the connection") as fault:
        await_broker(access, 0)
    assert "FENGHUO_KAFKA_CA sets TLS" in fault.value.remedy
