"""`python -m tests.worker.native_worker ADDRESS`: the counting engine over a ClickHouse server.

The server at hand is of 2018 and lacks the types of the store's tables: each account is
written as one row of a contract table, by the real adapter.
"""

import sys
from functools import partial

from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from schemas.batch import BatchAccount
from sinks.clickhouse import ClickHouseSink
from sinks.contract import Answer, Row, Rows
from sinks.tables import TABLE_OF
from tests.sinks.contract_tables import CONTRACT_TABLES, OLD_SETTINGS, old_migrations
from tests.worker.counting import CountingParts

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


class SightsSink:
    """Accounts of batches as rows of `sights`: place, enterprise, running count, number."""

    def __init__(self, address: str) -> None:
        self._server = open_server(address)
        self._names = TABLE_OF[BatchAccount].column_names

    def migrate(self) -> None:
        """Nothing: the test has made the tables."""

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`."""
        self._server.write({"sights": [self._sight(row) for row in rows["batches"]]}, token)

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
    serve(read_settings(), CountingParts(partial(SightsSink, sys.argv[1])))
