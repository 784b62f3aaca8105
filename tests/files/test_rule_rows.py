"""The rule set as a row of the store."""

import msgspec

from pipeline.files.rule_files import rule_rows
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from schemas.rules import RuleSummary
from sinks.memory import MemorySink

RULE = """
title: Shadow copies deleted
id: 6a6c6e5a-0000-4000-8000-000000000001
name: shadow
status: test
level: high
logsource: {category: process_creation, product: windows}
tags: [attack.impact, attack.t1490]
detection: {selection: {CommandLine|contains: 'delete shadows'}, condition: selection}
"""
CORRELATION = """
title: Many shadow copies deleted
id: 6a6c6e5a-0000-4000-8000-000000000002
status: test
level: critical
correlation:
  type: event_count
  rules: [shadow]
  group-by: [Computer]
  timespan: 5m
  condition: {gte: 3}
"""


def stored(sink: MemorySink) -> dict[str, RuleSummary]:
    (row,) = sink.view("rules_in_force")
    rules = msgspec.json.decode(str(row["rules"]), type=list[RuleSummary])
    return {rule.title: rule for rule in rules}


def test_every_rule_stands_with_its_source_and_tags_and_one_that_has_gone_does_not() -> None:
    sink = MemorySink()
    both = compile_rules(parse_rules([("a.yml", RULE), ("b.yml", CORRELATION)]))
    assert both.faults == ()
    sink.write(rule_rows(both), "rules")
    rules = stored(sink)
    assert rules["Shadow copies deleted"].category == "process_creation"
    assert rules["Shadow copies deleted"].tags == ("attack.impact", "attack.t1490")
    assert rules["Many shadow copies deleted"].product == "", "a correlation reads no source"
    sink.write(rule_rows(compile_rules(parse_rules([("a.yml", RULE)]))), "rules")
    assert set(stored(sink)) == {"Shadow copies deleted"}
