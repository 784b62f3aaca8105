"""The short form of the chaos test; `make soak` is the long one."""

from itertools import islice
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from tests.brokers.jars import REQUIRED, KafkaAbsent, find_jars
from tests.chaos.__main__ import show
from tests.chaos.comparison import compare
from tests.chaos.disturbance import WEIGHTS
from tests.chaos.experiment import run_experiment
from tests.chaos.subjects import fenghuo_subject

DISTURBANCES = 20
SEED = 237
"""Draws every kind of disturbance."""
TRAFFIC_SEED = 3
"""Its first records have campaigns among them."""
RECORDS = 2_150
"""Beside those of bursts: however long it takes here, it costs no more than they do."""


@pytest.mark.kafka
@pytest.mark.chaos
@pytest.mark.timeout(840)
@pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")
def test_twenty_disturbances_leave_the_rows_of_an_undisturbed_run(tmp_path: Path) -> None:
    try:
        find_jars()
    except KafkaAbsent as absent:
        if REQUIRED:
            raise
        pytest.skip(f"no real Kafka: {absent}")
    made = fenghuo_subject(TRAFFIC_SEED, tmp_path)
    subject = msgspec.structs.replace(
        made, records=lambda: islice(made.records(), RECORDS), per_second=20.0
    )
    result = run_experiment(subject, tmp_path, DISTURBANCES, SEED)
    show(result, Console(width=160))
    assert sum(result.actions.values()) == DISTURBANCES + 1
    assert result.met_work > 0
    unpermitted = {*WEIGHTS} - result.actions.keys()
    assert unpermitted <= {"disk full"}, "where no disk may be mounted, the others are drawn"
    assert result.is_exact
    rows = {difference.table: difference.rows for difference in result.differences}
    assert rows["batches"] + rows["commands"] >= result.published * 0.95
    for table in ("incidents", "campaigns", "campaign_members"):
        assert rows[table] > 0, f"an experiment without {table} shows nothing"


def test_a_lost_an_extra_and_a_doubled_row_are_each_seen() -> None:
    expected = {"incidents": {"1": {"a"}, "2": {"b"}}}
    (same,) = compare(expected, {"incidents": {"1": {"a"}, "2": {"b"}}})
    assert same.is_equal
    (lost,) = compare(expected, {"incidents": {"1": {"a"}}})
    assert lost.lost == ("b",)
    (extra,) = compare(expected, {"incidents": {"1": {"a"}, "2": {"b"}, "3": {"c"}}})
    assert extra.extra == ("c",)
    (doubled,) = compare(expected, {"incidents": {"1": {"a"}, "2": {"b", "c"}}})
    assert doubled.doubled == ("2",)
