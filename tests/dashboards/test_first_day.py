"""A store in which nothing has happened: no panel fails, and each says why it is empty."""

from dashboards.grafana.checking import Limits, Source, check
from dashboards.grafana.choosing import choose
from dashboards.grafana.rendering import render
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed


def test_no_query_fails_and_only_choices_are_missing(empty_store: ChdbSink) -> None:
    everything = [dashboard for some in render().values() for dashboard in some]
    source = Source(empty_store.query, QueryFailed)
    report = check(everything, source, choose(empty_store.query), Limits(ms=60_000.0))
    assert {fault.place for fault in report.faults} == {"variables"}
    missing = {fault.fault.partition(":")[0] for fault in report.faults}
    assert missing == {"incident", "enterprise", "campaign"}, "there is always an investigation"
