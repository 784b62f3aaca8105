"""What a table of the newest changes leaves out to be quick is never among those that it shows."""

import re

import msgspec
import pytest

from dashboards.grafana.boards.handover import HANDOVER_BOARD
from dashboards.grafana.boards.situation import SITUATION
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.inspect_json import targets
from dashboards.grafana.macros import expand
from dashboards.grafana.sample_period import choose
from dashboards.grafana.specs import Board
from schemas.moments import HOUR
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from tests.dashboards.sample import NOW


@pytest.mark.parametrize(
    ("board", "title", "room"),
    [(SITUATION, "Changed since you last looked", 50), (HANDOVER_BOARD, "Tier changes", 200)],
    ids=["wall", "handover"],
)
def test_a_table_with_less_room_shows_the_first_rows_of_the_whole(
    store: ChdbSink, board: Board, title: str, room: int
) -> None:
    dashboard = board_json(board, "en")
    before_one_is_late = msgspec.structs.replace(choose(store.query), last=NOW - HOUR)
    selection, _ = select(dashboard, Source(store.query, QueryFailed), before_one_is_late)
    (asked,) = (each for each in targets(dashboard) if each.place == title)
    sql = expand(asked.sql, selection)
    whole = store.query(sql)
    assert 2 < len(whole) < room, "less than its room: so nothing was left out of it"
    assert len(re.findall(rf"(LIMIT|<) {room}\b", sql)) >= 3
    for fewer in range(1, len(whole)):
        shown = store.query(re.sub(rf"(LIMIT|<) {room}\b", rf"\1 {fewer}", sql))
        assert shown == whole[:fewer]
