"""A batch that was taken is known again, as a set that remembers everything would know it."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.taken import (
    NO_STREAM,
    RANGES_MAX,
    RECENT_MAX,
    RETENTION,
    SEQUENCE_REUSED,
    STREAM_FORGOTTEN,
    STREAMS_MAX,
    TakenState,
    Verdict,
    take,
)
from schemas.batch import Batch

NOW = 1_700_000_000_000_000
NEW, REPEAT = Verdict(is_repeat=False), Verdict(is_repeat=True)


def batch(
    stream: str, sequence: int, batch_id: str = "", key_id: str = "k1", now: int = NOW
) -> Batch:
    return Batch(
        enterprise_id="E1",
        format="json",
        batch_id=batch_id or f"{key_id}/{stream}/{sequence}",
        key_id=key_id,
        stream=stream,
        sequence=sequence,
        received_at=now,
        value=b"",
    )


def taken(state: TakenState, batches: Sequence[Batch]) -> list[Verdict]:
    return [take(state, each) for each in batches]


def without_recent(state: TakenState) -> TakenState:
    """As after `RECENT_MAX` other batches: only the numbers are left."""
    state.recent.clear()
    state.known.clear()
    return state


arrivals = st.lists(
    st.builds(
        batch,
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 2 * RANGES_MAX - 2),
        key_id=st.sampled_from(["k1", "k2"]),
    ),
    max_size=150,
)


@settings(max_examples=200, deadline=None)
@given(arrivals, st.booleans())
def test_numbers_in_any_order_are_known_as_a_set_knows_them(
    batches: list[Batch], restored: bool
) -> None:
    state, seen = TakenState(), set[tuple[str, str, int]]()
    for each in batches:
        place = each.key_id, each.stream, each.sequence
        assert take(without_recent(state), each).is_repeat == (place in seen)
        seen.add(place)
        if restored:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=TakenState)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(0, 60))))
def test_ids_are_known_under_whatever_number_they_come(
    places: list[tuple[str, int, int]],
) -> None:
    """Numbers that no stream uses twice; the same ids under others."""
    state, seen = TakenState(), set[str]()
    unique = {(stream, number): f"id{content}" for stream, number, content in places}
    for (stream, number), batch_id in unique.items():
        assert take(state, batch(stream, number, batch_id)).is_repeat == (batch_id in seen)
        seen.add(batch_id)


def test_a_thousand_batches_given_again_are_all_known_and_new_ones_are_not() -> None:
    state = TakenState()
    first = [batch("file", number) for number in range(3_000)]
    assert set(map(Verdict.__repr__, taken(state, first))) == {repr(NEW)}
    live = [batch("live", number) for number in range(500)]
    assert all(each == NEW for each in taken(state, live))
    assert all(each == REPEAT for each in taken(without_recent(state), [*first, *live]))
    assert len(msgspec.msgpack.encode(state)) < 20_000


def test_a_file_published_under_another_stream_is_known_by_its_last_ids() -> None:
    state = TakenState()
    taken(state, [batch("one", number, f"id{number}") for number in range(RECENT_MAX)])
    again = [batch("two", number, f"id{number}") for number in range(RECENT_MAX)]
    assert all(each == REPEAT for each in taken(state, again))


def test_a_batch_without_a_stream_is_known_among_the_last_ids_and_says_so() -> None:
    state = TakenState()
    assert take(state, batch("", 0, "x")) == Verdict(False, NO_STREAM)
    assert take(state, batch("", 0, "x")) == REPEAT
    assert take(state, batch("", 0, "y")) == Verdict(False, NO_STREAM)


def test_a_sender_that_begins_anew_under_the_old_name_loses_nothing_and_is_told() -> None:
    state = TakenState()
    taken(state, [batch("s", number) for number in range(2_000)])
    anew = [batch("s", number, f"other{number}") for number in range(2_000)]
    assert set(map(repr, taken(state, anew))) == {repr(Verdict(False, SEQUENCE_REUSED))}


def test_streams_beyond_the_most_are_forgotten_and_what_may_be_of_them_says_so() -> None:
    state = TakenState()
    taken(state, [batch(f"s{number}", 0, now=NOW + number) for number in range(STREAMS_MAX + 1)])
    assert len(state.streams) == STREAMS_MAX
    forgotten = batch("s0", 0, now=NOW + STREAMS_MAX + 1)
    assert take(without_recent(state), forgotten) == Verdict(False, STREAM_FORGOTTEN)
    held = batch(f"s{STREAMS_MAX}", 0, now=NOW + STREAMS_MAX + 2)
    assert take(without_recent(state), held) == REPEAT
    later = batch("new", 0, now=NOW + 2 * RETENTION)
    assert take(state, later) == NEW


def test_streams_that_rested_longer_than_kafka_keeps_them_go_without_doubt() -> None:
    state = TakenState()
    taken(state, [batch(f"s{number}", 0) for number in range(STREAMS_MAX)])
    later = [batch(f"t{number}", 0, now=NOW + RETENTION) for number in range(STREAMS_MAX)]
    assert all(each == NEW for each in taken(state, later))


def test_ranges_beyond_the_most_are_forgotten_and_their_stream_says_so() -> None:
    state = TakenState()
    taken(state, [batch("s", 2 * number) for number in range(RANGES_MAX + 1)])
    (stream,) = state.streams.values()
    assert len(stream.starts) == len(stream.ends) == RANGES_MAX
    assert take(without_recent(state), batch("s", 2 * RANGES_MAX)) == REPEAT
    assert take(without_recent(state), batch("s", 1)) == Verdict(False, STREAM_FORGOTTEN)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1), (1, 0, 2), (2, 0, 1)])
def test_numbers_without_a_gap_are_one_range(order: tuple[int, ...]) -> None:
    state = TakenState()
    taken(state, [batch("s", number) for number in order])
    (stream,) = state.streams.values()
    assert (stream.starts, stream.ends) == ([0], [3])
