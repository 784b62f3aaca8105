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


INCIDENTS = """
SELECT i.incident_id AS incident_id, any(i.first_time) AS first_time, any(i.opened_at) AS opened_at,
       any(i.found_late_at) AS found_late_at, min(o.starts_at) AS clock,
       sumMap(map(d.investigation, toUInt64(1))) AS found_by
FROM (SELECT *, arrayJoin(detection_ids) AS detection_id FROM incidents) AS i
LEFT JOIN (SELECT incident_id, min(starts_at) AS starts_at FROM obligations GROUP BY 1) AS o
    ON o.incident_id = i.incident_id
LEFT JOIN detections AS d ON d.detection_id = i.detection_id
GROUP BY incident_id ORDER BY first_time"""


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
        """Each with when its first clock began, and its detections by investigation."""
        return self.rows("sql", INCIDENTS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("gaps"))


def test_what_cannot_be_filled_or_published_says_why(site: Site) -> None:
    wrong = site.fill("late", "old")
    assert (wrong.exit_code, "name the folders of those in force" in wrong.output) == (1, True)
    assert site.fill("Late").exit_code == 2
    replay = ("replay", "--name", "whole", "--source", "store", *ALL_TIME)
    site.done(*replay, "--rules", site.folder / "old")
    listed = site.done("gaps", "list", "--lang", "en")
    assert "Shadow Copies Deleted (added)" in listed.output
    assert "(0 filled)" in listed.output, "a replay whose rules lack it has filled nothing"
    assert "choose another --name" in site.fill("whole").output
    unknown = site.call("gaps", "publish", "whole", "--reason", "x", "--incident", "ffffffff")
    assert (unknown.exit_code, "no one incident" in unknown.output) == (1, True)


def test_a_gap_is_listed_filled_published_and_marked(site: Site) -> None:
    listed = site.done("gaps", "list", "--json")
    assert "7 events stored = 5 seen + 2 in gaps" in listed.stderr
    assert msgspec.json.decode(listed.stdout)["rules"] == [
        {"rule_id": SHADOW, "title": "Shadow Copies Deleted", "cause": "added", "events": 2}
    ]
    filled = site.fill("late")
    assert filled.exit_code == 0, filled.output
    assert "2 late findings, 2 of them in 1 incidents" in filled.output, (
        "what was found live is none"
    )
    live = site.incidents()
    assert not [each for each in live if each["found_late_at"]], "nothing of it is live"

    publish = ("gaps", "publish", "late", "--reason", "rule of May", "--analyst", "li")
    assert "accepted" in site.done(*publish).output
    now = site.incidents()
    (incident,) = (each for each in now if each["found_late_at"])
    assert len(now) == len(live) + 1
    assert incident["first_time"] == "2026-05-01T12:00:00.000000Z"
    assert incident["opened_at"] == incident["found_late_at"]
    assert incident["clock"] == incident["opened_at"], "the law's clocks run from the finding"
    assert incident["found_by"] == {"late": 2}
    mark = "late finding: happened 2026-05-01 20:00"
    shown = site.done("incidents", "show", str(incident["incident_id"]), "--lang", "en").output
    assert mark in shown
    assert "rule of May" in shown
    assert mark in site.done("incidents", "list", "--lang", "en").output

    assert "nothing to publish" in site.done(*publish).output
    assert "there is nothing to do" in site.fill("again").output, "it is filled"


def test_an_enterprise_without_gaps_says_so(site: Site) -> None:
    found = site.done("gaps", "list", "--enterprise", "nobody", "--json")
    assert found.stdout == ""
    assert "0 events stored = 0 seen + 0 in gaps" in found.stderr
