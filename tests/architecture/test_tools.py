"""Programs that are run by hand, and by no test, still fit what they import."""

from importlib import import_module
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MODULES = sorted(
    f"tests.{folder}.{file.stem}"
    for folder in ("benchmarks", "chaos", "scenarios")
    for file in (TESTS / folder).glob("*.py")
    if not file.stem.startswith(("__", "test_"))
)


@pytest.mark.parametrize("module", MODULES)
def test_it_can_be_imported(module: str) -> None:
    import_module(module)
