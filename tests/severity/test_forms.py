"""Statutory forms: boxes in the annexes' order, unknown said as unknown, safe in every format."""

import io
from typing import Any

import msgspec
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from pipeline.cli.form_files import FORMATS, render_form
from pipeline.severity.forms.content import Form, fill_form
from pipeline.severity.forms.fields import FORMS, FormName
from pipeline.severity.forms.layouts import LAYOUTS
from pipeline.severity.forms.source import FormSource
from schemas.language import LANGUAGES, Language
from tests.severity.builders import FACTORY, at, command
from tests.severity.form_source import INCIDENT, PRINTED_AT, SAID, bare, source


def filled(name: FormName, language: Language, of: FormSource | None = None) -> Form:
    return fill_form(name, of or source(), language, PRINTED_AT)


def value(form: Form, label: str) -> str:
    found = next(line.value for line in form.lines if line.label.startswith(label))
    return found.replace("\u00a0", " ")


ANNEX_2 = [
    "单位全称", "联系人", "联系方式",
    "发生时间", "获悉渠道", "涉事单位", "事件级别", "涉及系统（名称；IP、域名或URL）", "事件原因",
    "数据类型", "数据级别", "数据规模（GB或条）", "涉及个人信息", "涉及敏感个人信息",
    "影响主体", "影响范围",
    "已采取的措施", "拟采取的措施", "需要的支持",
]  # fmt: skip
ANNEX_3 = [
    "一、事件基本情况",
    "二、已采取的处置措施",
    "三、后续提升改进计划",
    "四、工作经验总结",
    "五、其他事项",
]


def test_the_report_has_the_boxes_of_annex_2_in_their_order() -> None:
    assert [line.label for line in filled("miit-report", "zh").lines] == ANNEX_2


def test_the_summary_has_the_headings_of_annex_3_with_unit_and_date() -> None:
    form = filled("miit-summary", "zh")
    assert [section.heading for section in form.sections] == ANNEX_3
    assert (form.unit, form.dated) == ("A factory", "2026年03月05日")
    assert "附：相关证明材料" in form.notes


def test_boxes_are_filled_from_facts_and_statements() -> None:
    form = filled("miit-report", "zh")
    assert value(form, "发生时间") == "2026年03月02日08时59分"
    assert value(form, "事件级别") == "☐ 特别重大  ☑ 重大  ☐ 较大  ☐ 一般  （初步研判）"
    assert value(form, "获悉渠道").startswith("☑ 自主监测发现  ☐ 网上公开发布")
    assert value(form, "数据类型").startswith("☐ 研发数据  ☑ 生产运行数据  ☑ 管理数据")
    assert value(form, "数据级别") == "☐ 一般数据  ☑ 重要数据  ☐ 核心数据"
    assert value(form, "数据规模") == "120 GB"
    assert value(form, "涉及个人信息") == "3,000条；900,000人（li填报）", "the later statement"
    assert value(form, "事件原因") == "VPN 2", "the later description"
    assert value(form, "联系方式") == "0571-00000000", "what the later one left out stays"
    assert value(form, "已采取的措施") == "2026年03月03日01时10分，暂缓处置：plant isolated。"
    assert value(form, "影响范围") == "浙江省；机械"
    assert "ws-9等25项；地址：203.0.113.9" in value(form, "涉及系统")


def test_clues_name_addresses_accounts_paths_hashes_and_techniques() -> None:
    clues = value(filled("cac-first", "zh"), "攻击者")
    assert clues == (
        "地址：203.0.113.9；账户：zhang；文件路径：c:\\temp\\a.exe；文件哈希：9f86d081；ATT&CK：T1486"
    )


def test_a_ransom_is_told_with_amount_and_account() -> None:
    assert value(filled("cac-first", "zh"), "勒索攻击") == "金额：500,000元；账户：bc1q"


def test_a_first_report_may_be_partial_and_says_what_is_to_follow() -> None:
    note = next(note for note in filled("cac-first", "zh", bare()).notes if "首报" in note)
    assert "初步原因" in note
    assert not [note for note in filled("cac-further", "zh", bare()).notes if "首报" in note]


ADDRESSEES = [
    ({"critical_infrastructure": True}, ("关键信息基础设施保护工作部门", "公安机关")),
    ({"critical_infrastructure": None}, ("关键信息基础设施保护工作部门", "公安机关")),
    ({"central_organ": True}, ("本部门网信工作机构",)),
    ({}, ("浙江省互联网信息办公室",)),
]


@pytest.mark.parametrize(("kind", "bodies"), ADDRESSEES)
def test_the_cac_forms_are_addressed_by_kind_of_operator(kind: Any, bodies: Any) -> None:
    of = source(operator=msgspec.structs.replace(FACTORY, **kind))
    assert filled("cac-closing", "zh", of).addressees == bodies
    assert filled("miit-report", "zh", of).addressees == ("浙江省工业和信息化主管部门",)


LEVELS = [
    (
        {"tier": "IV", "standing_tier": "II", "override_tier": "II", "override_by": "li"},
        True,
        "☑ 重大",
        "（专家定级（li），计算结果为一般（Ⅳ级））",
    ),
    (
        {"tier": "II", "standing_tier": "II", "override_tier": "IV", "override_by": "li"},
        True,
        "☑ 重大",
        "（计算结果，专家定级（li）为一般（Ⅳ级））",
    ),
    (
        {"standing_tier": "II", "override_tier": "II", "override_by": "li"},
        False,
        "☑ 重大",
        "（专家定级（li），计算结果为未定级）",
    ),
    (
        {"tier": "IV", "fixed_tier": "III", "override_tier": "II", "override_by": "li"},
        True,
        "☑ 较大",
        "（主管部门认定）",
    ),
    ({"tier": "III", "fixed_tier": "II"}, True, "☑ 重大", "（主管部门认定）"),
    ({"tier": "III", "standing_tier": "II"}, True, "☑ 重大", "（初步研判）"),
    (
        {"tier": "II", "colour": "orange", "warning_state": "suggested"},
        False,
        "☑ 重大",
        "建议预警等级：橙色（未发布）",
    ),
]


@pytest.mark.parametrize(("assessment", "confirmed", "box", "who"), LEVELS)
def test_the_level_says_who_decided_it(
    assessment: Any, confirmed: bool, box: str, who: str
) -> None:
    of = source(assessment=assessment, incident={**INCIDENT, "confirmed": confirmed})
    level = value(filled("miit-report", "zh", of), "事件级别")
    assert box in level
    assert who in level


WARNED = [
    "预警级别", "起始时间", "可能影响范围和危害", "警示事项", "应采取的措施", "处置时限",
    "发布范围", "发布机关",
]  # fmt: skip
"""MIIT plan §3.3."""


def test_a_warning_has_the_eight_fields_as_its_issuer_put_them() -> None:
    form = filled("miit-warning", "zh")
    assert [line.label for line in form.lines] == WARNED
    assert value(form, "预警级别") == "☑ 红色  ☐ 橙色  ☐ 黄色  ☐ 蓝色  （已发布）"
    assert value(form, "处置时限") == "2026年03月04日18时00分"
    assert value(form, "发布机关") == "数据安全机制"
    assert (form.sent, form.addressees) == ("发送", ("works", "国家数据安全工作协调机制办公室"))


def test_a_warning_that_nobody_issued_says_so_and_names_who_may() -> None:
    suggested = {"tier": "III", "colour": "yellow", "warning_state": "suggested", "warning": "null"}
    form = filled("miit-warning", "en", source(assessment=suggested))
    assert value(form, "Level") == "☐ red  ☐ orange  ☑ yellow  ☐ blue  (not issued)"
    assert value(form, "Issued by") == "the local regulator (has not issued it)"
    assert form.addressees == ()
    assert "To: not yet known" in render_form(form, "md").decode()


def test_a_signature_is_asked_for_where_the_instrument_asks() -> None:
    assert filled("miit-report", "zh").signature.startswith("签字或盖章：\u3000")
    lesser = source(assessment={"tier": "III"})
    assert "不要求" in filled("miit-report", "zh", lesser).signature
    assert "不要求" not in filled("miit-summary", "zh", lesser).signature


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_about_which_nothing_is_known_is_still_whole(
    name: FormName, language: Language
) -> None:
    form = filled(name, language, bare())
    assert len(form.lines) == sum(len(part.fields) for part in LAYOUTS[name].parts)
    assert all(line.label and line.value for line in form.lines)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("kind", FORMATS)
def test_every_form_renders_in_every_format(name: FormName, kind: str) -> None:
    assert render_form(filled(name, "zh"), kind)


def test_text_of_events_cannot_become_markup() -> None:
    form = filled("cac-closing", "zh")
    html = render_form(form, "html").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    rows = [line for line in render_form(form, "md").decode().splitlines() if "加密" in line]
    assert rows == ["| 事件经过 | 主机被加密 \\| &lt;script>alert(1)&lt;/script> |"]


def test_a_word_file_holds_every_line_and_no_control_character() -> None:
    odd = source(incident={**INCIDENT, "story": "a\x00b"})
    form = filled("cac-closing", "zh", odd)
    tables = Document(io.BytesIO(render_form(form, "docx"))).tables
    rows = [row for table in tables for row in table.rows]
    assert [row.cells[0].text for row in rows] == [line.label for line in form.lines]
    assert "a\ufffdb" in [row.cells[1].text for row in rows]


def test_a_word_file_is_set_as_annex_3_asks() -> None:
    document = Document(io.BytesIO(render_form(filled("miit-summary", "zh"), "docx")))
    page = document.sections[0]
    assert page.page_width
    assert page.page_height
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    faces = {
        (run._element.get_or_add_rPr().get_or_add_rFonts().get(qn("w:eastAsia")), run.font.size)
        for paragraph in document.paragraphs
        for run in paragraph.runs
    }
    assert ("仿宋_GB2312", Pt(16)) in faces
    assert ("黑体", Pt(16)) in faces
    assert all(face for face, _ in faces)


def test_a_drill_is_marked_on_the_form() -> None:
    form = filled("cac-first", "en", source(incident={**INCIDENT, "drill": "autumn"}))
    for kind in ("html", "md"):
        assert "DRILL: autumn" in render_form(form, kind).decode()


def test_what_the_regulator_did_is_a_sentence_of_the_record() -> None:
    acts = (*SAID, command("end_response", at("2026-03-04 09:00"), body="mechanism"))
    form = filled("cac-closing", "zh", source(commands=acts))
    assert "2026年03月04日09时00分，结束应急响应。" in value(form, "处置措施")
