"""Statutory forms: fields in order, unknown said as unknown, safe in every format."""

import io
from typing import Any

import pytest
from docx import Document

from pipeline.cli.forms import FORMATS, render_form
from pipeline.severity.forms.content import Form, fill_form
from pipeline.severity.forms.fields import LAYOUTS, FormName
from pipeline.severity.forms.source import FormSource, Lang, facts_of
from tests.severity.builders import at, command, impact

INCIDENT: dict[str, Any] = {
    "incident_id": "a" * 32,
    "enterprise_id": "works-1",
    "province": "330000",
    "sector": "machinery",
    "scenario": "ransomware",
    "category": "恶意程序事件",
    "status": "in_progress",
    "story": "主机被加密 | <script>alert(1)</script>",
    "story_en": "hosts encrypted | <script>alert(1)</script>",
    "first_time": "2026-03-02T00:59:30Z",
    "opened_at": "2026-03-02T16:05:00Z",
    "entity_kinds": ["host"] * 25,
    "entity_values": [f"ws-{index}" for index in range(25)],
    "techniques": ["t1486"],
    "confirmed": True,
    "drill": "",
}
SAID = (
    impact(at("2026-03-03 01:00"), persons=1_200_000),
    command("hold", at("2026-03-03 01:10"), reason="plant isolated"),
    impact(at("2026-03-03 02:00"), persons=900_000),
)


def source(**changes: Any) -> FormSource:
    values: dict[str, Any] = {
        "incident": INCIDENT,
        "assessment": {"tier": "II", "colour": "", "reason": "因", "reason_en": "because"},
        "enterprise": {"name": "A factory"},
        "facts": facts_of(SAID),
        "commands": SAID,
        "place": ("浙江省", "Zhejiang"),
        "regulator": ("浙江省工业和信息化主管部门", "Zhejiang industry-and-IT department"),
    }
    return FormSource(**{**values, **changes})


def value(form: Form, label: str) -> str:
    return next(line.value for line in form.lines if line.label.startswith(label))


@pytest.mark.parametrize(
    ("tier", "zh", "en"),
    [
        ("IV", "重大 (II)；专家定级（li），计算结果为一般 (IV)",
         "major (II); an expert's (li), computed: general (IV)"),
        ("", "重大 (II)；专家定级（li），计算结果为未定级",
         "major (II); an expert's (li), computed: none"),
    ],
)  # fmt: skip
def test_an_experts_tier_is_the_level_with_the_computed_one_beside_it(
    tier: str, zh: str, en: str
) -> None:
    assessment = {"tier": tier, "override_tier": "II", "override_by": "li"}
    known = source(assessment=assessment)
    assert value(fill_form("miit-report", known, "zh"), "事件级别") == zh
    assert value(fill_form("miit-report", known, "en"), "Level") == en


def test_fields_are_filled_from_facts_and_the_rest_is_not_yet_known() -> None:
    form = fill_form("miit-report", source(), "zh")
    assert value(form, "事件发生时间") == "2026-03-02 08:59 (UTC+8)"
    assert value(form, "发现时间") == "2026-03-03 00:05 (UTC+8)"
    assert value(form, "事件级别") == "重大 (II)"
    assert value(form, "个人信息规模") == "900,000 人 (li)", "the later statement"
    assert value(form, "直接经济损失") == "尚不明确"
    assert value(form, "已采取的措施") == "2026-03-03 01:10 hold: plant isolated"
    assert value(form, "涉及系统").endswith("等另 5 项")


def test_a_signature_is_asked_for_where_the_instrument_asks() -> None:
    major = fill_form("miit-report", source(), "zh").lines[-1]
    lesser = fill_form("miit-report", source(assessment={"tier": "III"}), "zh").lines[-1]
    assert (major.state, "签字" in major.value) == ("sign", True)
    assert "不要求" in lesser.value


@pytest.mark.parametrize("name", list(LAYOUTS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_form_about_which_nothing_is_known_is_still_whole(name: FormName, lang: Lang) -> None:
    bare = source(
        incident={"incident_id": "a", "enterprise_id": "e"},
        assessment={},
        enterprise={},
        facts={},
        commands=(),
    )
    form = fill_form(name, bare, lang)
    assert len(form.lines) == len(LAYOUTS[name].fields)
    assert all(line.label and line.value for line in form.lines)


@pytest.mark.parametrize("name", list(LAYOUTS))
@pytest.mark.parametrize("kind", FORMATS)
def test_every_form_renders_in_every_format(name: FormName, kind: str) -> None:
    assert render_form(fill_form(name, source(), "zh"), kind)


def test_text_of_events_cannot_become_markup() -> None:
    form = fill_form("miit-report", source(), "zh")
    html = render_form(form, "html").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    rows = [line for line in render_form(form, "md").decode().splitlines() if "加密" in line]
    assert rows == ["| 事件经过 | 主机被加密 \\| &lt;script>alert(1)&lt;/script> |"]


def test_a_word_file_holds_every_line_and_no_control_character() -> None:
    odd = source(incident={**INCIDENT, "story": "a\x00b"})
    form = fill_form("miit-report", odd, "zh")
    table = Document(io.BytesIO(render_form(form, "docx"))).tables[0]
    assert [row.cells[0].text for row in table.rows] == [line.label for line in form.lines]
    assert "a\ufffdb" in [row.cells[1].text for row in table.rows]


def test_a_drill_is_marked_on_the_form() -> None:
    form = fill_form("cac-report", source(incident={**INCIDENT, "drill": "autumn"}), "en")
    for kind in ("html", "md"):
        assert "DRILL: autumn" in render_form(form, kind).decode()
