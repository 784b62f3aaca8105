"""Playing a drill: everything once, in order, when it is due; after a kill it goes on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.drill_runs import (
    Due,
    Journal,
    Progress,
    World,
    make_parcels,
    plan_id,
    play,
    sent_of,
)
from pipeline.app.publishing import Parcel
from pipeline.drills.traffic import make_shipments
from schemas.drill import DrillState
from schemas.moments import SECOND, Moment
from tests.drills.builders import plan_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PLAN = plan_of(
    pace=10, injects=[{"kind": "late", "after_minutes": 5, "minutes": 4, "delay_minutes": 3}]
)
DUES = make_parcels(PLAN, make_shipments(PLAN), "k1", KEY)
BEGUN = Progress(drill="shield", plan_id=plan_id(PLAN), starts_at=PLAN.starts_at, state="running")


class Killed(Exception):
    """The process ended here."""


class MadeWorld:
    """A clock that moves only when somebody sleeps, and what was sent when."""

    def __init__(self, kill_after: int = 10**9, stop_after: int = 10**9) -> None:
        self.clock: Moment = PLAN.starts_at - 20 * SECOND
        self.sent: list[tuple[Moment, Parcel]] = []
        self.rows: list[tuple[DrillState, int]] = []
        self.kill_after, self.stop_after = kill_after, stop_after
        self.journal: Journal | None = None

    def publish(self, parcels: Sequence[Parcel]) -> None:
        self.sent += [(self.clock, each) for each in parcels]
        if len(self.sent) >= self.kill_after:
            raise Killed
        if len(self.sent) >= self.stop_after and self.journal is not None:
            self.journal.ask_to_stop()

    def write_rows(self, state: DrillState, sent: Sequence[Due], now: Moment) -> None:
        self.rows.append((state, len(sent)))

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 1
        self.clock += max(1, round(seconds * SECOND))

    def world(self) -> World:
        return World(self.publish, self.write_rows, lambda: self.clock, self.sleep)


def names(parcels: Sequence[Parcel]) -> list[tuple[str, int]]:
    return [(each.chunk.stream + each.sender.enterprise_id, each.chunk.sequence)
            for each in parcels]  # fmt: skip


def test_each_batch_is_sent_once_when_it_is_due_and_never_before(tmp_path: Path) -> None:
    made = MadeWorld()
    ended = play(DUES, BEGUN, Journal(tmp_path / "drill.yml"), made.world())
    assert (ended.state, ended.acknowledged) == ("finished", len(DUES))
    assert [each for _, each in made.sent] == [due.parcel for due in DUES]
    for (at, _), due in zip(made.sent, DUES, strict=True):
        assert 0 <= at - due.at <= SECOND
    assert made.rows[0] == ("planned", 0)
    assert "running" in {state for state, _ in made.rows}
    assert made.rows[-1] == ("finished", len(DUES))
    assert Journal(tmp_path / "drill.yml").read() == ended


@pytest.mark.parametrize("kill_after", [1, 7, 40])
def test_a_run_that_was_killed_goes_on_and_what_it_repeats_has_the_same_numbers(
    tmp_path: Path, kill_after: int
) -> None:
    journal, made = Journal(tmp_path / "drill.yml"), MadeWorld(kill_after=kill_after)
    with pytest.raises(Killed):
        play(DUES, BEGUN, journal, made.world())
    again = MadeWorld()
    again.clock = made.clock + 30 * SECOND
    play(DUES, journal.read() or BEGUN, journal, again.world())
    sent = names([each for _, each in (*made.sent, *again.sent)])
    assert set(sent) == set(names([due.parcel for due in DUES]))
    acknowledged = (journal.read() or BEGUN).acknowledged
    assert acknowledged == len(DUES)
    first = names([again.sent[0][1]])[0]
    assert sent.index(first) < kill_after  # the group that was not acknowledged is sent again


def test_a_run_that_is_asked_to_stop_ends_and_says_how_far_it_came(tmp_path: Path) -> None:
    made, journal = MadeWorld(stop_after=10), Journal(tmp_path / "drill.yml")
    made.journal = journal
    ended = play(DUES, BEGUN, journal, made.world())
    assert ended.state == "stopped"
    assert 10 <= ended.acknowledged < len(DUES)
    assert made.rows[-1] == ("stopped", ended.acknowledged)
    assert not journal.is_asked_to_stop()


def test_numbers_do_not_repeat_within_a_stream() -> None:
    sent = names([due.parcel for due in DUES])
    assert len(sent) == len(set(sent))


def test_what_was_sent_adds_up_by_enterprise() -> None:
    sent = sent_of(DUES)
    assert set(sent) == {"ent-00001", "ent-00002"}
    assert sum(batches for batches, _ in sent.values()) == len(DUES)
    assert sum(events for _, events in sent.values()) == sum(
        len(due.parcel.chunk.lines) for due in DUES
    )


def test_a_journal_that_is_none_is_told_with_its_place(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "drill.yml")
    assert journal.read() is None
    journal.path.write_text("{")
    with pytest.raises(ValueError, match=r"drill\.yml\.fenghuo-drill: .*no journal"):
        journal.read()
