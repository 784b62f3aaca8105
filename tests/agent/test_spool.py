"""What a spool said it has, it has: over crashes, torn ends, full disks and other settings."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.agent.segments import Cut, FilePosition, Lines, Manner
from pipeline.agent.spool import Spool, SpooledBatch, SpoolFault, SpoolFull

MANNER = Manner("E1", "auto")
LIMIT = 64_000
LINE = st.binary(min_size=1, max_size=40).filter(lambda line: b"\n" not in line)
WRITES = st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=12)


def spool(folder: Path, manner: Manner = MANNER, limit: int = 10_000_000) -> Spool:
    return Spool(folder / "in", manner, limit)


def write(target: Spool, lines: list[bytes], *, cut: bool = True) -> None:
    target.write([Lines(tuple(lines)), *([Cut()] if cut else [])])


def fill(target: Spool) -> None:
    for number in range(1_000):
        write(target, [b"%d " % number + b"x" * 1_000])


def all_of(target: Spool) -> list[SpooledBatch]:
    return list(target.read(target.acknowledged))


def lines_of(batches: list[SpooledBatch]) -> list[list[bytes]]:
    return [list(each.chunk.lines) for each in batches]


@settings(max_examples=25)  # each syncs a disk
@given(WRITES, st.data())
def test_laws_of_a_torn_end(
    tmp_path_factory: pytest.TempPathFactory, writes: list[list[bytes]], data: st.DataObject
) -> None:
    """Cut the file anywhere: what was written before the cut is whole, and goes on in number."""
    folder = tmp_path_factory.mktemp("torn")
    first = spool(folder)
    sizes = []
    for lines in writes:
        write(first, lines)
        sizes.append(first.bytes)
    before = all_of(first)
    first.close()
    (segment,) = (folder / "in").glob("*.segment")
    size = data.draw(st.integers(0, sizes[-1]))
    os.truncate(segment, size)
    again = spool(folder)
    whole = sum(end <= size for end in sizes)
    assert all_of(again)[:whole] == before[:whole]
    write(again, [b"after"])
    numbers = [each.chunk.sequence for each in all_of(again)]
    assert numbers == list(range(len(numbers)))
    assert lines_of(all_of(again))[-1] == [b"after"]


@settings(max_examples=25)  # each syncs a disk
@given(WRITES, st.data())
def test_laws_of_restarts(
    tmp_path_factory: pytest.TempPathFactory, writes: list[list[bytes]], data: st.DataObject
) -> None:
    """Ended at any moment, acknowledged up to any batch: the rest is sent, as the same records."""
    folder = tmp_path_factory.mktemp("again")
    target = spool(folder, limit=8_000)
    expected: list[SpooledBatch] = []
    for lines in writes:
        write(target, lines)
        expected.append(all_of(target)[-1])
        if data.draw(st.booleans()):
            done = data.draw(st.integers(0, len(expected)))
            for each in expected[:done]:
                target.acknowledge(each.after, len(each.chunk.lines))
            expected = expected[done:]
        if data.draw(st.booleans()):
            target.close()
            target = spool(folder, limit=8_000)
        assert all_of(target) == expected
        assert target.unsent_lines == sum(len(each.chunk.lines) for each in expected)


def test_lines_without_a_cut_are_cut_by_the_next_start(tmp_path: Path) -> None:
    write(spool(tmp_path), [b"a", b"b"], cut=False)
    assert lines_of(all_of(spool(tmp_path))) == [[b"a", b"b"]]
    assert lines_of(all_of(spool(tmp_path))) == [[b"a", b"b"]]


def test_it_takes_no_more_than_its_bound_and_more_when_some_is_acknowledged(tmp_path: Path) -> None:
    target = spool(tmp_path, limit=LIMIT)
    with pytest.raises(SpoolFull):
        fill(target)
    assert target.bytes <= LIMIT
    batches = all_of(target)
    assert len(batches) > 50
    for each in batches:
        target.acknowledge(each.after, 1)
    assert target.bytes < LIMIT / 4
    write(target, [b"more"])
    assert lines_of(all_of(target)) == [[b"more"]]
    assert all_of(target)[0].chunk.sequence == len(batches)


def test_a_full_spool_of_which_all_is_acknowledged_has_room(tmp_path: Path) -> None:
    """The segment that was written to when it was acknowledged goes once another is."""
    write(spool(tmp_path, limit=LIMIT), [b"x" * (LIMIT - 1_000)], cut=False)
    target = spool(tmp_path, limit=LIMIT)
    (batch,) = all_of(target)
    target.acknowledge(batch.after, 1)
    target.close()
    later = spool(tmp_path, Manner("E1", "cef"), LIMIT)
    write(later, [b"y" * 2_000])
    assert lines_of(all_of(later)) == [[b"y" * 2_000]]


def test_a_cut_has_room_in_a_full_spool(tmp_path: Path) -> None:
    target = spool(tmp_path, limit=LIMIT)
    write(target, [b"x" * (LIMIT - 1_000)], cut=False)
    with pytest.raises(SpoolFull):
        write(target, [b"y" * 2_000])
    target.write([Cut()])
    assert len(all_of(target)) == 1


def test_a_damaged_batch_costs_its_segment_and_is_counted(tmp_path: Path) -> None:
    target = spool(tmp_path, limit=LIMIT)
    for number in range(20):
        write(target, [b"%d " % number + b"x" * 1_000])
    target.close()
    first = min((tmp_path / "in").glob("*.segment"))
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    again = spool(tmp_path, limit=LIMIT)
    numbers = [each.chunk.sequence for each in all_of(again)]
    assert again.damaged_bytes > 0
    assert 0 < len(numbers) < 20
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 19
    for each in all_of(again):
        again.acknowledge(each.after, 1)
    assert len(list((tmp_path / "in").glob("*.segment"))) == 1


def test_what_was_taken_under_other_settings_is_sent_under_those(tmp_path: Path) -> None:
    write(spool(tmp_path), [b"a"], cut=False)
    later = spool(tmp_path, Manner("E1", "cef", "+08:00"))
    write(later, [b"b"])
    assert [(each.manner.format, each.chunk.lines) for each in all_of(later)] == [
        ("auto", (b"a",)),
        ("cef", (b"b",)),
    ]
    assert [each.chunk.sequence for each in all_of(later)] == [0, 1]


def test_a_folder_of_another_enterprise_is_refused(tmp_path: Path) -> None:
    write(spool(tmp_path), [b"a"])
    with pytest.raises(SpoolFault, match="'E1'"):
        spool(tmp_path, Manner("E2", "auto"))


def test_the_place_in_a_file_is_on_the_disk_with_its_lines(tmp_path: Path) -> None:
    place = FilePosition("/var/log/a", 7, 3, b"abc")
    target = spool(tmp_path, limit=LIMIT)
    target.write([Lines((b"a",), file="1:2", position=place), Cut()])
    for number in range(20):  # over segments
        write(target, [b"%d" % number + b"x" * 1_000])
    for each in all_of(target):
        target.acknowledge(each.after, 1)
    assert spool(tmp_path, limit=LIMIT).positions == {"1:2": place}


def test_a_lost_note_of_what_was_acknowledged_sends_the_same_records_again(tmp_path: Path) -> None:
    target = spool(tmp_path)
    write(target, [b"a"])
    (before,) = all_of(target)
    target.acknowledge(before.after, 1)
    (tmp_path / "in" / "acknowledged.json").write_bytes(b"")
    assert all_of(spool(tmp_path)) == [before]


def test_a_folder_that_lost_its_segments_begins_another_stream(tmp_path: Path) -> None:
    target = spool(tmp_path)
    write(target, [b"a"])
    (before,) = all_of(target)
    target.acknowledge(before.after, 1)
    for each in (tmp_path / "in").glob("*.segment"):
        each.unlink()
    again = spool(tmp_path)
    write(again, [b"a"])
    (after,) = all_of(again)
    assert after.chunk.stream != before.chunk.stream
