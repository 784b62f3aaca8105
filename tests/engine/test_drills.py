"""Drills as a policy registers them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.drills import Drill, is_kept, refusal_of
from pipeline.policy import PolicyFault, read_policy
from schemas.moments import DAY, moment_of

DRILL = Drill(
    name="spring",
    start=datetime(2026, 6, 1, 1, tzinfo=UTC),
    end=datetime(2026, 6, 1, 10, tzinfo=UTC),
    enterprises=("E1",),
)
START, END = moment_of(DRILL.start), moment_of(DRILL.end)
UNQUOTED = """
drills:
  - {name: spring, start: 2026-06-01T09:00:00+08:00, end: 2026-06-01T18:00:00+08:00,
     enterprises: [E1]}
"""
QUOTED = UNQUOTED.replace("2026-06-01T09:00:00+08:00", '"2026-06-01T09:00:00+08:00"')


@pytest.mark.parametrize("text", [UNQUOTED, QUOTED])
def test_times_are_read_as_yaml_has_them_and_as_text(text: str) -> None:
    assert read_policy(text, "policy.yml").drills == (DRILL,)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("name: ''", "'' is empty or holds '#'"),
        ("name: a#b", "'a#b' is empty or holds '#'"),
    ],
)
def test_a_name_that_cannot_be_is_a_fault_with_its_place(changed: str, said: str) -> None:
    with pytest.raises(PolicyFault, match=r"policy.yml: drills\[0\].name: ") as fault:
        read_policy(UNQUOTED.replace("name: spring", changed), "policy.yml")
    assert said in str(fault.value)


def test_a_drill_that_ends_before_it_starts_or_stands_twice_is_a_fault() -> None:
    backwards = UNQUOTED.replace("T18", "T08")
    with pytest.raises(PolicyFault, match="it ends before it starts"):
        read_policy(backwards, "policy.yml")
    twice = UNQUOTED + UNQUOTED.partition("drills:\n")[2]
    with pytest.raises(PolicyFault, match="'spring' stands twice"):
        read_policy(twice, "policy.yml")


@given(st.integers(START - DAY, END + 3 * DAY))
def test_its_name_is_taken_while_it_runs_and_its_states_are_kept_a_day_longer(at: int) -> None:
    assert (refusal_of([DRILL], "spring", "E1", at) == "") == (START <= at < END)
    assert is_kept([DRILL], "spring", at) == (at < END + DAY)


def test_nobody_else_bears_its_name_and_no_other_name_is_borne() -> None:
    assert "takes no part" in refusal_of([DRILL], "spring", "E2", START)
    assert "no drill 'autumn'" in refusal_of([DRILL], "autumn", "E1", START)
    assert not is_kept([DRILL], "autumn", START)
