"""The after-action report in a real browser: accessible, as wide as the window."""

import pytest

from pipeline.cli.drill_report import write_page
from pipeline.drills.after_action import report_drill
from schemas.language import LANGUAGES, Language
from tests.dashboards.sample import START
from tests.drills.test_after_action import told
from tests.report.chromium import probe


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_finds_nothing_wrong_with_the_report(language: Language) -> None:
    found = probe(write_page(report_drill(told(), language, START)).decode(), width=820)
    assert found["violations"] == []
    assert found["console"] == []
    needed, given = found["width"]
    assert needed <= given
