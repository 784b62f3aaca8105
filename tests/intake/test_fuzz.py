"""The short form of the fuzzing run; `make soak` has the long one."""

import pytest

from tests.intake.fuzz import Trial


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_is_accounted_for_once_and_raises_nothing(seed: int) -> None:
    trial = Trial(seed)
    trial.run(400)
    assert trial.outcomes.keys() == {"accepted", "duplicate", "refused", "command"}
