"""A publisher that was interrupted goes on where it was, and only there."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.app.publishing import Resume, Sent, unsent
from pipeline.intake.batching import Chunk, chunk_lines

LINE = st.binary(min_size=1, max_size=2).filter(lambda line: b"\n" not in line)
LINES = st.lists(LINE, min_size=1, max_size=30)


def chunks_of(lines: list[bytes]) -> list[Chunk]:
    return list(chunk_lines(lines, "e", "json", lines_per_batch=3))


@given(LINES, st.data())
def test_what_follows_the_last_acknowledged_chunk_is_sent(
    lines: list[bytes], data: st.DataObject
) -> None:
    chunks = chunks_of(lines)
    sent = data.draw(st.integers(1, len(chunks)))
    note = Sent("here", sent, chunks[sent - 1].batch_id)
    assert list(unsent(lambda: chunks_of(lines), note)) == chunks[sent:]


@given(LINES, LINES, st.data())
def test_nothing_of_another_file_of_the_same_name_is_left_out(
    lines: list[bytes], others: list[bytes], data: st.DataObject
) -> None:
    chunks, replaced = chunks_of(lines), chunks_of(others)
    sent = data.draw(st.integers(1, len(chunks)))
    assume(replaced[sent - 1 : sent] != chunks[sent - 1 : sent])
    note = Sent("here", sent, chunks[sent - 1].batch_id)
    assert list(unsent(lambda: chunks_of(others), note)) == replaced


def test_without_a_note_all_is_sent() -> None:
    chunks = chunks_of([b"1", b"2", b"3", b"4"])
    assert list(unsent(lambda: iter(chunks), None)) == chunks


def test_a_note_counts_for_the_errand_it_was_made_on(tmp_path: Path) -> None:
    note = tmp_path / "a.fenghuo-sent"
    Resume(note, "kafka:9092 fenghuo.events json ").acknowledge(3, "b3")
    assert Resume(note, "kafka:9092 fenghuo.events json ").acknowledged() == Sent(
        "kafka:9092 fenghuo.events json ", 3, "b3"
    )
    assert Resume(note, "kafka:9092 fenghuo.events json drill").acknowledged() is None
    assert Resume(note, "elsewhere:9092 fenghuo.events json ").acknowledged() is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"chunks": 3}', b'{"chunks": "3"}'])
def test_a_note_that_cannot_be_read_is_no_note(tmp_path: Path, content: bytes) -> None:
    note = tmp_path / "a.fenghuo-sent"
    note.write_bytes(content)
    assert Resume(note, "here").acknowledged() is None
