"""Every rule fires on its positive samples and keeps quiet on its negative ones."""

from pathlib import Path

import pytest

from tests.rules.house_rules import (
    Sample,
    correlation_fires,
    read_document,
    read_samples,
    rule_files,
    rules_that_match,
)


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(path, sample, id=f"{path.stem}: {sample.why}")
        for path in rule_files()
        if (kind == "correlation") == ("correlation" in read_document(path))
        for sample in read_samples(path)
    ]


@pytest.mark.parametrize(("path", "sample"), _cases("rule"))
def test_a_rule_judges_its_sample_as_the_sample_says(path: Path, sample: Sample) -> None:
    assert sample.event is not None
    assert not sample.events
    assert (path.stem in rules_that_match(sample.format, sample.event)) == sample.match


@pytest.mark.parametrize(("path", "sample"), _cases("correlation"))
def test_a_correlation_judges_its_sample_as_the_sample_says(path: Path, sample: Sample) -> None:
    assert sample.events
    assert sample.event is None
    assert correlation_fires(path, sample) == sample.match
