"""Migrations: forward, idempotent, and safe to interrupt at any statement."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from sinks.case_tables import OBLIGATIONS
from sinks.chdb import ChdbSink
from sinks.columns import TEXT, Table, column
from sinks.contract import Answer, SchemaOutdated
from sinks.ddl import literal, quote_name
from sinks.layout import SINGLE, Layout
from sinks.log_tables import DETECTIONS
from sinks.migrations import (
    COLUMNS,
    Migration,
    migrations_of,
    missing_columns,
    pending,
    plan,
    run,
    script,
    statements_of,
    views_of,
)
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb
from tests.sinks.contract_tables import CONTRACT_TABLES, LABELS, steps_of
from tests.sinks.new_migration import missing

SHAPE = (
    "SELECT table, name, type FROM system.columns WHERE database = currentDatabase()"
    " ORDER BY table, position"
)
STATEMENTS = len(script(steps_of(CONTRACT_TABLES)))


class Interrupted(Exception):
    """The process ended here."""


def migrate_until(sink: ChdbSink, count: int) -> None:
    """Run migrations, and stop before statement `count` + 1."""
    done = 0

    def execute(statement: str) -> None:
        nonlocal done
        if done == count:
            raise Interrupted
        done += 1
        sink.query(statement)

    run(execute, sink.query, steps_of(CONTRACT_TABLES), CONTRACT_TABLES)


def test_the_files_make_what_is_defined(make_chdb: MakeChdb) -> None:
    """When this fails, the definition has changed: `python -m tests.sinks.new_migration what`."""
    of_files, defined = make_chdb(), make_chdb((*TABLES,))
    for each in (of_files, defined):
        assert plan(each.query, migrations_of()) is not None
    assert made_by(of_files) == made_by(defined)


def made_by(store: ChdbSink) -> dict[str, str]:
    """Every table and view as the engine shows it, whatever the database is called."""
    database = store.query("SELECT currentDatabase() AS name")[0]["name"]
    rows = store.query(
        "SELECT name, create_table_query AS text FROM system.tables"
        " WHERE database = currentDatabase() AND name != 'migrations'"
    )
    return {str(row["name"]): str(row["text"]).replace(f"{database}.", "") for row in rows}


def test_files_are_numbered_from_one_without_a_gap() -> None:
    numbers = [each.number for each in migrations_of()]
    assert numbers == [*range(1, len(numbers)), 0]


def test_every_statement_of_a_file_may_be_repeated(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    before = made_by(store)
    for migration in migrations_of():
        for statement in migration.statements:
            store.query(statement)
    assert made_by(store) == before


def test_the_next_file_adds_what_the_definition_has_got(make_chdb: MakeChdb) -> None:
    before = [
        msgspec.structs.replace(table, columns=table.columns[:-1]) if table is DETECTIONS else table
        for table in TABLES
        if table is not OBLIGATIONS
    ]
    older, newer = make_chdb((*before,)), make_chdb()
    older.query("INSERT INTO detection_revisions_rows (detection_id) SELECT 'kept'")
    there = [(str(row["table"]), str(row["name"])) for row in older.query(COLUMNS)]
    text = "\n\n".join(missing(there))
    assert text.count("ADD COLUMN") == 2, "of the current rows and of the history"
    for layout in (Layout("stars", "fenghuo"), SINGLE):
        statements = statements_of(text, layout)
        assert all(older.query(f"SELECT formatQuery({literal(each)}) AS s") for each in statements)
    for each in (*statements, *views_of(TABLES).statements):
        older.query(each)
    assert made_by(older) == made_by(newer)
    assert older.query("SELECT detection_id FROM detection_revisions") == [{"detection_id": "kept"}]


def test_a_store_that_another_text_has_made_is_not_touched(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    store.query("INSERT INTO migrations (number, name, digest) SELECT 1, 'initial', 'other'")
    with pytest.raises(SchemaOutdated, match=r"another text of migration 0001 \(initial\)"):
        store.migrate()


@pytest.mark.parametrize("count", range(STATEMENTS))
def test_a_migration_that_was_interrupted_anywhere_is_run_again(
    make_chdb: MakeChdb, count: int
) -> None:
    whole, broken = make_chdb(CONTRACT_TABLES), make_chdb(CONTRACT_TABLES, migrate=False)
    with pytest.raises(Interrupted):
        migrate_until(broken, count)
    broken.migrate()
    assert broken.query(SHAPE) == whole.query(SHAPE)
    assert plan(broken.query, steps_of(CONTRACT_TABLES)) == ()


def test_views_are_made_again_when_their_text_has_changed(make_chdb: MakeChdb) -> None:
    store = make_chdb(CONTRACT_TABLES)
    views = Migration(0, "views", ("CREATE OR REPLACE VIEW labels AS SELECT 1 AS a",), True)
    assert plan(store.query, (views,)) == (views,)
    store.query("INSERT INTO migrations (number, name, digest) SELECT 0, 'views', 'other'")
    store.migrate()
    assert plan(store.query, steps_of(CONTRACT_TABLES)) == ()


def test_a_numbered_migration_runs_once_and_a_repeatable_one_after_a_change() -> None:
    numbered, views = Migration(2, "two", ("a",)), Migration(0, "views", ("v",), True)
    assert pending((numbered, views), {}) == (numbered, views)
    assert pending((numbered, views), {2: numbered.digest, 0: "other"}) == (views,)
    assert pending((numbered, views), {2: numbered.digest, 0: views.digest}) == ()


def test_a_column_that_no_migration_made_is_found(make_chdb: MakeChdb) -> None:
    store = make_chdb((LABELS,))
    wider = Table(
        name="labels",
        of=object,
        key=("label_id",),
        order_by=("label_id",),
        columns=(*LABELS.columns, column("colour", TEXT, "New.")),
    )
    with pytest.raises(SchemaOutdated, match=r"labels\.colour, labels_rows\.colour"):
        run(store.query, store.query, (), (wider,))


def test_what_is_missing_is_named() -> None:
    present: list[Answer] = [
        {"table": table, "name": name}
        for table in ("labels", "labels_rows")
        for name in LABELS.column_names
    ]
    assert missing_columns((LABELS,), present) == []
    assert missing_columns((LABELS,), present[1:]) == ["labels.label_id"]


def test_text_becomes_a_literal_and_names_are_checked(make_chdb: MakeChdb) -> None:
    text = "it's a \\ 'test'\n烽火"
    assert make_chdb(CONTRACT_TABLES).query(f"SELECT {literal(text)} AS t") == [{"t": text}]
    assert quote_name("case_9") == "`case_9`"
    for bad in ("", "9a", "a-b", "a`b", "a b"):
        with pytest.raises(ValueError, match="no name"):
            quote_name(bad)


def test_commands_plan_migrate_and_query(tmp_path: Path) -> None:
    store = ["--store", str(tmp_path / "store")]
    command = CliRunner()
    planned = command.invoke(main, ["migrate", *store, "--plan"])
    assert planned.output.startswith("CREATE TABLE IF NOT EXISTS migrations")
    assert not (tmp_path / "store").exists()
    migrated = command.invoke(main, ["migrate", *store]).output
    assert migrated == "Migrated: 1 initial, 0 views.\n"
    again = command.invoke(main, ["migrate", *store])
    assert again.output == "The store is of this version already.\n"
    assert command.invoke(main, ["migrate", *store, "--plan"]).output.strip() == ""
    query = command.invoke(main, ["sql", *store, "SELECT count() AS n FROM events"])
    assert (query.exit_code, query.output) == (0, '{"n":0}\n')


def test_a_query_that_fails_says_why_and_changes_nothing(tmp_path: Path) -> None:
    store = ["--store", str(tmp_path / "store")]
    command = CliRunner()
    missing = command.invoke(main, ["sql", *store, "SELECT 1"])
    assert (missing.exit_code, "no such store" in missing.output) == (1, True)
    command.invoke(main, ["migrate", *store])
    unknown = command.invoke(main, ["sql", *store, "SELECT * FROM rumours"])
    assert (unknown.exit_code, "UNKNOWN_TABLE" in unknown.output) == (1, True)
    dropped = command.invoke(main, ["sql", *store, "DROP TABLE events_rows"])
    assert (dropped.exit_code, "READONLY" in dropped.output) == (1, True)
