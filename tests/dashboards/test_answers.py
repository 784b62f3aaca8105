"""What boards answer on the made store, where a wrong join would still give rows."""

from typing import Any

import msgspec

from dashboards.grafana.boards.campaigns import CAMPAIGNS_BOARD
from dashboards.grafana.boards.incident import INCIDENT_BOARD
from dashboards.grafana.boards.investigations import INVESTIGATIONS_BOARD
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.inspect_json import targets
from dashboards.grafana.macros import expand
from dashboards.grafana.sample_period import choose
from dashboards.grafana.specs import Board
from schemas.provinces import OUTSIDE
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from tests.dashboards.sample import CASES, ENTERPRISES


def answers(store: ChdbSink, board: Board, **chosen: str) -> dict[str, list[dict[str, Any]]]:
    """Rows by the title of the panel, in English; of a graph those of its edges."""
    dashboard = board_json(board, "en")
    base = choose(store.query)
    variables = {**base.variables, **{name: (value,) for name, value in chosen.items()}}
    base = msgspec.structs.replace(base, variables=variables)
    selection, _ = select(dashboard, Source(store.query, QueryFailed), base)
    return {
        target.place: list(store.query(expand(target.sql, selection)))
        for target in targets(dashboard)
    }


def differences(found: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """How many incidents are new, gone, changed, the same."""
    return {
        change: int(found[f"Incidents {change}"][0]["incidents"])
        for change in ("new", "gone", "changed", "same")
    }


def test_an_investigation_is_held_against_the_live_data(store: ChdbSink) -> None:
    found = answers(store, INVESTIGATIONS_BOARD)
    assert differences(found) == {"new": 1, "gone": 2, "changed": 1, "same": 2}
    rows = found["Incidents that differ"]
    changed = next(row for row in rows if row["change"] == "changed")
    assert (changed["miit_live"], changed["miit_again"]) == ("response I", "response II")
    assert {row["enterprise"] for row in rows} < {one.name for one in ENTERPRISES}
    assert [row["side"] for row in found["Accounts of both"]] == ["live", "again"]
    assert found["Accounts of both"][0]["events"] == found["Accounts of both"][1]["events"]


def test_without_an_investigation_neither_side_is_read(store: ChdbSink) -> None:
    found = answers(store, INVESTIGATIONS_BOARD, investigation="fenghuo")
    assert differences(found) == {"new": 0, "gone": 0, "changed": 0, "same": 0}
    tables = ("Accounts of both", "Incidents that differ", "Tiers that differ")
    for title in (*tables, "Rules that fired otherwise", "Detections of both over time"):
        assert found[title] == []


def test_a_campaign_shows_where_it_is_and_who_was_struck(store: ChdbSink) -> None:
    found = answers(store, CAMPAIGNS_BOARD)
    struck = [ENTERPRISES[case.enterprise] for case in CASES[:3]]
    spread = {row["province"]: row["enterprises"] for row in found["Spread by province"]}
    assert {code for code, count in spread.items() if count is None} == {p.code for p in OUTSIDE}
    assert len(spread) == 31 + len(OUTSIDE)
    reached = {code for code, count in spread.items() if count not in (None, 0, "0")}
    assert reached == {one.province for one in struck}
    members = found["Incidents and enterprises struck"]
    assert [row["enterprise"] for row in members] == [one.name for one in struck]
    assert [row["incident"] for row in members] == [case.title_en for case in CASES[:3]]
    growth = found["Growth"]
    assert [(int(row["known"]), int(row["struck"])) for row in growth] == [(0, 1), (1, 2)]


def test_a_duty_that_is_done_has_no_time_left(store: ChdbSink) -> None:
    duties = answers(store, INCIDENT_BOARD)["Duties to report"]
    assert {row["left"] for row in duties if row["state"] == "done"} == {None}
    assert all(row["left"] for row in duties if row["state"] == "due_soon")


def test_a_story_is_read_by_the_sentence(store: ChdbSink) -> None:
    lines = [row["story"] for row in answers(store, INCIDENT_BOARD)["What happened"]]
    assert lines[0] == CASES[0].title_en
    assert " ".join(lines[1:]) == CASES[0].story_en
