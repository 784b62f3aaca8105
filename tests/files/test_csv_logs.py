"""Logs in CSV: read with their header, refused without it, and never taken for syslog."""

import csv
import gzip
import io
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.file_reading import read_recordings
from pipeline.files.csv_logs import is_csv_log, read_csv_log
from pipeline.files.recordings import open_recording
from pipeline.intake.formats.table import AUTO
from pipeline.intake.lines import Found, read_lines

EVTXECMD = (
    "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,"
    "Computer,PayloadData1,ExecutableInfo,Payload\r\n"
    "1,77,2024-03-01 08:00:00.1234567,1,Info,Microsoft-Windows-Sysmon,"
    'Microsoft-Windows-Sysmon/Operational,2044,3012,ws1,"ProcessID: 1, x","""C:\\a.exe"" -x",'
    '"{""EventData"":{""Data"":[{""@Name"":""Image"",""#text"":""C:\\\\a.exe""}]}}"\r\n'
)
HAYABUSA = (
    '"Timestamp","RuleTitle","Level","Computer","Channel","EventID","RecordID","Details"\n'
    '"2024-03-01 08:00:00.123 +00:00","r","info","ws1","Sysmon",1,9,'
    '"Cmdline: a -x: y ¦ Proc: C:\\a.exe ¦ User: CORP\\ann"\n'
)


def events_of(file: Path) -> list[Found]:
    return [found for _, found in read_recordings(open_recording(file), AUTO)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EVTXECMD, {"Image": "C:\\a.exe", "Computer": "ws1", "EventID": "1"}),
        (HAYABUSA, {"Image": "C:\\a.exe", "CommandLine": "a -x: y", "User": "CORP\\ann"}),
        (f"#TYPE Selected.Events\n{HAYABUSA}", {"Image": "C:\\a.exe"}),
        ("\ufeff" + EVTXECMD, {"Image": "C:\\a.exe"}),
    ],
)
def test_a_table_of_windows_events_is_read_as_their_json_is(
    tmp_path: Path, text: str, expected: dict[str, str]
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(text, newline="")
    (found,) = events_of(file)
    assert found.fault is None
    assert found.format == "windows"
    assert {name: found.fields[name] for name in expected} == expected
    assert found.fields["Channel"] == "Microsoft-Windows-Sysmon/Operational"


def test_any_table_with_a_time_is_read_in_archives_and_encodings_too(tmp_path: Path) -> None:
    file = tmp_path / "export.csv.gz"
    text = "时间;主机;源地址\n2024-03-01 08:00:00;服务器;192.0.2.1\n"
    file.write_bytes(gzip.compress(text.encode("gb18030")))
    (found,) = events_of(file)
    assert found.fault is None
    assert found.fields == {"时间": "2024-03-01 08:00:00", "主机": "服务器", "源地址": "192.0.2.1"}


CELLS = st.text(st.sampled_from("a,;\t\"'\n中 1"), max_size=5).map(str.strip)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=4))
def test_every_row_comes_with_its_cells_and_its_line(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["time", "a b", "c"], *rows]
    )
    first, *lines = written.getvalue().encode().splitlines(keepends=True)
    assert is_csv_log(first)
    begin = 2
    found = [*read_csv_log(first, iter(lines), 1)]
    assert len(found) == len(rows)
    for (raw, line, problem), row in zip(found, rows, strict=True):
        cells = zip(("time", "a b", "c"), row, strict=True)
        assert (orjson.loads(raw), line, problem) == ({n: c for n, c in cells if c}, begin, "")
        begin += 1 + sum(cell.count("\n") for cell in row)


def test_a_row_of_other_cells_and_an_open_quote_are_told_and_cost_no_others() -> None:
    rows = [b"1,2\n", b'"open\n', *[b"x" * 1_000 + b"\n"] * 140, b"7,8,9\n"]
    found = [*read_csv_log(b"time,a,b\n", iter(rows), 1)]
    assert found[0] == (b"1,2", 2, "2 cells where the header has 3")
    assert found[1][1] == 3
    assert "is a quote not closed?" in found[1][2]
    assert found[-1] == (b'{"time":"7","a":"8","b":"9"}', 144, "")


@pytest.mark.parametrize(
    "line",
    [
        "2024-03-01 08:00:00,ws1,Security,4624,ann",
        "1,77,2024-03-01 08:00:00.1234567,1,Info,Sysmon",
        '"2024-03-01 08:00:00.123 +08:00","Proc Exec","info","ws1"',
        '"7","ws1","Security","4624"',
        "RecordNumber,EventRecordId,TimeCreated,EventId",
        "Mar  1 08:00:00,ws1,Security,4624",
    ],
)
def test_a_row_without_its_header_is_refused_by_name(line: str) -> None:
    (found,) = read_lines(AUTO, [line.encode()])
    assert found.fault is not None
    assert found.fault.reason == "csv_row"
    assert "looks like CSV" in found.fault.detail


@pytest.mark.parametrize(
    ("line", "format"),
    [
        ("2024-03-01 08:00:00,123 INFO a, b, c, d", "syslog"),
        ("2024-03-01 08:00:00 srv1 app: 1,2,3,4", "syslog"),
        ("<14>Mar  1 08:00:00 fw1 1,2024/03/01 08:00:00,0123,TRAFFIC,end", "key_value"),
        ("2024-03-01 08:00:00,one comma", "syslog"),
        ("20240301 08:00:00,db1,ann,192.0.2.1,9,77,QUERY,shop,'select a, b',0", "database"),
        ("failed at a, b, c, 2024-03-01 08:00:00", "syslog"),
    ],
)
def test_commas_alone_make_no_table(line: str, format: str) -> None:
    (found,) = read_lines(AUTO, [line.encode()])
    assert found.fault is None
    assert found.format == format


@pytest.mark.parametrize(
    "first",
    [b"time is, what, we have\n", b"a,b,c\n", b"date=2024-03-01 time=08:00:00 a,b,c\n",
     b"time,time,b\n", b"time,b\n", b"\n", b"<14>Mar  1 08:00:00 h p: a,b,c\n"],
)  # fmt: skip
def test_what_names_no_columns_begins_no_table(first: bytes) -> None:
    assert not is_csv_log(first)
