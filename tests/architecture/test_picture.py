"""The picture of imports in the documentation is the one of the code."""

from tests.architecture.import_picture import picture
from tests.docs.links import ROOT


def test_the_page_shows_the_imports_as_they_are() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = page.split("```mermaid\n")[1].split("\n```")[0]
    assert shown == picture(), "write it anew: python -m tests.architecture.import_picture"
