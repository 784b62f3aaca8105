"""An override on the command line: listed, in the form, and lifted again."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from tests.engine.builders import RULES, shadow_copies


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store in which one incident was opened."""
    rules, registry, events = (
        tmp_path / "rules",
        tmp_path / "registry.ndjson",
        tmp_path / "e.ndjson",
    )
    rules.mkdir()
    (rules / "rules.yml").write_text(RULES)
    registry.write_text(
        '{"enterprise_id":"E1","name":"E1","province":"330000","sector":"steel",'
        '"field":"industrial"}\n'
    )
    events.write_bytes(shadow_copies(0) + b"\n")
    folder = tmp_path / "store"
    call("run", "--store", folder, "--rules", rules, "--registry", registry, events)
    return folder


def listed(store: Path) -> dict[str, str]:
    (incident,) = call("incidents", "list", "--store", store, "--json").stdout.splitlines()
    found: dict[str, str] = json.loads(incident)
    return found


def test_an_override_is_seen_in_list_and_form_until_it_is_lifted(store: Path) -> None:
    incident_id = listed(store)["incident_id"]
    said = ("--regime", "miit", "--reason", "supply chain", "--analyst", "li", "--store", store)
    call("incidents", "override", incident_id, "--tier", "I", *said)
    assert listed(store)["miit_override_tier"] == "I"
    assert "专家定级 MIIT I" in call("incidents", "list", "--store", store).stdout
    form = ("incidents", "form", incident_id, "--format", "md", "--store", store)
    assert "特别重大 (I)；专家定级（li）" in call(*form).stdout
    call("incidents", "override", incident_id, "--tier", "none", *said)
    assert listed(store)["miit_override_tier"] == ""
    assert "专家定级" not in call("incidents", "list", "--store", store).stdout
    assert "专家定级" not in call(*form).stdout
