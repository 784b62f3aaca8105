"""Bringing the programme in: CSV, workbook and JSON lines; idempotent, corrected by id."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.files.programme_file import keep_records, kept_records, read_programme_file
from pipeline.intake.cells import Row
from pipeline.programme.checks import compare
from pipeline.programme.reading import Parsed, fields_of, pseudonym, read_objects, read_table
from schemas.glossary_programme import COLUMN
from schemas.programme import RECORD_OF, ProgrammeKind, Training
from sinks.memory import MemorySink

TODAY = date(2026, 6, 1)
TRAININGS = """编号,培训日期,名称,主办单位,省份,行业,培训方式,学时,人次,人数,撤销
T1,2025-03-01,数据安全实务,省工信厅,浙江省,steel,线下授课,7.5,120,60,
T2,2025/4/2,分类分级,协会,310000,software,online,2,"1,200",,否
"""
KEY = b"0123456789abcdef0123456789abcdef"


def parse(kind: ProgrammeKind, table: str) -> Parsed:
    rows = [Row(n, line.split(",")) for n, line in enumerate(table.splitlines(), 1) if line]
    return read_table(kind, rows, "file.csv", KEY)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["programme", *map(str, arguments)])


def bring(store: Path, kind: str, file: Path, *options: str) -> dict[str, Any]:
    result = call("import", kind, file, "--json", "--store", store, *options)
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (1 if answer["faults"] else 0), result.output
    return answer


def test_a_table_with_chinese_headings_is_read(tmp_path: Path) -> None:
    file = tmp_path / "trainings.csv"
    file.write_text(TRAININGS, encoding="gb18030")
    parsed = read_programme_file("training", file)
    assert not parsed.faults
    first, second = (numbered.record for numbered in parsed.records)
    assert isinstance(first, Training)
    assert (first.province, first.training_kind, first.hours) == ("330000", "classroom", 7.5)
    assert isinstance(second, Training)
    assert (second.person_times, second.persons) == (1200, None)


NAMING = """编号,培训日期,名称,主办单位,省份,人次,单位编号
T1,2025-03-01,实务,省工信厅,浙江省,9,E1、E2；E1 E3
T2,2025-03-02,实务,省工信厅,浙江省,9,E1;E9
T3,2025-03-03,实务,省工信厅,浙江省,9,
"""


def test_a_session_names_the_enterprises_whose_people_came() -> None:
    parsed = parse("training", NAMING)
    assert not parsed.faults
    records = [numbered.record for numbered in parsed.records]
    named = [one.enterprise_ids for one in records if isinstance(one, Training)]
    assert named == [("E1", "E2", "E3"), ("E1", "E9"), ()]
    change = compare(parsed, [], TODAY, "file.csv", {"E1", "E2", "E3"})
    assert [one.id for one in change.added] == ["T1", "T3"]
    (fault,) = change.faults
    assert str(fault) == (
        "file.csv:3: [enterprise_ids] impossible: 'E9' is not in the registry; "
        "correct the id, or register it"
    )
    assert len(compare(parsed, [], TODAY, "file.csv").added) == 3, "no registry, no stranger"


def test_the_three_forms_of_a_file_say_the_same(tmp_path: Path) -> None:
    text, book, lines = (tmp_path / name for name in ("t.csv", "t.xlsx", "t.ndjson"))
    text.write_text(TRAININGS, encoding="utf-8")
    rows = [
        ["T1", date(2025, 3, 1), "数据安全实务", "省工信厅", "浙江", "钢铁", "classroom", 7.5, 120,
         60],
        ["T2", "2025-04-02", "分类分级", "协会", "Shanghai", "软件", "线上授课", 2, 1200, None],
    ]  # fmt: skip
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["2025年培训情况表"])
    sheet.append([COLUMN[name].en for name in fields_of("training")])
    for row in rows:
        sheet.append(row)
    workbook.save(book)
    names = list(fields_of("training"))
    objects = [dict(zip(names, map(_plain, row), strict=False)) for row in rows]
    lines.write_text("\n".join(json.dumps(each) for each in objects), encoding="utf-8")
    read = [read_programme_file("training", file) for file in (text, book, lines)]
    assert [parsed.faults for parsed in read] == [[], [], []]
    records = [[numbered.record for numbered in parsed.records] for parsed in read]
    assert records[0] == records[1] == records[2]


def _plain(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def test_every_fault_of_every_row_is_named_at_once() -> None:
    parsed = parse(
        "training",
        "编号,培训日期,名称,主办单位,省份,人次,人数,讲师\n"
        "T1,never,课,厅,浙江,many,1,x\n"
        ",2025-03-01,课,厅,Atlantis,5,5,x\n",
    )
    assert [(one.row, one.column) for one in parsed.faults] == [
        (1, "讲师"),
        (2, "held_on"),
        (2, "person_times"),
        (3, "id"),
        (3, "province"),
    ]
    assert all(one.remedy for one in parsed.faults)
    assert not parsed.records


@pytest.mark.parametrize(
    ("kind", "table", "column"),
    [
        ("training", "id,held on,title,organiser,province,person-times\nT,2027-01-01,a,b,浙江,5",
         "held_on"),
        ("training", "id,held on,title,organiser,province,person-times\nT,2025-01-01,a,b,浙江,0",
         "person_times"),
        ("training", "id,held on,title,organiser,province,person-times\nT,2025-01-01,a,b,浙江,-5",
         "person_times"),
        ("training", "id,held on,title,organiser,province,person-times,persons\n"
         "T,2025-01-01,a,b,浙江,5,6", "persons"),
        ("training", "id,held on,title,organiser,province,person-times,hours\n"
         "T,2025-01-01,a,b,浙江,5,100000", "hours"),
        ("specialist", "id,province,qualification,qualified on,valid until\n"
         "a1,浙江,CDSP,2025-01-01,2024-01-01", "valid_until"),
        ("standard", "id,title,level of the standard,initiated on,published on\n"
         "S,a,国家标准,2025-01-02,2025-01-01", "published_on"),
        ("spending", "enterprise id,year,it spending,security spending\nE1,2025,10,11",
         "security_spending"),
        ("spending", "enterprise id,year,it spending,security spending\nE1,2027,10,1", "year"),
        ("spending", "enterprise id,year,it spending,security spending\nE1,2025,0,0",
         "it_spending"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_not_counted(
    kind: ProgrammeKind, table: str, column: str
) -> None:
    change = compare(parse(kind, table), (), TODAY, "file.csv")
    assert [(one.column, one.kind) for one in change.faults] == [(column, "impossible")]
    assert not change.added


def test_a_row_that_stands_twice_and_a_thing_under_two_ids_are_duplicates() -> None:
    head = "id,held on,title,organiser,province,person-times\n"
    rows = "T1,2025-01-01,a,b,浙江,5\nT1,2025-01-01,a,b,浙江,5\nT2,2025-01-01,A ,b,浙江,9\n"
    change = compare(parse("training", head + rows), (), TODAY, "file.csv")
    assert [record.id for record in change.added] == ["T1"]
    assert [(one.row, one.kind) for one in change.faults] == [(3, "duplicate"), (4, "duplicate")]
    assert "'T1'" in change.faults[1].problem


def test_a_thing_that_the_store_has_under_another_id_is_a_duplicate_until_that_is_withdrawn() -> (
    None
):
    head = "id,title,province,sector,selected on,withdrawn\n"
    known = compare(parse("case", head + "C1,案例,浙江,steel,2025-01-01,"), (), TODAY, "f")
    again = parse("case", head + "C2,案例,浙江,steel,2025-02-01,")
    assert compare(again, known.added, TODAY, "f").faults[0].kind == "duplicate"
    gone = compare(parse("case", head + "C1,案例,浙江,steel,2025-01-01,是"), (), TODAY, "f")
    assert not compare(again, gone.added, TODAY, "f").faults


def test_import_is_idempotent_and_corrects_by_id(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "spending.csv"
    file.write_text(
        "单位编号,年度,信息化投入,网络安全投入\nE1,2025,1000万元,90万元\nE2,2025,500,60\n"
    )
    counts = ("added", "corrected", "unchanged", "refused")
    first = bring(store, "spending", file)
    assert [first[name] for name in counts] == [2, 0, 0, 0]
    again = bring(store, "spending", file)
    assert [again[name] for name in counts] == [0, 0, 2, 0]
    file.write_text(
        "单位编号,年度,信息化投入,网络安全投入\nE1,2025,1000万元,120万元\nE3,2025,5,9\n"
    )
    third = bring(store, "spending", file)
    assert [third[name] for name in counts] == [0, 1, 0, 1]
    status = call("status", "--json", "--store", store, "--as-of", "2026-06-01")
    share = next(
        one for one in json.loads(status.stdout)["targets"] if one["target"] == "security_share"
    )
    assert share["done"] == pytest.approx(100 * 1_200_060 / 10_000_500)
    assert (share["state"], share["expected"]) == ("reached", None)


ROWS: dict[ProgrammeKind, st.SearchStrategy[list[str]]] = {
    "training": st.tuples(
        st.integers(1, 5).map(str), st.sampled_from(["2025-03-01", "2025-04-01"]),
        st.sampled_from(["a", "b"]), st.just("厅"), st.sampled_from(["浙江", "上海"]),
        st.just(""), st.just(""), st.sampled_from(["", "2.5"]), st.integers(1, 9).map(str),
        st.sampled_from(["", "1"]), st.sampled_from(["", "E1"]), st.sampled_from(["", "是"]),
    ).map(list),
}  # fmt: skip


@given(st.lists(ROWS["training"], max_size=8))
def test_laws_what_was_taken_is_known_and_read_back_the_same(rows: Sequence[list[str]]) -> None:
    head = Row(1, list(fields_of("training")))
    parsed = read_table("training", [head, *(Row(n, row) for n, row in enumerate(rows, 2))], "f")
    sink = MemorySink()
    change = compare(parsed, (), TODAY, "f")
    keep_records(sink, "training", change.added)
    kept = kept_records(sink)
    assert {one.id: one for one in kept} == {one.id: one for one in change.added}
    again = compare(parsed, kept, TODAY, "f")
    assert (again.added, again.corrected) == ([], [])
    assert again.unchanged == len(change.added)
    assert len(change.added) + len({one.row for one in change.faults}) == len(rows)


@pytest.mark.parametrize("kind", list(RECORD_OF))
def test_the_headings_that_are_printed_are_those_that_are_read(kind: ProgrammeKind) -> None:
    for language in ("zh", "en"):
        head = call("columns", kind, "--lang", language).stdout.strip().split(",")
        parsed = read_table(kind, [Row(1, head)], "f")
        assert not parsed.faults


@pytest.mark.parametrize("identity", ["11010519491231002X", "13800138000", "王小明"])
def test_no_number_and_no_name_of_a_person_is_kept(identity: str) -> None:
    head = "id,province,qualification,qualified on\n"
    parsed = parse("specialist", f"{head}{identity},浙江,CDSP,2025-01-01\n")
    assert [one.kind for one in parsed.faults] == ["personal"]
    assert identity not in str(parsed.faults[0])


def test_an_identity_becomes_the_same_pseudonym_every_time(tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "s.csv"
    key.write_bytes(KEY)
    file.write_text("身份标识,省份,资格,取得日期\n11010519491231002x,浙江,CDSP,2025-01-01\n")
    without = call("import", "specialist", file, "--store", tmp_path / "store")
    assert without.exit_code == 1
    assert "--pseudonym-key" in without.output
    assert bring(tmp_path / "store", "specialist", file, "--pseudonym-key", str(key))["added"] == 1
    (record,) = read_programme_file("specialist", file, KEY).records
    assert record.record.id == pseudonym("11010519491231002X", KEY)
    assert pseudonym("11010519491231002X", KEY) != pseudonym("11010519491231002X", KEY[::-1])
    assert "1101051949" not in str(record)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "s.csv"
    key.write_bytes(b"short")
    file.write_text("编号,省份,资格,取得日期\n")
    result = call("import", "specialist", file, "--pseudonym-key", key, "--store", tmp_path / "s")
    assert "fewer than 16 bytes" in result.output


def test_lines_that_are_no_objects_and_unknown_keys_are_named() -> None:
    parsed = read_objects("case", [b"[1]", b"{", b'{"id": "C1", "colour": "red"}'], "f")
    assert [(one.row, one.column) for one in parsed.faults[:3]] == [(1, ""), (2, ""), (3, "colour")]


def test_a_table_without_headings_is_told_which_to_write() -> None:
    (fault,) = read_table("case", [Row(1, ["a", "b"])], "f").faults
    assert "省份" in fault.remedy


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "old.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    result = call("import", "case", file, "--store", tmp_path / "store")
    assert result.exit_code == 1
    assert ".xlsx" in result.output
