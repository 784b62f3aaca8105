"""Replay from a store: what its lines come to is what the records came to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.app.runner import HeldStates, Runner
from pipeline.cli.main import main
from pipeline.replay.spool import spooled
from pipeline.replay.stored_lines import Reread, StoredEvent, batches_of, stored_task
from pipeline.state import EnterpriseState, enterprise_state
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.exception import Scope
from schemas.moments import DAY, HOUR
from sinks.chdb import ChdbSink
from sinks.memory import MemorySink
from sinks.rows import rows_of
from tests.engine.builders import (
    RECEIPT,
    START,
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
    states = HeldStates()

    class Rows:
        def write(self, decisions: list[Decision], token: str) -> None:
            sink.write(rows_of(decisions), token)

    with spooled(store, start, end) as spool:
        runner = Runner(states, Rows())  # type: ignore[arg-type]
        runner.complete(stored_task(engine, each, reread) for each in spool.inputs(reread))
    for key, state in states.all().items():
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


def test_an_exception_that_was_added_before_the_period_hides_in_it(tmp_path: Path) -> None:
    engine, state, sink = make_engine(), EnterpriseState(), ChdbSink(tmp_path / "store")
    copies = "11111111-1111-4111-8111-111111111111"
    scope = Scope(rule_id=copies, host="ws-1", starts_at=START, ends_at=START + DAY)
    sink.migrate()
    said = command("add_exception", "", 100, scope=scope, reason="backup software")
    sink.write(rows_of(apply(engine, state, said)), "said")
    lines = [shadow_copies(each, host) for each in range(3) for host in ("ws-1", "ws-2")]
    sink.write(rows_of(engine.process(state, batch(lines))), "batch")
    again, _ = replay(sink, start=RECEIPT)
    names = ("detections", "exceptions")
    live, anew = ({name: each.view(name) for name in names} for each in (sink, again))
    sink.close()
    assert anew == live
    assert (len(live["detections"]), live["exceptions"][0]["hidden"]) == (3, 3)


MIXED = {
    "w3c.log": b"""#Software: Microsoft Internet Information Services 10.0
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status
2026-05-01 10:00:00 10.0.0.1 GET /index.html - 80 10.0.0.9 Mozilla/5.0 200
2026-05-01 10:00:01 10.0.0.1 GET /cmd.aspx cmd=whoami 80 10.0.0.9 sqlmap/1.0 200
""",
    "audit.log": b"""\
type=SYSCALL msg=audit(1777629600.100:42): arch=c000003e syscall=59 success=yes \
exit=0 ppid=1 pid=99 auid=1000 uid=0 comm="bash" exe="/usr/bin/bash" key="x"
type=EXECVE msg=audit(1777629600.100:42): argc=3 a0="bash" a1="-c" a2="whoami"
""",
    "envelope.json": b"""{"Records":[
{"eventTime":"2026-05-01T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser"},
{"eventTime":"2026-05-01T10:00:02Z","eventSource":"iam.amazonaws.com","eventName":"DeleteUser"}]}
""",
    "sys.log": b"""\
May  1 10:00:00 host1 sshd[12]: Failed password for root from 10.1.1.1 port 22 ssh2
May  1 10:00:00 host1 sshd[12]: Failed password for root from 10.1.1.1 port 22 ssh2
""",
}
PERIOD = ("--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")


def fenghuo(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result


def events_of(folder: Path, database: str) -> list[dict[str, object]]:
    sink = ChdbSink(folder, database)
    try:
        return sink.view("events")
    finally:
        sink.close()


def test_lines_of_every_manner_are_read_from_the_store_as_they_were_from_files(
    tmp_path: Path,
) -> None:
    store = tmp_path / "st"
    for name, content in MIXED.items():
        (tmp_path / name).write_bytes(content)
        fenghuo("run", tmp_path / name, "--store", store)
    told = fenghuo(
        *("replay", "--name", "again", "--source", "store", "--store", store, "--diff"), *PERIOD
    )
    assert "8 events in 4 batches = 8 stored + 0 late" in told.stderr
    assert "read otherwise" not in told.stderr
    before = events_of(store, "fenghuo")
    assert len(before) == 8
    assert events_of(store / "investigation_again", "investigation_again") == before


def stored(raw: str, number: int = 0, **columns: str) -> StoredEvent:
    plain = {
        "province": "", "sector": "", "format": "windows", "product": "windows", "category": "",
        "service": "security", "host": "", "account": "", "source_ip": "", "destination_ip": "",
        "process": "", "drill": "", "enterprise_id": "E1", "batch_id": "b",
    }  # fmt: skip
    return StoredEvent(
        event_id=f"e{number}", late=False, future=False, raw=raw, time_us=RECEIPT,
        received_us=RECEIPT, topic="t", partition=0, offset=0, **plain | columns,
    )  # fmt: skip


def test_what_cannot_be_read_as_it_was_is_counted() -> None:
    logon = failed_logon(1).decode()
    lines = [logon, "{", logon.replace("chen", "\ufffd"), logon.replace('"Security"', '"System"')]
    reread = Reread()
    (only,) = batches_of([stored(raw, number) for number, raw in enumerate(lines)], reread)
    assert [event.event_id for event in only.events] == ["e0", "e2", "e3"]
    assert (reread.lost, reread.altered) == (1, 2)
    assert len(reread.remarks()) == 2


def test_whom_the_registry_does_not_know_is_left_out_and_counted() -> None:
    engine, reread = make_engine(), Reread()
    known, stranger, drill = batches_of(
        [
            stored(failed_logon(1).decode(), enterprise_id=enterprise_id, drill=drill)
            for enterprise_id, drill in (("E1", ""), ("E2", ""), ("E1", "nobody's"))
        ],
        reread,
    )
    assert stored_task(engine, known, reread).decide(EnterpriseState())
    assert stored_task(engine, stranger, reread).decide(EnterpriseState()) == []
    assert stored_task(engine, drill, reread).decide(EnterpriseState()) == []
    assert reread.remarks() == [
        "2 events and commands left out: enterprise or drill not registered"
    ]
