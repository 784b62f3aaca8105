"""Tables of enterprises: headings and cells in both languages, every fault with its place."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.cells import Cell, Row
from pipeline.intake.registry import ParsedRegistry
from pipeline.intake.registry_table import READERS, find_table, parse_table
from schemas.glossary import DATA_CLASS, FIELD, SECTOR
from schemas.glossary_registry import ALSO_CALLED, LISTING_ABROAD, REGISTRY
from schemas.provinces import PROVINCES
from schemas.registry import Contact, Enterprise, PublishingKey

REQUIRED: dict[str, Cell] = {"单位编号": "E1", "单位名称": "一号", "省份": "浙江", "行业": "钢铁"}
KEY = PublishingKey("2026", "A" * 43 + "=")


def parse(
    headings: Sequence[Cell], *rows: Sequence[Cell], before: Sequence[Enterprise] = ()
) -> ParsedRegistry:
    parsed = ParsedRegistry({}, [])
    table = find_table([Row(number, row) for number, row in enumerate((headings, *rows), 1)])
    assert table is not None
    parse_table(parsed, table, "t.csv", {row.enterprise_id: row for row in before})
    return parsed


def parse_cell(heading: str, cell: Cell) -> ParsedRegistry:
    columns = {**REQUIRED, heading: cell}
    return parse([*columns], [*columns.values()])


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("省份", "浙江省", "province", "330000"),
        ("省份", "宁夏", "province", "640000"),
        ("省份", "广西", "province", "450000"),
        ("省份", "新疆", "province", "650000"),
        ("Province", "Zhejiang", "province", "330000"),
        ("省", 330000, "province", "330000"),
        ("所属行业", "装备", "sector", "装备"),
        ("sector", "Steel", "sector", "steel"),
        ("统一社会信用代码", "９１３３０１００７９９６５５０５８ｂ", "unified_social_credit_code",
         "91330100799655058B"),
        ("年营业收入（万元）", "1,234.5", "annual_revenue", 12_345_000),
        ("年营业收入(万元)", 0.1, "annual_revenue", 1_000),
        ("年营业收入（亿元）", "3000万元", "annual_revenue", 30_000_000),
        ("annual revenue", "1.2亿", "annual_revenue", 120_000_000),
        ("annual_revenue (yuan)", 1e11, "annual_revenue", 10**11),
        ("营业收入年度", "2025年度", "revenue_year", 2025),
        ("是否规上", "是", "above_designated_size", True),
        ("above designated size", "no", "above_designated_size", False),
        ("规模以上", "未知", "above_designated_size", None),
        ("分类分级日期", datetime(2025, 3, 1, 8), "graded_on", date(2025, 3, 1)),
        ("分类分级日期", "2025年3月1日", "graded_on", date(2025, 3, 1)),
        ("assessed_on", "20250630", "assessed_on", date(2025, 6, 30)),
        ("数据级别", "一般数据、重要", "data_classes", ("general", "important")),
        ("应报送日志来源", "Windows；zeek", "expected_sources", ("windows", "zeek")),
        ("用户数", "120万户", "users", 1_200_000),
        ("国外上市", "拟上市", "listing_abroad", "planned"),
        ("数据领域", "工业", "field", "industrial"),
        ("计划单列市", "", "city", ""),
        ("*单位名称", "二号", "name", "二号"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_people_write_it(
    heading: str, cell: Cell, field: str, value: object
) -> None:
    columns = {**REQUIRED, heading: cell}
    same = {"Province": "省份", "省": "省份", "所属行业": "行业", "sector": "行业"}
    columns.pop(same.get(heading, "单位名称" if heading == "*单位名称" else ""), None)
    parsed = parse([*columns], [*columns.values()])
    assert parsed.faults == []
    assert getattr(parsed.enterprises["E1"], field) == value


@pytest.mark.parametrize(
    ("heading", "cell", "column"),
    [
        ("统一社会信用代码", "91330100799655058C", "unified_social_credit_code"),
        ("统一社会信用代码", 914403001922038216, "unified_social_credit_code"),
        ("年营业收入", "很多", "annual_revenue"),
        ("年营业收入", "-5", "annual_revenue"),
        ("用户数", 1.5, "users"),
        ("用户数", True, "users"),
        ("分类分级日期", "2025-02-30", "graded_on"),
        ("分类分级日期", "2025-03/01", "graded_on"),
        ("分类分级日期", 45717, "graded_on"),
        ("营业收入年度", "去年", "revenue_year"),
        ("规模以上", "大概", "above_designated_size"),
        ("数据级别", "一般、绝密", "data_classes"),
        ("国外上市", "mars", "listing_abroad"),
        ("网络地址段", "10.0.0.0/8;x", "networks"),
        ("计划单列市", "杭州", "city"),
    ],
)
def test_a_cell_that_cannot_be_is_told_by_row_column_and_value(
    heading: str, cell: Cell, column: str
) -> None:
    parsed = parse_cell(heading, cell)
    assert [(fault.line, fault.column) for fault in parsed.faults] == [(2, column)]
    assert parsed.enterprises == {}
    fault = parsed.faults[0]
    assert fault.remedy
    assert fault.value
    assert fault.value in fault.problem


def test_every_fault_of_every_row_is_told_at_once() -> None:
    headings = ["单位编号", "单位名称", "省份", "行业", "用户数", "行业代码"]
    parsed = parse(
        headings,
        ["E1", None, "某省", "钢铁", "x", "C99"],
        ["E2", "二号", "浙江", "钢铁", 5, "C31"],
        ["E2", "又二号", "浙江", "钢铁", -5, None],
    )
    assert [(fault.line, fault.column) for fault in parsed.faults] == [
        (2, "name"),
        (2, "users"),
        (2, "province"),
        (2, "industry"),
        (4, "enterprise_id"),
        (4, "users"),
    ]
    assert [*parsed.enterprises] == ["E2"]


def test_headings_may_stand_under_a_title_and_none_is_taken_twice() -> None:
    rows = [Row(1, ["企业登记表"]), Row(3, [*REQUIRED, "备注"]), Row(4, [*REQUIRED.values()])]
    table = find_table(rows)
    assert table is not None
    assert (table.heading_row, table.unknown) == (3, ("备注",))
    twice = parse([*REQUIRED, "企业编号"], [*REQUIRED.values(), "E9"])
    assert [fault.value for fault in twice.faults] == ["企业编号"]
    assert find_table([Row(1, ["a", "b"])]) is None


def test_a_field_without_a_column_stays_and_an_empty_cell_is_not_known() -> None:
    before = Enterprise(
        enterprise_id="E1", name="旧名", province="110000", sector="steel", users=7,
        critical_infrastructure=True, keys=(KEY,), contacts=(Contact("甲"),),
    )  # fmt: skip
    parsed = parse([*REQUIRED, "用户数"], [*REQUIRED.values(), None], before=[before])
    row = parsed.enterprises["E1"]
    assert (row.name, row.province, row.users) == ("一号", "330000", None)
    assert (row.critical_infrastructure, row.keys, row.contacts) == (True, (KEY,), (Contact("甲"),))


def test_contacts_belong_together_by_their_order() -> None:
    columns = {**REQUIRED, "联系人": "甲；乙", "联系电话": 13800000000, "电子邮箱": ";b@x.cn"}
    parsed = parse([*columns], [*columns.values()])
    assert parsed.enterprises["E1"].contacts == (
        Contact("甲", "13800000000"),
        Contact("乙", email="b@x.cn"),
    )


@pytest.mark.parametrize("column", [name for name in READERS if name != "enterprise_id"])
def test_every_name_of_a_column_names_that_column(column: str) -> None:
    for name in (column, *REGISTRY[column], *ALSO_CALLED.get(column, ())):
        table = find_table([Row(1, ["单位编号", name])])
        assert table is not None
        assert [each.name for each in table.columns] == ["enterprise_id", column], name


FLAGS: st.SearchStrategy[bool | None] = st.none() | st.booleans()
ROWS = st.builds(
    Enterprise,
    enterprise_id=st.from_regex("E[0-9]{1,5}", fullmatch=True),
    name=st.text("烽火公司abc", min_size=1, max_size=6),
    province=st.sampled_from([*PROVINCES]),
    sector=st.sampled_from([*SECTOR]),
    field=st.sampled_from([*FIELD]),
    critical_infrastructure=FLAGS,
    above_designated_size=FLAGS,
    data_classes=st.lists(st.sampled_from([*DATA_CLASS]), min_size=1, unique=True).map(tuple),
    annual_revenue=st.none() | st.integers(0, 10**14),
    revenue_year=st.none() | st.integers(2000, 2026),
    graded_on=st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    users=st.none() | st.integers(0, 10**9),
    listing_abroad=st.none() | st.sampled_from([*LISTING_ABROAD]),
    expected_sources=st.lists(st.sampled_from(["windows", "zeek"]), unique=True).map(tuple),
)
FIELDS = (
    "enterprise_id", "name", "province", "sector", "field", "critical_infrastructure",
    "above_designated_size", "data_classes", "annual_revenue", "revenue_year", "graded_on",
    "users", "listing_abroad", "expected_sources",
)  # fmt: skip
TERMS = {"province": None, "sector": SECTOR, "field": FIELD, "listing_abroad": LISTING_ABROAD}


def written(row: Enterprise, field: str, language: str, is_text: bool) -> Cell:
    """The field as somebody would type it."""
    value = getattr(row, field)
    terms = TERMS.get(field)
    if value is None:
        return None if not is_text else ""
    if isinstance(value, tuple):
        return "、".join(value)
    if field == "province":
        return PROVINCES[value].zh if language == "zh" else PROVINCES[value].en.partition(" (")[0]
    if terms is not None:
        return terms[value].zh if language == "zh" else terms[value].en
    if isinstance(value, bool):
        return ("是" if value else "否") if is_text else value
    return str(value) if is_text and not isinstance(value, str) else value


@given(st.lists(ROWS, max_size=4, unique_by=lambda row: row.enterprise_id), st.booleans(),
       st.sampled_from(["zh", "en", "key"]), st.permutations(FIELDS))  # fmt: skip
def test_laws_a_table_that_says_what_the_registry_says_is_the_registry(
    rows: list[Enterprise], is_text: bool, language: str, order: list[str]
) -> None:
    headings = [
        field if language == "key" else REGISTRY[field][0 if language == "zh" else 1]
        for field in order
    ]
    cells = [[written(row, field, language, is_text) for field in order] for row in rows]
    parsed = parse(headings, *cells)
    assert parsed.faults == []
    assert [*parsed.enterprises.values()] == rows
