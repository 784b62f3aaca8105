"""`python -m tests.worker.native_worker ADDRESS`: the counting engine over a ClickHouse server.

The server at hand is of 2018 and lacks the types of the store's tables: each account is
written as one row of a contract table, by the real adapter.
"""

import sys
from functools import partial

from pipeline.path import Engine
from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from schemas.batch import BatchAccount
from schemas.registry import Enterprise
from sinks.clickhouse import ClickHouseSink
from sinks.contract import Answer, Row, Rows
from sinks.tables import TABLE_OF
from tests.sinks.contract_tables import CONTRACT_TABLES, OLD_SETTINGS, old_migrations
from tests.worker.counting import CountingEngine, CountingParts

DATABASE = "counted"


def open_server(address: str) -> ClickHouseSink:
    """The contract tables on the server."""
    return ClickHouseSink(
        address,
        DATABASE,
        tables=CONTRACT_TABLES,
        steps=old_migrations(),
        settings=OLD_SETTINGS,
    )


class RegisteredEngine(CountingEngine):
    """One enterprise in its registry: the worker begins by telling the store of it."""

    def __init__(self) -> None:
        super().__init__()
        enterprise = Enterprise(
            enterprise_id="e", name="n", province="110000", sector="", field="industrial"
        )
        self.registry = {"e": enterprise}


class RegisteredParts(CountingParts):
    """A worker of that engine."""

    def load_engine(self, in_force: Engine | None) -> Engine:
        return RegisteredEngine()


class SightsSink:
    """Accounts of batches as rows of `sights`: place, enterprise, running count, number."""

    def __init__(self, address: str) -> None:
        self._server = open_server(address)
        self._names = TABLE_OF[BatchAccount].column_names

    def migrate(self) -> None:
        """Nothing: the test has made the tables."""

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`. There is no table for what is no account: the server is only met."""
        if "batches" in rows:
            self._server.write({"sights": [self._sight(row) for row in rows["batches"]]}, token)
        else:
            self._server.query("SELECT 1")

    def view(self, name: str) -> list[Answer]:
        """See `Sink.view`."""
        return self._server.view(name)

    def close(self) -> None:
        """See `Sink.close`."""
        self._server.close()

    def _sight(self, row: Row) -> Row:
        account = dict(zip(self._names, row, strict=True))
        place = f"{account['topic']}/{account['partition']}/{account['offset']}"
        return (
            place,
            account["enterprise_id"],
            account["partition"],
            account["stored"],
            account["batch_id"],
        )


if __name__ == "__main__":
    serve(read_settings(), RegisteredParts(partial(SightsSink, sys.argv[1])))
