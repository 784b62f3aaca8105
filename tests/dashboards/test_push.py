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


@pytest.fixture
def grafana() -> Iterator[StubGrafana]:
    with running(StubGrafana()) as stub:
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


def test_no_secret_is_kept_where_it_can_be_read(grafana: StubGrafana) -> None:
    push(grafana)
    assert "secret" not in str(grafana.held)


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
    grafana.held["dashboard", "fenghuo-old-zh"] = {"uid": "fenghuo-old-zh", "title": "old"}
    grafana.held["dashboard", "mine"] = {"uid": "mine", "title": "somebody's"}
    grafana.held["alert-rule", "fenghuo-old"] = {"uid": "fenghuo-old", "title": "old rule"}
    grafana.writes.clear()
    result = push(grafana, "--prune")
    assert result.exit_code == 0, result.output
    assert grafana.writes == [
        "DELETE /dashboards/uid/fenghuo-old-zh",
        "DELETE /v1/provisioning/alert-rules/fenghuo-old",
    ]
    assert ("dashboard", "mine") in grafana.held


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
    ],
)
def test_differences_name_what_is_lacking(wanted: object, found: object, places: list[str]) -> None:
    assert list(differences(wanted, found)) == places
