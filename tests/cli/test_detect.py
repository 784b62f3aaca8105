"""`detect` says what it could not read, and fails where a file gave nothing."""

import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main as fenghuo

RULE = """
title: Everything with an id of 1
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {product: windows}
detection: {selection: {EventID: 1}, condition: selection}
"""
EVENT = b'{"EventID":1}\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    place = tmp_path / "rule.yml"
    place.write_text(RULE)
    return place


def detect(rules: Path, file: Path) -> Result:
    return CliRunner().invoke(fenghuo, ["detect", "--rules", str(rules), str(file)])


def matches(result: Result) -> int:
    return result.stdout.count('"rule_id"')


def test_a_file_of_events_is_read_without_a_word(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(EVENT * 3)
    result = detect(rules, file)
    assert (result.exit_code, matches(result)) == (0, 3)
    assert result.stderr == ""


def test_text_of_no_known_shape_is_counted_with_an_example(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.log"
    file.write_bytes(b"hello \x1b[2J world\nsome other text\n")
    result = detect(rules, file)
    assert result.exit_code == 1
    assert "2 of 2 lines have no known shape" in result.output
    assert f"{file}:1: 'hello \\x1b[2J world'" in result.output


def test_lines_of_no_known_shape_among_events_are_counted(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(EVENT + b"hello world\n" + EVENT)
    result = detect(rules, file)
    assert (result.exit_code, matches(result)) == (0, 2)
    assert "1 of 3 lines have no known shape" in result.output
    assert f"{file}:2: 'hello world'" in result.output


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_an_event_fails(rules: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(content)
    result = detect(rules, file)
    assert result.exit_code == 1
    assert "empty.jsonl: no event in it" in result.output


def test_one_file_without_anything_fails_the_call_and_loses_no_match_of_others(
    rules: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    (tmp_path / "b.jsonl").write_bytes(EVENT)
    files = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    result = CliRunner().invoke(fenghuo, ["detect", "--rules", str(rules), *files])
    assert (result.exit_code, matches(result)) == (1, 1)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_archives_of_tar_are_unpacked_from_their_first_event_on(
    rules: Path, tmp_path: Path, mode: str
) -> None:
    file = tmp_path / "events.archive"
    with tarfile.open(file, mode) as archive:  # type: ignore[call-overload]
        for name in ("one.jsonl", "sub/two.jsonl", "._junk"):
            member = tarfile.TarInfo(name)
            member.size = len(EVENT)
            archive.addfile(member, BytesIO(EVENT))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    result = detect(rules, file)
    assert (result.exit_code, matches(result)) == (0, 2)
    assert '"member":"sub/two.jsonl"' in result.stdout


def test_an_archive_that_is_cut_off_is_named(rules: Path, tmp_path: Path) -> None:
    whole = BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        member = tarfile.TarInfo("one.jsonl")
        member.size = 10_000
        archive.addfile(member, BytesIO(EVENT * 1_000))
    file = tmp_path / "cut.tar"
    file.write_bytes(whole.getvalue()[:3_000])
    result = detect(rules, file)
    assert result.exit_code == 1
    assert "the archive cannot be unpacked" in result.output
