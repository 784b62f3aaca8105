"""The Word files as LibreOffice prints them, where it is: whole pages of A4, every box, no more."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.cli.form_files import render_form
from pipeline.severity.forms.content import Form, fill_form
from pipeline.severity.forms.fields import FORMS
from schemas.language import LANGUAGES
from tests.severity.form_source import PRINTED_AT, source

TOOLS = ("soffice", "pdftotext", "pdfinfo")
A4 = ("595", "841")
"""Points."""
PAGES_MAX = 4

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} (LibreOffice, poppler)"
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Form]:
    """Every form in both languages, by its PDF: one start of LibreOffice, which is slow."""
    folder = tmp_path_factory.mktemp("forms")
    forms = {
        folder / f"{name}-{language}.docx": fill_form(name, source(), language, PRINTED_AT)
        for name in FORMS
        for language in LANGUAGES
    }
    for file, form in forms.items():
        file.write_bytes(render_form(form, "docx"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *forms],
        check=True,
        capture_output=True,
    )
    return {file.with_suffix(".pdf"): form for file, form in forms.items()}


def ask(*command: object) -> str:
    words = [str(each) for each in command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def packed(text: str) -> str:
    """Without spaces, line ends and numbers of pages: where lines break is the printer's matter."""
    return re.sub(r"\s|\u00a0|\f", "", re.sub(r"^\s*-\s*\d+\s*-\s*$", "", text, flags=re.M))


def test_every_form_prints_whole_on_a_few_pages_of_a4(printed: dict[Path, Form]) -> None:
    for file in printed:
        told = ask("pdfinfo", file)
        assert re.search(r"Page size:\s+(\d+)\.?\d* x (\d+)", told).groups() == A4, told  # type: ignore[union-attr]
        assert int(re.search(r"Pages:\s+(\d+)", told)[1]) <= PAGES_MAX, file.name  # type: ignore[index]


def test_every_box_is_printed_with_what_stands_in_it(printed: dict[Path, Form]) -> None:
    for file, form in printed.items():
        cells = packed(ask("pdftotext", "-raw", file, "-"))
        for line in form.lines:
            for each in (line.label, *re.split(r"[☑☐]", line.value)):
                for word in packed(each).split("，"):
                    assert word[:12] in cells, (file.name, line.label, each)


def test_pages_are_numbered_and_the_signature_has_its_place(printed: dict[Path, Form]) -> None:
    for file, form in printed.items():
        pages = ask("pdftotext", "-layout", file, "-").rstrip("\f").split("\f")
        for number, page in enumerate(pages, 1):
            assert re.search(rf"^\s*-\s*{number}\s*-\s*$", page, re.M), file.name
            assert len(packed(page)) > 20, f"{file.name}: page {number} is all but empty"
        sign = form.signature.partition("\u3000")[0]
        assert packed(sign) in packed("".join(pages))
