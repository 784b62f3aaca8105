"""Alert rules: what each row of theirs says, at moments of the made store."""

import re
from typing import Any

import pytest

from dashboards.grafana.alerts import ALERTS, DRILL_ALERTS, Alert, alert_rules
from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.specs import board_uid, localise
from schemas.ids import content_id
from schemas.moments import DAY, HOUR, MINUTE, Moment
from sinks.chdb import ChdbSink
from tests.dashboards.sample import ENTERPRISES, NOW, START

RANSOMWARE = content_id("incident", "ent-00001", "")
TITLE = "Ransomware: huang.lei on WS-042 deleted shadow copies and encrypted 1,204 files"
NUMBER = re.compile(r"^(Nullable\()?(U?Int|Float)")
TEXT = re.compile(r"^(LowCardinality\()?String")


def named(name: str) -> Alert:
    return next(alert for alert in ALERTS if alert.name == name)


def sql_at(alert: Alert, moment: Moment) -> str:
    """The rule's query as at a moment: of the clock, and of the state that follows from it."""
    clock = f"fromUnixTimestamp64Micro({moment}, 'UTC')"
    return localise(alert.query, "zh").replace("now()", clock)


def firing(store: ChdbSink, name: str, moment: Moment) -> list[dict[str, Any]]:
    alert = named(name)
    rows = store.query(sql_at(alert, moment))
    return [row for row in rows if float(str(row["value"])) > alert.above]


@pytest.mark.parametrize("alert", [*ALERTS, *DRILL_ALERTS], ids=lambda alert: alert.name)
def test_each_row_is_an_alert_with_one_number_and_labels(store: ChdbSink, alert: Alert) -> None:
    """As Grafana's expressions ask of a table: one number, and texts alone beside it."""
    types = {
        str(row["name"]): str(row["type"])
        for row in store.query(f"DESCRIBE ({localise(alert.query, 'zh')})")
    }
    assert NUMBER.match(types.pop("value"))
    assert all(map(TEXT.match, types.values())), types
    used = re.findall(r"\{(\w+)\}", alert.summary.zh + alert.summary.en)
    assert {*used, *(alert.link[2:] if alert.link else ())} <= types.keys()


def test_a_new_grave_incident_says_who_where_and_what(store: ChdbSink) -> None:
    (row,) = [
        row for row in firing(store, "grave-incident", START + 2 * HOUR)
        if row["incident_id"] == RANSOMWARE
    ]  # fmt: skip
    assert row["enterprise"] == ENTERPRISES[0].name
    assert (row["province_zh"], row["province_en"]) == ("广东省", "Guangdong")
    assert row["title_en"] == TITLE
    assert firing(store, "grave-incident", NOW + DAY) == [], "it is new for an hour"


def test_a_duty_alerts_ten_minutes_before_its_time_and_again_when_it_is_late(
    store: ChdbSink,
) -> None:
    """The written report to the provincial CAC is due four hours after discovery."""
    due = START + 73 * MINUTE + 4 * HOUR
    for name, moment, expected in (
        ("obligation-due", due - 11 * MINUTE, 0),
        ("obligation-due", due - 9 * MINUTE, 1),
        ("obligation-late", due - MINUTE, 0),
        ("obligation-late", due + MINUTE, 1),
    ):
        rows = [row for row in firing(store, name, moment) if row["incident_id"] == RANSOMWARE]
        assert len(rows) == expected, (name, moment)
        assert {row["duty_zh"] for row in rows} <= {"企业 → 省网信办"}


def test_each_enterprise_that_is_silent_has_an_alert(store: ChdbSink) -> None:
    rows = firing(store, "enterprise-silent", NOW + 2 * DAY)
    assert {row["enterprise"] for row in rows} == {each.name for each in ENTERPRISES}
    assert firing(store, "enterprise-silent", NOW) == []


def test_dead_letters_alert_by_sender(store: ChdbSink) -> None:
    rows = store.query(sql_at(named("dead-letters-rising"), START + 2 * HOUR + MINUTE))
    assert [(row["enterprise"], row["value"]) for row in rows] == [(ENTERPRISES[0].name, 1)]


def test_rules_are_whole_and_lead_to_the_board_of_their_alert() -> None:
    rules = list(alert_rules("folder", "duty", "http://grafana:3000"))
    assert len({rule["uid"] for rule in rules}) == len(ALERTS)
    boards = {board_uid(board.name, "zh"): board for board in BOARDS}
    for rule in rules:
        assert rule["condition"] in {part["refId"] for part in rule["data"]}
        assert rule["notification_settings"] == {"receiver": "duty"}
        if link := rule["annotations"].get("link"):
            found = re.fullmatch(
                r"http://grafana:3000/d/([\w-]+)\?.*&var-(\w+)=\{\{ \$labels\.\w+ \}\}", link
            )
            assert found, link
            assert found[2] in {variable.name for variable in boards[found[1]].variables}
    late = next(rule for rule in rules if rule["uid"] == "fenghuo-obligation-late")
    assert "{{ $labels.title_en }}" in late["annotations"]["summary"]


def test_no_alert_counts_drills_and_those_of_drills_count_nothing_else() -> None:
    for alert in ALERTS:
        assert "drill = ''" in localise(alert.query, "zh"), alert.name
    for alert in DRILL_ALERTS:
        assert "drill = ''" not in alert.query
        assert "drill != ''" in alert.query
        assert "演练" in alert.title.zh
        assert "DRILL" in alert.title.en


def test_drills_reach_the_people_on_call_only_where_a_site_switches_them_on() -> None:
    off, on = (list(alert_rules("folder", "duty", "", drills)) for drills in (False, True))
    assert len(on) == len(off) + len(DRILL_ALERTS) == len({rule["uid"] for rule in on})
    assert {alert.name for alert in DRILL_ALERTS} == {
        "grave-incident-drill", "obligation-late-drill", "obligation-due-drill",
    }  # fmt: skip
