"""What is added to a file is sent once, over any number of runs, and told apart as in one run."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.following import Follower, FollowNote
from pipeline.files.growing_files import Growth, growths_of
from pipeline.intake.batching import Chunk

LINE = st.sampled_from([b"a", b"b", b"", b" ", b"a longer line"])
RUNS = st.lists(st.lists(LINE, max_size=6), min_size=1, max_size=5)


def events_of(chunks: list[Chunk]) -> Counter[tuple[bytes, int]]:
    """Each line with how many of its kind went before: what makes an event's id."""
    return Counter(
        (line, chunk.occurrences.get(index, 0))
        for chunk in chunks
        for index, line in enumerate(chunk.lines)
    )


def first_growth(file: Path) -> Growth | None:
    """All that a small file holds; a file that holds no line yet would be waited for."""
    if not file.read_bytes().strip():
        return None
    with closing(growths_of(file)) as growths:
        return next(growths)


def run(file: Path) -> list[Chunk]:
    """One run of `publish --follow` that ends after all that is there."""
    note = FollowNote(file.with_name("note"), file, "here")
    follower = Follower("E1", "json", note.acknowledged())
    growth = first_growth(file)
    if growth is None:
        return []
    chunks = follower.chunks(growth)
    note.acknowledge(growth.lines[-1][1])
    return chunks


@contextmanager
def a_file() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder) / "log"


@given(RUNS)
def test_law_of_runs(runs: list[list[bytes]]) -> None:
    """However the writing falls among the runs: every event of the whole file, each once."""
    with a_file() as file:
        sent: list[Chunk] = []
        for lines in runs:
            with file.open("ab") as log:
                log.write(b"".join(line + b"\n" for line in lines))
            sent += run(file)
        seen: Counter[bytes] = Counter()
        wanted: Counter[tuple[bytes, int]] = Counter()
        for line in (each for lines in runs for each in lines if each.strip()):
            wanted[line, seen[line]] += 1
            seen[line] += 1
        assert events_of(sent) == wanted


def test_a_line_is_awaited_until_its_end_is_written(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"one\ntw")
    assert [chunk.lines for chunk in run(file)] == [(b"one",)]
    with file.open("ab") as log:
        log.write(b"o\n")
    assert [chunk.lines for chunk in run(file)] == [(b"two",)]


def test_another_file_under_the_name_is_sent_whole(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"one\ntwo\n")
    run(file)
    file.write_bytes(b"three\nfour\nfive\n")
    assert [chunk.lines for chunk in run(file)] == [(b"three", b"four", b"five")]


def test_a_file_that_was_rotated_away_is_read_to_its_end_then_the_next_from_its_beginning(
    tmp_path: Path,
) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"one\n")
    follower = Follower("E1", "json", sent_to=0)
    with closing(growths_of(file)) as growths:
        first = follower.chunks(next(growths))
        with file.open("ab") as log:
            log.write(b"last\n")
        file.rename(tmp_path / "log.1")
        file.write_bytes(b"one\n")
        then = [follower.chunks(next(growths)) for _ in range(2)]
    chunks = [chunk for some in (first, *then) for chunk in some]
    assert [chunk.lines for chunk in chunks] == [(b"one",), (b"last",), (b"one",)]
    assert [chunk.sequence for chunk in chunks] == [0, 1, 2]
    assert len({chunk.stream for chunk in chunks}) == 1


def test_a_file_cut_short_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"one\ntwo\n")
    with closing(growths_of(file)) as growths:
        next(growths)
        os.truncate(file, 0)
        with file.open("ab") as log:
            log.write(b"new\n")
        assert next(growths) == Growth([(b"new", 4)], is_anew=True)


def test_a_pipe_ends_when_it_is_closed_and_its_last_line_counts_without_an_end(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"one\r\n\ntwo",))
    writer.start()
    lines = [line for growth in growths_of(pipe) for line, _ in growth.lines]
    writer.join()
    assert lines == [b"one", b"two"]
