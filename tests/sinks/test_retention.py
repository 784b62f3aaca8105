"""Terms that delete what is old, and nothing else; and an enterprise that is forgotten."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.migrate import migrate_command
from pipeline.cli.retention import forget_command
from schemas.moments import parse_moment
from sinks.chdb import ChdbSink
from sinks.programme_tables import PROGRAMME_TABLES
from sinks.retention import (
    Retention,
    forget_statements,
    of_enterprises,
    retention_statements,
)
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb
from tests.sinks.test_store import row

LONG_AGO = parse_moment("2010-01-01T00:00:00Z")
NOW = parse_moment("2060-01-01T00:00:00Z")


def test_terms_below_the_laws_are_refused() -> None:
    with pytest.raises(ValueError, match="six months"):
        Retention(183)
    with pytest.raises(ValueError, match="at least as long as its logs"):
        Retention(400, 399)


def test_every_table_has_a_term_but_those_of_what_is_kept_without_one() -> None:
    kept = {table.name for table in TABLES if not table.kept_as}
    programme = {table.name for table in PROGRAMME_TABLES.values()}
    registry = {"enterprises", "revenue_ranks", "log_sources", "cross_border_thresholds"}
    files = {"rules_in_force", "rule_sets", "signed_files"}
    assert kept == registry | files | {"campaign_members", "investigations"} | programme
    for table in TABLES:
        assert bool(table.kept_as) == bool(table.ages_by)
        assert not table.ages_by or table.ages_by in table.column_names


def test_rows_go_by_their_receipt_and_not_by_their_own_time(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    events = [
        row("events", event_id="old", time=NOW, received_at=LONG_AGO),
        row("events", event_id="of an old recording", time=LONG_AGO, received_at=NOW),
    ]
    incidents = [
        row("incidents", incident_id="old", revised_at=LONG_AGO),
        row("incidents", incident_id="new", revised_at=NOW),
    ]
    store.write({"events": events, "incidents": incidents}, "t")
    for statement in retention_statements(Retention(184, 3653)) * 2:
        store.query(statement)
    for name in ("events_rows", "incidents_rows", "incident_revisions_rows"):
        store.query(f"OPTIMIZE TABLE {name} FINAL")
    assert [event["event_id"] for event in store.view("events")] == ["of an old recording"]
    assert [incident["incident_id"] for incident in store.view("incidents")] == ["new"]
    assert [incident["incident_id"] for incident in store.view("incident_revisions")] == ["new"]


def test_forgetting_leaves_no_row_and_touches_no_other_enterprise(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    odd = "a'b\\"
    tables = of_enterprises()
    store.write({t.name: [row(t.name, enterprise_id=e) for e in (odd, "c")] for t in tables}, "t")
    for statement in forget_statements(odd):
        store.query(statement)
    names = [name for table in tables for name in {table.current_name, table.stored_name}]
    left = {name: store.query(f"SELECT enterprise_id AS e FROM {name}") for name in names}
    assert left == {name: [{"e": "c"}] for name in names}


def test_only_what_is_no_single_enterprises_is_not_forgotten() -> None:
    """A training may name several: its people are those of the others too, so it stays until a
    correction is imported that does not name the one that left."""
    nobodys = {
        "campaigns",
        "drills",
        "investigations",
        "rules_in_force",
        "signed_files",
        "rule_sets",
        *(f"programme_{it}" for it in ("specialists", "standards", "trainings")),
    }
    assert {table.name for table in TABLES if table not in of_enterprises()} == nobodys


def test_the_command_says_what_it_would_delete_and_deletes_with_yes(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store = ChdbSink(folder)
    store.migrate()
    store.write({"events": [row("events", enterprise_id=e) for e in ("a", "b")]}, "t")
    store.close()
    arguments = ["--store", str(folder), "--enterprise", "a"]
    asked = CliRunner().invoke(forget_command, arguments)
    assert (asked.exit_code, "events: 1" in asked.output, "--yes" in asked.output) == (
        2,
        True,
        True,
    )
    done = CliRunner().invoke(forget_command, [*arguments, "--yes"])
    assert done.exit_code == 0, done.output
    store = ChdbSink(folder, read_only=True)
    assert [event["enterprise_id"] for event in store.view("events")] == ["b"]
    store.close()
    nobody = CliRunner().invoke(forget_command, [*arguments, "--yes"])
    assert (nobody.exit_code, "a: no row" in nobody.output) == (1, True)


def test_migrate_sets_terms_and_refuses_short_ones(tmp_path: Path) -> None:
    store = ["--store", str(tmp_path / "store")]
    short = CliRunner().invoke(migrate_command, [*store, "--keep-logs-days", "30"])
    assert (short.exit_code, "six months" in short.output) == (2, True)
    planned = CliRunner().invoke(migrate_command, [*store, "--plan", "--keep-logs-days", "200"])
    assert "MODIFY TTL received_at + INTERVAL 200 DAY" in planned.output
    done = CliRunner().invoke(migrate_command, [*store, "--keep-logs-days", "200"])
    assert (done.exit_code, "Logs kept 200 days" in done.output) == (0, True)
