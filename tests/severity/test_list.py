"""The list on a terminal: a suggestion is told from a warning, what may occur from what has."""

import io
from typing import Any

import pytest
from rich.console import Console

from pipeline.app.incident_rows import COLUMNS
from pipeline.cli.incident_list import print_incidents
from schemas.language import Language

ROW: dict[str, Any] = {
    **dict.fromkeys(COLUMNS, ""),
    "incident_id": "a" * 32,
    "province": "330000",
    "status": "new",
    "title": "主机被加密",
    "title_en": "Hosts encrypted",
    "detection_count": 3,
    "miit_tier": "II",
    "miit_colour": "orange",
    "enterprise": "",
    "occurred": False,
    "fixed_tier": "",
    "warning_state": "suggested",
    "issued_colour": "",
    "miit_override_tier": "",
    "cac_override_tier": "",
    "public_internet_override_tier": "",
    "miit_reason": "",
    "miit_reason_en": "",
}
CASES = [
    (
        {},
        " II 建议预警等级：橙色（未发布）  主机被加密",
        " II suggested warning: orange (not issued)  Hosts encrypted",
    ),
    (
        {"warning_state": "issued", "issued_colour": "yellow"},
        " II 黄色（已发布）  主机被加密",
        " II yellow (issued)  Hosts encrypted",
    ),
    (
        {"occurred": True, "miit_colour": "", "fixed_tier": "III", "warning_state": "lifted",
         "issued_colour": "yellow"},
        " III 已发生  主机被加密",
        " III has occurred  Hosts encrypted",
    ),
    (
        {"occurred": True, "miit_colour": "", "miit_override_tier": "I",
         "public_internet_override_tier": "II"},
        " II 已发生  专家定级 MIIT I 专家定级 PUBLIC INTERNET II 主机被加密",
        " II has occurred  an expert's tier MIIT I an expert's tier PUBLIC INTERNET II"
        " Hosts encrypted",
    ),
    ({"miit_tier": "", "miit_colour": ""}, " 未定级   主机被加密", " no tier   Hosts encrypted"),
]  # fmt: skip


def shown(row: dict[str, Any], language: Language) -> list[str]:
    out = io.StringIO()
    print_incidents(Console(file=out, width=200), [row], language)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(("changes", "zh", "en"), CASES)
def test_the_first_line_says_who_decided(changes: dict[str, Any], zh: str, en: str) -> None:
    assert shown({**ROW, **changes}, "zh")[0] == zh
    assert shown({**ROW, **changes}, "en")[0] == en


def test_words_are_those_of_the_glossary() -> None:
    assert "3 条告警 · 待处置" in shown(ROW, "zh")[1]
    assert "3 detections · new" in shown(ROW, "en")[1]
