"""`fenghuo registry import`: a difference first, then the file and the store."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.registry_reload import is_confirmed
from pipeline.cli.main import main
from pipeline.files.registry_file import read_registry_file
from pipeline.state import ANY_PARTITION, StateKey, enterprise_state
from sinks.chdb import ChdbSink

HEADINGS = "单位编号,单位名称,省份,行业,年营业收入（万元）,备注\n"
ROWS = ["E1,一号,浙江,钢铁,100,\n", "E2,二号,江苏,钢铁,,\n"]
KEY = '{"key_id": "2026", "public_key": "' + "A" * 43 + '="}'


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "企业.csv"
    file.write_bytes((HEADINGS + "".join(ROWS)).encode("gb18030"))
    return file


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    file = tmp_path / "registry.ndjson"
    file.write_text(
        '{"enterprise_id": "E1", "name": "一号", "province": "330000", "sector": "machinery",'
        f' "keys": [{KEY}]}}\n'
        '{"enterprise_id": "E3", "name": "三号", "province": "110000", "sector": "steel",'
        f' "keys": [{KEY}]}}\n',
        "utf-8",
    )
    return file


def test_a_difference_is_shown_and_nothing_is_written(table: Path, registry: Path) -> None:
    before = registry.read_bytes()
    shown = call("registry", "import", table, "--registry", registry, "--lang", "en")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "+ E2",
        "~ E1 sector: machinery → steel",
        "~ E1 annual revenue: – → 1000000",
        "- E3",
    ]
    assert "1 added, 1 changed (2 fields), 1 removed" in shown.stderr
    assert "not taken: 备注" in shown.stderr
    assert "keys: 1 lose a key" in shown.stderr
    assert registry.read_bytes() == before


def test_what_would_be_switched_off_must_be_named(table: Path, registry: Path) -> None:
    before = registry.read_bytes()
    refused = call("registry", "import", table, "--registry", registry, "--apply")
    assert (refused.exit_code, "--confirm keys" in refused.stderr) == (1, True)
    assert registry.read_bytes() == before
    applied = call(
        "registry", "import", table, "--registry", registry, "--apply", "--confirm", "keys"
    )
    assert applied.exit_code == 0
    rows = read_registry_file(registry).enterprises
    assert [*rows] == ["E1", "E2"]
    assert (rows["E1"].keys[0].key_id, rows["E1"].annual_revenue) == ("2026", 1_000_000)
    assert is_confirmed(registry)


def test_a_partial_table_lets_the_others_stay(table: Path, registry: Path) -> None:
    applied = call("registry", "import", table, "--registry", registry, "--partial", "--apply")
    assert applied.exit_code == 0
    assert [*read_registry_file(registry).enterprises] == ["E1", "E3", "E2"]
    assert not is_confirmed(registry)
    again = call("registry", "import", table, "--registry", registry, "--partial", "--json")
    assert again.stdout == ""


def test_every_fault_is_told_and_while_there_is_one_nothing_is_written(
    table: Path, registry: Path
) -> None:
    rows = ["E1,一号,某省,钢铁,100,\n", "E2,二号,江苏,钢铁,很多,\n", "E4,四号,江苏,钢铁,1,\n"]
    table.write_text(HEADINGS + "".join(rows), "utf-8")
    before = registry.read_bytes()
    refused = call("registry", "import", table, "--registry", registry, "--apply", "--json")
    faults = [json.loads(line) for line in refused.stdout.splitlines()]
    assert [(fault["line"], fault["column"], fault["value"]) for fault in faults] == [
        (2, "province", "某省"),
        (3, "annual_revenue", "很多"),
    ]
    assert refused.exit_code == 1
    assert registry.read_bytes() == before


def test_who_leaves_with_open_incidents_or_state_must_be_named(
    table: Path, registry: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    whole = call("registry", "import", registry, "--store", store, "--apply")
    assert whole.exit_code == 0, whole.output
    sink = ChdbSink(store)
    sink.query(
        "INSERT INTO incident_revisions_rows (enterprise_id, incident_id, revision, status)"
        " SELECT 'E3', 'i', 1, 'new'"
    )
    sink.close()
    states = EmbeddedStates(store)
    enterprise_state(states.recall(StateKey(ANY_PARTITION, "E3"))).left_at = 1
    states.save()
    where = ["--registry", registry, "--store", store, "--apply"]
    refused = call("registry", "import", table, *where)
    for what in ("keys", "incidents", "state"):
        assert f"--confirm {what}" in refused.stderr
    confirmed = [word for what in ("keys", "incidents", "state") for word in ("--confirm", what)]
    assert call("registry", "import", table, *where, *confirmed).exit_code == 0
    asked = call("sql", "--store", store, "SELECT sector FROM enterprises WHERE name = '一号'")
    assert json.loads(asked.stdout) == {"sector": "steel"}


def test_a_workbook_into_the_store_alone_is_held_against_its_table(tmp_path: Path) -> None:
    book, store = openpyxl.Workbook(), tmp_path / "store"
    sheet = book.worksheets[0]
    for row in (
        ["单位编号", "单位名称", "省份", "行业", "用户数"],
        ["E1", "一号", "浙江", "钢铁", 5],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    where = [tmp_path / "a.xlsx", "--store", store]
    assert call("registry", "import", *where).stdout == "+ E1\n"
    assert not store.exists()
    assert call("registry", "import", *where, "--apply").exit_code == 0
    assert call("registry", "import", *where).stdout == ""
    sheet["E2"] = 6
    book.save(tmp_path / "a.xlsx")
    assert call("registry", "import", *where).stdout == "~ E1 users: 5 → 6\n"
    assert call("registry", "import", *where, "--lang", "zh").stdout == "~ E1 用户数: 5 → 6\n"


def test_what_is_no_table_of_enterprises_is_refused(tmp_path: Path, registry: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    refused = call("registry", "import", file, "--registry", registry)
    assert (refused.exit_code, "单位编号" in refused.stderr) == (1, True)
    registry.write_text("{}\n", "utf-8")
    refused = call("registry", "import", file, "--registry", registry)
    assert (refused.exit_code, "mend it first" in refused.stderr) == (1, True)


def test_a_table_is_checked_as_it_is_and_a_code_stated_twice_is_told(table: Path) -> None:
    code = "91330100799655058B"
    rows = [f"E1,一号,浙江,钢铁,{code}\n", f"E2,二号,浙江,钢铁,{code}\n", "E3,三号,某省,钢铁,\n"]
    table.write_text("单位编号,单位名称,省份,行业,信用代码\n" + "".join(rows), "utf-8")
    checked = call("registry", "check", table)
    assert checked.exit_code == 1
    assert f"{table}:4: province '某省' is unknown" in checked.stdout
    assert f"credit code {code} is that of E1, E2" in checked.stderr
    assert "2 enterprises, 2 without a key, 1 faults" in checked.stderr
