"""Sinks to test: in memory, embedded, and over the wire to a server of 2018."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest

from sinks.chdb import ChdbSink
from sinks.clickhouse import ClickHouseSink
from sinks.columns import Table
from sinks.contract import Sink
from sinks.memory import MemorySink
from sinks.tables import TABLES
from tests.sinks.contract_tables import CONTRACT_TABLES, OLD_SETTINGS, old_migrations, steps_of
from tests.sinks.server import ServerProcess, require_server

MakeSink: TypeAlias = Callable[[], Sink]
MakeChdb: TypeAlias = Callable[..., ChdbSink]

_NAMES = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A running server; skipped where there is none, unless it is required."""
    require_server()
    process = ServerProcess(tmp_path_factory.mktemp("clickhouse"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def make_chdb(tmp_path: Path) -> Iterator[MakeChdb]:
    """Makes embedded stores of given tables, each in a database of its own, migrated.

    They lie in a folder of the test's own, for an engine loads every database of its folder.
    """
    made: list[ChdbSink] = []

    def make(tables: tuple[Table, ...] = TABLES, migrate: bool = True) -> ChdbSink:
        steps = None if tables is TABLES else steps_of(tables)
        made.append(
            ChdbSink(tmp_path / "stores", f"test_{next(_NAMES)}", tables=tables, steps=steps)
        )
        if migrate:
            made[-1].migrate()
        return made[-1]

    yield make
    for sink in made:
        sink.close()


@pytest.fixture
def make_clickhouse(server: ServerProcess) -> Iterator[Callable[..., ClickHouseSink]]:
    """Makes databases of the contract tables on the server; `options` go into the address."""
    made: list[ClickHouseSink] = []

    def make(options: str = "", migrate: bool = True) -> ClickHouseSink:
        made.append(
            ClickHouseSink(
                f"{server.address}{options}",
                f"test_{next(_NAMES)}",
                tables=CONTRACT_TABLES,
                steps=old_migrations(),
                settings=OLD_SETTINGS,
            )
        )
        if migrate:
            made[-1].migrate()
        return made[-1]

    yield make
    for sink in made:
        sink.close()


@pytest.fixture(params=["memory", "chdb", "clickhouse"])
def make_sink(request: pytest.FixtureRequest) -> MakeSink:
    """Makes empty sinks of the contract tables: one suite over all three."""
    if request.param == "memory":
        return lambda: MemorySink(CONTRACT_TABLES)
    if request.param == "chdb":
        make_chdb: MakeChdb = request.getfixturevalue("make_chdb")
        return lambda: make_chdb(CONTRACT_TABLES)
    make: MakeSink = request.getfixturevalue("make_clickhouse")
    return make
