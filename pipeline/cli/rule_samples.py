"""Samples beside the rules: `NAME.samples.yml` for `NAME.yml` (shell)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import orjson
import yaml

from pipeline.cli.rule_files import SAMPLES_SUFFIX
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.ruleset import RuleSet


class Tested(msgspec.Struct):
    """What came of the samples; those of correlations need time, and are only counted."""

    passed: int = 0
    correlations: int = 0
    misses: list[str] = []


def run_samples(rules: RuleSet, folders: Sequence[Path]) -> Tested:
    """Each sample of one event against its rule. Blocks on the disk."""
    tested = Tested()
    by_file: dict[str, set[str]] = {}
    for rule in rules.rules.values():
        by_file.setdefault(rule.head.file, set()).add(rule.head.rule_id)
    for file in _sample_files(folders):
        rule_file = str(file).removesuffix(SAMPLES_SUFFIX) + ".yml"
        samples = yaml.safe_load(file.read_text(encoding="utf-8")) or []
        for number, sample in enumerate(samples, 1):
            if not isinstance(sample, dict) or "event" not in sample:
                tested.correlations += 1
                continue
            problem = _problem(rules, by_file.get(rule_file, set()), sample)
            if problem:
                why = sample.get("why", "")
                tested.misses.append(f"{file}: sample {number} ({why}): {problem}")
            else:
                tested.passed += 1
    return tested


def _sample_files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("*" + SAMPLES_SUFFIX) if folder.is_dir() else ())


def _problem(rules: RuleSet, wanted: set[str], sample: dict[str, object]) -> str:
    """Why the sample is not as it should be; "" if it is."""
    if not wanted:
        return "no rule was loaded from the file beside it"
    raw = orjson.dumps(sample["event"])
    try:
        fields = read_fields(str(sample.get("format") or "json"), raw)
    except EventFault as fault:
        return str(fault)
    found = bool(wanted & {rule.head.rule_id for rule in rules.matches(fields, raw)})
    if found == bool(sample.get("match")):
        return ""
    return "matched, and must not" if found else "did not match, and must"
