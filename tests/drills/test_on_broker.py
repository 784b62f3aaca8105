"""A drill on a broker with live traffic beside it, by the commands: nothing live moves."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.app.stores import open_store
from tests.brokers.choice import any_broker
from tests.drills.broker_site import ABUSES, NAME, BrokerSite, publishers_of
from tests.drills.live_digests import differences, live_digests, live_rows_of

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[BrokerSite]:
    publishers = publishers_of(("330000", "320000", "440000"), 4)
    ids = [each.enterprise_id for each, _ in publishers][:4]
    with any_broker(tmp_path / "broker") as broker:
        site = BrokerSite(broker, tmp_path, publishers, pace=60, enterprises={"ids": ids})
        yield site
        site.close()


def test_a_drill_beside_live_traffic_moves_nothing_live_and_is_scored(site: BrokerSite) -> None:
    answer = site.play()
    assert answer["state"] == "finished"
    site.respond()
    site.end()
    letters = {row["reason"] for row in site.rows("dead_letters")}
    assert letters == {*ABUSES.values()}
    assert len(site.rows("dead_letters")) == len(ABUSES)
    scored = json.loads(site.call("drill", "score", NAME, "--json", "--store", site.beside.store))
    outcomes = {each["enterprise_id"]: each["outcome"] for each in scored["enterprises"]}
    assert set(outcomes) == {each.enterprise_id for each in site.plan.enterprises}
    assert sum(each["arrived_events"] for each in scored["enterprises"]) == answer["events"]
    site.without_the_drill()
    stores = [open_store(each.store, "fenghuo") for each in (site.beside, site.alone)]
    with stores[0] as store:
        beside, rows = live_digests(store, site.plan.ends_at), live_rows_of(store)
    with stores[1] as store:
        alone, others = live_digests(store, site.plan.ends_at), live_rows_of(store)
    assert beside == alone, [*differences(rows, others)]
    assert beside["incidents"][0] > 0
