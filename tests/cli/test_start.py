"""Help comes at once: what a command works with is imported when it works."""

import json
import subprocess
import sys

import pytest

from pipeline.cli.main import COMMANDS, main

LOADED = """
import json, sys
from pipeline.cli.main import main
try:
    main(sys.argv[1:], standalone_mode=False)
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded_by(*words: str) -> set[str]:
    """The modules that a process has loaded when this call is done."""
    command = [sys.executable, "-c", LOADED, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_list_of_commands_loads_none_of_them() -> None:
    loaded = loaded_by("--help")
    assert not loaded & {place.partition(":")[0] for place in COMMANDS.values()}
    assert not loaded & {"rich.console", "faust", "pydantic", "sinks", "pipeline.path"}


@pytest.mark.parametrize(
    ("command", "heavy"), [("worker", "faust"), ("dashboards", "sqlglot"), ("policy", "jinja2")]
)
def test_a_commands_help_does_without_what_it_works_with(command: str, heavy: str) -> None:
    assert heavy not in loaded_by(command, "--help")


def test_the_list_says_of_each_command_what_its_own_help_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--help"], standalone_mode=False)
    listed = capsys.readouterr().out.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    for line in listed:
        name, said = line.split(maxsplit=1)
        main([name, "--help"], standalone_mode=False)
        own = " ".join(capsys.readouterr().out.split())
        assert said.removesuffix("...") in own, name
