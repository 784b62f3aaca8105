"""The benchmark's national store: copies of real rows that agree with each other."""

import pytest

from pipeline.campaigns.policy import CampaignPolicy, Threshold
from pipeline.policy import Policy
from schemas.campaign import IndicatorKind
from schemas.moments import parse_moment
from sinks.chdb import ChdbSink
from tests.benchmarks import multiplied_store, sample_store
from tests.benchmarks.national_campaigns import write_campaigns
from tests.sinks.conftest import MakeChdb

LAST = parse_moment("2026-11-25T12:34:56Z")
COPIES = 10
SAME_START = {
    "events_by_minute": "toStartOfMinute(time)",
    "events_by_hour": "toStartOfHour(time)",
    "events_by_day": "toStartOfDay(time, 'Asia/Shanghai')",
}


@pytest.fixture
def national(make_chdb: MakeChdb) -> ChdbSink:
    """Ten copies of four enterprises' rows."""
    sample, store = make_chdb(), make_chdb()
    sample_store.fill(sample, 4, 2_000)
    name = str(sample.query("SELECT currentDatabase() AS name")[0]["name"])
    found = sample.query("SELECT DISTINCT enterprise_id AS id FROM events ORDER BY id")
    registry = multiplied_store.registry_of(1, 8)
    multiplied_store.keep_all(store, registry)
    copies = multiplied_store.copies_of(
        1, [str(row["id"]) for row in found], COPIES, registry, LAST
    )
    multiplied_store.write_copies(store, name, copies)
    written: list[int] = []
    tables = multiplied_store.multiplied_tables()
    multiplied_store.multiply(store, name, COPIES, tables, written.append)
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


def test_the_copies_have_campaigns_of_their_own(national: ChdbSink) -> None:
    kinds: tuple[IndicatorKind, ...] = ("address", "hash", "techniques")
    eager = [Threshold(kind=kind, enterprises=2, window_s=30 * 86_400) for kind in kinds]
    policy = Policy(campaigns=CampaignPolicy(thresholds=tuple(eager)))
    found = write_campaigns(national, policy, LAST)
    assert found == number(national, "(SELECT count() FROM campaigns)")
    unfit = "(campaign_id, revision) NOT IN (SELECT campaign_id, revision FROM campaigns)"
    assert number(national, f"(SELECT count() FROM campaign_members WHERE {unfit})") == 0
    counted = "(SELECT sum(incident_count) FROM campaigns)"
    assert number(national, "(SELECT count() FROM campaign_members)") == number(national, counted)
    assert found > 0
