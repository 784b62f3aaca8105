"""The forms in a real browser: accessible, as wide as the window, and printed on few pages."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from pipeline.cli.form_files import render_form
from pipeline.severity.forms.content import fill_form
from pipeline.severity.forms.fields import FORMS, FormName
from schemas.language import LANGUAGES, Language
from tests.report.chromium import browser, probe
from tests.severity.form_source import PRINTED_AT, source

CASES = [(name, lang) for name in FORMS for lang in LANGUAGES]


def page_of(name: FormName, lang: Language) -> str:
    return render_form(fill_form(name, source(), lang, PRINTED_AT), "html").decode()


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_a_browser_finds_nothing_wrong_with_a_form(name: FormName, lang: Language) -> None:
    found = probe(page_of(name, lang), width=820)
    assert found["violations"] == []
    assert found["console"] == []
    needed, given = found["width"]
    assert needed <= given


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_a_form_prints_on_at_most_three_pages(name: FormName, lang: Language) -> None:
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


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="LibreOffice and poppler-utils render the Word file; they are not installed here",
)
@pytest.mark.parametrize("name", FORMS)
def test_a_word_file_opens_and_prints_on_a4_whole(name: FormName, tmp_path: Path) -> None:
    form = fill_form(name, source(), "zh", PRINTED_AT)
    word, pdf = tmp_path / "form.docx", tmp_path / "form.pdf"
    word.write_bytes(render_form(form, "docx"))
    run = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    subprocess.run(
        [*run, "--convert-to", "pdf", "--outdir", str(tmp_path), str(word)],
        capture_output=True,
        timeout=180,
        check=True,
    )
    printed = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True
    ).stdout
    sheet = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, check=True, text=True).stdout
    assert "A4" in sheet
    bare_text = "".join(printed.split())
    for section in form.sections:
        assert "".join(section.heading.split()) in bare_text
    assert "".join(form.title.split()) in bare_text
