"""Persons are counted once, in the year of China, however events come: laws and their edges."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cross_border import counting
from pipeline.cross_border.counting import SUBJECTS_MAX, Year, add, fold, total
from pipeline.cross_border.exports import Export, export_of
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.batch import BatchAccount
from schemas.cross_border import ExportCount
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import DAY, MINUTE, SECOND, parse_moment
from tests.cross_border.builders import NOON, batch, counts, engine, export, run

ENGINE = engine()
MIDNIGHT = parse_moment("2027-01-01T00:00:00+08:00")


class Told(NamedTuple):
    """One export as a test draws it; `day` 0 is the last of 2026 in China."""

    number: int
    of_set: str
    persons: int
    sensitive: int
    ground: str
    is_important: bool
    day: int

    def line(self) -> bytes:
        return export(
            self.persons + self.sensitive,
            at=MIDNIGHT - DAY // 2 + self.day * DAY,
            of_set=self.of_set,
            kind="important" if self.is_important else "personal",
            ground=self.ground,
            sensitive=self.sensitive,
            note=str(self.number),
        )


told = st.builds(
    Told,
    st.integers(0, 9),
    st.sampled_from(["", "crm", "staff", "drivers"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(["", "standard_contract", "security_assessment", "human_resources"]),
    st.booleans(),
    st.integers(0, 1),
)
RECEIPT = MIDNIGHT + 2 * DAY


def reference(exports: Sequence[Told]) -> dict[int, tuple[int, int, int, int, int, int]]:
    """By year: persons at most and least, sensitive ones likewise, important exports, exempt
    persons. Written from the law's words, over all exports at once."""
    years = {}
    for day, year in ((0, 2026), (1, 2027)):
        of_year = [one for one in set(exports) if one.day == day]
        groups: dict[tuple[str, bool], list[Told]] = {}
        for one in of_year:
            name = one.of_set or f"event {one.line()!r}"
            groups.setdefault((name, one.ground == "human_resources"), []).append(one)
        most: dict[str, int] = {"persons": 0, "sensitive": 0}
        of_sets, of_events = dict(most), dict(most)
        exempt = 0
        for (_, is_exempt), members in groups.items():
            for what in most:
                number = max(getattr(one, what) for one in members)
                if is_exempt:
                    exempt += number
                    continue
                most[what] += number
                if members[0].of_set:
                    of_sets[what] += number
                else:
                    of_events[what] = max(of_events[what], number)
        least = {what: max(of_sets[what], of_events[what]) for what in most}
        important = sum(any(one.is_important for one in group) for group in groups.values())
        if of_year:
            years[year] = (
                most["persons"], least["persons"], most["sensitive"], least["sensitive"],
                important, exempt,
            )  # fmt: skip
    return years


def shown(decisions: list[Decision]) -> dict[int, tuple[int, int, int, int, int, int]]:
    return {
        year: (
            row.persons,
            row.persons_least,
            row.sensitive_persons,
            row.sensitive_persons_least,
            row.important_exports,
            row.exempt_persons,
        )
        for year, row in counts(decisions).items()
    }


@given(st.lists(told, min_size=1, max_size=12), st.randoms(use_true_random=False), st.booleans())
def test_laws_counts_equal_a_count_over_everything_in_any_order_and_however_often_it_is_sent(
    exports: list[Told], random: object, restore: bool
) -> None:
    lines = [one.line() for one in exports]
    again = [*lines, *lines]
    random.shuffle(again)  # type: ignore[attr-defined]
    state = EnterpriseState()
    decisions: list[Decision] = []
    for number, line in enumerate(again):
        decisions += ENGINE.process(state, batch([line], number, RECEIPT + number * SECOND))
        if restore:
            state = enterprise_state(decode_state("E1", encode_state(state)))
    assert shown(decisions) == reference(exports)


@given(st.lists(told, min_size=1, max_size=12))
def test_laws_what_is_sent_again_writes_no_row(exports: list[Told]) -> None:
    state = EnterpriseState()
    lines = list(dict.fromkeys(one.line() for one in exports))
    ENGINE.process(state, batch(lines, 0, RECEIPT))
    again = ENGINE.process(state, batch(lines, 1, RECEIPT + MINUTE))
    assert not counts(again)
    assert not [one for one in again if not isinstance(one, Event | BatchAccount)]


@given(st.lists(told, min_size=2, max_size=20), st.integers(1, 4))
def test_laws_folding_keeps_the_upper_bound_and_never_lowers_what_was_certain(
    exports: list[Told], most: int
) -> None:
    whole, folded = Year(), Year()
    for one in dict.fromkeys(exports):
        read = _read(one)
        add(whole, read)
        add(folded, read)
        if len(folded.subjects) > most:
            fold(folded)
    exact, before = total(whole), total(folded)
    assert before.persons >= exact.persons
    assert before.sensitive_persons >= exact.sensitive_persons
    assert before.persons_least <= exact.persons_least
    assert before.sensitive_persons_least <= exact.sensitive_persons_least
    fold(folded)
    after = total(folded)
    assert (after.persons, after.persons_least) == (before.persons, before.persons_least)
    assert after.sensitive_persons_least == before.sensitive_persons_least


def _read(one: Told) -> Export:
    decisions = ENGINE.process(EnterpriseState(), batch([one.line()], 0, RECEIPT))
    event = next(each for each in decisions if isinstance(each, Event))
    read = export_of(event, event.time)
    assert read is not None
    return read


def test_midnight_in_shanghai_begins_another_year() -> None:
    """The last microsecond of 2026 and the first of 2027 there; both are 2026 in UTC."""
    lines = [export(10, at=MIDNIGHT - 1, of_set="crm"), export(20, at=MIDNIGHT, of_set="crm")]
    decisions = run(ENGINE, batch(lines, 0, MIDNIGHT + 60 * SECOND))
    assert {year: row.persons for year, row in counts(decisions).items()} == {2026: 10, 2027: 20}


def test_an_export_of_last_year_that_comes_late_is_counted_in_last_year() -> None:
    first = batch([export(10, at=MIDNIGHT, of_set="crm")], 0, MIDNIGHT + 60 * SECOND)
    late = batch([export(7, at=MIDNIGHT - DAY, of_set="crm")], 1, MIDNIGHT + 40 * DAY)
    decisions = run(ENGINE, first, late)
    assert {year: row.persons for year, row in counts(decisions).items()} == {2026: 7, 2027: 10}


def test_an_export_of_a_year_that_is_not_counted_any_more_is_stored_and_named() -> None:
    old = export(10, at=parse_moment("2023-12-31T23:59:59+08:00"))
    kept = export(10, at=parse_moment("2024-01-01T00:00:00+08:00"))
    decisions = run(ENGINE, batch([old, kept]))
    (account,) = [one for one in decisions if isinstance(one, BatchAccount)]
    assert account.reasons["export_year_past"] == 1
    assert account.events == account.stored + account.late
    assert list(counts(decisions)) == [2024]


def test_years_before_the_last_three_are_let_go() -> None:
    state = EnterpriseState()
    for year in range(2024, 2031):
        at = parse_moment(f"{year}-06-01T12:00:00+08:00")
        ENGINE.process(state, batch([export(10, at=at)], year, at + SECOND))
    assert sorted(state.cross_border.years) == [2028, 2029, 2030]
    assert {key[-4:] for key in state.cross_border.told} <= {"2028", "2029", "2030", "ny:0"}
    assert sorted(state.cross_border.counts) == [2028, 2029, 2030]


def test_a_year_remembers_a_bounded_number_of_subjects_and_stays_an_upper_bound() -> None:
    year, read = Year(), _read(Told(0, "", 0, 0, "", False, 0))
    for number in range(3 * SUBJECTS_MAX):
        add(year, msgspec.structs.replace(read, subject=number, persons=number % 7))
    assert len(year.subjects) <= SUBJECTS_MAX
    assert total(year).persons == sum(number % 7 for number in range(3 * SUBJECTS_MAX))
    assert counting.basis_of(year) == "upper_bound"
    assert len(msgspec.msgpack.encode(year)) < 200_000


def test_what_cannot_be_told_apart_is_an_upper_bound_and_says_so() -> None:
    lines = [export(60_000, note="monday"), export(60_000, note="tuesday")]
    (row,) = counts(run(ENGINE, batch(lines))).values()
    assert (row.persons, row.persons_least, row.basis) == (120_000, 60_000, "upper_bound")


def test_a_declared_set_counts_once_a_year_whatever_its_events_say() -> None:
    lines = [export(60_000, of_set="crm", note="a"), export(61_000, of_set="crm", note="b")]
    (row,) = counts(run(ENGINE, batch(lines))).values()
    assert (row.exports, row.persons, row.persons_least, row.basis) == (
        1,
        61_000,
        61_000,
        "declared",
    )


@pytest.mark.parametrize(
    ("line", "basis", "persons", "sensitive"),
    [
        (export(of_set="crm"), "at_least", 0, 0),
        (export("many", of_set="crm"), "at_least", 0, 0),
        (export(-5, of_set="crm"), "at_least", 0, 0),
        (export(10**12, of_set="crm"), "at_least", 0, 0),
        (export("1200", of_set="crm"), "declared", 1200, 0),
        (export(9, of_set="crm", kind="sensitive_personal"), "declared", 0, 9),
        (export(9, of_set="crm", kind="sensitive_personal", sensitive=4), "declared", 5, 4),
        (export(4, of_set="crm", sensitive=9), "declared", 0, 9),
        (export(of_set="design", kind="important"), "declared", 0, 0),
    ],
)
def test_what_an_export_says_of_persons(
    line: bytes, basis: str, persons: int, sensitive: int
) -> None:
    (row,) = counts(run(ENGINE, batch([line]))).values()
    assert (row.basis, row.persons, row.sensitive_persons) == (basis, persons, sensitive)


def test_a_number_that_cannot_be_and_a_ground_that_nobody_knows_are_named() -> None:
    lines = [export("many"), export(5, ground="because")]
    decisions = run(ENGINE, batch(lines))
    (account,) = [one for one in decisions if isinstance(one, BatchAccount)]
    assert account.reasons["export_unreadable"] == 2
    (row,) = counts(decisions).values()
    assert row.undeclared_exports == 2


@pytest.mark.parametrize(
    "line",
    [
        export(5, outcome="denied"),
        export(5, outcome="failure", action="cross_border_transfer"),
        export(5, country="CN"),
        export(5, country=""),
        export(5, country="Singapore"),
    ],
)
def test_what_failed_or_stayed_in_the_country_is_no_export(line: bytes) -> None:
    assert not counts(run(ENGINE, batch([line])))


@pytest.mark.parametrize("country", ["HK", "MO", "TW", "us"])
def test_outside_the_mainland_is_abroad(country: str) -> None:
    (row,) = counts(run(ENGINE, batch([export(5, country=country)]))).values()
    assert row.destinations == {country.upper(): 1}


def test_a_transfer_that_names_itself_one_needs_no_destination() -> None:
    line = export(5, country="", action="cross_border_transfer")
    (row,) = counts(run(ENGINE, batch([line]))).values()
    assert (row.persons, row.destinations) == (5, {"ZZ": 1})


def test_ocsf_says_the_same_under_unmapped() -> None:
    said = {"class": "personal", "persons": 12, "subjects": {"digest": "ab12"}}
    line = {
        "class_uid": 6005, "category_uid": 6, "metadata": {"version": "1.8.0"},
        "time": NOON // 1000, "status": "Success", "unmapped": {"cross_border": said},
        "dst_endpoint": {"location": {"country": "DE"}},
    }  # fmt: skip
    read = msgspec.structs.replace(batch([msgspec.json.encode(line)]), format="ocsf")
    (row,) = counts(run(ENGINE, read)).values()
    assert (row.persons, row.basis, row.destinations) == (12, "declared", {"DE": 1})


def test_what_exports_rest_on_and_are_for_is_counted_once_however_often_it_is_told() -> None:
    """By hand: two sets, one of them sent for two purposes, and an event that says neither."""
    lines = [
        export(5, of_set="staff", ground="human_resources", purpose="payroll"),
        export(5, of_set="staff", ground="human_resources", purpose="  travel\n bookings "),
        export(7, of_set="crm", ground="standard_contract", purpose="payroll"),
        export(9, note="monday"),
    ]
    (row,) = counts(run(ENGINE, batch(lines), batch(lines[::-1], 1))).values()
    assert row.purposes == {"payroll": 2, "": 1, "travel bookings": 1}
    assert row.grounds == {"": 1, "human_resources": 1, "standard_contract": 1}
    assert row.exports == 3


def test_purposes_without_end_are_bounded() -> None:
    lines = [export(1, of_set=f"s{n}", purpose=f"{n:02}" + "目的" * 400) for n in range(30)]
    (row,) = counts(run(ENGINE, batch(lines))).values()
    assert len(row.purposes) == 20
    assert max(map(len, row.purposes)) == 40


def test_a_clock_that_is_a_year_ahead_counts_in_the_year_of_receipt() -> None:
    line = export(5, at=NOON + 400 * DAY)
    assert list(counts(run(ENGINE, batch([line])))) == [2026]


def test_rows_have_revisions_that_grow() -> None:
    rows = run(ENGINE, *(batch([export(5, note=str(n))], n) for n in range(3)))
    revisions = [one.revision for one in rows if isinstance(one, ExportCount)]
    assert revisions == [1, 2, 3]
