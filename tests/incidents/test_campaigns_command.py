"""`fenghuo campaigns` over an embedded store: written once, however often it runs."""

import json
from pathlib import Path

import msgspec
from click.testing import CliRunner

from pipeline.cli.campaigns import campaigns_command
from schemas.case_tables import INCIDENTS
from schemas.incident import Incident
from schemas.moments import HOUR
from sinks.chdb import ChdbSink
from tests.incidents.builders import Desk, detection

AT = "2020-09-14T12:00:00Z"


def incident_at(
    enterprise: str, hour: int, verdict: str = "unknown", revision: int = 1
) -> Incident:
    """One incident with the same external address at an enterprise."""
    desk = Desk()
    desk.take(detection(f"d-{enterprise}", hour * 60, "address:203.0.113.7", level="high"))
    changes = {
        "incident_id": f"incident-{enterprise}",
        "enterprise_id": enterprise,
        "verdict": verdict,
        "revision": revision,
        "first_time": desk.only().first_time + hour * HOUR // 1_000,
    }
    return msgspec.structs.replace(desk.only(), **changes)


def write(folder: Path, *incidents: Incident) -> None:
    sink = ChdbSink(folder)
    try:
        sink.migrate()
        sink.write({INCIDENTS.name: [INCIDENTS.row(one) for one in incidents]}, "test")
    finally:
        sink.close()


def run(folder: Path) -> list[dict[str, object]]:
    result = CliRunner().invoke(campaigns_command, ["--store", str(folder), "--at", AT])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def rows(folder: Path, sql: str) -> list[dict[str, object]]:
    sink = ChdbSink(folder, read_only=True)
    try:
        return sink.query(sql)
    finally:
        sink.close()


def test_campaigns_are_found_once_named_apart_and_withdrawn(tmp_path: Path) -> None:
    names = ("works-1", "works-2", "works-3")
    write(tmp_path, *(incident_at(name, hour) for hour, name in enumerate(names)))
    (found,) = run(tmp_path)
    assert (found["indicator"], found["enterprise_count"]) == ("203.0.113.7", 3)
    assert "works-" not in json.dumps(found)
    assert run(tmp_path) == []
    first = "SELECT enterprise_id FROM campaign_members ORDER BY place LIMIT 1"
    assert rows(tmp_path, first) == [{"enterprise_id": "works-1"}]
    write(tmp_path, incident_at("works-2", 1, "false_positive", 2))
    (withdrawn,) = run(tmp_path)
    assert (withdrawn["status"], withdrawn["revision"]) == ("withdrawn", 2)
    assert rows(tmp_path, "SELECT status FROM campaigns") == [{"status": "withdrawn"}]
    assert run(tmp_path) == []
