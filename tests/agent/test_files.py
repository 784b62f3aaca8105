"""Files that grow, are renamed, truncated, copied and removed: each line once, in its order."""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest

from pipeline.agent import file_input
from pipeline.agent.file_input import FileFollower
from pipeline.agent.settings import Files
from tests.agent.inputs import Site, collecting

Step = Callable[[Path], None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often; a file that rests is told by the tests that wait for it."""
    monkeypatch.setattr(file_input, "POLL_S", 0.01)


async def follow(
    site: Site, folder: Path, pattern: str, start: Literal["beginning", "end"] = "beginning"
) -> "asyncio.Task[None]":
    settings = Files(kind="files", paths=(folder / pattern,), start=start)
    return asyncio.create_task(FileFollower(settings, site.collector).run())


async def end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def add(path: Path, *lines: str, end: str = "\n") -> None:
    with path.open("a") as file:
        file.write("\n".join(lines) + end)


def run_steps(folder: Path, pattern: str, *steps: tuple[Step, int]) -> list[str]:
    """After each step so many lines are awaited; all of them."""

    async def run() -> list[bytes]:
        async with collecting(folder / "agent") as site:
            task = await follow(site, folder, pattern)
            for step, count in steps:
                step(folder)
                await site.lines_when(count)
            await asyncio.sleep(0.2)  # whatever comes twice comes now
            await end(task)
        return site.lines()

    return [line.decode() for line in asyncio.run(run())]


def rename(folder: Path) -> None:
    add(folder / "a.log", "3")
    (folder / "a.log").rename(folder / "a.log.1")
    add(folder / "a.log.1", "4")  # the writer has not heard of it yet
    add(folder / "a.log", "5")


def copy_and_truncate(folder: Path) -> None:
    shutil.copy(folder / "a.log", folder / "a.log.1")
    with (folder / "a.log").open("r+") as file:
        file.truncate()
    add(folder / "a.log", "3")


def test_what_is_added_is_read_and_an_unfinished_line_is_awaited(tmp_path: Path) -> None:
    assert run_steps(
        tmp_path,
        "*.log",
        (lambda at: add(at / "a.log", "1", "2", "unfini", end=""), 2),
        (lambda at: add(at / "a.log", "shed"), 3),
        (lambda at: add(at / "b.log", "other"), 4),
    ) == ["1", "2", "unfinished", "other"]


@pytest.mark.parametrize("pattern", ["a.log", "a.log*"])
def test_rotation_by_renaming(pattern: str, tmp_path: Path) -> None:
    found = run_steps(tmp_path, pattern, (lambda at: add(at / "a.log", "1", "2"), 2), (rename, 5))
    assert sorted(found) == ["1", "2", "3", "4", "5"]
    assert found.index("3") < found.index("4")


def test_copy_and_truncate(tmp_path: Path) -> None:
    assert run_steps(
        tmp_path, "a.log", (lambda at: add(at / "a.log", "1", "2"), 2), (copy_and_truncate, 3)
    ) == ["1", "2", "3"]


def test_truncated_and_longer_again_before_anybody_looked(tmp_path: Path) -> None:
    def replace(at: Path) -> None:
        with (at / "a.log").open("r+") as file:
            file.write("other\nand\nlonger\n")

    assert run_steps(
        tmp_path, "a.log", (lambda at: add(at / "a.log", "1", "2"), 2), (replace, 5)
    ) == ["1", "2", "other", "and", "longer"]


def test_compressed_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.log.2.gz").write_bytes(b"\x1f\x8b\n\n\n")
    assert run_steps(tmp_path, "a.log*", (lambda at: add(at / "a.log", "1"), 1)) == ["1"]


def test_folders_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    assert run_steps(tmp_path, "**/*.log", (lambda at: add(at / "x/y/a.log", "1"), 1)) == ["1"]


def restart(folder: Path, meanwhile: Step, count: int) -> list[str]:
    """Two lines are read; then something happens while no agent runs; then one runs again."""

    async def run(expected: int) -> list[bytes]:
        async with collecting(folder / "agent") as site:
            task = await follow(site, folder, "a.log")
            await site.lines_when(expected)
            await asyncio.sleep(0.1)
            await end(task)
        return site.lines()

    add(folder / "a.log", "1", "2")
    asyncio.run(run(2))
    meanwhile(folder)
    return [line.decode() for line in asyncio.run(run(count))]


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    assert restart(tmp_path, lambda at: add(at / "a.log", "3"), 3) == ["1", "2", "3"]


def test_a_file_renamed_while_nobody_ran_is_read_to_its_end(tmp_path: Path) -> None:
    assert sorted(restart(tmp_path, rename, 5)) == ["1", "2", "3", "4", "5"]


def test_a_file_truncated_while_nobody_ran_is_read_from_its_beginning(tmp_path: Path) -> None:
    assert restart(tmp_path, copy_and_truncate, 3) == ["1", "2", "3"]


def test_a_file_removed_while_nobody_ran_is_forgotten(tmp_path: Path) -> None:
    def replace(at: Path) -> None:
        (at / "a.log").unlink()
        add(at / "a.log", "new")

    assert restart(tmp_path, replace, 3) == ["1", "2", "new"]


def test_a_removed_file_that_rests_gives_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_input, "REST_S", 0.1)
    assert run_steps(
        tmp_path, "a.log", (lambda at: add(at / "a.log", "1", "no end", end=""), 2)
    ) == ["1", "no end"]


def test_from_the_end_leaves_out_what_was_there_and_nothing_that_comes_later(
    tmp_path: Path,
) -> None:
    add(tmp_path / "a.log", "old")

    async def run() -> list[bytes]:
        async with collecting(tmp_path / "agent") as site:
            task = await follow(site, tmp_path, "*.log", "end")
            await asyncio.sleep(0.2)
            add(tmp_path / "a.log", "new")
            add(tmp_path / "b.log", "another")
            lines = await site.lines_when(2)
            await end(task)
        return lines

    assert sorted(asyncio.run(run())) == [b"another", b"new"]


def test_a_line_past_the_bound_is_passed_over_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"1\n" + b"x" * 2_500_000 + b"\n2\n")

    async def run() -> tuple[list[bytes], int]:
        async with collecting(tmp_path / "agent") as site:
            task = await follow(site, tmp_path, "a.log")
            lines = await site.lines_when(2)
            await end(task)
        return lines, site.refused("line_too_long")

    assert asyncio.run(run()) == ([b"1", b"2"], 1)
