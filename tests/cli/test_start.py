"""Help comes at once: what a command works with is imported when it works."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

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


def walked(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that name it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(click.Context(command)):
        found = command.get_command(click.Context(command), name)
        assert found is not None
        yield from walked(found, *path, name)


ASKING = [
    pytest.param(path, id=" ".join(path))
    for path, command in walked(main)
    if any(each.required for each in command.params)
]
"""Those that cannot be called without saying more."""


@pytest.mark.parametrize("path", ASKING)
def test_what_must_be_named_and_is_not_is_a_wrong_call(path: tuple[str, ...]) -> None:
    result = CliRunner(env={"FENGHUO_LANG": "en"}).invoke(main, path)
    assert result.exit_code == 2, result.output
    assert "Error: Missing " in result.stderr
