"""A stream of syslog comes to the same lines however the network cuts it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.agent.framing import Framer

TEXT = st.binary(min_size=1, max_size=12).map(
    lambda raw: b"<13>" + bytes(65 + byte % 26 for byte in raw)
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Frames of both kinds, mixed, and the messages in them."""
    messages = draw(st.lists(TEXT, max_size=8))
    frames = [
        b"%d %s" % (len(each), each) if draw(st.booleans()) else each + draw(ENDS)
        for each in messages
    ]
    return b"".join(frames), messages


ENDS = st.sampled_from([b"\n", b"\r\n", b"\0", b"\n\n"])


@given(streams(), st.lists(st.integers(0, 200)))
def test_laws_of_cuts(stream: tuple[bytes, list[bytes]], cuts: list[int]) -> None:
    data, messages = stream
    framer = Framer()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    lines = [line for start, end in pairwise(places) for line in framer.feed(data[start:end])]
    assert [*lines, *framer.end()] == messages


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_laws_of_garbage(data: bytes, cuts: list[int]) -> None:
    whole, pieces = Framer(longest=20), Framer(longest=20)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    lines = [line for start, end in pairwise(places) for line in pieces.feed(data[start:end])]
    assert all(b"\n" not in line for line in [*lines, *whole.feed(data), *pieces.end()])


def test_a_line_that_begins_with_a_number_is_no_counted_frame() -> None:
    assert Framer().feed(b"2026 was a year\n12 <13>hello wo") == [
        b"2026 was a year",
        b"<13>hello wo",
    ]


def test_a_break_inside_a_counted_frame_is_a_space() -> None:
    assert Framer().feed(b"10 <13>ab\ncd\n6 <13>x\n") == [b"<13>ab cd", b"<13>x"]


def test_a_frame_past_the_bound_is_passed_over_and_counted() -> None:
    framer = Framer(longest=10)
    assert framer.feed(b"30 <13>" + b"x" * 26 + b"5 <13>y") == [b"<13>y"]
    assert framer.too_long == 1


def test_a_line_past_the_bound_is_passed_over_and_counted() -> None:
    framer = Framer(longest=10)
    lines = [line for _ in range(10) for line in framer.feed(b"<13>" + b"x" * 20)]
    lines += framer.feed(b"tail\n<13>after\n")
    assert lines == [b"<13>after"]
    assert framer.too_long == 1


def test_octets_alone_are_taken_where_they_are_said_to_be_counted() -> None:
    assert Framer("octets").feed(b"5 hello3 abc") == [b"hello", b"abc"]
