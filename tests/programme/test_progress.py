"""Targets against a straight line: worked out by hand, and held to a slow count."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.files.programme_file import keep_records
from pipeline.programme.progress import Figures, by_group, figures, progress
from schemas.glossary_programme import TARGET, TARGET_STATE
from schemas.programme import (
    TARGETS,
    Record,
    Specialist,
    Spending,
    Standard,
    Training,
    TypicalCase,
)
from schemas.registry import Enterprise
from sinks.chdb import ChdbSink
from sinks.log_tables import ENTERPRISES
from tests.severity.test_words import check

DAY = date(2025, 7, 29)
"""After 522 of the 1,042 days from 2024-02-23 to 2026-12-31."""


def training(number: int, held_on: date, person_times: int, persons: int | None = None) -> Training:
    return Training(
        id=f"T{number}",
        held_on=held_on,
        title=f"课{number}",
        organiser="厅",
        province="330000" if number % 2 else "310000",
        sector="steel",
        person_times=person_times,
        persons=persons,
    )


def named(done: Figures, day: date = DAY) -> dict[str, Any]:
    return {one.target.key: one for one in progress(done, day)}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 22), 0),
        (date(2024, 2, 23), 0),
        (date(2025, 7, 28), 15_000),
        (date(2026, 12, 31), 30_000),
        (date(2027, 3, 1), 30_000),
    ],
)
def test_the_straight_line_by_hand(day: date, expected: int) -> None:
    """521 of 1,042 days on 2025-07-28: exactly half."""
    assert named(Figures(), day)["training_person_times"].expected == expected


@pytest.mark.parametrize(
    ("done", "day", "state", "projected"),
    [
        (14_999, date(2025, 7, 28), "behind", 29_998),
        (15_000, date(2025, 7, 28), "on_track", 30_000),
        (15_001, date(2025, 7, 28), "on_track", 30_002),
        (29_999, date(2026, 12, 31), "behind", 29_999),
        (30_000, date(2026, 12, 31), "reached", 30_000),
        (29_999, date(2027, 1, 1), "missed", 29_999),
        (30_000, date(2025, 1, 1), "reached", 99_872),
    ],
)
def test_how_a_target_stands_by_hand(done: int, day: date, state: str, projected: int) -> None:
    """2025-01-01 is after 313 of the 1,042 days: 30,000 * 1,042 / 313 = 99,872."""
    one = named(Figures(person_times=done), day)["training_person_times"]
    assert (one.state, one.projected) == (state, projected)


@pytest.mark.parametrize(("graded", "state"), [(45_000, "on_track"), (45_001, "reached")])
def test_more_than_forty_five_thousand_is_not_forty_five_thousand(graded: int, state: str) -> None:
    day = date(2026, 12, 31)
    assert named(Figures(graded=graded), day)["enterprises_graded"].state == state


def test_what_the_registry_does_not_say_is_unknown_and_not_nothing() -> None:
    one = named(figures([], DAY))["enterprises_graded"]
    assert (one.state, one.done, one.projected) == ("unknown", None, None)


def test_person_times_are_added_up_and_persons_are_bounds() -> None:
    records = [
        training(1, DAY, 100, 60),
        training(2, DAY, 30, 30),
        training(3, DAY, 20),
        training(4, DAY + timedelta(1), 7, 7),
    ]
    done = figures(records, DAY)
    assert (done.person_times, done.sessions) == (150, 3)
    assert (done.persons_least, done.persons_most, done.persons_unstated) == (60, 110, 1)


def test_a_specialist_counts_until_the_qualification_runs_out() -> None:
    def one(name: str, until: date | None) -> Specialist:
        return Specialist(
            id=name, province="330000", qualification="CDSP",
            qualified_on=date(2024, 5, 1), valid_until=until,
        )  # fmt: skip

    records = [one("a", None), one("b", DAY), one("c", DAY - timedelta(1))]
    done = figures(records, DAY)
    assert (done.specialists, done.specialists_expired) == (2, 1)


def test_spending_is_of_the_last_year_that_is_known() -> None:
    records = [
        Spending(enterprise_id="E1", year=2024, it_spending=10, security_spending=9),
        Spending(enterprise_id="E1", year=2025, it_spending=100, security_spending=9),
        Spending(enterprise_id="E2", year=2025, it_spending=100, security_spending=10),
    ]
    done = figures(records, DAY)
    assert (done.spending_year, done.security_share) == (2025, 9.5)
    assert (done.spending_enterprises, done.spending_at_target) == (2, 1)
    assert named(done)["security_share"].state == "missed"


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
sectors = st.sampled_from(["steel", "software", ""])
provinces = st.sampled_from(["330000", "310000"])
records = st.lists(
    st.one_of(
        st.builds(
            Training, id=st.uuids().map(str), held_on=days, title=st.just("a"),
            organiser=st.just("b"), province=provinces, sector=sectors,
            person_times=st.integers(1, 50), persons=st.none(), withdrawn=st.booleans(),
        ),
        st.builds(
            TypicalCase, id=st.uuids().map(str), title=st.just("a"), province=provinces,
            sector=sectors, selected_on=days, withdrawn=st.booleans(),
        ),
        st.builds(
            Standard, id=st.uuids().map(str), title=st.just("a"),
            standard_level=st.just("group"), initiated_on=days, province=provinces,
            withdrawn=st.booleans(),
        ),
    ),
    max_size=12,
)  # fmt: skip


def _province(record: Record) -> str:
    return "" if isinstance(record, Spending) else record.province


@given(records, days)
def test_laws_groups_add_up_to_the_whole_and_equal_a_slow_count(
    held: list[Record], day: date
) -> None:
    whole = figures(held, day)
    groups = by_group(held, _province, day).values()
    slow: Counter[str] = Counter()
    for record in held:
        if record.withdrawn:
            continue
        match record:
            case Training() if record.held_on <= day:
                slow["person_times"] += record.person_times
                slow["sessions"] += 1
            case TypicalCase() if record.selected_on <= day:
                slow["cases"] += 1
            case Standard() if record.initiated_on <= day:
                slow["standards"] += 1
    for name in ("person_times", "sessions", "cases", "standards"):
        assert getattr(whole, name) == slow[name] == sum(getattr(one, name) for one in groups)


@given(days, st.integers(0, 60_000))
def test_laws_more_is_never_worse(day: date, done: int) -> None:
    rank = ["missed", "behind", "on_track", "reached"]
    less, more = (
        named(Figures(person_times=number), day)["training_person_times"]
        for number in (done, done + 1)
    )
    assert rank.index(less.state) <= rank.index(more.state)
    assert (less.projected or 0) <= (more.projected or 0)


@pytest.mark.store
def test_status_shows_every_target_and_every_province(tmp_path: Path) -> None:
    sink = ChdbSink(tmp_path / "store", "fenghuo")
    sink.migrate()
    keep_records(sink, "training", [training(1, DAY, 100, 60), training(2, DAY, 30)])
    spending = Spending(enterprise_id="E1", year=2025, it_spending=100, security_spending=5)
    keep_records(sink, "spending", [spending])
    of_zhejiang = Enterprise(enterprise_id="E1", name="示例", province="330000", sector="steel")
    sink.write({ENTERPRISES.name: [ENTERPRISES.row(of_zhejiang)]}, "registry")
    sink.close()
    call = ["programme", "status", "--store", str(tmp_path / "store"), "--as-of", "2026-01-01"]
    answer = json.loads(CliRunner().invoke(main, [*call, "--json"]).stdout)
    assert [one["target"] for one in answer["targets"]] == [target.key for target in TARGETS]
    assert answer["by_province"]["330000"]["person_times"] == 100
    assert answer["by_province"]["330000"]["security_spending"] == 5
    assert answer["by_sector"]["steel"]["sessions"] == 2
    shown = CliRunner().invoke(main, [*call, "--lang", "zh"], env={"COLUMNS": "200"})
    assert "浙江省" in shown.output
    assert "至少 60 人，至多 90 人" in shown.output


def test_targets_and_states_have_words_in_both_languages() -> None:
    assert list(TARGET) == [target.key for target in TARGETS]
    for term in (*TARGET.values(), *TARGET_STATE.values()):
        check(term.zh, term.en)
