"""A store in which nothing has happened: no panel fails, and each says why it is empty."""

from dashboards.grafana.checking import Limits, Source, check
from dashboards.grafana.rendering import render
from dashboards.grafana.sample_period import choose
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed

EVERYTHING = [dashboard for some in render().values() for dashboard in some]


def test_no_query_fails(empty_store: ChdbSink) -> None:
    source = Source(empty_store.query, QueryFailed)
    report = check(
        EVERYTHING, source, choose(empty_store.query), Limits(ms=60_000.0, tries_hostile=False)
    )
    assert [str(fault) for fault in report.faults] == []


def test_choices_are_missing_where_rows_are_asked_for(empty_store: ChdbSink) -> None:
    source = Source(empty_store.query, QueryFailed)
    limits = Limits(ms=60_000.0, needs_rows=True, tries_hostile=False)
    report = check(render()["en"], source, choose(empty_store.query), limits)
    missing = {
        fault.fault.partition(":")[0] for fault in report.faults if fault.place == "variables"
    }
    assert missing == {"incident", "enterprise", "campaign", "year", "drill"}, (
        "of investigations there is one"
    )


def test_every_panel_says_why_it_is_empty() -> None:
    for dashboard in EVERYTHING:
        for panel in dashboard["panels"]:
            if panel["type"] != "row":
                assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
