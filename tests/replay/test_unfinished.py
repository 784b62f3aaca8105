"""A replay that was killed is known as such, and begins anew when it is asked the same."""

import time
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from tests.engine.builders import RULES
from tests.replay.past_store import PastStore, batches

BATCHES = 500


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastStore:
    return PastStore(tmp_path_factory.mktemp("past"), batches(BATCHES))


def wait_for_rows(folder: Path) -> None:
    """Until the accounts of some batches are on the disk."""
    deadline_s = time.monotonic() + 300
    while not [*folder.glob("data/*/batches_rows/all_*/count.txt")]:
        assert time.monotonic() < deadline_s, "nothing was written"
        time.sleep(0.01)


def status(past: PastStore, name: str) -> dict[str, object]:
    listed = past.call("investigations", "list", "--json").stdout.splitlines()
    (found,) = (row for row in map(msgspec.json.decode, listed) if row["name"] == name)
    return {key: found[key] for key in ("status", "batches", "from")}


def test_a_killed_replay_begins_anew_and_ends_as_one_that_was_left_alone(
    past: PastStore, tmp_path: Path
) -> None:
    process = past.begin("killed")
    try:
        wait_for_rows(past.store / "investigation_killed")
    finally:
        process.kill()
        process.communicate()
    left = status(past, "killed")
    assert left["status"] == "unfinished"
    assert 0 < int(str(left["batches"])) < BATCHES, "killed in the middle"

    (tmp_path / "rules.yml").write_text(RULES.replace("gte: 3", "gte: 2"))
    other = past.replay("killed", "--rules", tmp_path, "--enterprise", "E1")
    assert other.exit_code == 1
    assert "not finished, was asked otherwise: --enterprise, --rules; ask the same" in other.stderr
    assert status(past, "killed") == left, "a refusal changes nothing"

    again = past.replay("killed")
    assert again.exit_code == 0, again.output
    assert "investigation killed was not finished: it begins anew" in again.stderr
    assert past.replay("whole").exit_code == 0
    assert status(past, "killed") == {
        "status": "finished",
        "batches": BATCHES,
        "from": "2026-05-01T12:10:00.000000Z",
    }
    whole = past.views("whole")
    assert len(whole["incidents"]) > 3
    assert past.views("killed") == whole

    twice = past.replay("killed")
    assert twice.exit_code == 1
    assert "investigation killed was finished at 20" in twice.stderr
    assert "fenghuo investigations delete killed" in twice.stderr
