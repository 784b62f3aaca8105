"""Every rule fires on its positive samples and keeps quiet on its negative ones."""

from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.files.rule_samples import Sample
from tests.rules.house_rules import (
    DIRECTORY,
    read_document,
    rule_files,
    rules_that_match,
    runner,
    samples_of,
)

CASES = [
    pytest.param(path, sample, id=f"{path.stem}: {sample.why}")
    for path in rule_files()
    for sample in samples_of(path)
]


@pytest.mark.parametrize(("path", "sample"), CASES)
def test_a_document_judges_its_sample_as_the_sample_says(path: Path, sample: Sample) -> None:
    document = read_document(path)
    assert bool(sample.events) == ("correlation" in document)
    assert bool(sample.event) != bool(sample.events)
    assert runner().problem({document["id"]}, sample) == ""
    if sample.event:
        assert (path.stem in rules_that_match(sample.format, sample.event)) == sample.match


def test_the_command_runs_every_sample_those_of_correlations_too() -> None:
    result = CliRunner().invoke(main, ["rules", "test", str(DIRECTORY), "--all"])
    samples = [cast(Sample, case.values[1]) for case in CASES]
    timed = sum(bool(sample.events) for sample in samples)
    assert result.exit_code == 0
    assert f"{len(CASES)} samples as they should be, {timed} of them of correl" in result.stderr
    assert len(result.stdout.splitlines()) == len(CASES)
    assert timed > 50


RULE = """title: r
id: {id}
name: one
logsource: {{category: made}}
detection: {{s: {{f: x}}, condition: s}}
---
title: c
correlation: {{type: event_count, rules: [one], timespan: 1m, condition: {{gte: 3}}}}
"""
SAMPLES = """- {match: true, why: the word, event: {f: x}}
- {match: true, why: misses, event: {f: y}}
- {match: true, why: three, events: [{event: {f: x, n: <n>}, times: 3}]}
- {match: true, why: too slow, events: [{event: {f: x, n: <n>}, times: 3, every_s: 40}]}
- {match: false, why: fires, events: [{event: {f: x, n: <n>}, times: 3}]}
- {match: true, why: unknown, happens: {f: x}}
- {match: true, why: empty}
- {match: true, why: no such format, format: morse, event: {f: x}}
- {match: true, why: flood, events: [{event: {f: x}, times: 1000000000}]}
- just text
"""


def test_each_miss_is_named_with_its_line_and_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RULE.format(id="11111111-1111-4111-8111-111111111111"))
    (tmp_path / "a.samples.yml").write_text(SAMPLES)
    result = CliRunner().invoke(main, ["rules", "test", str(tmp_path)])
    assert result.exit_code == 1
    assert "2 samples as they should be, 1 of them of correlations; 8 not" in result.stderr
    found = [line.split(".samples.yml:")[1] for line in result.stdout.splitlines()]
    wanted = [
        (2, "did not match, and must"),
        (4, "did not match, and must"),
        (5, "matched, and must not"),
        (6, "not a sample"),
        (7, "no event"),
        (8, "unknown_format"),
        (9, "more than"),
        (10, "not a sample"),
    ]
    assert [int(line.split(":")[0]) for line in found] == [number for number, _ in wanted]
    assert all(text in line for line, (_, text) in zip(found, wanted, strict=True)), found


def test_samples_that_are_no_yaml_or_without_their_rule_are_misses(tmp_path: Path) -> None:
    (tmp_path / "a.samples.yml").write_text("- {match: true, event: {f: x}}\n")
    (tmp_path / "b.samples.yml").write_text("- {match: [\n")
    result = CliRunner().invoke(main, ["rules", "test", str(tmp_path)])
    assert result.exit_code == 1
    assert "no rule was loaded from the file beside it" in result.stdout
    assert "not YAML" in result.stdout
