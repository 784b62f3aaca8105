"""The engine cannot ask the time, draw lots, read files or look at the environment.

import-linter holds the imports; this holds the calls that need no import of their own.
"""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
(PURE,) = (
    contract["source_modules"]
    for contract in TOOLS["importlinter"]["contracts"]
    if contract["name"].startswith("The engine is pure")
)
FORBIDDEN_CALLS = {"open", "print", "input", "now", "today", "utcnow", "uuid1", "uuid4", "getenv"}


def pure_files() -> list[Path]:
    """The files of the modules that the contract names: the list stands there alone."""
    places = [ROOT / module.replace(".", "/") for module in PURE]
    folders = [file for place in places if place.is_dir() for file in place.rglob("*.py")]
    return sorted([*folders, *(place.with_suffix(".py") for place in places if not place.is_dir())])


def forbidden_calls(source: str) -> list[str]:
    """`name:line` of each call that would make the result depend on more than the arguments."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in FORBIDDEN_CALLS:
                found.append(f"{name}:{node.lineno}")
    return found


def test_there_is_something_to_check() -> None:
    assert len(pure_files()) > 30


@pytest.mark.parametrize("file", pure_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_engine_is_pure(file: Path) -> None:
    assert forbidden_calls(file.read_text()) == []


def test_the_check_sees_what_it_is_for() -> None:
    assert forbidden_calls("datetime.now()\nopen('x')") == ["now:1", "open:2"]
