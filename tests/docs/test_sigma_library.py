"""The example of the library's page runs, in an interpreter of its own."""

import re
import subprocess
import sys

from tests.docs.links import ROOT

PAGE = ROOT / "docs" / "sigma-library.md"


def test_the_example_runs_as_it_is_written() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_library_brings_nothing_else_of_the_project_with_it() -> None:
    listing = "import pipeline.sigma, sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    ours = {
        module
        for module in done.stdout.split()
        if module.split(".")[0] in {"pipeline", "schemas", "sinks", "dashboards"}
    }
    assert {module for module in ours if not module.startswith("pipeline.sigma")} == {"pipeline"}
