"""`python -m tests.docs.links`: every relative link and anchor of the documentation exists, and so
does every file of ours that a page or a docstring names: renaming one leaves no other behind."""

import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`([\w/]+\.py)`")
FOLDERS = ("pipeline", "schemas", "sinks", "dashboards", "tests")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown page that belongs to the project."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])


def anchors(page: Path) -> set[str]:
    """The headings of a page as the anchors that they become."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    """The targets of a page's relative links that do not exist."""
    dead = []
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(target)
    return dead


@cache
def sources() -> list[Path]:
    """Every Python file of the project."""
    return sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


def dead_names(file: Path) -> list[str]:
    """The Python files that it names and that do not exist. In a Python file a bare name is of one
    beside it, or at the root of a package; a page may name any."""
    known = sources()
    if file.suffix == ".py":
        known = [each for each in known if each.parent in (file.parent, ROOT / "pipeline")]
    return [
        name
        for name in FILE.findall(file.read_text())
        if not any(f"{path}".endswith(f"/{name}") for path in (sources() if "/" in name else known))
    ]


def main() -> int:
    """Print every dead link, and every dead name; 1 if there is one."""
    found = [(page, target) for page in pages() for target in dead_links(page)]
    found += [(file, name) for file in [*pages(), *sources()] for name in dead_names(file)]
    for page, target in found:
        print(f"{page.relative_to(ROOT)}: dead link {target}")
    print(f"{len(pages())} pages, {len(found)} dead links")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
