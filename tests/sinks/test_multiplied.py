"""The benchmark's national store: copies of real rows that agree with each other."""

import pytest

from schemas.moments import parse_moment
from sinks.chdb import ChdbSink
from tests.benchmarks import multiplied_store, sample_store
from tests.sinks.conftest import MakeChdb

LAST = parse_moment("2026-11-25T12:34:56Z")
SAMPLES = 14
COPIES = 35
"""Two rounds and a half."""
SAME_START = {
    "events_by_minute": "toStartOfMinute(time)",
    "events_by_hour": "toStartOfHour(time)",
    "events_by_day": "toStartOfDay(time, 'Asia/Shanghai')",
}


@pytest.fixture
def national(make_chdb: MakeChdb) -> ChdbSink:
    """Copies of a few enterprises' rows."""
    sample, store = make_chdb(), make_chdb()
    sample_store.fill(sample, SAMPLES, 6_000)
    name = str(sample.query("SELECT currentDatabase() AS name")[0]["name"])
    found = sample.query("SELECT DISTINCT enterprise_id AS id FROM events ORDER BY id")
    registry = multiplied_store.registry_of(1, 20)
    multiplied_store.keep_all(store, registry)
    copies = multiplied_store.copies_of(
        1, [str(row["id"]) for row in found], COPIES, registry, LAST
    )
    multiplied_store.write_copies(store, name, copies)
    written: list[int] = []
    tables = multiplied_store.multiplied_tables()
    multiplied_store.multiply(store, name, COPIES, tables, written.append)
    multiplied_store.multiply_campaigns(store, name)
    assert sum(written) == COPIES
    return store


def number(store: ChdbSink, sql: str) -> object:
    return store.query(f"SELECT {sql} AS n")[0]["n"]


def test_events_accounts_counts_and_cases_agree(national: ChdbSink) -> None:
    events = number(national, "(SELECT count() FROM events)")
    assert events == number(national, "(SELECT sum(stored + late) FROM batches)")
    for view, start in SAME_START.items():
        grouped = "SELECT toUnixTimestamp({}) AS start, enterprise_id, product, {} AS n FROM {}"
        counted = national.query(
            f"{grouped.format('time', 'sum(events)', view)} GROUP BY ALL ORDER BY ALL"
        )
        assert counted == national.query(
            f"{grouped.format(start, 'count()', 'events')} GROUP BY ALL ORDER BY ALL"
        )
    incidents = "(SELECT incident_id FROM incidents)"
    assert number(national, f"(SELECT count() FROM assessments WHERE incident_id IN {incidents})")
    for orphan in ("assessments", "obligations"):
        assert not number(
            national, f"(SELECT count() FROM {orphan} WHERE incident_id NOT IN {incidents})"
        )


def test_copies_lie_in_the_days_before_and_belong_to_registered_enterprises(
    national: ChdbSink,
) -> None:
    first, last = (
        number(national, f"(SELECT toUnixTimestamp64Micro({end}(time)) FROM events)")
        for end in ("min", "max")
    )
    assert LAST - 31 * 86_400_000_000 < int(str(first)) < int(str(last)) < LAST
    strangers = "(SELECT enterprise_id FROM enterprises)"
    assert not number(
        national, f"(SELECT count() FROM events WHERE enterprise_id NOT IN {strangers})"
    )


def test_campaigns_have_the_members_that_their_round_s_copies_are(national: ChdbSink) -> None:
    assert number(national, "(SELECT count() FROM campaigns WHERE enterprise_count > 2)")
    whole = """
SELECT c.campaign_id AS id, any(c.incident_count) AS told, count() AS found,
       countIf(m.incident_id IN (SELECT incident_id FROM incidents)) AS held
FROM campaigns AS c INNER JOIN campaign_members AS m
     ON m.campaign_id = c.campaign_id AND m.revision = c.revision
GROUP BY id ORDER BY id
"""
    found = national.query(whole)
    assert all(row["held"] == row["found"] for row in found)
    assert any(row["told"] == row["found"] for row in found), "whole rounds have whole campaigns"
