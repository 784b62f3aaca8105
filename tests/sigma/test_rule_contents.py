"""What a rule looks for has an id of its own: not its title, and filters and inner rules too."""

import subprocess
import sys

import pytest

from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.rule_contents import RuleContent, contents_of
from pipeline.sigma.reading.parse import parse_rules

RULE = """
title: Backup deleted
id: 6a6c6e5a-0000-4000-8000-000000000001
name: backup
level: low
logsource: {category: process_creation, product: windows}
detection: {selection: {CommandLine|contains: [shadows, '%servers%']}, condition: selection}
"""
COUNT = """
title: Backups deleted
id: 6a6c6e5a-0000-4000-8000-000000000002
level: high
correlation: {type: event_count, rules: [backup], group-by: [Computer], timespan: 5m,
  condition: {gte: 3}}
"""
FILTER = """
title: Backup tool
id: 6a6c6e5a-0000-4000-8000-000000000003
logsource: {category: process_creation, product: windows}
filter: {rules: [backup], selection: {ParentImage: tool.exe}, condition: not selection}
"""
ONE, TWO = (f"6a6c6e5a-0000-4000-8000-00000000000{number}" for number in (1, 2))


def contents(*texts: str) -> dict[str, RuleContent]:
    rules = compile_rules(parse_rules([(f"{at}.yml", text) for at, text in enumerate(texts)]))
    assert rules.faults == ()
    return contents_of(rules)


PLAIN = contents(RULE, COUNT)


def changed(*texts: str) -> set[str]:
    now = contents(*texts)
    return {rule for rule in PLAIN if PLAIN[rule].content_id != now[rule].content_id}


@pytest.mark.parametrize("text", ["title: Another name", "level: critical", "tags: [attack.t1490]"])
def test_what_a_rule_is_called_is_not_what_it_looks_for(text: str) -> None:
    key = text.partition(":")[0]
    lines = [line for line in RULE.splitlines() if not line.startswith(f"{key}:")]
    assert changed("\n".join([*lines, text]), COUNT) == set()


def test_a_condition_a_source_or_a_filter_changes_a_rule_and_what_counts_it() -> None:
    assert changed(RULE.replace("shadows", "catalog"), COUNT) == {ONE, TWO}
    assert changed(RULE.replace("process_creation", "ps_script"), COUNT) == {ONE, TWO}
    assert changed(RULE, COUNT, FILTER) == {ONE, TWO}
    assert changed(RULE, COUNT.replace("gte: 3", "gte: 2")) == {TWO}


def test_a_correlation_is_of_the_sources_of_what_it_counts() -> None:
    assert PLAIN[TWO].sources == PLAIN[ONE].sources
    assert len(PLAIN[ONE].sources) == 1


def test_another_process_comes_to_the_same_ids() -> None:
    """Sets are in another order there: accounts of one worker are read beside another's."""
    source = "from tests.sigma.test_rule_contents import PLAIN; print(sorted(PLAIN.items()))"
    told = subprocess.run(
        [sys.executable, "-c", source],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == str(sorted(PLAIN.items()))
