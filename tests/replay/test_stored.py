"""Replay from a store: what its lines come to is what the records came to."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.app.runner import HeldStates, drive
from pipeline.replay.spool import spooled
from pipeline.replay.stored import Reread, StoredSource
from pipeline.state import (
    EnterpriseState,
    decode_state,
    encode_state,
    enterprise_state,
    fresh_state,
)
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.moments import HOUR
from sinks.chdb import ChdbSink
from sinks.memory import MemorySink
from sinks.rows import rows_of
from tests.engine.builders import (
    RECEIPT,
    apply,
    batch,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
)

COMPARED = ("events", "detections", "incidents", "assessments", "obligations", "commands")


def views(sink: MemorySink | ChdbSink) -> dict[str, list[dict[str, Any]]]:
    return {name: sink.view(name) for name in COMPARED}


def run(batches: list[Batch], sink: MemorySink | ChdbSink, said: bool = False) -> None:
    """As the driver would: every batch, and then a command on the first incident."""
    engine, state = make_engine(), EnterpriseState()
    for number, each in enumerate(batches):
        sink.write(rows_of(engine.process(state, each)), str(number))
    incidents = [row["incident_id"] for row in sink.view("incidents")] if said else []
    for incident_id in incidents[:1]:
        record = command("confirm", str(incident_id), 2_000, reason="seen")
        sink.write(rows_of(apply(engine, state, record)), "command")
    sink.write(rows_of(engine.settle(state, "E1")), "settled")


def replay(store: ChdbSink, start: int = 0, end: int = RECEIPT + HOUR) -> tuple[MemorySink, Reread]:
    engine, reread, sink = make_engine(), Reread(), MemorySink()
    memory = HeldStates(fresh_state, encode_state, decode_state)
    source = StoredSource(engine, reread)

    class Rows:
        def write(self, decisions: list[Decision], token: str) -> None:
            sink.write(rows_of(decisions), token)

    with spooled(store, start, end) as spool:
        inputs = spool.inputs(reread)
        for _ in drive(inputs, source, source.decide, memory, Rows()):  # type: ignore[arg-type]
            pass
    for key, state in memory.all().items():
        sink.write(rows_of(engine.settle(enterprise_state(state), key)), f"settle/{key}")
    return sink, reread


MAKERS: list[Callable[[float, str], bytes]] = [failed_logon, shadow_copies]
LINE = st.builds(
    lambda make, at_s, name: make(at_s, name),
    st.sampled_from(MAKERS),
    st.integers(-600, 600),
    st.sampled_from(["chen", "wu", "李"]),
)
BATCHES = st.lists(st.lists(LINE, min_size=1, max_size=6), min_size=1, max_size=5)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(of_lines=BATCHES)
def test_laws_a_store_s_lines_come_to_what_the_records_came_to(
    of_lines: list[list[bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    batches = [
        msgspec.structs.replace(batch(lines, number), topic="fenghuo.events", partition=0)
        for number, lines in enumerate(of_lines)
    ]
    seen = {line for lines in of_lines for line in lines}
    if len(seen) < sum(map(len, of_lines)):
        batches = [
            msgspec.structs.replace(each, occurrences={i: 100 * n + i for i in range(6)})
            for n, each in enumerate(batches)
        ]
    sink = ChdbSink(tmp_path_factory.mktemp("law"))
    try:
        sink.migrate()
        run(batches, sink, said=True)
        again, reread = replay(sink)
        assert reread.remarks() == []
        assert views(again) == views(sink)
    finally:
        sink.close()
