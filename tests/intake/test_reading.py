"""Every line of a batch is accounted for, and an event is its content."""

import random

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.event_time.clock import ClockState, EventTimePolicy
from pipeline.event_time.sources import Row, source_id
from pipeline.intake.batching import chunk_lines
from pipeline.intake.lines import EVENTS_MAX
from pipeline.intake.reading import Reading, account_duplicate, read_batch
from pipeline.intake.refused_lines import LETTERS_MAX
from pipeline.sigma.log_sources import DECODING_FIELD
from schemas.batch import Batch
from schemas.moments import SECOND, parse_moment
from schemas.registry import Enterprise

NOON = parse_moment("2026-05-01T12:00:00Z")
ENTERPRISE = Enterprise(
    enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial"
)
POLICY = EventTimePolicy(lateness_s=300, skew_s=600)


def line(time: str = "2026-05-01T12:00:00Z", **fields: object) -> bytes:
    return orjson.dumps({"@timestamp": time, "EventID": 1, "Channel": "Security", **fields})


def batch(value: bytes, occurrences: dict[int, int] | None = None) -> Batch:
    return Batch(
        enterprise_id="E1",
        format="windows",
        batch_id="b1",
        sequence=0,
        received_at=NOON,
        value=value,
        occurrences=occurrences or {},
    )


def read(value: bytes, clock: ClockState | None = None) -> Reading:
    return read_batch(batch(value), ENTERPRISE, clock or ClockState(), POLICY)


def ids(lines: list[bytes], lines_per_batch: int) -> set[str]:
    return {
        event.event_id
        for chunk in chunk_lines(lines, "E1", "windows", lines_per_batch)
        for event in read_batch(
            batch(chunk.value, chunk.occurrences), ENTERPRISE, ClockState(), POLICY
        ).events
    }


def is_one_line_of_one_event(each: bytes) -> bool:
    """What neither spreads over lines, holds several documents, nor shows 16-bit text."""
    return b"\0" not in each and each.lstrip()[:1] not in (
        b"{",
        b"[",
        b"<",
        b"#",
        b"R",
        b"\xff",
        b"\xfe",
    )


ODD = st.sampled_from([line(), b"[1]", b"{}", b"\xef\xbb\xbf"])


@given(st.lists(st.binary().filter(is_one_line_of_one_event) | ODD))
def test_events_are_stored_or_late_or_dead_lettered_and_the_counts_add_up(
    lines: list[bytes],
) -> None:
    value = b"\n".join(lines)
    account = read(value).account
    assert account.events == sum(1 for each in value.split(b"\n") if each.strip())
    assert account.events == account.stored + account.late + account.dropped + account.dead_lettered
    assert sum(account.reasons.values()) == account.dropped + account.dead_lettered


@pytest.mark.parametrize("length", [1, 2, 400, 4096])
def test_a_block_of_nuls_is_a_dead_letter_and_costs_nothing_else(length: int) -> None:
    account = read(b"\n".join([line(n=1), b"\0" * length, line(n=2)])).account
    assert (account.stored, account.dead_lettered) == (2, 1)


@given(st.lists(st.sampled_from([line(n=n) for n in range(4)]), max_size=40), st.integers(1, 9))
def test_ids_do_not_depend_on_how_lines_are_cut_into_batches(
    lines: list[bytes], lines_per_batch: int
) -> None:
    assert ids(lines, lines_per_batch) == ids(lines, 100)
    assert len(ids(lines, lines_per_batch)) == len(lines)


def test_ids_do_not_depend_on_the_order_of_lines() -> None:
    lines = [line(n=n % 7) for n in range(50)]
    shuffled = random.Random(1).sample(lines, len(lines))
    assert ids(lines, 10) == ids(shuffled, 10)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"EventID":1,"Channel":"Security"}', "time_missing"),
        (line("1601-01-01T00:00:00Z"), "time_out_of_range"),
        (line("yesterday"), "time_missing"),
    ],
)
def test_a_bad_line_costs_only_itself(bad: bytes, reason: str) -> None:
    reading = read(b"\n".join([line(n=1), bad, line(n=2)]))
    assert [letter.reason for letter in reading.dead_letters] == [reason]
    assert (reading.dead_letters[0].line, reading.dead_letters[0].original) == (2, bad)
    assert reading.dead_letters[0].remedy
    assert len(reading.events) == 2


def test_a_batch_of_junk_makes_a_bounded_number_of_dead_letters_that_count_every_line() -> None:
    reading = read(b"\n".join([b"x"] * 5_000 + [b"[1]"] * 5_000 + [line()]))
    assert len(reading.dead_letters) == LETTERS_MAX
    assert sum(letter.events for letter in reading.dead_letters) == 10_000
    assert reading.account.reasons == {"not_xml": 5_000, "not_an_object": 5_000}
    last = reading.dead_letters[-1]
    assert (last.line, last.events) == (LETTERS_MAX, 10_000 - LETTERS_MAX + 1)
    assert "5000 times not_an_object" in last.detail
    assert len(reading.events) == 1


def test_a_line_that_is_too_long_costs_only_itself() -> None:
    reading = read(b"\n".join([line(n=1), line(text="x" * 1_000_000)]))
    (letter,) = reading.dead_letters
    assert (letter.reason, letter.line, len(letter.original)) == ("line_too_long", 2, 65_536)
    assert letter.size > 1_000_000
    assert len(reading.events) == 1


def enveloped(events: int) -> bytes:
    return b'{"Records":[' + b",".join([b"{}"] * events) + b"]}"


def test_the_events_of_envelopes_are_bounded_and_cost_no_line_of_one_event() -> None:
    held = EVENTS_MAX - 2
    many = EVENTS_MAX + 1
    bombs = [enveloped(many), b"[" + b",".join([b"{}"] * many) + b"]", b"{} " * many]
    for bomb in (*bombs, b"<Event></Event>" * many):
        auto = batch(b"\n".join([line(n=1), enveloped(held), bomb, enveloped(3), line(n=2)]))
        auto = msgspec.structs.replace(auto, format="auto")
        reading = read_batch(auto, ENTERPRISE, ClockState(), POLICY)
        assert [event.fields["n"] for event in reading.events] == [1, 2]
        assert len(reading.dead_letters) == LETTERS_MAX
        assert sum(letter.events for letter in reading.dead_letters) == held + 2
        assert reading.account.reasons == {"time_missing": held, "too_many_events": 2}
        assert account_duplicate(auto).events == reading.account.events == held + 4


def test_a_document_over_lines_is_as_long_as_a_line_may_be() -> None:
    spread = b'{"text":[\n' + b",\n".join([b'"%s"' % (b"x" * 1_000)] * 1_100) + b"\n]}"
    reading = read(b"\n".join([line(n=1), spread, line(n=2)]))
    assert [letter.reason for letter in reading.dead_letters] == ["line_too_long"]
    assert len(reading.events) == 2


def test_each_line_of_a_batch_may_be_of_another_format_and_has_a_source_of_its_own() -> None:
    lines = [
        line(Computer="dc-1"),
        b"2026-05-01 12:00:00 10.0.0.6 GET /a - 80 - 10.0.0.7 x - 200 0 0 1",
        b'{"@timestamp":"2026-05-01T12:00:00Z","x":1}',
        b'{"@timestamp":"2026-05-01T12:00:00Z","event":{"kind":"event"}}',
    ]
    mixed = msgspec.structs.replace(batch(b"\n".join(lines)), format="auto")
    reading = read_batch(mixed, ENTERPRISE, ClockState(), POLICY)
    assert [event.format for event in reading.events] == ["windows", "web_access", "json", "ecs"]
    assert len({reading.sources[event.event_id] for event in reading.events}) == 4


@pytest.mark.parametrize(
    "text",
    [
        b'{\n"@timestamp": "2026-05-01T12:00:00Z",\n"a": "\\ud800"\n}',
        b'{\n"@timestamp": "2026-05-01T12:00:00Z",\n"a": "\xff"\n}',
        line() + b'{"@timestamp": "2026-05-01T12:00:00Z", "a": "\\ud800"}',
    ],
)
def test_what_is_no_text_marks_the_event_also_over_lines_and_beside_others(text: bytes) -> None:
    *_, event = read_batch(
        msgspec.structs.replace(batch(text), format="auto"), ENTERPRISE, ClockState(), POLICY
    ).events
    assert (event.fields["a"], event.fields[DECODING_FIELD]) == ("\ufffd", "replaced")


def test_an_event_is_late_only_where_its_enterprise_and_its_source_are_past_it() -> None:
    settled = ClockState(settled=NOON - 3_600 * SECOND)
    old = line("2026-05-01T10:00:00Z", Computer="dc-1")
    assert [event.late for event in read(old, settled).events] == [False]
    newest_s = NOON // SECOND
    settled.sources.put(Row(source_id("host/dc-1"), newest_s, newest_s, 0, 0))
    reading = read(old + b"\n" + line(Computer="dc-1"), settled)
    assert [event.late for event in reading.events] == [True, False]
    assert (reading.account.late, reading.account.stored) == (1, 1)


def test_events_from_the_future_count_as_of_their_receipt_as_far_apart_as_they_were() -> None:
    ahead = ["2026-05-01T12:10:00.000001Z", "2026-05-01T12:11:00.000001Z"]
    reading = read(b"\n".join([*(line(time) for time in ahead), line("2026-05-01T11:00:00Z")]))
    assert [event.future for event in reading.events] == [True, True, False]
    times = [(reading.times[each.event_id] - NOON) / SECOND for each in reading.events]
    assert times == [-60, 0, -3_600]
    assert [each.newest for each in reading.heard.values()] == [NOON]


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-05-01T20:00:00+08:00", NOON),
        ("2026-05-01 12:00:00", NOON),
        ("2026-05-01T12:00:00.1234567Z", NOON + 123_456),
        (NOON // SECOND, NOON),
        (NOON // 1000, NOON),
        (NOON, NOON),
        (NOON * 1000, NOON),
        (NOON / SECOND, NOON),
    ],
)
def test_times_are_read_in_the_spellings_that_sensors_use(time: object, moment: int) -> None:
    (event,) = read(orjson.dumps({"@timestamp": time, "Channel": "x"})).events
    assert event.time == moment
