"""`fenghuo rules check --sources`: what a recording lacks, by log source and by field."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.sigma import compile_rules, parse_rules
from pipeline.sigma.matching.coverage import coverage_of, seen_in

RULE = """
title: T{number}
id: 4d6f3a52-0000-4000-8000-00000000000{number}
logsource: {{product: windows, category: {category}}}
detection:
  selection: {{{fields}}}
  condition: selection
level: high
"""
EVENTS = [
    {
        "@timestamp": "2026-03-02T10:00:00Z",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "EventID": 1,
        "Image": "C:\\a.exe",
        "User": {"Name": "li"},
    }
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = (
        ("process_creation", "Image: a"),
        ("process_creation", "Image: a, ParentImage: b, User.Name: c"),
        ("process_creation", "ParentImage: b, User.Role: c"),
        ("dns_query", "QueryName: a"),
    )
    texts = [
        RULE.format(number=number, category=category, fields=fields)
        for number, (category, fields) in enumerate(rules)
    ]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yml").write_text("---".join(texts))
    lines = [json.dumps(event) for event in EVENTS]
    (tmp_path / "events.ndjson").write_text("\n".join(lines) + "\n")
    return tmp_path


def check(folder: Path, *options: str) -> list[str]:
    recording = str(folder / "events.ndjson")
    arguments = ["rules", "check", str(folder / "rules"), "--sources", recording, *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_log_sources_without_events_and_fields_without_a_value_are_named(folder: Path) -> None:
    assert check(folder) == [
        "no source for dns_query/windows/: 1 rules can never match",
        "no field for process_creation/windows/, asked by so many rules: "
        "ParentImage (2), User.Role (1)",
    ]


def test_the_same_as_json(folder: Path) -> None:
    rows = [json.loads(line) for line in check(folder, "--json")]
    assert rows[1] == {
        "source": "process_creation/windows/",
        "is_fed": True,
        "rules": 3,
        "missing": {"ParentImage": 2, "User.Role": 1},
    }


def test_a_field_within_a_field_counts_as_there(folder: Path) -> None:
    rules = compile_rules(parse_rules([("r.yml", (folder / "rules" / "all.yml").read_text())]))
    (covered,) = (each for each in coverage_of(rules, seen_in(EVENTS)).values() if each.is_fed)
    assert "User.Name" not in covered.missing
