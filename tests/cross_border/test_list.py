"""`fenghuo exports` on a real store: what a person reads, what a program reads."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from sinks.chdb import ChdbSink
from sinks.log_tables import ENTERPRISES
from sinks.rows import rows_of
from tests.cross_border.builders import ENTERPRISE, batch, engine, export, run

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in which one enterprise is past a threshold."""
    folder = tmp_path_factory.mktemp("exports") / "store"
    sink = ChdbSink(folder)
    sink.migrate()
    decisions = run(engine(), batch([export(120_000, of_set="crm")]))
    registry = {ENTERPRISES.name: [ENTERPRISES.row(ENTERPRISE)]}
    sink.write({**rows_of(decisions), **registry}, "t")
    sink.close()
    return str(folder)


def call(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["exports", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_thresholds_that_are_past_or_near_are_shown_with_their_reason(store: str) -> None:
    (line,) = call("thresholds", "--store", store, "--json").splitlines()
    row = json.loads(line)
    assert (row["threshold"], row["state"], row["enterprise"]) == (
        "persons_100k", "crossed", "示例钢铁",
    )  # fmt: skip
    shown = call("thresholds", "--store", store)
    assert "已达到" in shown
    assert "120,000" in shown
    assert len(call("thresholds", "--store", store, "--all", "--json").splitlines()) == 2


def test_counts_say_what_they_are(store: str) -> None:
    assert "Each declared set once" in call("counts", "--store", store, "--lang", "en")
    (line,) = call("counts", "--store", store, "--json", "--year", "2026").splitlines()
    assert json.loads(line)["persons"] == 120_000


def test_another_year_or_province_has_nothing(store: str) -> None:
    assert "没有符合条件的记录" in call("counts", "--store", store, "--year", "2025")
    assert "Nothing to show" in call(
        "thresholds", "--store", store, "--province", "310000", "--lang", "en"
    )
