"""Notes, tasks, attachments, the events around an incident, and indicators for others."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
import stix2  # type: ignore[import-untyped]

from tests.cli.site import Site
from tests.engine.builders import failed_logon, shadow_copies

LI = ("--analyst", "li")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"))


def page(site: Site, host: str = "ws-1") -> str:
    shown = site.call("incidents", "show", site.id_of(host), "--lang", "en")
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def test_a_note_a_task_and_a_file_stay_with_the_incident(site: Site, tmp_path: Path) -> None:
    incident, file = site.id_of("ws-1"), tmp_path / "image.e01"
    file.write_bytes(b"evidence")
    for said in (
        ("note", incident, "--text", "called the site [red]now[/red]", *LI),
        ("task", incident, "--text", "isolate ws-1", *LI),
        ("task", incident, "--text", "ask for the image", *LI),
        ("attach", incident, str(file), "--place", "safe 3", *LI),
        ("assign", incident, "--to", "wang", *LI),
    ):
        assert site.call("incidents", *said).exit_code == 0
    shown = page(site)
    digest = hashlib.sha256(b"evidence").hexdigest()
    for words in ("called the site [red]now[/red]", "isolate ws-1", "safe 3", digest, "image.e01"):
        assert words in shown
    assert site.incidents("--assignee", "wang")[0]["incident_id"] == incident
    done = site.call("incidents", "done", incident, "1", "--reason", "unplugged", *LI)
    assert done.stderr.strip() == f"end_task {incident[:12]} accepted"
    tasks = page(site)
    assert tasks.index("ask for the image") < tasks.index("li unplugged")
    again = site.call("incidents", "done", incident, "2")
    assert "no open task" in again.stderr
    assert again.exit_code == 1
    assert "no task 9; see `show`" in site.call("incidents", "done", incident, "9").stderr


def test_what_was_said_of_a_part_stays_when_it_becomes_part_of_another(site: Site) -> None:
    early = site.id_of("ws-2")
    for said in (("note", "--text", "seen before"), ("task", "--text", "look at the logs")):
        assert site.call("incidents", said[0], early, *said[1:]).exit_code == 0
    site.take("E1", shadow_copies(9 * 3600 - 60, "ws-2"))
    now = site.id_of("ws-2")
    assert now != early
    assert "seen before" in page(site, "ws-2")
    assert site.call("incidents", "done", now, "1").exit_code == 0


def test_the_events_around_it_are_those_of_who_takes_part(site: Site) -> None:
    quiet = failed_logon(9 * 3600 + 500, "zhao").replace(b'"dc-1"', b'"WS-2"')
    site.take("E1", quiet, failed_logon(9 * 3600 + 500, "qian"))

    def around(*words: str) -> list[dict[str, str]]:
        told = site.call("incidents", "events", site.id_of("ws-2"), "--json", *words)
        return [json.loads(line) for line in told.stdout.splitlines()]

    assert {each["host"].lower() for each in around()} == {"ws-2"}
    assert any("zhao" in each["raw"] for each in around())
    assert not any("zhao" in each["raw"] for each in around("--around", "1m"))
    assert any("qian" in each["raw"] for each in around("--whole"))
    table = site.call("incidents", "events", site.id_of("ws-2"), "--limit", "1")
    assert "Event as received" in table.stdout
    assert "these are the first 1; there are more" in table.stderr
    bad = site.call("incidents", "events", site.id_of("ws-2"), "--around", "soon")
    assert bad.exit_code == 2


def test_indicators_go_out_as_stix_and_csv(site: Site) -> None:
    image = "C:\\Users\\Public\\=cmd.exe"
    site.take(
        "E2", shadow_copies(3600 + 30, "sw-9", ParentImage=image, DestinationIp="203.0.113.7")
    )
    incident = site.id_of("sw-9")
    told = site.call("incidents", "indicators", incident, "--format", "stix").stdout
    bundle = stix2.parse(told, version="2.1")
    patterns = {one.pattern for one in bundle.objects if one.type == "indicator"}
    assert "[ipv4-addr:value = '203.0.113.7']" in patterns
    rows = list(csv.DictReader(site.call("incidents", "indicators", incident).stdout.splitlines()))
    assert ("address", "203.0.113.7") in {(row["kind"], row["value"]) for row in rows}
    assert {row["incident_id"] for row in rows} == {incident}


def test_incidents_are_merged_and_split_by_hand(site: Site) -> None:
    one, other = site.id_of("ws-1"), site.id_of("ws-2")
    mixed = site.call("incidents", "merge", one, site.id_of("sw-9"))
    assert mixed.exit_code == 2
    assert "several incidents of one enterprise" in mixed.stderr
    merged = site.call("incidents", "merge", other, one, "--reason", "one attacker")
    assert merged.stderr.strip() == f"merge {one[:12]} accepted"
    assert [each["incident_id"] for each in site.incidents("--enterprise", "E1")] == [one]
    assert site.call("incidents", "split", one, "--part", "host", "ws-2").exit_code == 0
    assert {each["incident_id"] for each in site.incidents("--enterprise", "E1")} == {one, other}
    refused = site.call("incidents", "split", one, "--part", "host", "ws-7")
    assert "nothing in the incident names host ws-7" in refused.stderr
    tiers = json.loads(site.call("incidents", "show", other, "--json").stdout)["assessments"]
    assert tiers, "both are judged"
