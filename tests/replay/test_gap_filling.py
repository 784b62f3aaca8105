"""A rule that came after the events: its gap is listed, filled, published, and marked."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.cli.main import main as fenghuo
from tests.engine.builders import RULES, failed_logon, shadow_copies

SHADOW = "11111111-1111-4111-8111-111111111111"
LATER = "---\n".join(RULES.split("---\n")[1:])
"""The rules without the one on shadow copies."""
BEFORE = [shadow_copies(0), shadow_copies(60), *(failed_logon(60 + each) for each in range(3))]
AFTER = [failed_logon(90_000, "wu"), shadow_copies(90_010, "ws-9")]


ALL_TIME = ("--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")


class Site:
    """A store whose second file was read with a rule more, and an investigation of the gap."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, rules, lines in (("old", LATER, BEFORE), ("new", RULES, AFTER)):
            (folder / name).mkdir()
            (folder / name / "rules.yml").write_text(rules)
            (folder / f"{name}.ndjson").write_bytes(b"\n".join(lines))
            self.done("run", folder / f"{name}.ndjson", "--rules", folder / name)

    def call(self, *arguments: object) -> Result:
        store = ("--store", str(self.folder / "st"))
        return CliRunner().invoke(fenghuo, [*map(str, arguments), *store])

    def done(self, *arguments: object) -> Result:
        result = self.call(*arguments)
        assert result.exit_code == 0, result.output
        return result

    def rows(self, *arguments: object) -> list[dict[str, object]]:
        return [msgspec.json.decode(each) for each in self.done(*arguments).stdout.splitlines()]

    def fill(self, name: str, rules: str = "new", *more: str) -> Result:
        return self.call("gaps", "fill", "--name", name, "--rules", self.folder / rules, *more)

    def incidents(self) -> list[dict[str, object]]:
        return self.rows("sql", "SELECT * FROM incidents ORDER BY first_time")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("gaps"))


def test_what_cannot_be_filled_or_published_says_why(site: Site) -> None:
    wrong = site.fill("other", "old")
    assert (wrong.exit_code, "name the folders of those in force" in wrong.output) == (1, True)
    assert site.fill("Late").exit_code == 2
    none = site.fill("other", "new", "--rule", "Failed Logon")
    assert (none.exit_code, "there is nothing to do" in none.output) == (0, True)
    assert not (site.folder / "st" / "investigation_other").exists()
    site.done(
        "replay", "--name", "whole", "--source", "store", *ALL_TIME, "--rules", site.folder / "old"
    )
    (open_gap,) = site.rows("gaps", "list", "--json")
    assert open_gap["filled_by"] == [], "its rules lack the one that is missing"
    assert "choose another --name" in site.fill("whole").output
    publish = ("gaps", "publish", "whole", "--reason", "x", "--incident")
    unknown = site.call(*publish, "ffffffff")
    assert (unknown.exit_code, "no one incident" in unknown.output) == (1, True)


def test_a_gap_is_listed_filled_published_and_marked(site: Site) -> None:
    (gap,) = site.rows("gaps", "list", "--json")
    assert gap["rules"] == [
        {"rule_id": SHADOW, "title": "Shadow Copies Deleted", "cause": "added", "events": 2}
    ]
    listed = site.done("gaps", "list", "--lang", "en")
    assert "7 events stored = 5 seen + 2 in gaps" in listed.output
    assert "Shadow Copies Deleted (added)" in listed.output

    live = site.incidents()
    filled = site.fill("late")
    assert filled.exit_code == 0, filled.output
    assert "2 late findings in 1 incidents" in filled.output, "what was found live is none"
    assert site.incidents() == live, "nothing of an investigation is live"

    publish = ("gaps", "publish", "late", "--reason", "rule of May", "--analyst", "li")
    assert "accepted" in site.done(*publish).output
    late = [each for each in site.incidents() if each["found_late_at"]]
    (incident,) = late
    assert len(site.incidents()) == len(live) + 1
    assert incident["opened_at"] == incident["found_late_at"]
    assert incident["first_time"] == "2026-05-01T12:00:00.000000Z"
    detected = "SELECT investigation, count() AS n FROM detections WHERE rule_id = '{}' GROUP BY 1"
    counted = site.rows("sql", f"{detected.format(SHADOW)} ORDER BY 1")
    assert [(row["investigation"], row["n"]) for row in counted] == [("", 1), ("late", 2)]
    duties = site.rows(
        "sql",
        f"SELECT min(starts_at) AS began FROM obligations"
        f" WHERE incident_id = '{incident['incident_id']}'",
    )
    assert duties[0]["began"] == incident["opened_at"], "clocks run from the finding"
    assert (
        "late finding: happened 2026-05-01 20:00"
        in site.done("incidents", "list", "--lang", "en").output
    )
    shown = site.done("incidents", "show", str(incident["incident_id"]), "--lang", "en").output
    assert "late finding: happened 2026-05-01 20:00" in shown
    assert "rule of May" in shown

    assert "nothing to publish" in site.done(*publish).output
    assert [each for each in site.incidents() if each["found_late_at"]] == late
    (closed,) = site.rows("gaps", "list", "--json")
    assert closed["filled_by"] == ["late"]
    again = site.fill("again")
    assert (again.exit_code, "there is nothing to do" in again.output) == (0, True)


def test_an_enterprise_without_gaps_says_so(site: Site) -> None:
    found = site.done("gaps", "list", "--enterprise", "nobody", "--json")
    assert found.stdout == ""
    assert "0 events stored = 0 seen + 0 in gaps" in found.stderr
