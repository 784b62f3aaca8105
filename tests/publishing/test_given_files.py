"""What is named on the command line, as files: folders, pipes, standard input."""

import os
from pathlib import Path
from threading import Thread

from pipeline.files.given_files import STDIN, as_file, files_of


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_a_folder_stands_for_the_files_in_it_and_below_without_hidden_ones_and_notes(
    tmp_path: Path,
) -> None:
    make(tmp_path, "b", "a/2", "a/1.gz", ".hidden", ".git/x", "b.E1.fenghuo-sent")
    found = [str(each.relative_to(tmp_path)) for each in files_of([tmp_path])]
    assert found == ["a/1.gz", "a/2", "b"]


def test_what_is_named_itself_is_taken_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, ".hidden")
    assert list(files_of([tmp_path / ".hidden", Path("-")])) == [tmp_path / ".hidden", STDIN]


def test_a_folder_without_files_comes_itself_for_somebody_to_complain(tmp_path: Path) -> None:
    assert list(files_of([tmp_path])) == [tmp_path]


def test_a_pipe_can_be_read_more_than_once_and_its_copy_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"one\ntwo\n",))
    writer.start()
    with as_file(pipe) as file:
        assert [file.read_bytes() for _ in range(2)] == [b"one\ntwo\n"] * 2
        assert file != pipe
    writer.join()
    assert not file.exists()


def test_a_file_is_read_where_it_is(tmp_path: Path) -> None:
    make(tmp_path, "a")
    with as_file(tmp_path / "a") as file:
        assert file == tmp_path / "a"
