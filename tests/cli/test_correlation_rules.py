"""Correlations are listed beside rules, and explained with the rules that feed them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from tests.engine.builders import RULES, failed_logon, shadow_copies

MORE = """
---
title: Logons Then Copies
id: 44444444-4444-4444-8444-444444444444
correlation:
  type: temporal_ordered
  rules: [33333333-3333-4333-8333-333333333333, 11111111-1111-4111-8111-111111111111]
  group-by: [Computer]
  timespan: 2h
level: critical
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.yml").write_text(RULES + MORE)
    return folder


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, words)])


def test_the_list_has_both(rules: Path) -> None:
    listed = [json.loads(line) for line in call("list", rules, "--json").stdout.splitlines()]
    told = {each["title"]: (each["kind"], each["condition"]) for each in listed}
    assert told == {
        "Shadow Copies Deleted": ("rule", ""),
        "Failed Logon": ("rule", ""),
        "Many Failed Logons": ("correlation", "event_count ≥ 3 by TargetUserName within 5m"),
        "Logons Then Copies": ("correlation", "temporal_ordered by Computer within 2h"),
    }
    assert "event_count" in call("list", rules).stdout


@pytest.mark.parametrize(
    ("event", "exit_code"), [(failed_logon(0), 0), (shadow_copies(0), 0), (b'{"EventID": 9}', 1)]
)
def test_it_is_explained_down_to_the_rules_on_events(
    rules: Path, tmp_path: Path, event: bytes, exit_code: int
) -> None:
    plain = call("explain", "Logons Then Copies", "--rules", rules)
    assert plain.exit_code == 0
    for words in ("temporal_ordered", "event_count ≥ 3", "Failed Logon", "EventID"):
        assert words in plain.stdout
    file = tmp_path / "event.ndjson"
    file.write_bytes(event + b"\n")
    assert call("explain", "Logons Then Copies", file, "--rules", rules).exit_code == exit_code
