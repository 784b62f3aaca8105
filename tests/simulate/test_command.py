"""`fenghuo simulate`: what it writes, and how it refuses."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.cli.simulate import simulate_command
from pipeline.files.registry_file import read_registry_file

START = ("--start", "2026-11-23T02:00:00Z")
SMALL = ("--enterprises", "8", "--events", "10", *START)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(simulate_command, arguments)


def test_a_directory_holds_registry_keys_events_and_truth(tmp_path: Path) -> None:
    out = tmp_path / "drill"
    assert _run(*SMALL, "--out", str(out)).exit_code == 0
    registry = read_registry_file(out / "registry.ndjson")
    assert registry.faults == []
    assert len(registry.enterprises) == 8
    names = {path.name.split(".")[0] for path in (out / "events").iterdir()}
    assert names <= set(registry.enterprises)
    truth = [json.loads(line) for line in (out / "truth.ndjson").read_text().splitlines()]
    assert {attack["story"] for attack in truth} >= {"ransomware"}


def test_keys_are_readable_by_their_owner_alone_and_by_the_publisher(tmp_path: Path) -> None:
    out = tmp_path / "drill"
    _run(*SMALL, "--out", str(out))
    for path in (out / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0
        load_pem_private_key(path.read_bytes(), password=None)


def test_files_and_stream_hold_the_same_events(tmp_path: Path) -> None:
    out = tmp_path / "drill"
    _run(*SMALL, "--out", str(out))
    written = [
        json.loads(line)
        for path in (out / "events").iterdir()
        for line in path.read_bytes().splitlines()
    ]
    printed = [
        event for line in _run(*SMALL).stdout.splitlines() for event in json.loads(line)["lines"]
    ]
    assert sorted(map(json.dumps, written)) == sorted(map(json.dumps, printed))


def test_an_existing_directory_is_left_alone(tmp_path: Path) -> None:
    result = _run(*SMALL, "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "name a new directory" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_start_is_a_wrong_call() -> None:
    result = _run("--start", "yesterday")
    assert result.exit_code == 2
    assert "RFC 3339" in result.output


def test_without_victims_nothing_is_hidden(tmp_path: Path) -> None:
    out = tmp_path / "quiet"
    assert _run(*SMALL, "--victims", "0", "--out", str(out)).exit_code == 0
    assert (out / "truth.ndjson").read_text() == ""
