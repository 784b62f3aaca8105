"""Migrations: forward, idempotent, and safe to interrupt at any statement."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from sinks.case_tables import CAMPAIGNS
from sinks.chdb import ChdbSink
from sinks.columns import COUNT, MOMENT, SMALL, TEXT, WORDS, Column, Table, column
from sinks.contract import Answer, SchemaOutdated
from sinks.ddl import create_feeds, create_tables, create_views, literal, quote_name
from sinks.log_tables import DETECTIONS
from sinks.migrations import Migration, migrations_of, missing_columns, pending, plan, run, script
from tests.sinks.conftest import MakeChdb
from tests.sinks.contract_tables import CONTRACT_TABLES, LABELS

GOLDEN = Path(__file__).with_name("ddl.sql")
SHAPE = (
    "SELECT table, name, type FROM system.columns WHERE database = currentDatabase()"
    " ORDER BY table, position"
)
STATEMENTS = len(script(migrations_of(CONTRACT_TABLES)))


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

    run(execute, sink.query, migrations_of(CONTRACT_TABLES), CONTRACT_TABLES)


def test_a_new_store_is_made_by_exactly_these_statements() -> None:
    """When this fails, stores exist that were made by the old text: add a migration for them."""
    made = "".join(
        f"{statement};\n\n" for statement in (*create_tables(), *create_feeds(), *create_views())
    )
    assert made == GOLDEN.read_text()


@pytest.mark.parametrize("count", range(STATEMENTS))
def test_a_migration_that_was_interrupted_anywhere_is_run_again(
    make_chdb: MakeChdb, count: int
) -> None:
    whole, broken = make_chdb(CONTRACT_TABLES), make_chdb(CONTRACT_TABLES, migrate=False)
    with pytest.raises(Interrupted):
        migrate_until(broken, count)
    broken.migrate()
    assert broken.query(SHAPE) == whole.query(SHAPE)
    assert plan(broken.query, migrations_of(CONTRACT_TABLES)) == ()


def test_views_are_made_again_when_their_text_has_changed(make_chdb: MakeChdb) -> None:
    store = make_chdb(CONTRACT_TABLES)
    views = Migration(0, "views", ("CREATE OR REPLACE VIEW labels AS SELECT 1 AS a",), True)
    assert plan(store.query, (views,)) == (views,)
    store.query("INSERT INTO migrations (number, name, digest) SELECT 0, 'views', 'other'")
    store.migrate()
    assert plan(store.query, migrations_of(CONTRACT_TABLES)) == ()


def test_a_numbered_migration_runs_once_and_a_repeatable_one_after_a_change() -> None:
    numbered, views = Migration(2, "two", ("a",)), Migration(0, "views", ("v",), True)
    assert pending((numbered, views), {}) == (numbered, views)
    assert pending((numbered, views), {2: "whatever", 0: "other"}) == (views,)
    assert pending((numbered, views), {2: "whatever", 0: views.digest}) == ()


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


def test_a_store_of_before_campaigns_were_combined_is_brought_here(make_chdb: MakeChdb) -> None:
    added = {"combined_miit_tier", "combined_cac_tier", "evicted"}
    columns = tuple(each for each in CAMPAIGNS.columns if each.name not in added)
    before = (msgspec.structs.replace(CAMPAIGNS, columns=columns),)
    store, new = make_chdb(before), make_chdb((CAMPAIGNS,))
    row = [msgspec.json.encode(default_of(column)).decode() for column in columns]
    store.query(f"INSERT INTO campaign_revisions_rows VALUES ({', '.join(row)})".replace('"', "'"))
    run(store.query, store.query, migrations_of((CAMPAIGNS,)), (CAMPAIGNS,))
    assert store.query(SHAPE) == new.query(SHAPE)
    for view in ("campaigns", "campaign_revisions"):
        assert store.query(f"SELECT combined_miit_tier, evicted FROM {view}") == [
            {"combined_miit_tier": "", "evicted": 0}
        ]
    store.query("INSERT INTO campaign_revisions_rows (campaign_id, evicted) SELECT 'b', 7")
    assert store.query("SELECT sum(evicted) AS n FROM campaigns") == [{"n": 7}]


def test_a_store_of_before_findings_were_told_in_chinese_is_brought_here(
    make_chdb: MakeChdb,
) -> None:
    columns = tuple(each for each in DETECTIONS.columns if each.name != "summary_zh")
    before = (msgspec.structs.replace(DETECTIONS, columns=columns),)
    store, new = make_chdb(before), make_chdb((DETECTIONS,))
    store.query("INSERT INTO detection_revisions_rows (detection_id, summary) SELECT 'a', 'seen'")
    run(store.query, store.query, migrations_of((DETECTIONS,)), (DETECTIONS,))
    assert store.query(SHAPE) == new.query(SHAPE)
    told = "SELECT summary, summary_zh FROM detections ORDER BY detection_id"
    assert store.query(told) == [{"summary": "seen", "summary_zh": ""}]
    store.query("INSERT INTO detection_revisions_rows (detection_id, summary_zh) SELECT 'b', '见'")
    assert store.query(told)[1:] == [{"summary": "", "summary_zh": "见"}]


def default_of(column: Column) -> object:
    """What a row may hold there."""
    return {WORDS: [], MOMENT: 0, COUNT: 0, SMALL: 0}.get(column.type, "")


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
    assert (
        command.invoke(main, ["migrate", *store]).output
        == "Migrated: 1 tables, 3 combined tiers of campaigns, "
        "4 findings in Chinese, 5 size and digest of dead letters, "
        "6 batches that may be repeats, 7 who decides a tier, 8 how duties are known, "
        "9 what the registry leaves open, 20 drills of dead letters, 21 drills of commands, "
        "2 feeds, codecs and indexes, 0 views.\n"
    )
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
