"""The forms in a real browser: accessible, as wide as the window, and printed on few pages."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import get_args

import pytest

from pipeline.cli.forms import render_form
from pipeline.severity.forms.content import fill_form
from pipeline.severity.forms.fields import LAYOUTS, FormName
from pipeline.severity.forms.source import Lang
from tests.report.chromium import browser, probe
from tests.severity.test_forms import source

CASES = [(name, lang) for name in LAYOUTS for lang in get_args(Lang)]


def page_of(name: FormName, lang: Lang) -> str:
    return render_form(fill_form(name, source(), lang), "html").decode()


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_a_browser_finds_nothing_wrong_with_a_form(name: FormName, lang: Lang) -> None:
    found = probe(page_of(name, lang), width=820)
    assert found["violations"] == []
    assert found["console"] == []
    needed, given = found["width"]
    assert needed <= given


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_a_form_prints_on_at_most_three_pages(name: FormName, lang: Lang) -> None:
    with tempfile.TemporaryDirectory() as folder:
        html, pdf = Path(folder) / "form.html", Path(folder) / "form.pdf"
        html.write_text(page_of(name, lang), encoding="utf-8")
        subprocess.run(
            [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={folder}/profile",
             "--no-pdf-header-footer", f"--print-to-pdf={pdf}", f"file://{html}"],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
    assert 1 <= pages <= 3
