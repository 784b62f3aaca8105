"""A rule's cost before it costs: a backtest, and a replay, of a store that `run` made."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.cli.main import main as fenghuo
from pipeline.replay.backtest import Backtest
from pipeline.replay.differences import Difference
from tests.engine.builders import RULES, failed_logon, shadow_copies

ALL_TIME = ("--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")
LINES = [shadow_copies(0), *(failed_logon(60 + each) for each in range(2)), failed_logon(100, "wu")]


class Site:
    """A store, the rules that made it, and what may become of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in (
            ("rules", RULES),
            ("stricter", RULES.replace("{gte: 3}", "{gte: 2}")),
            ("fewer", RULES.replace("[delete, shadows]", "[delete, nothing]")),
        ):
            (folder / name).mkdir()
            (folder / name / "rules.yml").write_text(RULES if name == "rules" else text)
        (folder / "events.ndjson").write_bytes(b"\n".join(LINES))
        made = self.call("run", folder / "events.ndjson", "--rules", folder / "rules")
        assert made.exit_code == 0, made.output

    def call(self, *arguments: object) -> Result:
        store = ("--store", str(self.folder / "st"))
        return CliRunner().invoke(fenghuo, [*map(str, arguments), *store])

    def backtest(self, *options: object) -> Backtest:
        result = self.call(
            *("rules", "backtest", "--live-rules", self.folder / "rules"), *options, "--json"
        )
        assert result.exit_code == 0, result.output
        return msgspec.json.decode(result.stdout, type=Backtest)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("backtest"))


def test_a_stricter_correlation_is_counted_by_rule_enterprise_and_hour(site: Site) -> None:
    found = site.backtest("--rules", site.folder / "stricter", "--days", 1, "--minutes", 45)
    assert found.events == 4
    assert [(each.title, each.live, each.new, each.enterprises) for each in found.rules] == [
        ("Many Failed Logons", 0, 1, 1),
        ("Shadow Copies Deleted", 1, 1, 1),
    ]
    (local,) = found.enterprises
    assert (local.detections_live, local.detections_new) == (1, 2)
    assert (found.incidents_live, found.incidents_new, found.more, found.less) == (1, 2, 1, 0)
    assert (found.hours_live, found.hours_new) == (0.75, 1.5)
    (new,) = found.differences
    assert [reason.title for reason in new.reasons] == ["Many Failed Logons"]


def test_a_rule_that_no_longer_matches_takes_its_incident_with_it(site: Site) -> None:
    found = site.backtest("--rules", site.folder / "fewer", *ALL_TIME)
    assert (found.more, found.less) == (0, 1)
    assert [(each.title, each.live, each.new) for each in found.rules] == [
        ("Shadow Copies Deleted", 1, 0)
    ]


def test_a_policy_is_held_against_the_one_in_force(site: Site) -> None:
    policy = site.folder / "policy.yml"
    policy.write_text("incidents: {opening_level: critical}\n")
    found = site.backtest("--policy", policy, *ALL_TIME)
    assert (found.incidents_live, found.incidents_new, found.less) == (1, 0, 1)
    assert [(each.live, each.new) for each in found.rules] == [(1, 1)]


def test_a_backtest_says_so_where_nothing_differs(site: Site) -> None:
    rules = site.folder / "rules"
    same = ("rules", "backtest", "--live-rules", rules, "--rules", rules, "--days", 3)
    result = site.call(*same)
    assert result.exit_code == 0, result.output
    assert "1 in force, 1 new (0 more, 0 less, 0 changed)" in result.output
    assert result.output.endswith("nothing differs\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--days", "1"), "name what is new"),
        (("--add", ".", "--days", "1", *ALL_TIME), "name the period"),
        (("--add", ".", "--from", "2000-01-01T00:00:00Z"), "name the period"),
    ],
)
def test_a_backtest_called_wrongly_says_how(
    site: Site, options: tuple[str, ...], said: str
) -> None:
    result = site.call("rules", "backtest", *options)
    assert result.exit_code == 2
    assert said in result.output


def test_a_replay_of_a_store_with_the_rules_in_force_differs_in_nothing(site: Site) -> None:
    result = replay(site, "same", "rules")
    assert result.exit_code == 0, result.output
    assert "read from the store's lines" in result.stderr
    assert result.stdout.endswith("nothing differs\n")
    silent = replay(site, "silent", "rules", "--json")
    assert (silent.stdout, silent.stderr.splitlines()[-1]) == ("", "nothing differs")


def test_a_replay_with_other_rules_names_the_rule_that_made_the_difference(site: Site) -> None:
    result = replay(site, "stricter", "stricter", "--json")
    assert result.exit_code == 0, result.output
    (new,) = (msgspec.json.decode(each, type=Difference) for each in result.stdout.splitlines())
    assert (new.change, new.live_id) == ("new", "")
    assert [(one.kind, one.title, one.live, one.again) for one in new.reasons] == [
        ("rule", "Many Failed Logons", 0, 1)
    ]


def test_investigations_are_listed_shown_and_deleted(site: Site) -> None:
    assert replay(site, "kept", "stricter").exit_code == 0
    listed = site.call("investigations", "list", "--json").stdout.splitlines()
    rows = {row["name"]: row for row in map(msgspec.json.decode, listed)}
    assert (rows["kept"]["batches"], rows["kept"]["events"], rows["kept"]["incidents"]) == (1, 4, 2)
    assert rows["kept"]["first_received_at"].endswith("Z")
    shown = site.call("investigations", "show", "kept", "--lang", "en")
    assert "incidents: 2" in shown.output
    assert "vssadmin delete shadows /all" in shown.output
    assert site.call("investigations", "delete", "kept", "--yes").exit_code == 0
    gone = site.call("investigations", "show", "kept")
    assert gone.exit_code == 2
    assert "no investigation 'kept'" in gone.output
    assert site.call("incidents", "list").exit_code == 0, "the live store is as it was"


def replay(site: Site, name: str, rules: str, *options: str) -> Result:
    command = ("replay", "--name", name, "--source", "store", "--diff", *ALL_TIME)
    return site.call(*command, "--rules", site.folder / rules, *options)


def test_a_period_in_which_nothing_was_heard_proves_nothing(site: Site, tmp_path: Path) -> None:
    others = tmp_path / "registry.ndjson"
    others.write_text('{"enterprise_id":"E9","name":"n","province":"330000","sector":"steel",'
                      '"field":"industrial"}\n')  # fmt: skip
    rules = ("--live-rules", site.folder / "rules", "--rules", site.folder / "stricter")
    before = ("--from", "2000-01-01T00:00:00Z", "--to", "2000-01-02T00:00:00Z")
    for asked in ((*before,), (*ALL_TIME, "--registry", others)):
        result = site.call("rules", "backtest", *rules, *asked)
        assert result.exit_code == 1
        assert "no event of an enterprise of the registry was received from" in result.stderr
        assert not result.stdout


def test_what_a_backtest_says_is_chinese_where_that_is_asked(site: Site) -> None:
    new = ("--live-rules", site.folder / "rules", "--rules", site.folder / "rules")
    result = site.call("rules", "backtest", *new, "--days", 1, "--lang", "zh")
    assert result.exit_code == 0
    for words in (
        "日志 4 条",
        "现行告警",
        "事件：现行 1 起，新 1 起（多 0，少 0，变化 0）",
        "没有差异",
    ):
        assert words in result.stdout
