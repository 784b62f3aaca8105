"""`fenghuo exports duties`, `fulfil` and `waive` on a store that `fenghuo run` filled."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from tests.cross_border.builders import export
from tests.engine.builders import RULES

pytestmark = pytest.mark.store

REGISTRY = (
    '{"enterprise_id":"E1","name":"示例钢铁","province":"330000","sector":"steel",'
    '"field":"industrial","critical_infrastructure":false}\n'
)


class Site:
    """One enterprise that sent important data, and 120,000 persons' on no ground."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.folder = folder
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.yml").write_text(RULES)
        (folder / "registry.ndjson").write_text(REGISTRY, encoding="utf-8")
        self.take(export(120_000, of_set="crm"), export(kind="important"))

    def take(self, *lines: bytes) -> None:
        events = self.folder / "events.ndjson"
        events.write_bytes(b"\n".join(lines) + b"\n")
        taken = self.call(
            "run", "--rules", self.folder / "rules", "--registry", self.folder / "registry.ndjson",
            "--enterprise", "E1", events,
        )  # fmt: skip
        assert taken.exit_code == 0, taken.output

    def call(self, *words: object) -> Result:
        arguments = [str(each) for each in (*words, "--store", self.store)]
        return CliRunner().invoke(main, arguments, env={"COLUMNS": "200"})

    def duties(self, *chosen: str) -> dict[str, str]:
        """Each duty's state."""
        listed = self.call("exports", "duties", "--json", *chosen)
        assert listed.exit_code == 0, listed.output
        rows = map(json.loads, listed.stdout.splitlines())
        return {row["duty"]: row["state"] for row in rows}


def test_a_mistaken_settlement_is_reopened_and_both_are_on_record(tmp_path: Path) -> None:
    site = Site(tmp_path)
    listed = site.call("exports", "duties", "--json").stdout.splitlines()
    duty = json.loads(listed[0])
    said = (duty["obligation_id"], "--analyst", "li", "--reason")
    assert site.call("exports", "waive", *said, "答复").exit_code == 0
    assert site.duties("--all")[duty["duty"]] == "withdrawn"
    reopened = site.call("exports", "reopen", *said, "答复的是另一家单位")
    assert reopened.stderr.strip() == "reopen_obligation E1 accepted"
    assert site.duties()[duty["duty"]] == "due_soon"
    again = site.call("exports", "reopen", *said, "again")
    assert (again.exit_code, "there is none to take back" in again.stderr) == (1, True)
    asked = "SELECT verb, analyst, reason FROM commands WHERE accepted ORDER BY received_at"
    rows = map(json.loads, site.call("sql", asked).stdout.splitlines())
    assert [(row["verb"], row["analyst"], row["reason"]) for row in rows] == [
        ("waive_obligation", "li", "答复"),
        ("reopen_obligation", "li", "答复的是另一家单位"),
    ]


def test_from_the_list_to_settled_and_due_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert site.duties() == {
        "cross-border-important-any": "due_soon",
        "cross-border-persons-100k": "due_soon",
    }
    shown = site.call("exports", "duties", "--lang", "zh").stdout
    assert "示例钢铁" in shown
    number = 1 + [line for line in shown.splitlines() if "示例钢铁" in line].index(
        next(line for line in shown.splitlines() if "10万人" in line)
    )
    filed = ("--reason", "备案号 2026-118", "--analyst", "li")
    done = site.call("exports", "fulfil", number, *filed)
    assert (done.exit_code, done.stderr.strip()) == (0, "fulfil_obligation E1 accepted")
    again = site.call("exports", "fulfil", number, *filed)
    assert again.exit_code == 1
    assert "is done already" in again.stderr
    assert list(site.duties()) == ["cross-border-important-any"]
    assert site.duties("--all")["cross-border-persons-100k"] == "done"
    assert (
        "li确认已办理：备案号 2026-118"
        in site.call("exports", "duties", "--all", "--lang", "zh").stdout
    )
    site.take(export(7, of_set="suppliers"))
    assert site.duties()["cross-border-persons-100k"] == "due_soon"


def test_a_duty_that_nobody_has_is_named_with_where_to_look(tmp_path: Path) -> None:
    site = Site(tmp_path)
    waived = site.call("exports", "waive", "ffffffffffff", "--reason", "r")
    assert waived.exit_code == 1
    assert "no export obligation ffffffffffff; see `fenghuo exports duties --all`" in waived.stderr
    assert site.call("exports", "waive", "1", "--reason", "r").exit_code == 1, "nothing was listed"
