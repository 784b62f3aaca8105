"""The board of investigations and `replay --diff` give one answer."""

from collections import Counter
from pathlib import Path
from random import Random

from dashboards.grafana.boards.investigations import INVESTIGATIONS_BOARD
from pipeline.replay.differences import (
    Side,
    differences,
    select_assessments,
    select_fired,
    select_incidents,
    side_of,
)
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.incident import Incident
from sinks.chdb import ChdbSink
from sinks.contract import Store
from sinks.rows import rows_of
from tests.dashboards.test_answers import answers
from tests.dashboards.test_answers import differences as of_board
from tests.replay.incidents import END, START, incident


def test_board_and_command_agree_on_what_is_new_gone_and_changed(tmp_path: Path) -> None:
    random = Random(18)
    _fill(tmp_path, "investigation_drawn", _drawn(random, "r")).close()
    live = _fill(tmp_path, "fenghuo", _drawn(random, "l"))
    before = _side(live)
    board = of_board(answers(live, INVESTIGATIONS_BOARD, investigation="investigation_drawn"))
    live.close()
    aside = ChdbSink(tmp_path, "investigation_drawn")
    found = Counter(each.change for each in differences(before, _side(aside), START, END))
    aside.close()
    assert min(found[change] for change in ("new", "gone", "changed")) > 3
    del board["same"]
    assert board == found


def _drawn(random: Random, side: str) -> list[Incident]:
    """Forty incidents over few events, so that many share some."""
    return [
        incident(
            f"{side}{number}",
            random.sample([f"e{event}" for event in range(60)], random.randint(1, 6)),
            enterprise_id=random.choice(["E1", "E2"]),
            opened_minute=random.randint(1, 600),
            count=random.choice([1, 1, 2]),
        )
        for number in range(40)
    ]


def _fill(folder: Path, database: str, incidents: list[Incident]) -> ChdbSink:
    sink = ChdbSink(folder, database)
    sink.migrate()
    decisions: list[Decision] = [*incidents]
    decisions += [
        _account(enterprise, at) for enterprise in ("E1", "E2") for at in (START, END - 1)
    ]
    sink.write(rows_of(decisions), "drawn")
    return sink


def _account(enterprise_id: str, received_at: int) -> BatchAccount:
    """The investigation is about these enterprises, and this span of receipt."""
    return BatchAccount(
        enterprise_id=enterprise_id, batch_id=f"b{received_at}", topic="t", partition=0,
        offset=received_at, format="json", received_at=received_at, outcome="accepted", events=0,
    )  # fmt: skip


def _side(sink: Store) -> Side:
    asked = (select_incidents, select_assessments, select_fired)
    return side_of(*(sink.query(select((), START)) for select in asked))
