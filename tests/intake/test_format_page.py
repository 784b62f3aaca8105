"""The page of formats, and the command that says what a file's lines are taken for."""

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import look_up
from pipeline.intake.formats.table import FORMATS, Format, read_marked, recognise
from tests.intake.format_page import PAGE, page
from tests.intake.format_samples import SAMPLES
from tests.intake.sample import Sample


def test_the_page_is_what_the_tables_and_samples_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.intake.format_page"


def test_every_format_has_a_golden_sample() -> None:
    assert {sample.format for sample in SAMPLES} == {*FORMATS}


@pytest.mark.parametrize("name", sorted(name for name in FORMATS if FORMATS[name].text))
def test_a_format_that_reads_text_says_how_its_lines_begin(name: str) -> None:
    assert all(FORMATS[name].line)
    assert (FORMATS[name].is_text is None) != (FORMATS[name].attempt is None)


NAMES = sorted({name for each in FORMATS.values() for marks in each.marks for name in marks}
               | {"id", "event", "auditType", "protoPayload", "a"})  # fmt: skip
VALUES = st.sampled_from([None, "", "x", "SYSCALL", 1, {}, {"System": 1, "action": "x"},
                          {"orig_h": "x", "methodName": "x"}])  # fmt: skip


def recognised_one_by_one(document: dict[str, object]) -> str | None:
    """Every format asked in turn, by every one of its marks."""
    for each in FORMATS.values():
        for marks in each.marks:
            has = all(
                name in document or look_up(document, name) is not None
                or name.partition(".")[0] in document
                for name in marks
            )  # fmt: skip
            if has and (each.is_document is None or each.is_document(document)):
                return each.name
    return None


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6), max_size=5))
def test_what_is_remembered_by_names_recognises_as_each_document_alone(
    documents: list[dict[str, object]],
) -> None:
    for document in [*documents, *documents]:
        assert recognise(document) == recognised_one_by_one(document)


BEGINNINGS = ("", "<?xml?>", "<30>", "12 <30>", "[", "*", "\u0661", "2024/03/01 08:00:00 ")


def reads_itself(format: Format, text: str) -> bool:
    """Whether a format says that a line is its own."""
    if format.is_text is not None:
        return format.is_text(text)
    try:
        return format.attempt is not None and format.attempt(text) is not None
    except EventFault:  # it bears the marks and is not sound
        return True


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_a_line_that_a_format_takes_begins_as_that_format_says(sample: Sample) -> None:
    line = sample.lines.partition(b"\n")[0].decode("utf-8", "replace")[:300]
    cuts = (line[cut:] for cut in range(len(line) + 1) if not line[cut - 1 : cut].isalnum())
    for text in (beginning + rest for rest in cuts for beginning in BEGINNINGS):
        takers = [each for each in FORMATS.values() if each.text and reads_itself(each, text)]
        assert all(re.match(each.first, text[:2]) for each in takers), text
        try:
            marked = read_marked(text)
        except EventFault:
            assert takers
        else:
            assert (marked and marked[0]) == (takers[0].name if takers else None), text


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_the_command_lists_every_format_with_its_marks() -> None:
    told = [json.loads(line) for line in call("formats", "list", "--json").stdout.splitlines()]
    assert [each["format"] for each in told] == [*FORMATS]
    assert {"format": "zeek", "line": "", "names": [["_path"], ["uid", "id.orig_h"]]} in told
    assert "以 CEF: 或 LEEF: 开头" in call("formats", "list", "--lang", "zh").stdout


LINES = (
    "<38>Mar  1 08:00:00 srv1 sshd[812]: Failed password",
    '{"Records":[{"eventVersion":"1","eventSource":"s3","awsRegion":"x","eventTime":'
    '"2024-03-01T08:00:00Z"},{"eventVersion":"1","eventSource":"s3","awsRegion":"x"}]}',
    "date=2024-03-01 time=16:00:00 devname=FW1 devid=F logid=0 type=traffic srcip=192.0.2.1",
    "nothing that says when",
)


def test_it_says_of_each_line_what_it_is_taken_for_and_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "mixed.log"
    file.write_text("\n".join(LINES), encoding="utf-8")
    tried = call("formats", "try", file, "--zone", "Asia/Shanghai", "--json")
    told = [json.loads(line) for line in tried.stdout.splitlines()]
    assert [(each["line"], each.get("part", 0), each["format"]) for each in told] == [
        (1, 0, "syslog"), (2, 0, "cloudtrail"), (2, 1, "cloudtrail"), (3, 0, "key_value"),
        (4, 0, "syslog"),
    ]  # fmt: skip
    assert told[0]["host"] == "srv1"
    assert told[3] == {
        "line": 3, "format": "key_value", "source": "firewall/fortigate/traffic", "host": "FW1",
        "time": "2024-03-01T08:00:00.000000Z", "source_ip": "192.0.2.1",
    }  # fmt: skip
    assert [each.get("reason", "") for each in told] == ["", "", "time_missing", "", "time_missing"]
    assert tried.exit_code == 1
    assert "2 x time_missing: " in tried.stderr


def test_of_a_long_file_it_shows_the_beginning_and_counts_the_whole(tmp_path: Path) -> None:
    file = tmp_path / "long.log"
    file.write_text(f"{LINES[0]}\n" * 500, encoding="utf-8")
    tried = call("formats", "try", file, "--lines", 2)
    assert tried.exit_code == 0
    assert tried.stdout.count("2026-") + tried.stdout.count("2025-") <= 2
    assert " 500 " in tried.stdout


def test_it_reads_what_another_program_writes() -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{LINES[0]}\n".encode())
    os.close(writing)
    tried = call("formats", "try", f"/dev/fd/{reading}", "--json")
    os.close(reading)
    assert tried.exit_code == 0
    assert '"host":"srv1"' in tried.stdout


def test_what_is_no_event_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "empty.log"
    file.write_bytes(b"")
    tried = call("formats", "try", file)
    assert tried.exit_code == 1
    assert "no event in it" in tried.stderr
