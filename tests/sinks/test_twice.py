"""What the pipeline writes, written twice in other blocks and orders: no dashboard says more."""

from msgspec.structs import replace

from dashboards.grafana.sample_period import choose
from tests.benchmarks.twice import (
    answers,
    compare,
    differing,
    pipeline_writes,
    write_once,
)
from tests.sinks.conftest import MakeChdb

EVENTS = 4_000


def test_every_dashboard_says_the_same_of_batches_that_are_written_twice(
    make_chdb: MakeChdb,
) -> None:
    assert compare(lambda _: make_chdb(), EVENTS, say=lambda _: None) == []


def test_the_comparison_sees_one_row_that_is_missing(make_chdb: MakeChdb) -> None:
    writes = pipeline_writes(EVENTS)
    whole, short = make_chdb(), make_chdb()
    write_once(whole, writes)
    (index, least) = next(
        (index, rows) for index, rows in enumerate(writes) if len(rows.get("batches", ())) > 1
    )
    write_once(short, [*writes[:index], {**least, "batches": least["batches"][1:]}])
    write_once(short, writes[index + 1 :])
    base = replace(choose(whole.query), everything=frozenset())
    found = differing(answers(whole, base), answers(short, base))
    assert "batches " in found
    assert any(place.startswith("fenghuo-accounts-en") for place in found)
