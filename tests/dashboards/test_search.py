"""The boards that search: what a typed value finds, and what an entity's page says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.boards.entity import ENTITY_BOARD
from dashboards.grafana.boards.search import SEARCH_BOARD, fits
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import all_targets
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.specs import Board
from schemas.moments import LAST_STORED
from sinks.chdb import ChdbSink
from tests.dashboards.sample import CASES
from tests.dashboards.test_answers import answers

NAMING = ("host", "account", "source_ip", "destination_ip")
NAMES = st.sampled_from(["", "ws-04.site", "WS-04.site", "Ws-04.SITE", "u_1", "u%", "10.0.0.9"])
NOTHING = {"host": "", "enterprise": ""}
"""In place of what a check looks for; the province is that of its incident."""
ENTITY_COLUMNS = {"host", "account", "source_ip", "destination_ip", "process", "entity"}


def found(store: ChdbSink, **typed: str) -> list[dict[str, Any]]:
    return answers(store, SEARCH_BOARD, **{**NOTHING, **typed})["Events"]


@pytest.mark.parametrize(
    ("typed", "column", "values"),
    [
        ({"host": "WS-042"}, "host", {"ws-042"}),
        ({"host": "fs-0*"}, "host", {"fs-01"}),
        ({"host": "f_-01"}, "host", set()),
        ({"host": "f%1"}, "host", set()),
        ({"host": "fs-01\\"}, "host", set()),
        ({"account": "huang.lei"}, "account", {"huang.lei"}),
        ({"address": "203.0.113.77"}, "source_ip", {"203.0.113.77"}),
        ({"address": "10.0.0.9"}, "destination_ip", {"10.0.0.9"}),
        ({"text": "VSSADMIN delete"}, "host", {"fs-01"}),
        ({"host": "ws-042", "account": "huang.lei"}, "host", {"ws-042"}),
        ({"host": "ws-042", "account": "user-1"}, "host", set()),
        ({"host": "ws-042", "enterprise": "华辰"}, "enterprise", {"华辰精密制造有限公司"}),
        ({"host": "ws-042", "enterprise": "北岭"}, "enterprise", set()),
    ],
)
def test_a_typed_value_finds_its_events_alone(
    store: ChdbSink, typed: dict[str, str], column: str, values: set[str]
) -> None:
    assert {row[column] for row in found(store, **typed)} == values


@pytest.mark.parametrize(
    "written", ["ws-04.site.example", "WS-04.site.example", "WS-04.SITE.EXAMPLE"]
)
def test_an_entitys_small_letters_find_a_host_however_its_sensor_writes_it(
    store: ChdbSink, written: str
) -> None:
    chosen = Selection(first=0, last=1, interval_s=1, variables={"host": ("ws-04.site.example",)})
    where = expand(fits("host", "host"), chosen)
    event = f"SELECT '{written}' AS host, '' AS account, '' AS source_ip, '' AS destination_ip"
    (row,) = store.query(f"SELECT count() AS n FROM ({event}) WHERE {where}")
    assert row["n"] == 1


@given(
    events=st.lists(st.tuples(*[NAMES] * 4), min_size=1, max_size=8),
    typed=NAMES,
    columns=st.sets(st.sampled_from(NAMING), min_size=1).map(sorted),
)
@settings(max_examples=60, deadline=None)
def test_a_value_fits_the_events_that_name_it(
    store: ChdbSink, events: list[tuple[str, ...]], typed: str, columns: list[str]
) -> None:
    """By a reference that knows nothing of the index: column by column, letters by Python."""
    chosen = Selection(first=0, last=1, interval_s=1, variables={"host": (typed,)})
    shape = ", ".join(f"{name} String" for name in NAMING)
    rows = ", ".join(str((number, *event)) for number, event in enumerate(events))
    source = f"VALUES('number UInt8, {shape}', {rows})"
    where = expand(fits("host", *columns), chosen)
    answer = store.query(f"SELECT number FROM {source} WHERE {where} ORDER BY number")
    assert [int(str(row["number"])) for row in answer] == [
        number
        for number, event in enumerate(events)
        if typed == ""
        or any(
            name in columns and value.lower() == typed.lower()
            for name, value in zip(NAMING, event, strict=True)
        )
    ]


@pytest.mark.parametrize(
    ("board", "place", "typed", "index"),
    [
        (ENTITY_BOARD, "In detections", {"entity": "203.0.113.77"}, "entity"),
        (ENTITY_BOARD, "In events", {"entity": "10.0.0.9"}, "entity"),
        (ENTITY_BOARD, "In events", {"entity": "huang.lei"}, "entity"),
        (SEARCH_BOARD, "Events that fit", {"account": "huang.lei"}, "account"),
        (SEARCH_BOARD, "Events that fit", {"host": "WS-042"}, "host"),
        (SEARCH_BOARD, "Events that fit", {"address": "10.0.0.9"}, "entity"),
    ],
)
def test_what_names_a_value_is_found_by_the_index(
    store: ChdbSink, board: Board, place: str, typed: dict[str, str], index: str
) -> None:
    """The panels of lines find their keys by the same conditions."""
    variables = dict.fromkeys((each.name for each in board.variables), "")
    values = {name: (value,) for name, value in {**variables, **typed}.items()}
    chosen = Selection(
        first=0,
        last=LAST_STORED,
        interval_s=60,
        variables=values,
        everything=frozenset({"province"}),
    )
    (sql,) = [
        each.sql for each in all_targets(board_json(board, "en")) if each.place.startswith(place)
    ]
    assert f"by_{index}" in str(store.query(f"EXPLAIN indexes = 1 {expand(sql, chosen)}"))


def test_nothing_typed_finds_the_latest_of_everything(store: ChdbSink) -> None:
    rows = found(store)
    assert len({row["host"] for row in rows}) > 10
    times = [str(row["event_time"]) for row in rows]
    assert times == sorted(times, reverse=True)


def test_lines_and_table_are_the_same_events(store: ChdbSink) -> None:
    panels = answers(store, SEARCH_BOARD, **NOTHING, account="huang.lei")
    assert len(panels["As received"]) == len(panels["Events"])
    assert sum(int(row["events"]) for row in panels["Events that fit"]) == len(panels["Events"])
    assert [row["incident"] for row in panels["Incidents"]] == [CASES[0].title_en]


def test_an_entity_shows_where_it_was_what_it_did_and_with_whom(store: ChdbSink) -> None:
    panels = answers(store, ENTITY_BOARD, entity="203.0.113.77")
    (seen,) = panels["In detections"]
    assert (seen["entity_kind"], seen["entity_role"]) == ("address", "actor")
    assert [row["incident"] for row in panels["Incidents"]] == [CASES[0].title_en]
    assert [row["campaign"] for row in panels["Campaigns"]] == ["203.0.113.77"]
    assert [row["rule"] for row in panels["Rules that matched"]] == ["Remote logon from outside"]
    assert {row["entity"] for row in panels["Entities seen with it"]} == {"huang.lei", "ws-042"}


def test_without_an_entity_its_page_is_empty(store: ChdbSink) -> None:
    assert {len(rows) for rows in answers(store, ENTITY_BOARD, entity="").values()} == {0}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_an_entity_leads_to_its_page_wherever_it_stands(board: Board) -> None:
    """Percent-encoded: a path has signs that would end the address."""
    for panel in board_json(board, "zh")["panels"]:
        for override in panel.get("fieldConfig", {}).get("overrides", ()):
            if override["matcher"]["options"] in ENTITY_COLUMNS:
                settings = {each["id"]: each["value"] for each in override["properties"]}
                (link,) = settings["links"]
                assert link["url"].startswith("/d/fenghuo-entity-zh?")
                assert link["url"].endswith("var-entity=${__value.raw:percentencode}")
