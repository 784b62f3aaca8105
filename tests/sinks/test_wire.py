"""The native protocol against a real server, which is killed and comes back."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.columns.service import write_column
from clickhouse_driver.context import Context

from sinks.clickhouse import ClickHouseSink
from sinks.columns import MOMENT
from sinks.contract import QueryFailed, Row, SchemaOutdated, SinkUnavailable
from tests.sinks.contract_tables import OLD_SETTINGS
from tests.sinks.server import ServerProcess

ROWS = 200_000
SMALL_BLOCKS = "?insert_block_size=1000&min_insert_block_size_rows=1000"

MakeClickHouse = Callable[..., ClickHouseSink]


def sights(count: int) -> list[Row]:
    return [(f"s{index:08}", f"o{index % 7}", 150, 1, "x" * 50) for index in range(count)]


@pytest.fixture
def running(server: ServerProcess) -> Iterator[ServerProcess]:
    """The server, alive again afterwards whatever the test did to it."""
    yield server
    server.kill()
    server.start()


def kill_once_rows_are_there(server: ServerProcess, witness: ClickHouseSink) -> None:
    deadline = time.monotonic() + 30
    while witness.query("SELECT count() AS n FROM sights_rows") == [{"n": 0}]:
        assert time.monotonic() < deadline
    server.kill()


def test_a_server_that_dies_in_the_middle_of_an_insert_costs_nothing(
    running: ServerProcess, make_clickhouse: MakeClickHouse
) -> None:
    sink = make_clickhouse(SMALL_BLOCKS)
    database = sink.query("SELECT currentDatabase() AS name")[0]["name"]
    witness = ClickHouseSink(running.address, str(database), settings=OLD_SETTINGS)
    killer = threading.Thread(target=kill_once_rows_are_there, args=(running, witness))
    rows = sights(ROWS)
    killer.start()
    with pytest.raises(SinkUnavailable):
        sink.write({"sights": rows}, "first")
    killer.join()
    with pytest.raises(SinkUnavailable):
        sink.write({"sights": rows}, "while it is away")
    running.start()
    survived = sink.query("SELECT count() AS n FROM sights")[0]["n"]
    assert isinstance(survived, int)
    assert 0 < survived < ROWS
    for start in range(0, ROWS, 70_000):
        sink.write({"sights": rows[start : start + 70_000][::-1]}, f"again {start}")
    assert sink.query("SELECT count() AS n, uniqExact(sight_id) AS u FROM sights") == [
        {"n": ROWS, "u": ROWS}
    ]
    witness.close()


def test_a_server_that_was_restarted_between_two_writes_is_found_again(
    running: ServerProcess, make_clickhouse: MakeClickHouse
) -> None:
    sink = make_clickhouse()
    sink.write({"sights": sights(1)}, "before")
    running.kill()
    running.start()
    sink.write({"sights": sights(2)}, "after")
    assert len(sink.view("sights")) == 2


def test_the_second_host_answers_when_the_first_does_not(server: ServerProcess) -> None:
    address = f"clickhouse://127.0.0.1:1?alt_hosts=127.0.0.1:{server.port}"
    sink = ClickHouseSink(address, "default", settings=OLD_SETTINGS)
    assert sink.query("SELECT 1 AS one") == [{"one": 1}]
    sink.close()


def test_nobody_there_is_unavailable() -> None:
    sink = ClickHouseSink("clickhouse://127.0.0.1:1")
    with pytest.raises(SinkUnavailable):
        sink.migrate()
    with pytest.raises(SinkUnavailable):
        list(sink.lines("SELECT 1"))
    sink.close()


def test_a_missing_table_waits_for_the_migration(make_clickhouse: MakeClickHouse) -> None:
    sink = make_clickhouse(migrate=False)
    with pytest.raises(SchemaOutdated):
        sink.write({"sights": sights(1)}, "t")
    sink.migrate()
    sink.write({"sights": sights(1)}, "t")
    assert len(sink.view("sights")) == 1


def test_answers_are_those_of_the_embedded_engine(make_clickhouse: MakeClickHouse) -> None:
    sink = make_clickhouse()
    sql = (
        "SELECT toDateTime(1700000000, 'UTC') AS moment, toDate('2026-11-23') AS day, 1.5 AS half,"
        " 0/0 AS nothing, [(1, 'a')] AS pairs, "
        " toUUID('00000000-0000-0000-0000-00000000000a') AS id,"
        " NULL AS none, toDecimal32('2.25', 2) AS money"
    )
    answer = {
        "moment": "2023-11-14T22:13:20Z",
        "day": "2026-11-23",
        "half": 1.5,
        "nothing": None,
        "pairs": [[1, "a"]],
        "id": "00000000-0000-0000-0000-00000000000a",
        "none": None,
        "money": 2.25,
    }
    assert sink.query(sql) == [answer]


def test_lines_stream_and_failures_speak_clickhouse(make_clickhouse: MakeClickHouse) -> None:
    sink = make_clickhouse()
    lines = b"".join(sink.lines("SELECT number FROM system.numbers LIMIT 3"))
    assert lines == b'{"number":0}\n{"number":1}\n{"number":2}\n'
    assert sink.query("CREATE TABLE IF NOT EXISTS t (a UInt8) ENGINE = Memory") == []
    with pytest.raises(QueryFailed, match="Syntax error"):
        sink.query("SELEC")
    assert sink.query("SELECT 1 AS one") == [{"one": 1}]


class Recorder:
    """A socket's sending half that keeps what was sent."""

    def __init__(self) -> None:
        self.sent = b""

    def sendall(self, data: bytes) -> None:
        self.sent += bytes(data)


@pytest.mark.parametrize("moment", [1_763_888_400_000_001, -1, 10_413_791_999_999_999])
def test_a_moment_goes_over_the_wire_as_its_microseconds(moment: int) -> None:
    """The server at hand is older than DateTime64: what the client would send is looked at."""
    socket, context = Recorder(), Context()
    context.client_settings = {"use_numpy": False, "use_client_time_zone": False}
    writer = BufferedSocketWriter(socket, 4096)
    write_column(context, "time", MOMENT, [moment], writer)
    writer.flush()
    assert socket.sent == moment.to_bytes(8, "little", signed=True)
