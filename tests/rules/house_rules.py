"""The project's own rules and their samples, as the tests read them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml

from pipeline.files.rule_samples import Sample, SampleRunner, read_samples
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.parse import parse_rules

FILTERS = "filters"
DIRECTORY = Path(__file__).parents[2] / "pipeline" / "rules"
SAMPLES = ".samples.yml"


def rule_files() -> list[Path]:
    """Every rule and correlation, samples and filters left out."""
    return sorted(
        path
        for path in DIRECTORY.rglob("*.yml")
        if not path.name.endswith(SAMPLES) and path.parent.name != FILTERS
    )


def filter_files() -> list[Path]:
    """Every filter: what keeps rules, others' too, off the wrong logs."""
    return sorted((DIRECTORY / FILTERS).glob("*.yml"))


@cache
def read_document(path: Path) -> dict[str, Any]:
    """One rule file as plain YAML."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@cache
def samples_of(path: Path) -> tuple[Sample, ...]:
    """The samples beside a rule file; none of them is at fault."""
    found = [sample for _, sample in read_samples(path.with_name(path.stem + SAMPLES))]
    assert all(isinstance(sample, Sample) for sample in found), found
    return tuple(each for each in found if isinstance(each, Sample))


def compile_files(paths: Iterable[Path]) -> RuleSet:
    """These files as a rule set."""
    return compile_rules(
        parse_rules((str(p.relative_to(DIRECTORY)), p.read_text("utf-8")) for p in paths)
    )


@cache
def house_rules() -> RuleSet:
    """All of them."""
    return compile_files([*rule_files(), *filter_files()])


def rules_that_match(format: str, event: dict[str, Any]) -> set[str]:
    """Names of the rules that match one event."""
    raw = orjson.dumps(event)
    return {rule.head.name for rule in house_rules().matches(read_fields(format, raw), raw)}


@cache
def runner() -> SampleRunner:
    """All of them, ready for samples."""
    return SampleRunner(house_rules())
