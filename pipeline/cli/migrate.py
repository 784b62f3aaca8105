"""`fenghuo migrate`: bring a store's tables and views to this version (shell)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.terminal import say
from schemas.provinces import PROVINCES
from sinks.access import NATIONAL, WRITER, Readers, access_statements, users_config
from sinks.contract import QueryFailed, SchemaOutdated, SinkError, Store
from sinks.layout import SINGLE, Layout
from sinks.migrations import Migration, migrations_of, plan, script
from sinks.retention import CASE_DAYS, LEAST_LOG_DAYS, Retention, retention_statements


@click.command("migrate")
@store_options
@click.option("--plan", "only_plan", is_flag=True, help="Print the statements, execute none.")
@click.option(
    "--access",
    "only_access",
    is_flag=True,
    help="Print roles, grants and row policies for an administrator; execute none.",
)
@click.option(
    "--users-xml",
    is_flag=True,
    help="With --access: the same as a file for a server's users.d, each user named as its role;"
    " the SHA-256 of its password is read from the server's variable <USER>_SHA256.",
)
@click.option(
    "--province",
    "provinces",
    multiple=True,
    metavar="CODE",
    help="With --access: a province that gets a role (440000). Without it: all 31.",
)
@click.option(
    "--enterprise",
    "enterprises",
    multiple=True,
    metavar="ID",
    help="With --access: an enterprise that gets a role.",
)
@click.option(
    "--keep-logs-days",
    type=int,
    envvar="FENGHUO_KEEP_LOGS_DAYS",
    help=f"Delete events and dead letters so long after receipt; {LEAST_LOG_DAYS} or more."
    " Without it the terms stay as they are; in a new store everything is kept.",
)
@click.option(
    "--keep-cases-days",
    type=int,
    envvar="FENGHUO_KEEP_CASES_DAYS",
    default=CASE_DAYS,
    show_default=True,
    help="The same of incidents, obligations and what goes with them; with --keep-logs-days.",
)
def migrate_command(
    store: ChosenStore,
    only_plan: bool,
    only_access: bool,
    users_xml: bool,
    provinces: tuple[str, ...],
    enterprises: tuple[str, ...],
    keep_logs_days: int | None,
    keep_cases_days: int,
) -> None:
    """Bring the store's tables and views to this version; nothing happens where they are.

    Interrupted, it is simply run again.
    """
    terms = _terms(keep_logs_days, keep_cases_days)
    if only_access:
        readers = Readers(provinces=provinces or tuple(PROVINCES), enterprises=enterprises)
        click.echo(_access(store, readers, users_xml), nl=False)
    elif only_plan:
        with _reading(store) as sink:
            statements = (*script(_plan(sink)), *_retention(terms, _layout(sink)))
        click.echo(_text(statements), nl=False)
    else:
        with store.open() as sink:
            waiting = _plan(sink)
            sink.migrate()
            for statement in _retention(terms, sink.layout):
                sink.query(statement)
        say(_told(waiting, terms), err=True)


def _terms(log_days: int | None, case_days: int) -> Retention | None:
    if log_days is None:
        return None
    try:
        return Retention(log_days, case_days)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault


def _retention(terms: Retention | None, layout: Layout) -> tuple[str, ...]:
    return () if terms is None else retention_statements(terms, layout=layout)


def _access(store: ChosenStore, readers: Readers, users_xml: bool) -> str:
    """Of the server's layout; an embedded store is one server's, and need not exist."""
    try:
        layout = SINGLE
        if store.folder is None:
            with store.open() as sink:
                layout = sink.layout
        if not users_xml:
            return _text(access_statements(store.database, readers, layout=layout))
        users = {role.name: role for role in (WRITER, NATIONAL, *readers.roles())}
        return users_config(store.database, users, layout=layout)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault


@contextmanager
def _reading(store: ChosenStore) -> Iterator[Store | None]:
    """The store, opened for reading; None where it is not there: asking does not make it."""
    if store.folder is None:
        with store.open() as sink:
            yield sink
        return
    from sinks.chdb import ChdbSink

    try:
        embedded = ChdbSink(store.folder, store.database, read_only=True)
    except SchemaOutdated:
        yield None
        return
    except SinkError as fault:
        raise click.ClickException(str(fault)) from fault
    try:
        yield embedded
    finally:
        embedded.close()


def _layout(sink: Store | None) -> Layout:
    return SINGLE if sink is None else sink.layout


def _plan(sink: Store | None) -> tuple[Migration, ...]:
    all_of_them = migrations_of(_layout(sink))
    if sink is None:
        return all_of_them
    try:
        return plan(sink.query, all_of_them)
    except QueryFailed:  # the database does not exist yet
        return all_of_them


def _text(statements: Sequence[str]) -> str:
    return "".join(f"{statement};\n\n" for statement in statements)


def _told(waiting: tuple[Migration, ...], terms: Retention | None) -> str:
    kept = f" Logs kept {terms.log_days} days, cases {terms.case_days}." if terms else ""
    if not waiting:
        return f"The store is of this version already.{kept}"
    names = ", ".join(f"{migration.number} {migration.name}" for migration in waiting)
    return f"Migrated: {names}.{kept}"
