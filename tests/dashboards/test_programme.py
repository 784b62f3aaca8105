"""The programme's board says in SQL what `fenghuo programme status` says in Python."""

from datetime import date

import pytest

from dashboards.grafana.boards.programme import DONE, PROGRAMME
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.specs import localise
from pipeline.files.programme_file import graded_on, kept_records
from pipeline.programme.progress import by_group, figures, progress
from schemas.moments import parse_moment
from schemas.programme import Spending
from sinks.chdb import ChdbSink

DAYS = ("2024-06-01", "2025-04-10", "2026-01-01", "2026-11-20", "2027-01-01")


def ask(store: ChdbSink, title: str, day: str) -> list[dict[str, object]]:
    """The panel's answer for a period that ends at noon of the day in China."""
    panel = next(
        panel
        for section in PROGRAMME.sections
        for panel in section.panels
        if panel.title.en == title
    )
    first, last = (parse_moment(f"{at}T12:00:00+08:00") for at in ("2020-01-01", day))
    ends = Selection(first=first, last=last, interval_s=3600, variables={})
    return store.query(expand(localise(panel.queries[0], "en"), ends))


@pytest.mark.store
@pytest.mark.parametrize("day", DAYS)
def test_targets_stand_as_the_command_says(store: ChdbSink, day: str) -> None:
    when = date.fromisoformat(day)
    done = figures(kept_records(store), when, graded_on(store))
    told = {one.target.key: one for one in progress(done, when)}
    rows = {str(row["target"]): row for row in ask(store, "Targets and progress", day)}
    assert set(rows) == set(DONE)
    for key, row in rows.items():
        one = told[key]
        shown = [row[name] for name in ("achieved", "expected", "projected", "target_state")]
        assert shown == [one.done, one.expected, one.projected, one.state], key


@pytest.mark.store
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("column", ["province", "sector"])
def test_provinces_and_sectors_count_as_the_command_says(
    store: ChdbSink, column: str, day: str
) -> None:
    records = [one for one in kept_records(store) if not isinstance(one, Spending)]
    told = by_group(records, lambda one: str(getattr(one, column)), date.fromisoformat(day))
    names = ("person_times", "sessions", "persons_most", "persons_least", "specialists",
             "standards", "cases")  # fmt: skip
    expected = {
        key: [getattr(one, name) for name in names]
        for key, one in told.items()
        if any(getattr(one, name) for name in names)
    }
    rows = ask(store, f"By {column}", day)
    assert {str(row[column]): [row[name] for name in names] for row in rows} == expected
