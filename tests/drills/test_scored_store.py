"""A drill in a real store: rows of run and engine in, scores out, the same each time."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.app.drill_rows import (
    NoSuchDrill,
    keep_scores,
    read_run,
    read_scores,
    read_told,
    score_drill,
    write_run,
)
from pipeline.app.drill_runs import make_parcels, sent_of
from pipeline.cli.drill import drill_group
from pipeline.drills.scoring import summarise
from pipeline.drills.traffic import make_shipments
from schemas.moments import MINUTE
from sinks.chdb import ChdbSink
from sinks.contract import Answer
from tests.drills.test_live_untouched import (
    KEY,
    PLAN,
    STRUCK,
    Country,
    confirmations,
    drill_records,
    live_records,
)

AFTER = PLAN.ends_at + MINUTE
SENT = sent_of(make_parcels(PLAN, make_shipments(PLAN), "k1", KEY))
SILENT, UNANSWERED = STRUCK[0], STRUCK[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first enterprise's batches never arrived, the second answered nothing, the others
    confirmed. Live traffic beside it, which confirms too."""
    folder = tmp_path_factory.mktemp("drill") / "store"
    sink = ChdbSink(folder, "fenghuo")
    sink.migrate()
    country = Country(sink)
    country.take([each for each in (*live_records(), *drill_records())
                  if each.key != SILENT.encode()])  # fmt: skip
    country.settle([*STRUCK, *(f"{name}#shield" for name in STRUCK)])
    said = [
        each for each in confirmations(country.decisions, AFTER, "shield")
        if each.key != UNANSWERED.encode()
    ]  # fmt: skip
    country.take([*said, *confirmations(country.decisions, AFTER, "")])
    write_run(sink, PLAN, "finished", SENT, AFTER)
    sink.close()
    return folder


def test_participants_read_nothing_that_is_still_to_come(tmp_path: Path) -> None:
    sink = ChdbSink(tmp_path / "store", "fenghuo")
    sink.migrate()
    write_run(sink, PLAN, "running", {}, PLAN.starts_at)
    assert read_run(sink, "shield").state == "running"
    assert sink.view("drill_injects") == sink.view("drill_enterprises") == []
    write_run(sink, PLAN, "running", {}, PLAN.starts_at + 3 * MINUTE - 1)
    assert {row["kind"] for row in sink.view("drill_injects")} == {"attack"}
    sink.close()


def test_scores_are_worked_out_of_rows_and_kept(store: Path) -> None:
    sink = ChdbSink(store, "fenghuo")
    run = read_run(sink, "shield")
    scores = {each.enterprise_id: each for each in score_drill(sink, run, AFTER + MINUTE)}
    assert tuple(scores) == STRUCK
    assert scores[SILENT].outcome == "not_arrived"
    assert scores[SILENT].missed == scores[SILENT].attacks == 1
    assert scores[UNANSWERED].outcome == "unanswered"
    assert scores[UNANSWERED].command_at is None
    for name in STRUCK[1:]:
        score = scores[name]
        assert score.sent_events == score.arrived_events > 0
        assert (score.missed, score.right_scenarios) == (0, 1)
        assert score.detected_at is not None
        assert score.tier_at is not None
        assert score.struck_at <= score.detected_at <= score.tier_at
    for name in STRUCK[2:]:
        assert scores[name].command_at == scores[name].confirmed_at == AFTER
        # The false alarm was confirmed too: it stands as an incident that nobody dismissed.
        assert (scores[name].right_verdicts, scores[name].wrong_verdicts) == (1, 1)
        assert scores[name].false_alarms == 1
    assert list(scores.values()) == score_drill(sink, run, AFTER + MINUTE)
    keep_scores(sink, list(scores.values()))
    assert read_scores(sink, "shield") == list(scores.values())
    with pytest.raises(NoSuchDrill, match=r"no drill 'autumn' in this store \(there: shield\)"):
        read_run(sink, "autumn")
    told = read_told(sink, "shield", AFTER + MINUTE)
    assert told.scores == tuple(scores.values())
    assert told.before is None
    sink.close()


def test_who_may_only_read_writes_nothing(store: Path, tmp_path: Path) -> None:
    asked = "SELECT max(scored_at) AS at FROM drill_scores"
    chosen = ["shield", "--store", str(store)]
    CliRunner().invoke(drill_group, ["score", *chosen])
    before = kept(store, asked)
    for command in (["score", *chosen], ["report", *chosen, "--out", str(tmp_path / "r.html")]):
        assert CliRunner().invoke(drill_group, [*command, "--no-keep"]).exit_code == 0
        assert kept(store, asked) == before
    CliRunner().invoke(drill_group, ["score", *chosen])
    assert kept(store, asked) != before


def kept(store: Path, query: str) -> list[Answer]:
    """What the store answers."""
    sink = ChdbSink(store, "fenghuo")
    try:
        return sink.query(query)
    finally:
        sink.close()


def test_the_commands_say_the_same(store: Path, tmp_path: Path) -> None:
    chosen = ["--store", str(store)]
    scored = CliRunner().invoke(drill_group, ["score", "shield", *chosen, "--json"])
    assert scored.exit_code == 0, scored.output
    whole = json.loads(scored.stdout)
    assert whole["drill"]["outcomes"]["not_arrived"] == 1
    assert sum(each["enterprises"] for each in whole["provinces"]) == len(STRUCK)
    assert {each["enterprise_id"] for each in whole["enterprises"]} == set(STRUCK)
    status = CliRunner().invoke(drill_group, ["status", *chosen, "--json"])
    (row,) = (json.loads(line) for line in status.stdout.splitlines())
    assert (row["drill"], row["state"]) == ("shield", "finished")
    assert row["sent_events"] > row["arrived_events"] > 0
    assert row["outcomes"] == whole["drill"]["outcomes"]
    for lang, said in (("zh", "未到达"), ("en", "events never arrived")):
        told = CliRunner().invoke(drill_group, ["score", "shield", *chosen, "--lang", lang],
                                  env={"COLUMNS": "160"})  # fmt: skip
        assert said in told.stdout
    for kind in ("html", "docx"):
        out = tmp_path / f"report.{kind}"
        made = CliRunner().invoke(
            drill_group, ["report", "shield", *chosen, "--format", kind, "--out", str(out)]
        )
        assert made.exit_code == 0, made.output
        assert out.stat().st_size > 2_000
    missing = CliRunner().invoke(drill_group, ["score", "autumn", *chosen])
    assert missing.exit_code == 1
    assert "there: shield" in missing.output


def test_a_summary_holds_everybody() -> None:
    assert summarise("none", []).enterprises == 0
    assert msgspec.to_builtins(summarise("none", []))["outcomes"] == {}
