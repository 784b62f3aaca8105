"""Replays beside each other: both sides in one, two processes, and two of one name."""

from pathlib import Path

import msgspec
import pytest

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.kafka.past_records import Period
from pipeline.replay.differences import Difference
from pipeline.replay.investigation import InvestigationRefused, Replay, replay, settings_of
from pipeline.replay.past_sources import stored_inputs
from pipeline.replay.spool import spooled
from pipeline.replay.stored_lines import Reread
from schemas.moments import HOUR
from sinks.chdb import ChdbSink
from tests.engine.builders import RECEIPT, RULES, make_engine
from tests.replay.past_store import PastStore, batches, views


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastStore:
    """A store that was made by rules which are not in force any more: they found nothing."""
    folder = tmp_path_factory.mktemp("past")
    return PastStore(folder, batches(40))


def rules(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "rules.yml").write_text(text)
    return folder


def test_both_sides_of_one_reading_are_what_two_replays_come_to(
    past: PastStore, tmp_path: Path
) -> None:
    stricter = rules(tmp_path / "stricter", RULES.replace("gte: 3", "gte: 2"))
    fewer = rules(tmp_path / "fewer", RULES.replace("[delete, shadows]", "[delete, nothing]"))
    both = past.replay(
        "change", "--rules", stricter, "--both", "--live-rules", fewer,
        "--live-registry", past.registry, "--json", "--html", tmp_path / "change.html",
    )  # fmt: skip
    assert both.exit_code == 0, both.output
    found = [msgspec.json.decode(each, type=Difference) for each in both.stdout.splitlines()]
    told = {reason.title for each in found for reason in each.reasons}
    assert "Shadow Copies Deleted" in told, "the rules in force have it not, the live store does"
    page = (tmp_path / "change.html").read_text()
    assert '<h1 id="title">Investigation change: what differs from what is in force</h1>' in page
    assert page.count("<td>New</td>") == len([each for each in found if each.change == "new"]) > 0
    assert past.replay("stricter", "--rules", stricter).exit_code == 0
    assert past.replay("fewer", "--rules", fewer).exit_code == 0
    assert past.views("change") == past.views("stricter")
    assert past.views("change_in_force", "change") == past.views("fewer")
    assert past.views("change") != past.views("fewer")

    assert past.call("investigations", "delete", "change", "--yes").exit_code == 0
    kept = past.call("investigations", "list", "--json").stdout
    assert "change_in_force" in {msgspec.json.decode(each)["name"] for each in kept.splitlines()}
    assert past.call("investigations", "delete", "change_in_force", "--yes").exit_code == 0
    assert not (past.store / "investigation_change").exists()


def test_two_processes_replay_one_store_at_a_time(past: PastStore) -> None:
    started = [past.begin(name) for name in ("left", "right")]
    for each in started:
        _, said = each.communicate(timeout=300)
        assert each.returncode == 0, said
    assert past.views("left") == past.views("right")
    assert past.views("left")["incidents"]


def test_of_two_replays_into_one_database_the_later_goes_on(
    past: PastStore, tmp_path: Path
) -> None:
    """As on a server, where both may write: here they are two connections of one process."""
    live = ChdbSink(past.store)
    with spooled(live, 0, RECEIPT + HOUR) as spool:
        live.close()
        given = [*stored_inputs(spool, Reread())]
    alone = ChdbSink(tmp_path, "investigation_alone")
    replay([_begun("alone", alone)], given)
    sinks = [ChdbSink(tmp_path, "investigation_twice") for _ in range(2)]
    earlier = _begun("twice", sinks[0])
    earlier.take(given[:25])
    later = _begun("twice", sinks[1])
    earlier.take(given[25:30])
    replay([later], given)
    with pytest.raises(InvestigationRefused, match=r"begun anew at .* by another replay"):
        earlier.end()
    for each in (alone, *sinks):
        each.close()
    assert views(tmp_path, "investigation_twice") == views(tmp_path, "investigation_alone")


def _begun(name: str, sink: ChdbSink) -> Replay:
    engine, period = make_engine(), Period(RECEIPT, RECEIPT + HOUR)
    settings = settings_of(engine, period, (), "store", "fenghuo")
    begun = Replay(name, engine, sink, settings, period, HOUR, print)
    begun.begin()
    return begun
