"""Pushing to a Grafana that is a real HTTP server: idempotent, by uid, diff first, prune."""

from collections import Counter
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from dashboards.grafana.alerts import ALERTS
from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.pushing import differences
from dashboards.words import LANGUAGES
from pipeline.cli.dashboards import dashboards_group
from tests.dashboards.stub import TOKEN, StubGrafana, running


@pytest.fixture(params=["9.4.17", "13.0.1"])
def grafana(request: pytest.FixtureRequest) -> Iterator[StubGrafana]:
    with running(StubGrafana(request.param)) as stub:
        yield stub


def push(grafana: StubGrafana, *arguments: str, **environment: str) -> Result:
    settings = {
        "FENGHUO_GRAFANA_URL": grafana.url,
        "FENGHUO_GRAFANA_TOKEN": TOKEN,
        "FENGHUO_GRAFANA_ALERT_WEBHOOK": "http://duty.example/hook",
        "FENGHUO_GRAFANA_CLICKHOUSE_PASSWORD": "secret",
        **environment,
    }
    return CliRunner().invoke(dashboards_group, ["push", *arguments], env=settings)


def test_a_push_makes_everything_and_a_second_one_changes_nothing(grafana: StubGrafana) -> None:
    first = push(grafana)
    assert first.exit_code == 0, first.output
    kinds = Counter(kind for kind, _ in grafana.held)
    assert kinds == {
        "folder": 3,
        "datasource": 1,
        "contact-point": 1,
        "dashboard": len(BOARDS) * len(LANGUAGES),
        "alert-rule": len(ALERTS),
    }
    grafana.writes.clear()
    second = push(grafana, "--prune")
    assert second.exit_code == 0, second.output
    assert grafana.writes == []
    assert f"unchanged {sum(kinds.values())}" in second.output


def test_alerts_go_to_a_hook_and_to_mail_by_one_contact_point(grafana: StubGrafana) -> None:
    addresses = "duty@example.org;lead@example.org"
    assert push(grafana, FENGHUO_GRAFANA_ALERT_EMAIL=addresses).exit_code == 0
    points = [held for (kind, _), held in grafana.held.items() if kind == "contact-point"]
    assert {point["type"]: point["settings"] for point in points} == {
        "webhook": {"url": "http://duty.example/hook"},
        "email": {"addresses": addresses, "singleEmail": False},
    }
    assert {point["name"] for point in points} == {"fenghuo-duty"}


def test_lists_are_asked_for_once(grafana: StubGrafana) -> None:
    push(grafana)
    asked = Counter(grafana.reads)
    assert asked["/v1/provisioning/alert-rules"] == 1
    assert asked["/v1/provisioning/contact-points"] == 1


def test_an_alert_rule_says_all_that_grafanas_editor_reads(grafana: StubGrafana) -> None:
    push(grafana)
    rules = [held for (kind, _), held in grafana.held.items() if kind == "alert-rule"]
    assert len(rules) == len(ALERTS)
    for rule in rules:
        for condition in rule["data"][1]["model"]["conditions"]:
            assert condition["type"] == "query"
            assert condition["query"]["params"] == ["A"]
            assert condition["operator"]["type"] == "and"
            assert condition["reducer"] == {"type": "last", "params": []}


def test_no_secret_is_kept_where_it_can_be_read(grafana: StubGrafana) -> None:
    push(grafana)
    assert "secret" not in str(grafana.held)


def test_both_generations_of_the_plugin_find_the_host(grafana: StubGrafana) -> None:
    push(grafana, FENGHUO_GRAFANA_CLICKHOUSE_HOST="ch-1")
    source = grafana.held["datasource", "fenghuo-clickhouse"]["jsonData"]
    assert (source["host"], source["server"]) == ("ch-1", "ch-1")


def test_a_rule_names_its_contact_point_where_grafana_can(grafana: StubGrafana) -> None:
    push(grafana)
    rule = grafana.held["alert-rule", "fenghuo-obligation-late"]
    assert ("notification_settings" in rule) is (grafana.release >= (10, 4))


def test_a_dry_run_shows_what_would_change_and_writes_nothing(grafana: StubGrafana) -> None:
    result = push(grafana, "--dry-run")
    assert "create dashboard fenghuo-situation-zh" in result.output
    assert grafana.writes == []


def test_what_someone_changed_is_named_and_put_right(grafana: StubGrafana) -> None:
    push(grafana)
    grafana.held["dashboard", "fenghuo-situation-zh"]["panels"][3]["title"] = "mine"
    grafana.held["datasource", "fenghuo-clickhouse"]["jsonData"]["host"] = "elsewhere"
    grafana.writes.clear()
    result = push(grafana)
    assert "update dashboard fenghuo-situation-zh 全国态势: panels[3].title" in result.output
    assert "jsonData.host" in result.output
    assert grafana.writes == ["PUT /datasources/uid/fenghuo-clickhouse", "POST /dashboards/db"]


def test_prune_deletes_only_what_is_ours_and_gone(grafana: StubGrafana) -> None:
    push(grafana)
    ours = {"tags": ["fenghuo"], "folderUid": ""}
    grafana.held["dashboard", "fenghuo-old-zh"] = {"title": "old", **ours}
    grafana.held["dashboard", "fenghuo-like"] = {"title": "untagged", "folderUid": ""}
    grafana.held["dashboard", "mine"] = {"title": "somebody's", **ours}
    grafana.held["alert-rule", "fenghuo-old"] = {"uid": "fenghuo-old", "title": "old rule"}
    grafana.writes.clear()
    result = push(grafana, "--prune")
    assert result.exit_code == 0, result.output
    assert grafana.writes == [
        "DELETE /dashboards/uid/fenghuo-old-zh",
        "DELETE /v1/provisioning/alert-rules/fenghuo-old",
    ]
    assert {("dashboard", "mine"), ("dashboard", "fenghuo-like")} < set(grafana.held)


def test_a_dashboard_that_was_moved_comes_back_to_its_folder(grafana: StubGrafana) -> None:
    push(grafana)
    grafana.held["dashboard", "fenghuo-queue-en"]["folderUid"] = "fenghuo-zh"
    assert "update dashboard fenghuo-queue-en Incident queue: folderUid" in push(grafana).output
    assert grafana.held["dashboard", "fenghuo-queue-en"]["folderUid"] == "fenghuo-en"


@pytest.mark.parametrize(
    ("kind", "uid", "field", "value"),
    [
        ("dashboard", "fenghuo-queue-en", "readOnly", True),
        ("datasource", "fenghuo-clickhouse", "readOnly", True),
        ("alert-rule", "fenghuo-obligation-late", "provenance", "file"),
    ],
)
def test_what_is_read_from_files_ends_the_push_before_anything_is_written(
    grafana: StubGrafana, kind: str, uid: str, field: str, value: object
) -> None:
    push(grafana)
    grafana.held[kind, uid].update({field: value})
    grafana.writes.clear()
    assert push(grafana).exit_code == 0, "what does not differ may be read from a file"
    title = "name" if kind == "datasource" else "title"
    grafana.held[kind, uid][title] = "mine"
    result = push(grafana)
    assert result.exit_code == 1
    assert f"{uid}: Grafana reads them from files" in result.output
    assert grafana.writes == []


def test_who_made_an_alert_rule_stays_who_it_was(grafana: StubGrafana) -> None:
    push(grafana)
    rule = grafana.held["alert-rule", "fenghuo-obligation-late"]
    rule.update(provenance="api", title="mine")
    assert push(grafana).exit_code == 0
    rule = grafana.held["alert-rule", "fenghuo-obligation-late"]
    assert (rule["provenance"], rule["title"] == "mine") == ("api", False)


@pytest.mark.parametrize(
    ("kind", "taken", "said"),
    [
        ("folder", {"title": "烽火"}, "already exists; something of that name is there"),
        ("datasource", {"name": "Fenghuo ClickHouse"}, "something of that name is there"),
    ],
)
def test_a_name_that_is_taken_is_said_with_the_remedy(
    grafana: StubGrafana, kind: str, taken: dict[str, str], said: str
) -> None:
    grafana.held[kind, "theirs"] = {"uid": "theirs", **taken}
    result = push(grafana)
    assert result.exit_code == 1
    assert said in result.output


def test_a_title_that_is_taken_is_said_with_the_remedy() -> None:
    with running(StubGrafana("9.4.17")) as grafana:
        push(grafana)
        theirs = {"title": "全国态势", "folderUid": "fenghuo-zh", "tags": []}
        del grafana.held["dashboard", "fenghuo-situation-zh"]
        grafana.held["dashboard", "theirs"] = theirs
        result = push(grafana)
    assert result.exit_code == 1
    assert "something of that title is there under another uid" in result.output


def test_a_grafana_that_is_too_old_is_refused_at_once() -> None:
    with running(StubGrafana("9.1.8")) as grafana:
        result = push(grafana)
    assert result.exit_code == 1
    assert "Grafana 9.1.8 is too old" in result.output
    assert grafana.writes == []


def test_a_page_to_log_in_to_is_not_taken_for_grafana(grafana: StubGrafana) -> None:
    grafana.page = "<html>Please log in</html>"
    result = push(grafana)
    assert result.exit_code == 1
    assert "the answer is not Grafana's" in result.output


def test_a_wrong_token_is_refused_with_the_remedy(grafana: StubGrafana) -> None:
    result = push(grafana, FENGHUO_GRAFANA_TOKEN="wrong")
    assert result.exit_code == 1
    assert "Unauthorized; set FENGHUO_GRAFANA_TOKEN" in result.output


def test_a_grafana_that_is_not_there_is_named() -> None:
    nowhere = StubGrafana()
    nowhere.url = "http://127.0.0.1:9"
    result = push(nowhere)
    assert result.exit_code == 1
    assert "is FENGHUO_GRAFANA_URL right" in result.output


def test_all_faults_of_the_settings_are_said_at_once() -> None:
    environment = {"FENGHUO_GRAFANA_URL": "grafana", "FENGHUO_GRAFANA_CLICKHOUSE_PORT": "x"}
    result = CliRunner(env={"FENGHUO_GRAFANA_TOKEN": None}).invoke(
        dashboards_group, ["push"], env=environment
    )
    assert result.exit_code == 2
    for name in ("URL", "TOKEN", "CLICKHOUSE_PORT"):
        assert f"FENGHUO_GRAFANA_{name}" in result.output


@pytest.mark.parametrize(
    ("wanted", "found", "places"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}, ["a.b[1].c"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a"]),
        ({"version": 1, "x": {"version": 1}}, {"x": {"version": 2}}, ["x.version"]),
        ({"a": None}, {}, []),
        ({"a": False, "b": [], "c": 0}, {}, []),
        ({"a": False}, {"a": True}, ["a"]),
    ],
)
def test_differences_name_what_is_lacking(wanted: object, found: object, places: list[str]) -> None:
    assert list(differences(wanted, found)) == places
