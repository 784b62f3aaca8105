"""Which log sources were seen: the latest receipt of each, in whatever order it is written."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from schemas.event import Event
from schemas.moments import format_moment
from sinks.memory import MemorySink
from sinks.rows import rows_of
from tests.sinks.test_rollups import event

# A batch belongs to one drill, or to none.
EVENTS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["windows", "zeek"])),
    max_size=12,
).map(
    lambda rows: [
        event(f"e{number}", batch, product=product, drill="d" if batch > 2 else "")
        for number, (batch, product) in enumerate(rows)
    ]
)


def latest(events: Sequence[Event]) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for each in sorted(events, key=lambda one: one.received_at):
        found[each.enterprise_id, each.drill, each.product] = each.received_at
    return found


@given(EVENTS, st.integers(0, 9))
def test_laws_the_latest_receipt_of_each_source_is_kept(events: list[Event], seed: int) -> None:
    batches = [[each for each in events if each.batch_id == f"b{n}"] for n in range(1, 5)]
    sink, random = MemorySink(), Random(seed)
    for batch in random.sample(batches * 2, 8):
        sink.write(rows_of(batch), "t")
    seen = {
        (str(row["enterprise_id"]), str(row["drill"]), str(row["product"])): row["received_at"]
        for row in sink.view("log_sources")
    }
    assert seen == {source: format_moment(moment) for source, moment in latest(events).items()}
