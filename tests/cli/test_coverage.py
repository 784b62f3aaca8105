"""`fenghuo coverage`: counts, lists and work lists of what the registry and the store say."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main

HEADINGS = "单位编号,单位名称,省份,行业,年营业收入,数据级别,风险评估日期,联系人,联系电话"
KEPT = (
    "Z1,=1+2,浙江,钢铁,9,重要,,王某,0571-1",
    "Z2,二号,浙江,钢铁,8,一般,,,",
    "Z3,三号,浙江,钢铁,,一般,,,",
    "J1,江一,江苏,钢铁,5,一般,,,",
)
LEAVES = "J2,江二,江苏,钢铁,7,一般,,,"


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store and a registry: of five enterprises one has left since."""
    folder = tmp_path_factory.mktemp("site")
    for rows in ((*KEPT, LEAVES), KEPT):
        (folder / "t.csv").write_text("\n".join((HEADINGS, *rows)), "utf-8")
        where = ["--registry", folder / "r.ndjson", "--store", folder / "store", "--apply"]
        assert call("registry", "import", folder / "t.csv", *where).exit_code == 0
    return folder


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def table(text: str) -> list[Sequence[str]]:
    assert text.startswith("\ufeff")
    return [*csv.reader(StringIO(text.removeprefix("\ufeff")))]


def test_the_summary_counts_who_is_registered_and_nobody_who_has_left(folder: Path) -> None:
    found = lines(call("coverage", "summary", "--store", folder / "store", "--json").stdout)
    counted = [
        (row["province"], row["enterprises"], row["top_tenth"], row["undecided"]) for row in found
    ]
    assert counted == [("320000", 1, 1, 0), ("330000", 3, 1, 1)]
    assert [row["assessment_required"] for row in found] == [0, 1]
    shown = call(
        "coverage",
        "summary",
        "--store",
        folder / "store",
        "--csv",
        "--by",
        "sector",
        "--lang",
        "zh",
    )
    assert table(shown.stdout)[1][:4] == ["钢铁", "4", "2", "1"]
    assert table(shown.stdout)[-1][:4] == ["全国", "4", "2", "1"]


def test_the_list_names_the_members_of_a_province_in_the_readers_language(folder: Path) -> None:
    where = ["--store", folder / "store", "--province", "江苏"]
    found = table(call("coverage", "list", *where, "--csv", "--lang", "en").stdout)
    assert found[0][:6] == ["Province", "Sector", "Enterprise id", "Name", "Top tenth",
                            "Place by revenue"]  # fmt: skip
    assert [row[:6] for row in found[1:]] == [["Jiangsu", "Steel", "J1", "江一", "yes", "1"]]
    everybody = lines(
        call("coverage", "list", "--store", folder / "store", "--all", "--json").stdout
    )
    assert [row["enterprise_id"] for row in everybody] == ["J1", "Z1", "Z2", "Z3"]


def test_a_work_list_says_what_to_do_where_on_what_ground_and_whom_to_call(folder: Path) -> None:
    where = ["--store", folder / "store", "--province", "330000"]
    told = call(
        "coverage", "work-list", *where, "--registry", folder / "r.ndjson", "--csv", "--lang", "zh"
    )
    rows = table(told.stdout)
    assert [(row[2], row[3], row[5]) for row in rows[1:]] == [
        ("Z1", "'=1+2", "生成密钥并登记公钥"),
        ("Z1", "'=1+2", "开展数据分类分级并填报日期"),
        ("Z1", "'=1+2", "开展年度风险评估并填报日期"),
        ("Z1", "'=1+2", "参加应急演练"),
        ("Z3", "三号", "填报年营业收入及年度"),
    ]
    assert rows[3][7:] == [
        "《工业和信息化领域数据安全管理办法（试行）》第三十一条", "王某", "0571-1", "",
    ]  # fmt: skip


def test_what_a_person_sees_is_a_table(folder: Path) -> None:
    shown = call("coverage", "list", "--store", folder / "store", "--sector", "steel")
    assert "江一" in shown.stdout
    assert "三号" not in shown.stdout


def test_a_province_that_there_is_not_is_refused(folder: Path) -> None:
    refused = call("coverage", "list", "--store", folder / "store", "--province", "蓬莱")
    assert (refused.exit_code, "is no province" in refused.output) == (2, True)
