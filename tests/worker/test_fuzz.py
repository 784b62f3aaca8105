"""Hostile records through the worker's own steps; `make soak` takes a hundred thousand."""

import pytest

from tests.worker.fuzz import run


@pytest.mark.parametrize("seed", [1, 2])
def test_every_hostile_record_is_accounted_for_exactly_once(seed: int) -> None:
    fuzz = run(2_000, seed)
    assert fuzz.accepted > 0
    assert {"header_missing", "wrong_partition", "bad_signature"} <= set(fuzz.reasons)
    assert fuzz.states() < 20
