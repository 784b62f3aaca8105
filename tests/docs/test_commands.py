"""What the documentation tells people to type exists, and the README's own example works."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import orjson
import pytest

from pipeline.cli.main import main
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic, plan_attacks
from tests.docs.links import ROOT, pages
from tests.engine.builders import START

BLOCK = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands_of(page: Path) -> list[str]:
    """Every line of a page's console blocks that a person types, continued lines joined."""
    typed = []
    for block in BLOCK.findall(page.read_text()):
        for written in block.replace("\\\n", " ").splitlines():
            line = written.removeprefix("$ ")
            if line.startswith(("fenghuo ", "make ")):
                typed.append(line.split("  #", 1)[0].strip())
    return typed


ALL_COMMANDS = sorted({(str(page.relative_to(ROOT)), each) for page in pages()
                       for each in commands_of(page)})  # fmt: skip


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and the words after it."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no command {words[0]!r}"
        command, words = found, words[1:]
    return command, words


def test_there_are_commands_to_check() -> None:
    assert len(ALL_COMMANDS) > 15


@pytest.mark.parametrize(("page", "typed"), ALL_COMMANDS)
def test_every_command_and_option_exists(page: str, typed: str) -> None:
    words = shlex.split(re.split(r"[|>;]", re.sub(r"'[^']*'|\"[^\"]*\"", "X", typed))[0])
    if words[0] == "make":
        assert words[1] in TARGETS
    elif words[0] == "fenghuo":
        command, rest = find_command(words[1:])
        known = {name for parameter in command.params for name in parameter.opts}
        known |= {name for parameter in command.params for name in parameter.secondary_opts}
        used = {word.split("=", 1)[0] for word in rest if word.startswith("--")}
        assert used <= known | {"--help"}, f"{used - known} of {typed!r}"


def recorded_attack() -> list[bytes]:
    """The Windows events of a made enterprise while ransomware works there."""
    publishers = make_registry(1, 20)
    config = SimulationConfig(start=START, events=20, stories=("ransomware",))
    (attack,) = plan_attacks(1, config, publishers)
    return [
        line
        for batch in make_traffic(1, config, publishers)
        if batch.enterprise_id == attack.enterprise_id and batch.format == "windows"
        for line in batch.lines
    ]


def test_the_readme_example_works(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "pipeline" / "rules", tmp_path / "rules")
    (tmp_path / "recording.zip").write_bytes(b"\n".join(recorded_attack()))
    (tmp_path / "facts.json").write_bytes(orjson.dumps({"direct_loss_cny": 150_000_000}))
    section = (ROOT / "README.md").read_text().split("## On your own recordings")[1]
    typed = [line[2:].split("  #")[0] for line in BLOCK.findall(section)[0].splitlines()]
    typed.append("fenghuo policy try --facts facts.json")
    for command in typed:
        incident = _first_incident(tmp_path) if " ID " in command else ""
        result = _fenghuo(tmp_path, shlex.split(command.replace(" ID ", f" {incident} "))[1:])
        assert result.returncode == 0, f"{command}\n{result.stderr}"
    assert (tmp_path / "report.docx").stat().st_size > 1_000
    assert "Ransomware" in (tmp_path / "report.html").read_text()


def _first_incident(folder: Path) -> str:
    listed = _fenghuo(folder, ["incidents", "list", "--store", "st", "--json"])
    return str(orjson.loads(listed.stdout.splitlines()[0])["incident_id"])


def _fenghuo(folder: Path, words: list[str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pipeline.cli.main", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
