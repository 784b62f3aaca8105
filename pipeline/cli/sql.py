"""`fenghuo sql`: a query on the store, one JSON object a row (shell)."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipeline.cli.stores import ChosenStore, check_database, store_options
from pipeline.cli.terminal import plain
from sinks.contract import SinkError, Store
from sinks.linked_copy import is_open_elsewhere


@click.command("sql")
@store_options
@click.argument("query")
def sql_command(store: ChosenStore, query: str) -> None:
    """Run one QUERY and print each row of its answer as a line of JSON.

    `-` reads the query from standard input. An embedded store is opened for reading only, beside
    a worker too. Moments are RFC 3339 in UTC. The views are described in docs/store.md.
    """
    sql = click.get_text_stream("stdin").read() if query == "-" else query
    output = click.get_binary_stream("stdout")
    with _readable(store) as sink:
        for chunk in sink.lines(sql):
            output.write(plain(chunk.decode()).encode() if output.isatty() else chunk)


@contextmanager
def _readable(store: ChosenStore) -> Iterator[Store]:
    # A store that is opened to write takes its lock: a query must not keep a worker out, and
    # whoever types DROP here must be refused.
    if store.folder is None or is_open_elsewhere(store.folder):
        with store.read() as sink:
            yield sink
        return
    from sinks.chdb import ChdbSink

    check_database(store.database)
    try:
        embedded = ChdbSink(store.folder, store.database, read_only=True)
        try:
            yield embedded
        finally:
            embedded.close()
    except SinkError as fault:
        raise click.ClickException(str(fault)) from fault
