"""Row policies: generated, pinned, complete. The embedded engine has no users: none is executed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.migrate import migrate_command
from schemas.provinces import PROVINCES
from sinks.access import Readers, access_statements
from sinks.chdb import ChdbSink
from sinks.columns import TEXT, Table, column
from sinks.ddl import literal
from sinks.layout import SINGLE, Layout
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb

GOLDEN = Path(__file__).with_name("access.sql")
READERS = Readers(provinces=("440000",), enterprises=("a`b's",))
CLUSTER = Layout("stars", "fenghuo")
_POLICY = re.compile(r"CREATE ROW POLICY IF NOT EXISTS (.+) ON fenghuo\.(\w+) USING (.+) TO (.+)")


def policies(statements: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Condition by table and policy."""
    found = (_POLICY.fullmatch(statement) for statement in statements)
    return {(made[2], made[1]): made[3] for made in found if made}


def kept_by(store: ChdbSink) -> set[str]:
    """Every table of a migrated store that keeps rows, as the engine itself names them."""
    tables = store.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase()"
        " AND engine LIKE '%MergeTree' AND name != 'migrations'"
    )
    return {str(table["name"]) for table in tables}


def test_the_statements_are_exactly_these() -> None:
    """When this fails, review who may read what: nothing here was executed on a server."""
    made = "".join(f"{each};\n" for each in access_statements("fenghuo", READERS))
    assert made == GOLDEN.read_text()


def test_no_table_of_a_store_lacks_a_policy_for_any_role(make_chdb: MakeChdb) -> None:
    made = policies(access_statements("fenghuo", READERS))
    names = ("everything", "province_440000", "`enterprise_a\\`b's`")
    assert set(made) == {(table, name) for table in kept_by(make_chdb()) for name in names}


def test_on_a_cluster_the_local_tables_have_policies_too() -> None:
    statements = access_statements("fenghuo", READERS, layout=CLUSTER)
    plain = tuple(each.replace(CLUSTER.on_cluster, "") for each in statements)
    assert {table for table, _ in policies(plain)} == set(CLUSTER.physical(TABLES))
    assert all(CLUSTER.on_cluster in each for each in statements)


def test_only_the_nation_reads_everything() -> None:
    for (table, name), condition in policies(access_statements("fenghuo", READERS)).items():
        if name == "everything":
            assert condition == "1"
        else:
            assert "440000" in condition or "a`b\\'s" in condition or condition == "0", table


def test_a_campaign_is_read_by_the_provinces_that_it_ever_struck(make_chdb: MakeChdb) -> None:
    """Whichever revisions the engine has merged when it applies the policy."""
    store = make_chdb()
    names = ("campaign_id", "revision", "provinces")
    store.query(
        f"INSERT INTO campaign_revisions_rows ({', '.join(names)}) VALUES"
        " ('came', 1, []), ('came', 2, ['440000']), ('left', 1, ['440000']), ('left', 2, []),"
        " ('elsewhere', 1, ['110000'])"
    )
    made = policies(access_statements("fenghuo", READERS))
    own = str(store.query("SELECT currentDatabase() AS name")[0]["name"])
    condition = made["campaigns_rows", "province_440000"].replace("fenghuo.", f"{own}.")
    seen = store.query(
        f"SELECT campaign_id, revision FROM campaigns_rows FINAL PREWHERE {condition}"
        " ORDER BY campaign_id SETTINGS apply_row_policy_after_final = 0"
    )
    assert [(row["campaign_id"], row["revision"]) for row in seen] == [("came", 2), ("left", 2)]


def test_a_campaign_names_no_enterprise_so_none_reads_it() -> None:
    made = policies(access_statements("fenghuo", READERS))
    for table in ("campaigns_rows", "campaign_revisions_rows"):
        assert made[table, "`enterprise_a\\`b's`"] == "0"
    assert made["campaign_revisions_rows", "province_440000"] == "has(provinces, '440000')"


def test_what_belongs_to_no_province_only_the_nation_reads() -> None:
    shared = Table(
        name="shared",
        of=object,
        key=("id",),
        order_by=("id",),
        columns=(column("id", TEXT, "Any."),),
    )
    made = policies(access_statements("fenghuo", READERS, (shared,)))
    assert list(made.values()) == ["1", "0", "0"]


def test_clickhouse_reads_every_statement(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    for layout in (SINGLE, CLUSTER):
        for statement in access_statements("fenghuo", READERS, layout=layout):
            assert store.query(f"SELECT formatQuery({literal(statement)}) AS s")


def test_a_province_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(ValueError, match="no province 999999"):
        access_statements("fenghuo", Readers(provinces=("999999",)))
    with pytest.raises(ValueError, match="no name"):
        access_statements("a.b", READERS)


def test_the_command_prints_a_role_for_every_province(tmp_path: Path) -> None:
    printed = CliRunner().invoke(migrate_command, ["--store", str(tmp_path / "none"), "--access"])
    assert printed.exit_code == 0, printed.output
    for code in PROVINCES:
        assert f"CREATE ROLE IF NOT EXISTS fenghuo_province_{code};" in printed.output
    assert not (tmp_path / "none").exists()
    wrong = CliRunner().invoke(
        migrate_command, ["--store", str(tmp_path), "--access", "--province", "1"]
    )
    assert wrong.exit_code == 2
