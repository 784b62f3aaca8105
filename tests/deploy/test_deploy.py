"""The files of deploy/, as far as they can be proved without running them."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from dashboards.grafana.clickhouse import PLUGIN, SOURCE_UID
from dashboards.grafana.resources import folder_uid
from dashboards.words import LANGUAGES
from pipeline.agent.settings import SettingsFault, read_agent_settings
from pipeline.cli.agent import agent_group
from pipeline.cli.dashboards import dashboards_group
from pipeline.cli.main import COMMANDS
from pipeline.policy import Policy, read_policy
from pipeline.worker.environment import OF_OTHERS, PREFIX
from pipeline.worker.settings import WorkerSettings
from sinks.access import NATIONAL, WRITER, Readers, access_statements
from sinks.chdb import ChdbSink
from tests.brokers.certificates import Authority

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
YAML = sorted(path for path in DEPLOY.rglob("*.yaml") if path.parent.name != "etc")
ACCESS = DEPLOY / "clickhouse" / "initdb" / "20-access.sql"
VARIABLES = {f"FENGHUO_{name.upper()}" for name in WorkerSettings.model_fields}
KNOWN_VARIABLES = {*VARIABLES, *(f"{PREFIX}{name}" for name in OF_OTHERS)}


def documents(path: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]


def services() -> dict[str, Any]:
    found: dict[str, Any] = documents(DEPLOY / "compose.yaml")[0]["services"]
    return found


def manifests() -> Iterator[dict[str, Any]]:
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        yield from documents(path)


def test_the_policy_that_is_shipped_is_the_default() -> None:
    shipped = (DEPLOY / "etc" / "policy.yaml").read_text(encoding="utf-8")
    assert read_policy(shipped, "policy.yaml") == Policy()


@pytest.mark.parametrize("path", YAML, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_yaml_can_be_read(path: Path) -> None:
    assert documents(path)


def test_xml_can_be_read_and_absence_of_a_policy_means_no_rows() -> None:
    root = ElementTree.parse(DEPLOY / "clickhouse" / "config.d" / "access.xml").getroot()
    name = "access_control_improvements/users_without_row_policies_can_read_rows"
    assert root.findtext(name) == "false"


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_can_be_read_by_a_shell(path: Path) -> None:
    assert path.stat().st_mode & 0o100
    subprocess.run([shutil.which("sh") or "/bin/sh", "-n", path], check=True)


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*")), ids=str)
def test_every_variable_of_ours_is_one_that_the_code_reads(path: Path) -> None:
    if path.is_file():
        names = set(re.findall(r"\bFENGHUO_[A-Z_]+", path.read_text(encoding="utf-8")))
        assert names <= KNOWN_VARIABLES


def test_every_command_that_is_started_exists() -> None:
    started = [service["command"][0] for service in services().values() if "command" in service]
    for manifest in manifests():
        template = manifest.get("spec", {}).get("template", {}) if "spec" in manifest else {}
        for container in template.get("spec", {}).get("containers", ()):
            started.extend(container.get("args", ())[:1])
    assert len(started) >= 5
    assert set(started) <= set(COMMANDS)


def test_every_file_that_compose_mounts_exists() -> None:
    for name, service in services().items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), (name, source)


def test_what_a_service_waits_for_is_a_service_with_that_condition() -> None:
    everything = services()
    for name, service in everything.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in everything, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in everything[other]


def test_compose_variables_are_all_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    example = (DEPLOY / "example.env").read_text(encoding="utf-8")
    given = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text)) == given


def test_the_agents_example_has_no_fault_but_the_files_that_are_the_enterprises_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_KAFKA_PASSWORD", "x")
    shutil.copy(DEPLOY / "agent" / "agent.yaml", tmp_path)
    for name in ("publish.pem", "kafka-ca.pem"):
        with pytest.raises(SettingsFault, match=name):
            read_agent_settings(tmp_path / "agent.yaml")
        Authority(tmp_path, name.removesuffix(".pem"))
    settings = read_agent_settings(tmp_path / "agent.yaml")
    assert {each.kind for each in settings.inputs} >= {"syslog_udp", "syslog_tcp", "http", "files"}


def test_the_unit_starts_commands_that_exist() -> None:
    unit = (DEPLOY / "agent" / "fenghuo-agent.service").read_text(encoding="utf-8")
    started = re.findall(r"^ExecStart(?:Pre)?=\S+/fenghuo (\w+) (\w+)", unit, re.MULTILINE)
    assert [COMMANDS[group] for group, _ in started] == ["pipeline.cli.agent:agent_group"] * 2
    assert {name for _, name in started} <= set(agent_group.commands)


def test_the_container_copies_what_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_grafana_is_provisioned_as_the_dashboards_expect(tmp_path: Path) -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    source = documents(provisioning / "datasources" / "fenghuo.yaml")[0]["datasources"][0]
    assert (source["uid"], source["type"]) == (SOURCE_UID, PLUGIN)
    providers = documents(provisioning / "dashboards" / "fenghuo.yaml")[0]["providers"]
    assert [p["folderUid"] for p in providers] == [folder_uid(each) for each in LANGUAGES]
    grafana, dashboards = services()["grafana"], services()["dashboards"]
    mounted = dashboards["command"][-1]
    assert f"dashboards:{mounted}:ro" in grafana["volumes"]
    assert f"dashboards:{mounted}" in dashboards["volumes"]
    assert f"{mounted}\n" in (DEPLOY / "Containerfile").read_text(encoding="utf-8"), "its owner's"
    group, *arguments = (
        str(tmp_path) if each == mounted else each for each in dashboards["command"]
    )
    assert group == "dashboards"
    CliRunner().invoke(dashboards_group, arguments, catch_exceptions=False)
    read = [*(p["options"]["path"] for p in providers), home_of(grafana)]
    for path in read:
        assert (tmp_path / Path(path).relative_to(mounted)).exists(), path


def home_of(grafana: dict[str, Any]) -> str:
    return str(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])


def test_every_resource_of_kubernetes_is_listed_and_selectors_meet_labels() -> None:
    folder = DEPLOY / "kubernetes"
    listed = set(documents(folder / "kustomization.yaml")[0]["resources"])
    assert listed == {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
    for manifest in manifests():
        assert manifest["apiVersion"]
        assert manifest["kind"]
        if manifest["kind"] == "Deployment":
            labels = manifest["spec"]["template"]["metadata"]["labels"]
            assert manifest["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_statements_of_access_are_those_that_the_command_prints() -> None:
    printed = "".join(f"{each};\n" for each in access_statements("fenghuo", Readers()))
    assert ACCESS.read_text(encoding="utf-8") == printed, "fenghuo migrate --access, less its gaps"


def test_logins_get_roles_that_there_are() -> None:
    logins = (ACCESS.parent / "30-logins.sql").read_text(encoding="utf-8")
    users = (ACCESS.parent / "10-users.sh").read_text(encoding="utf-8")
    for role, user in re.findall(r"^GRANT (\w+) TO (\w+);", logins, re.MULTILINE):
        assert role in (WRITER.name, NATIONAL.name)
        assert f"CREATE USER IF NOT EXISTS {user}\n" in users


def test_clickhouse_can_read_the_statements(tmp_path: Path) -> None:
    text = re.sub(r"^--.*$", "", ACCESS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sink = ChdbSink(tmp_path, "fenghuo")
    try:
        for statement in filter(None, map(str.strip, text.split(";"))):
            quoted = statement.replace("\\", "\\\\").replace("'", "\\'")
            assert sink.query(f"SELECT formatQuery('{quoted}') AS statement")
    finally:
        sink.close()
