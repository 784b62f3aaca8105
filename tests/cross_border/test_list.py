"""`fenghuo exports` on a real store: what a person reads, what a program reads."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.files.registry_file import keep_registry
from sinks.chdb import ChdbSink
from sinks.log_tables import ENTERPRISES
from sinks.memory import MemorySink
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
    shown = call("thresholds", "--store", store, "--lang", "zh")
    assert "已达到" in shown
    assert "120,000" in shown
    assert len(call("thresholds", "--store", store, "--all", "--json").splitlines()) == 2


def test_counts_say_what_they_are(store: str) -> None:
    assert "Each declared set once" in call("counts", "--store", store, "--lang", "en")
    (line,) = call("counts", "--store", store, "--json", "--year", "2026").splitlines()
    assert json.loads(line)["persons"] == 120_000


def test_another_year_or_province_has_nothing(store: str) -> None:
    assert "没有符合条件的记录" in call(
        "counts", "--store", store, "--year", "2025", "--lang", "zh"
    )
    assert "Nothing to show" in call(
        "thresholds", "--store", store, "--province", "310000", "--lang", "en"
    )


def test_the_registry_alone_shows_who_must_apply_before_a_listing_abroad(tmp_path: Path) -> None:
    """An enterprise that never publishes, imported twice with another number in between."""
    file, folder = tmp_path / "registry.ndjson", str(tmp_path / "store")
    importing = ["registry", "import", str(file), "--store", folder]
    states = []
    for users in (2_000_000, 900_000, 2_000_000):
        row = {
            "enterprise_id": "E9", "name": "示例平台", "province": "330000", "sector": "internet",
            "users": users, "listing_abroad": "planned",
        }  # fmt: skip
        file.write_text(json.dumps(row))
        brought = CliRunner().invoke(main, [*importing, "--apply"])
        assert brought.exit_code == 0, brought.output
        (line,) = call("thresholds", "--store", folder, "--json").splitlines()
        states.append(json.loads(line)["state"])
    assert states == ["crossed", "warning", "crossed"]


def test_what_the_engine_weighs_takes_the_place_of_what_the_registry_says(tmp_path: Path) -> None:
    rich = msgspec.structs.replace(ENTERPRISE, persons=12_000_000)
    sink = MemorySink()
    keep_registry(sink, {"E1": rich})
    reader = engine(persons=12_000_000)
    sink.write(rows_of(run(reader, batch([export(5, country="CN")]))), "t")
    keep_registry(sink, {"E1": rich})
    (row,) = sink.view("cross_border_thresholds")
    assert (row["state"], row["revision"]) == ("crossed", 1)
