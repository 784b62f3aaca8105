"""How Kafka is reached, told apart from how it is not: settings, certificates, options, rights."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

from pipeline.cli.main import main
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import AccessFault, BrokerAbsent, LoginRefused, explain_connect_fault
from pipeline.kafka.faults import explain_refusal as explain
from pipeline.kafka.rights import RIGHTS, Right, Role, rights_of
from pipeline.worker.settings import SettingsFault, read_settings
from schemas.topics import SOURCES, TOPICS
from tests.brokers.certificates import Authority

KAFKA_OPTIONS = {
    "--bootstrap": "FENGHUO_KAFKA_BOOTSTRAP",
    "--kafka-user": "FENGHUO_KAFKA_USER",
    "--kafka-ca": "FENGHUO_KAFKA_CA",
}


def commands(group: click.Group, name: str = "fenghuo") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    for each in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), each)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {each}")
        else:
            yield f"{name} {each}", command


def test_every_command_that_opens_kafka_takes_the_same_options_and_variables() -> None:
    opening = {}
    for name, command in commands(main):
        options = {param.opts[0]: param for param in command.params}
        if "--bootstrap" in options:
            opening[name] = options
    assert {"fenghuo publish", "fenghuo worker", "fenghuo access grant"} < opening.keys()
    assert len(opening) > 12
    for name, options in opening.items():
        assert KAFKA_OPTIONS.keys() <= options.keys(), name
        if name != "fenghuo worker":  # it reads the variables itself: WorkerSettings
            assert {each: options[each].envvar for each in KAFKA_OPTIONS} == KAFKA_OPTIONS, name


@pytest.mark.parametrize(
    ("user", "with_ca", "protocol"),
    [
        ("", False, "PLAINTEXT"),
        ("", True, "SSL"),
        ("u", False, "SASL_PLAINTEXT"),
        ("u", True, "SASL_SSL"),
    ],
)
def test_a_user_sets_sasl_and_a_ca_sets_tls(
    tmp_path: Path, user: str, with_ca: bool, protocol: str
) -> None:
    ca = Authority(tmp_path, "ca").certificate if with_ca else None
    access = KafkaAccess("h:1,[::1]:2", user, "secret" if user else "", ca)
    assert access.protocol == access.security()["security_protocol"] == protocol
    assert access.servers() == ["h:1", "[::1]:2"]
    assert "secret" not in repr(access)


@pytest.mark.parametrize(
    "bootstrap", ["", "h", "h:", ":1", "h:0", "h:65536", "h:x", "a:b:1", "h:1,,g:2", "::1:9092"]
)
def test_what_is_no_address_is_said(bootstrap: str) -> None:
    with pytest.raises(AccessFault, match="not an address; write host:port"):
        KafkaAccess(bootstrap)


def test_a_user_and_a_password_belong_together() -> None:
    with pytest.raises(AccessFault, match="FENGHUO_KAFKA_PASSWORD is missing"):
        KafkaAccess("h:1", user="u")
    with pytest.raises(AccessFault, match="FENGHUO_KAFKA_USER is missing"):
        KafkaAccess("h:1", password="p")


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_ca_file_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(AccessFault, match="no CA certificate") as fault:
        KafkaAccess("h:1", ca=file)
    assert str(file) in fault.value.problem


def test_a_worker_says_faults_of_its_kafka_settings_with_the_others(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="FENGHUO_KAFKA_PASSWORD is missing"):
        read_settings(kafka_bootstrap="h:1", kafka_user="u")


def test_nobody_there_is_said_after_the_patience_and_told_meanwhile() -> None:
    told: list[str] = []
    with pytest.raises(BrokerAbsent, match=r"no Kafka at 127\.0\.0\.1:1: connection refused"):
        await_broker(KafkaAccess("127.0.0.1:1,127.0.0.1:2"), 2, lambda f: told.append(f.problem))
    assert set(told) == {"no Kafka at 127.0.0.1:1: connection refused"}


def test_a_name_that_no_server_has_is_said() -> None:
    with pytest.raises(BrokerAbsent, match=r"no Kafka at no-such-host\.invalid:9092"):
        await_broker(KafkaAccess("no-such-host.invalid:9092"), 0)


def test_causes_that_no_table_knows_are_said_in_their_own_words() -> None:
    from kafka.errors import KafkaError, TopicAuthorizationFailedError

    assert explain_connect_fault(OSError(5, "odd"), "h:1", "u").problem == "no Kafka at h:1: odd"
    assert explain(KafkaError("odd"), "h:1", "u").problem == "h:1: KafkaError: odd"
    refused = explain(TopicAuthorizationFailedError("x" * 999), "h:1", "user 'u'")
    assert refused.problem == (
        "h:1: user 'u' may not do this on a topic (TopicAuthorizationFailedError)"
    )
    assert "fenghuo access grant" in refused.remedy


def test_a_login_is_told_from_an_absence_by_what_asyncio_and_aiokafka_raise() -> None:
    from aiokafka.errors import KafkaConnectionError, SaslAuthenticationFailed

    assert isinstance(explain_connect_fault(SaslAuthenticationFailed(), "h:1", "u"), LoginRefused)
    for absence in (ConnectionRefusedError(), TimeoutError(), KafkaConnectionError()):
        assert isinstance(explain_connect_fault(absence, "h:1", "u"), BrokerAbsent)


def test_every_role_has_rights_and_a_worker_some_on_every_topic() -> None:
    assert RIGHTS.keys() == set(get_args(Role))
    assert {topic.role for topic in TOPICS} < RIGHTS["worker"].keys()


def test_an_operator_may_send_again_whatever_a_worker_reads() -> None:
    assert RIGHTS["operator"] == dict.fromkeys(SOURCES, ("READ", "WRITE"))


def test_an_enterprise_may_write_events_and_nothing_else() -> None:
    events = Right("topic", "p.events", "WRITE")
    assert rights_of("enterprise", "p", "g") == [events]
    receipts = Right("topic", "p.receipts.E1", "READ")
    assert rights_of("enterprise", "p", "g", "E1") == [events, receipts]


def test_only_a_worker_may_touch_the_state_and_the_group() -> None:
    for role in get_args(Role):
        touched = {right.name for right in rights_of(role, "p", "g")} & {"g", "g-ledger-changelog"}
        assert bool(touched) == (role == "worker")
