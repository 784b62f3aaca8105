"""deploy/compose.yaml: valid by the Compose specification, its broker started from its settings.

Without a container engine the same settings start a real Kafka: the image turns `KAFKA_A_B__C` into
`a.b_c` of server.properties, and so does this.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import LoginRefused
from tests.brokers.certificates import Authority
from tests.brokers.choice import running
from tests.brokers.kafka import KafkaBroker, free_port

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def properties_of(environment: dict[str, str]) -> dict[str, str]:
    """As the image of Kafka has it: three underscores are a dash, two are one, one is a dot."""
    signs = {"_": ".", "__": "_", "___": "-"}
    return {
        re.sub("_+", lambda found: signs[found[0]], name.removeprefix("KAFKA_").lower()): value
        for name, value in environment.items()
    }


class ComposedKafka(KafkaBroker):
    """The service `kafka` as a process: its own ports and folders in the place of the image's."""

    format_options = ()

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.authority = Authority(folder, "authority")
        self.authority.issue(folder / "server.pem")
        self._outside = free_port()
        self.outside_address = f"127.0.0.1:{self._outside}"

    def properties(self, controller: int) -> str:
        """What compose.yaml says, place for place."""
        settings = properties_of(services()["kafka"]["environment"])
        here = {
            r"\$\{KAFKA_OUTSIDE_HOST.*?\}": "127.0.0.1",
            r"//(kafka)?:9092": f"//127.0.0.1:{self.port}",
            ":9094": f":{self._outside}",
            "//:": "//127.0.0.1:",
            "kafka:9093": f"127.0.0.1:{controller}",
            ":9093": f":{controller}",
            "/etc/kafka/certificates": str(self.folder),
            "/var/lib/kafka/data": str(self.folder / "data"),
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        for place, ours in here.items():
            text = re.sub(place, ours, text)
        return text


def as_started() -> str:
    """The file with the variables of example.env put in and its anchors resolved."""
    example = (COMPOSE.parent / "example.env").read_text(encoding="utf-8")
    given = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    text = COMPOSE.read_text(encoding="utf-8")
    text = re.sub(r"(?<!\$)\$\{(\w+).*?\}", lambda found: given[found[1]], text)
    return yaml.safe_dump(yaml.safe_load(text))


def test_the_file_is_valid_by_the_compose_specification() -> None:
    PyCompose.from_yaml(as_started()).validate()


@pytest.mark.parametrize(
    ("right", "wrong"), [("healthcheck:", "healthchek:"), ("service_healthy", "service_hale")]
)
def test_the_specification_refuses_what_is_wrong(right: str, wrong: str) -> None:
    with pytest.raises(ValueError, match="services"):
        PyCompose.from_yaml(as_started().replace(right, wrong))


def test_every_service_that_stays_says_whether_it_is_well() -> None:
    for name, service in services().items():
        assert ("healthcheck" in service) != (service.get("restart") == "on-failure"), name


def test_workers_have_the_sites_rules_beside_ours_and_its_policy() -> None:
    settings = services()["worker"]["environment"]
    assert settings["FENGHUO_RULES"] == "/opt/fenghuo/rules:/etc/fenghuo/rules"
    assert settings["FENGHUO_POLICY"] == "/etc/fenghuo/policy.yaml"
    container = COMPOSE.with_name("Containerfile").read_text(encoding="utf-8")
    assert "/pipeline/rules /opt/fenghuo/rules" in container


def test_only_the_listener_with_tls_and_the_boards_of_this_machine_are_published() -> None:
    ours = [each for each in services().values() if "profiles" not in each]
    ports = [port for service in ours for port in service.get("ports", ())]
    assert ports == ["9094:9094", "127.0.0.1:3000:3000"]
    assert services()["agent"]["profiles"] == ["agent"], "an enterprise's, not part of the site"
    kafka = properties_of(services()["kafka"]["environment"])
    assert "OUTSIDE:SASL_SSL" in kafka["listener.security.protocol.map"]


@pytest.mark.kafka
@pytest.mark.broker
def test_an_enterprise_comes_in_from_outside_with_its_login_and_nobody_without(
    tmp_path: Path,
) -> None:
    with running(ComposedKafka, tmp_path / "kafka") as broker:
        inside = {"FENGHUO_KAFKA_BOOTSTRAP": broker.address}
        _fenghuo(inside, "topics", "--partitions", "1")
        granted = _fenghuo(inside, "access", "grant", "E00001", "--role", "enterprise", "--login")
        login = json.loads(granted.splitlines()[0])
        certificate = broker.authority.certificate
        outside = KafkaAccess(broker.outside_address, login["user"], login["password"], certificate)
        await_broker(outside)
        stranger = KafkaAccess(broker.outside_address, login["user"], "wrong", certificate)
        with pytest.raises(LoginRefused):
            await_broker(stranger)
        told = _fenghuo(
            {
                "FENGHUO_KAFKA_BOOTSTRAP": broker.outside_address,
                "FENGHUO_KAFKA_USER": login["user"],
                "FENGHUO_KAFKA_PASSWORD": login["password"],
                "FENGHUO_KAFKA_CA": str(certificate),
            },
            "doctor",
            "--role",
            "enterprise",
            check=False,
        )
        assert "with every right of the role enterprise" in told


def _fenghuo(environment: dict[str, str], *arguments: str, check: bool = True) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli.main", *arguments],
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout + (done.stderr if not check else "")
