"""An absence from recordings to the store, over `fenghuo run`, as an analyst reads it."""

import json
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli.main import main

RULES = """
title: Backup Started
name: backup_started
id: 6f2f4a76-8d0a-4a55-9ae4-6f0f5a1f9c01
logsource: {category: backup}
detection: {it: {action: started}, condition: it}
level: informational
---
title: Backup Finished
name: backup_finished
id: 6f2f4a76-8d0a-4a55-9ae4-6f0f5a1f9c02
logsource: {category: backup}
detection: {it: {action: finished}, condition: it}
level: informational
---
title: Backup That Never Finished
id: 6f2f4a76-8d0a-4a55-9ae4-6f0f5a1f9c03
correlation:
    type: temporal
    rules: [backup_started, backup_finished]
    group-by: [Computer]
    timespan: 1h
    condition: backup_started and not backup_finished
level: high
"""


class Night:
    """Runs on one store, one after another, each over a recording of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0
        (folder / "rules").mkdir()
        (folder / "rules" / "backup.yml").write_text(RULES, encoding="utf-8")

    def run(self, *events: tuple[str, str]) -> None:
        """One run over events in the order in which they arrived: time of day, action."""
        self.runs += 1
        recording = self.folder / f"{self.runs}.jsonl"
        lines = (
            {"@timestamp": f"2026-03-02T{time}:00Z", "Computer": "bk1", "action": action}
            for time, action in events
        )
        recording.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        self._call("run", "--rules", str(self.folder / "rules"), str(recording))

    def read(self, query: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._call("sql", query).splitlines()]

    def detections(self) -> list[dict[str, object]]:
        return self.read("SELECT status, revision FROM detections ORDER BY time")

    def incidents(self) -> list[dict[str, object]]:
        return self.read("SELECT status, title_en FROM incidents")

    def _call(self, command: str, *arguments: str) -> str:
        store = ("--store", str(self.folder / "store"))
        result = CliRunner().invoke(main, [command, *store, *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout


def test_what_did_not_follow_in_time_is_told_once(tmp_path: Path) -> None:
    #  started ──────1 h──────┤ told                    11:30, 12:00: nothing more
    night = Night(tmp_path)
    night.run(("10:00", "started"), ("10:30", "else"), ("11:10", "else"))
    assert night.detections() == [{"status": "active", "revision": 1}]
    night.run(("11:30", "else"), ("12:00", "else"))
    assert night.detections() == [{"status": "active", "revision": 1}]
    (incident,) = night.incidents()
    assert incident["status"] == "new"
    assert "Backup That Never Finished" in str(incident["title_en"])


def test_a_timer_survives_the_end_of_a_run(tmp_path: Path) -> None:
    #  started ───┤ run ends │ next run ──┤ told
    night = Night(tmp_path)
    night.run(("10:00", "started"), ("10:30", "else"))
    assert night.detections() == []
    night.run(("11:10", "else"))
    assert night.detections() == [{"status": "active", "revision": 1}]


def test_what_follows_late_but_within_the_lateness_prevents_it(tmp_path: Path) -> None:
    #  started 10:00 ──── finished 10:59, arrives after 11:03; the lateness is 5 min
    night = Night(tmp_path)
    night.run(("10:00", "started"), ("11:03", "else"), ("10:59", "finished"), ("12:00", "else"))
    assert night.detections() == []
    assert night.incidents() == []


def test_what_follows_after_it_was_told_takes_it_back_visibly(tmp_path: Path) -> None:
    #  started 10:00 ──── told 11:00 ──── finished 10:40 arrives in the next run
    night = Night(tmp_path)
    night.run(("10:00", "started"), ("11:10", "else"))
    night.run(("10:40", "finished"))
    assert night.detections() == [{"status": "superseded", "revision": 2}]
    (incident,) = night.incidents()
    assert incident["status"] == "superseded"
    revisions = night.read("SELECT revision, status FROM incident_revisions ORDER BY revision")
    assert revisions == [
        {"revision": 1, "status": "new"},
        {"revision": 2, "status": "superseded"},
    ]
