"""What boards answer on the made store, where a wrong join would still give rows."""

import re
from typing import Any

import msgspec
import pytest

from dashboards.grafana.boards.campaigns import CAMPAIGNS_BOARD
from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.boards.coverage import COVERAGE
from dashboards.grafana.boards.drills import DRILLS_BOARD
from dashboards.grafana.boards.enterprise import ENTERPRISE_BOARD
from dashboards.grafana.boards.handover import HANDOVER_BOARD
from dashboards.grafana.boards.incident import INCIDENT_BOARD
from dashboards.grafana.boards.investigations import INVESTIGATIONS_BOARD
from dashboards.grafana.boards.obligations import OBLIGATIONS_BOARD
from dashboards.grafana.boards.province import PROVINCE_BOARD
from dashboards.grafana.boards.queue import QUEUE
from dashboards.grafana.boards.situation import SITUATION
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.inspect_json import links, targets, variable_queries
from dashboards.grafana.macros import expand
from dashboards.grafana.sample_period import choose
from dashboards.grafana.specs import Board
from dashboards.words import Language
from schemas.ids import content_id
from schemas.moments import DAY, HOUR, MINUTE, SECOND
from schemas.provinces import OUTSIDE
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from tests.dashboards.sample import CASES, ENTERPRISES, NOW, START


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
    assert [bool(row["finished_at"]) for row in found["Accounts of both"]] == [False, True]
    assert found["Accounts of both"][0]["events"] == found["Accounts of both"][1]["events"]


def test_without_an_investigation_neither_side_is_read(store: ChdbSink) -> None:
    found = answers(store, INVESTIGATIONS_BOARD, investigation="fenghuo")
    assert differences(found) == {"new": 0, "gone": 0, "changed": 0, "same": 0}
    tables = ("Accounts of both", "Incidents that differ", "Tiers that differ")
    for title in (*tables, "Rules that fired otherwise"):
        assert found[title] == []
    assert {(row["live"], row["again"]) for row in found["Detections of both over time"]} == {
        (0, 0)
    }


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
    assert {row["left"] for row in duties if row["due_state"] == "done"} == {None}
    assert all(row["left"] for row in duties if row["due_state"] == "due_soon")


def test_what_is_to_be_done_at_once_is_never_due_soon(store: ChdbSink) -> None:
    found = answers(store, OBLIGATIONS_BOARD)
    unlimited = found["Duties without a fixed limit"]
    assert {row["due_state"] for row in unlimited} == {"at_once"}
    (at_once,) = [row for row in unlimited if row["regime"] == "miit"]
    assert str(at_once["left"]).startswith("for ")
    at_once_count = int(str(found["At once"][0]["obligations"]))
    assert (int(str(found["Due soon"][0]["obligations"])), at_once_count) == (0, len(unlimited))
    dated = found["Reporting deadlines"]
    assert dated
    assert at_once["duty"] not in {row["duty"] for row in dated}, "each duty is in one panel"


def test_countdowns_stand_by_recipient(store: ChdbSink) -> None:
    found = answers(store, OBLIGATIONS_BOARD)
    for title in ("Overdue for", "Until the next deadline"):
        (row,) = found[title]
        assert row["recipient"] == "Provincial CAC"
        assert int(row["left_s"]) > 0


def test_each_tile_has_its_name_and_two_counts(store: ChdbSink) -> None:
    tiles = {row["province"]: row for row in answers(store, SITUATION)["Provinces"]}
    quiet, grave, lesser = tiles["110000"], tiles["440000"], tiles["210000"]
    assert (quiet["name_dark"], quiet["english_dark"], quiet["figures_dark"]) == (
        "BJ",
        "Beijing",
        " ",
    )
    assert (grave["name_light"], grave["english_light"]) == ("GD", "Guangdong")
    assert (grave["name_dark"], grave["english_dark"]) == (" ", " ")
    assert grave["figures_light"].partition("\n")[0] == "1 · 0"
    assert lesser["figures_dark"].partition("\n")[0] == "0 · 1"
    assert {tiles[p.code]["figures_dark"] for p in OUTSIDE} == {" "}


@pytest.mark.parametrize(
    ("discovered", "shown"), [((1, 5, 30), "▲1"), ((30,), "▼1"), ((1, 30), "±0"), ((50,), "")]
)
def test_a_tile_shows_the_last_day_against_the_one_before(
    store: ChdbSink, discovered: tuple[int, ...], shown: str
) -> None:
    """Incidents discovered so many hours before the end of a period of an hour."""
    rows = ", ".join(
        f"('440000', fromUnixTimestamp64Micro({NOW - hours * HOUR}), true)" for hours in discovered
    )
    incidents = f"""(SELECT p.1 AS province, p.2 AS opened_at, p.3 AS confirmed, '' AS status,
        '' AS drill, p.2 AS first_time, p.2 AS last_time, '' AS miit_response_level,
        '' AS miit_colour, 'I' AS miit_tier, '' AS cac_response_level, '' AS cac_colour,
        'II' AS cac_tier FROM (SELECT arrayJoin([{rows}]) AS p))"""
    board = board_json(SITUATION, "en")
    (tiles,) = (target for target in targets(board) if target.panel.get("type") == "geomap")
    selection, _ = select(board, Source(store.query, QueryFailed), choose(store.query))
    hour = msgspec.structs.replace(selection, first=NOW - 2 * HOUR, last=NOW)
    sql = expand(tiles.sql.replace("FROM incidents", f"FROM {incidents}"), hour)
    (tile,) = (row for row in store.query(sql) if row["province"] == "440000")
    text = f"{tile['figures_light']}{tile['figures_dark']}".strip()
    assert text.partition("\n")[2] == shown


@pytest.mark.parametrize("board", [SITUATION, PROVINCE_BOARD, QUEUE], ids=lambda board: board.name)
def test_a_count_leads_to_the_list_that_it_counts(store: ChdbSink, board: Board) -> None:
    """As many incidents in the queue, or duties on theirs, as the tile says."""
    dashboard, source = board_json(board, "en"), Source(store.query, QueryFailed)
    lists = {"queue": (QUEUE, "Incidents"), "obligations": (OBLIGATIONS_BOARD, "")}
    base = msgspec.structs.replace(choose(store.query), variables={})
    chosen, _ = select(dashboard, source, base)
    followed = 0
    for target in targets(dashboard):
        for link in target.panel.get("fieldConfig", {}).get("defaults", {}).get("links", ()):
            name = link["url"].split("-")[1]
            kept = re.findall(r"\$\{(\w+):queryparam\}", link["url"])
            variables = {each: chosen.variables[each] for each in kept if each != "store"}
            for each, value in re.findall(r"var-(\w+)=(\w+)", link["url"]):
                variables[each] = (*variables.get(each, ()), value)
            there, title = lists[name]
            there_json = board_json(there, "en")
            selection, _ = select(
                there_json, source, msgspec.structs.replace(base, variables=variables)
            )
            rows = [
                row
                for one in targets(there_json)
                if one.panel.get("type") == "table" and title in ("", one.place)
                for row in store.query(expand(one.sql, selection))
            ]
            counted = store.query(expand(target.sql, chosen))[0]
            assert len(rows) == sum(int(str(each)) for each in counted.values()), target.place
            followed += 1
    assert followed >= 4


def test_a_province_that_has_something_is_preset(store: ChdbSink) -> None:
    board = board_json(PROVINCE_BOARD, "zh")
    base = msgspec.structs.replace(choose(store.query), variables={})
    selection, _ = select(board, Source(store.query, QueryFailed), base)
    assert selection.variables["province"] == ("440000",)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_suspicions_and_what_occurred_are_never_one_number(board: Board) -> None:
    """Of a campaign only the sum is known; an investigation is held against the live data."""
    for panel in (panel for section in board.sections for panel in section.panels):
        if board.name != "investigations" and panel.kind in ("stat", "table", "bars"):
            for query in panel.queries:
                assert "count() AS incidents" not in query, panel.title
                assert not ("FROM incidents" in query and "AS incidents" in query), panel.title


def test_a_link_to_an_incident_opens_its_own_period(store: ChdbSink) -> None:
    for board in BOARDS:
        for link in links(board_json(board, "zh")):
            if link.uid == "fenghuo-incident-zh" and link.place != "links":
                assert "from=${__data.fields.opens_from}&to=" in link.url, (board.name, link.place)
    first, last = START + 72 * MINUTE, START + 101 * MINUTE + 20 * SECOND
    expected = tuple(str(each // 1_000) for each in (first - 10 * MINUTE, last + 10 * MINUTE))
    for board, title in (
        (SITUATION, "Incidents"),
        (OBLIGATIONS_BOARD, "Reporting deadlines"),
        (OBLIGATIONS_BOARD, "Duties without a fixed limit"),
    ):
        row = next(
            row for row in answers(store, board)[title]
            if row["incident_id"] == content_id("incident", "ent-00001", "")
        )  # fmt: skip
        assert (row["opens_from"], row["opens_to"]) == expected


@pytest.mark.parametrize(
    ("language", "line", "original"),
    [
        ("zh", "PsExec service installed · 主机 ws-042 · 账户 huang.lei · 进程 c:", "原文"),
        ("en", "PsExec service installed · Host ws-042 · Account huang.lei", "As received"),
    ],
)
def test_an_event_says_what_matched_it_where_and_who(
    store: ChdbSink, language: Language, line: str, original: str
) -> None:
    board = board_json(INCIDENT_BOARD, language)
    (lines,) = (target for target in targets(board) if target.panel.get("type") == "logs")
    selection, _ = select(board, Source(store.query, QueryFailed), choose(store.query))
    rows = store.query(expand(lines.sql, selection))
    (row,) = (row for row in rows if str(row["line"]).startswith(line))
    assert '"CommandLine"' in str(row[original])
    assert {str(row["line"]).partition(" · ")[0] for row in rows} >= {"Mass file rewrite"}
    assert all(str(row["line"]).strip(" ·") == row["line"] for row in rows)


def test_incidents_that_are_called_the_same_can_be_told_apart(store: ChdbSink) -> None:
    board = board_json(INCIDENT_BOARD, "zh")
    selection, _ = select(board, Source(store.query, QueryFailed), choose(store.query))
    rows = store.query(expand(variable_queries(board)["incident"], selection))
    ransomware = next(str(row["text"]) for row in rows if "勒索病毒：" in str(row["text"]))
    assert ransomware.endswith(" · 华辰精密制造有限公司 · 11-20 14:12")


def test_a_technique_stands_under_the_tactics_of_its_rules(store: ChdbSink) -> None:
    found = answers(store, COVERAGE)
    cells = [cell for row in found["ATT&CK for Enterprise"] for cell in row.items() if cell[1]]
    assert ("tactic_impact", "T1486 2/2") in cells
    assert ("tactic_exfiltration", "T1486 1/1") in cells
    assert ("tactic_credential_access", "T1003.001 0/1") in cells, "looked for and never seen"
    assert [
        cell for row in found["ATT&CK for ICS"] for cell in row.items() if cell[1]
    ] == [("tactic_impair_process_control", "T0843 1/1")]  # fmt: skip


def test_rules_stand_beside_the_sources_that_feed_them(store: ChdbSink) -> None:
    found = answers(store, COVERAGE)
    fed = {str(row["log_category"]): int(str(row["rules"])) for row in found["Log sources"]}
    assert fed["process_creation"] > 1, "those that fired, and one that never did"
    (unfed,) = found["Rules that nothing feeds"]
    assert (unfed["product"], unfed["log_service"], unfed["rules"]) == ("linux", "auditd", 1)


def test_rules_stand_with_what_their_incidents_were_found_to_be(store: ChdbSink) -> None:
    rows = {row["rule"]: row for row in answers(store, COVERAGE)["Rules and verdicts"]}
    judged, open_one = rows["Mass file rewrite"], rows["Web shell written"]
    assert (judged["true_positives"], judged["false_share"], judged["unjudged"]) == (1, 0, 0)
    assert (open_one["unjudged"], open_one["false_share"]) == (1, None)
    counts = (judged["occurred_count"], judged["suspected_count"])
    assert counts == (1, 0), "the drill that it matched too is no noise"


def test_what_an_exception_hides_stands_beside_whom_and_where(store: ChdbSink) -> None:
    in_force, over = answers(store, COVERAGE)["Exceptions"]
    assert (in_force["exception_state"], in_force["hidden_matches"]) == ("active", 417)
    assert (in_force["rule"], in_force["exception_scope"]) == (
        CASES[1].steps[0].rule_en,
        "jump-01",
    )
    assert (over["exception_state"], over["exception_scope"]) == ("ended", "Whole enterprise")


def test_a_shift_is_held_against_the_same_hours_before(store: ChdbSink) -> None:
    board = board_json(HANDOVER_BOARD, "en")
    (compared,) = (target for target in targets(board) if target.place == "The same hours")
    selection, _ = select(board, Source(store.query, QueryFailed), choose(store.query))

    def shift(days: int) -> dict[str, tuple[int, ...]]:
        period = msgspec.structs.replace(
            selection, first=NOW - 10 * HOUR + days * DAY, last=NOW + 2 * HOUR + days * DAY
        )
        names = ("this_period", "day_before", "week_before", "since_yesterday")
        return {
            str(row["metric"]): tuple(int(str(row[name])) for name in names)
            for row in store.query(expand(compared.sql, period))
        }

    assert shift(0)["occurred"] == (2, 0, 0, 2)
    assert shift(1)["suspected"] == (0, 2, 0, -2)
    assert shift(7)["events"] == (0, 0, 6000, 0)
    assert shift(0)["senders"][0] == 6


def test_a_story_is_read_by_the_sentence(store: ChdbSink) -> None:
    lines = [row["story"] for row in answers(store, INCIDENT_BOARD)["What happened"]]
    assert lines[0] == CASES[0].title_en
    assert " ".join(lines[1:]) == CASES[0].story_en


def test_a_province_that_found_nothing_in_a_drill_has_no_time_and_not_the_best(
    store: ChdbSink,
) -> None:
    found = {row["province"]: row for row in answers(store, DRILLS_BOARD)["By province"]}
    times = {code: (row["to_detection"], row["to_command"]) for code, row in found.items()}
    assert times == {"210000": (120, None), "330000": (None, None), "440000": (120, 540)}


def test_why_events_of_a_batch_are_missing_is_read_without_json(store: ChdbSink) -> None:
    rows = answers(store, ENTERPRISE_BOARD, enterprise=ENTERPRISES[0].enterprise_id)["Batches"]
    assert "duplicate 4, not_json 1" in {row["reason_counts"] for row in rows}
