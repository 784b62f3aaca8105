"""What every rule file of the project carries: found by name, explained, and sampled."""

import re
import uuid
from collections import Counter
from pathlib import Path

import pytest

from schemas.scenarios import SCENARIOS
from tests.rules.house_rules import (
    DIRECTORY,
    SAMPLES,
    house_rules,
    read_document,
    rule_files,
    samples_of,
)

FILES = [pytest.param(path, id=path.stem) for path in rule_files()]
LEVELS = ("informational", "low", "medium", "high", "critical")
FAMILIES = {
    "windows": "win_",
    "linux": "linux_",
    "network, Zeek": "zeek_",
    "network, Suricata": "suricata_",
    "database": "db_",
    "remote access": "vpn_",
    "bastion": "bastion_",
    "S7": "s7_",
    "Modbus": "modbus_",
    "IEC 104": "iec104_",
    "DNP3": "dnp3_",
}


def test_no_document_has_a_fault() -> None:
    rules = house_rules()
    assert rules.faults == ()
    assert len(rules.rules) + len(rules.correlations) == len(rule_files())


def test_there_are_at_least_sixty_rules_and_every_scenario_folder_has_some() -> None:
    folders = Counter(path.parent.name for path in rule_files())
    assert sum(folders.values()) >= 60
    assert set(folders) == {
        "ransomware",
        "vulnerability_backdoor",
        "illegal_operation",
        "uncontrolled_remote_maintenance",
        "data_leak",
        "industrial_control",
        "intrusion",
    }
    assert min(folders.values()) >= 5


@pytest.mark.parametrize("prefix", FAMILIES.values(), ids=FAMILIES)
def test_every_family_of_sources_has_a_rule(prefix: str) -> None:
    assert any(path.stem.startswith(prefix) for path in rule_files())


def test_no_two_rules_share_an_id_a_name_or_a_title() -> None:
    for field in ("id", "name", "title"):
        counted = Counter(read_document(path)[field] for path in rule_files())
        assert max(counted.values()) == 1


def test_no_samples_lie_without_their_rule() -> None:
    samples = {p.name.removesuffix(SAMPLES) for p in DIRECTORY.rglob("*" + SAMPLES)}
    assert samples == {path.stem for path in rule_files()}


@pytest.mark.parametrize("path", FILES)
def test_a_rule_says_what_it_is_and_when_it_errs(path: Path) -> None:
    document = read_document(path)
    assert document["name"] == path.stem
    assert uuid.UUID(document["id"]).version == 4
    assert document["level"] in LEVELS
    assert document["author"] == "Fenghuo"
    assert document["description"].strip()
    assert all(text.strip() for text in document["falsepositives"])
    assert document["fenghuo"]["scenario"] in SCENARIOS
    assert re.search("[一-鿿]", document["fenghuo"]["title_zh"])
    assert not re.search("[一-鿿]", document["title"])


@pytest.mark.parametrize("path", FILES)
def test_a_rule_is_tagged_with_techniques_of_att_and_ck(path: Path) -> None:
    tags = read_document(path)["tags"]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"attack\.(t\d{4}(\.\d{3})?|[a-z-]+)", tag) for tag in tags)
    assert any(tag.startswith("attack.t") and tag[8:9].isdigit() for tag in tags)
    if path.parent.name == "industrial_control":
        assert any(tag.startswith("attack.t0") for tag in tags)


@pytest.mark.parametrize("path", FILES)
def test_a_rule_has_two_samples_of_each_kind(path: Path) -> None:
    samples = samples_of(path)
    assert sum(sample.match for sample in samples) >= 2
    assert sum(not sample.match for sample in samples) >= 2
    assert all(sample.why for sample in samples)


def test_the_guide_lists_every_rule_with_its_level() -> None:
    guide = (DIRECTORY.parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in guide.splitlines() if line.count("|") == 5]
    listed = {(row[0].strip("`"), row[2]) for row in rows}
    assert {(path.stem, read_document(path)["level"]) for path in rule_files()} <= listed
