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


def test_a_description_that_no_command_holds_is_refused_with_the_remedy(
    store: Path, tmp_path: Path
) -> None:
    long = tmp_path / "particulars.json"
    fields = ("cause", "systems", "trend", "clues", "evidence", "lessons")
    long.write_text(json.dumps(dict.fromkeys(fields, "文" * 4000)), encoding="utf-8")
    said = ("incidents", "describe", listed(store)["incident_id"], str(long), "--store", str(store))
    refused = CliRunner().invoke(main, said)
    assert refused.exit_code == 1
    assert "bytes; a command holds 65,536: say less, or say it in several" in refused.output
    long.write_text(json.dumps({"cause": "文" * 4_000}), encoding="utf-8")
    call(*said)


def test_an_override_is_seen_in_list_and_form_until_it_is_lifted(store: Path) -> None:
    incident_id = listed(store)["incident_id"]
    said = ("--regime", "miit", "--reason", "supply chain", "--analyst", "li", "--store", store)
    call("incidents", "override", incident_id, "--tier", "I", *said)
    assert listed(store)["miit_override_tier"] == "I"
    assert "专家定级 I" in call("incidents", "list", "--lang", "zh", "--store", store).stdout
    form = ("incidents", "form", incident_id, "--format", "md", "--store", store)
    printed = call(*form).stdout.replace("\u00a0", " ")
    assert "☑ 特别重大" in printed
    assert "专家定级（li），计算结果为" in printed
    call("incidents", "override", incident_id, "--tier", "none", *said)
    assert listed(store)["miit_override_tier"] == ""
    assert "专家定级" not in call("incidents", "list", "--lang", "zh", "--store", store).stdout
    assert "专家定级" not in call(*form).stdout
