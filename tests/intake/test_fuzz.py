"""The short form of the fuzzing run; `make soak` has the long one."""

import pytest

from pipeline.intake.registry import parse_registry
from tests.intake.fuzz import Trial
from tests.intake.fuzz_registry import run as run_registries


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_is_accounted_for_once_and_raises_nothing(seed: int) -> None:
    trial = Trial(seed)
    trial.run(400)
    assert trial.outcomes.keys() == {"accepted", "duplicate", "refused", "command"}


def test_each_row_of_a_registry_is_an_enterprise_or_a_fault_and_costs_only_itself() -> None:
    assert run_registries(2_000).keys() == {"enterprise", "fault"}


def test_a_row_of_a_registry_that_is_not_utf_8_is_a_fault_with_a_remedy() -> None:
    row = '{"enterprise_id": "E1", "name": "示例钢铁", "province": "330000", "sector": "x"}'
    parsed = parse_registry([row.encode("gb18030"), row.encode()], "r.ndjson")
    assert [*parsed.enterprises] == ["E1"]
    assert [(each.line, each.remedy) for each in parsed.faults] == [(1, "save the file as UTF-8")]
