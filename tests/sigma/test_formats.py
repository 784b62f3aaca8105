"""Formats: each shape reaches the names that rules read, and its log source."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.files.recordings import open_recording
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import FORMATS, read_fields, recognise
from pipeline.sigma.log_sources import log_source

SYSMON = "Microsoft-Windows-Sysmon/Operational"
EVTX = {
    "Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": {"#text": 1},
            "Channel": SYSMON,
            "Computer": "h",
            "TimeCreated": {"#attributes": {"SystemTime": "2025-01-01T00:00:00Z"}},
        },
        "EventData": {"Image": "a.exe", "Threat Name": "x"},
    }
}
USER_DATA = {
    "Event": {
        "System": {"EventID": 1, "Channel": SYSMON},
        "UserData": {"Inner": {"#attributes": {"xmlns": "x"}, "Image": "a.exe"}},
    }
}
NAMED = {
    "Event": {
        "System": {"EventID": 1, "Channel": SYSMON},
        "EventData": {"Data": [{"#attributes": {"Name": "Image"}, "#text": "a.exe"}, "free"]},
    }
}
BEAT_6 = {"log_name": SYSMON, "event_id": 1, "event_data": {"Image": "a.exe"}}
BEAT_7 = {"winlog": {"channel": SYSMON, "event_id": "1", "event_data": {"Image": "a.exe"}}}
FLAT = {"Channel": SYSMON, "EventID": 1, "Image": "a.exe", "SourceName": "Microsoft-Windows-Sysmon"}


@pytest.mark.parametrize("document", [EVTX, USER_DATA, NAMED, BEAT_6, BEAT_7, FLAT])
def test_every_shape_of_a_windows_event_has_the_same_names(document: dict[str, Any]) -> None:
    assert recognise(document) == "windows"
    fields = read_fields("windows", orjson.dumps(document))
    assert (fields["Image"], fields["Channel"], str(fields["EventID"])) == ("a.exe", SYSMON, "1")
    source = log_source(fields)
    assert (source.category, source.product, source.service) == (
        "process_creation",
        "windows",
        "sysmon",
    )


def test_header_names_and_names_with_spaces() -> None:
    fields = read_fields("windows", orjson.dumps(EVTX))
    assert fields["Provider_Name"] == "Microsoft-Windows-Sysmon"
    assert fields["ThreatName"] == "x"
    assert fields["TimeCreated_SystemTime"] == "2025-01-01T00:00:00Z"


def test_security_4688_is_read_as_image_and_parent_image() -> None:
    line = b'{"Channel":"Security","EventID":4688,"NewProcessName":"a","ParentProcessName":"b"}'
    fields = read_fields("windows", line)
    assert (fields["Image"], fields["ParentImage"]) == ("a", "b")


EXAMPLES: list[tuple[str, dict[str, Any], str, str, tuple[str, str, str]]] = [
    (
        "ocsf",
        {
            "class_uid": 1007,
            "category_uid": 1,
            "activity_id": 1,
            "device": {"os": {"type": "Linux"}},
            "process": {"file": {"path": "/bin/ls"}, "cmd_line": "ls -l"},
        },
        "CommandLine",
        "ls -l",
        ("process_creation", "linux", ""),
    ),
    (
        "ecs",
        {
            "event": {"category": ["process"], "type": ["start"]},
            "host": {"os": {"type": "linux"}},
            "process": {"executable": "/bin/ls"},
        },
        "Image",
        "/bin/ls",
        ("process_creation", "linux", ""),
    ),
    ("zeek", {"_path": "dns", "id.orig_h": "1.2.3.4"}, "src_ip", "1.2.3.4", ("dns", "zeek", "dns")),
    (
        "suricata",
        {"event_type": "http", "flow_id": 1, "http": {"url": "/x"}},
        "c-uri",
        "/x",
        ("", "suricata", "http"),
    ),
    (
        "auditd",
        {"type": "EXECVE", "argc": 2, "a0": "/bin/ls", "a1": "-l"},
        "CommandLine",
        "/bin/ls -l",
        ("process_creation", "linux", "auditd"),
    ),
]


@pytest.mark.parametrize(("name", "document", "field", "value", "source"), EXAMPLES)
def test_a_format_is_recognised_named_and_placed(
    name: str, document: dict[str, Any], field: str, value: str, source: tuple[str, str, str]
) -> None:
    assert recognise(document) == name
    fields = read_fields(name, orjson.dumps(document))
    assert fields[field] == value
    found = log_source(fields)
    assert (found.category, found.product, found.service) == source


def test_auditd_and_syslog_text() -> None:
    line = b'type=EXECVE msg=audit(1700000000.5:7): argc=2 a0="ls" a1=2D6C'
    assert read_fields("auditd", line)["CommandLine"] == "ls -l"
    fields = read_fields("syslog", b"<86>Aug  2 10:00:00 host sshd[12]: Failed password")
    assert (fields["message"], log_source(fields).service) == ("Failed password", "sshd")


@pytest.mark.parametrize(("line", "reason"), [(b"{", "not_json"), (b"[]", "not_an_object")])
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_what_cannot_be_read_has_a_reason(name: str, line: bytes, reason: str) -> None:
    with pytest.raises(EventFault) as fault:
        read_fields(name, line)
    assert fault.value.reason == reason


ONE, TWO = b'{"a":1}', b'{"a":2}'
WAYS = {
    "lines": ONE + b"\n\n" + TWO + b"\n",
    "array": b"[" + ONE + b",\n" + TWO + b"]",
    "pretty": b'{\n "a": 1\n}\n{\n "a": 2\n}\n',
}


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("packing", ["plain", "gz", "zip"])
def test_a_recording_gives_the_same_documents_however_it_is_packed(
    tmp_path: Path, way: str, packing: str
) -> None:
    file = tmp_path / "r.json"
    if packing == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("x/r.json", WAYS[way])
            archive.writestr("__MACOSX/x/._r.json", b"junk")
    else:
        file.write_bytes(gzip.compress(WAYS[way]) if packing == "gz" else WAYS[way])
    steps: list[int] = []
    found = list(open_recording(file, steps.append))
    assert [each.raw for each in found] == [ONE, TWO]
    assert sum(steps) == file.stat().st_size
    assert [each.line for each in found] == {"lines": [1, 3], "array": [1, 2], "pretty": [1, 4]}[
        way
    ]


def test_a_broken_document_is_handed_on_with_its_problem(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_bytes(b'{\n "a": 1\n}\n{\n "a": \n}\n{\n "a": 2\n}\n')
    found = list(open_recording(file))
    assert [(each.line, bool(each.problem)) for each in found] == [
        (1, False),
        (4, True),
        (7, False),
    ]
