"""Statements of roles, grants and row policies: pinned, complete, and of one mind with the file
that an engine enforces (test_row_policies.py)."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from pipeline.cli.migrate import migrate_command
from schemas.provinces import PROVINCES
from sinks.access import INVESTIGATOR, NATIONAL, WRITER, Readers, access_statements, users_config
from sinks.chdb import ChdbSink
from sinks.columns import TEXT, Table, column
from sinks.ddl import literal, view_names
from sinks.layout import SINGLE, Layout
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb

GOLDEN = Path(__file__).with_name("access.sql")
READERS = Readers(provinces=("440000",), enterprises=("a`b's",))
CLUSTER = Layout("stars", "fenghuo")
_POLICY = re.compile(
    r"CREATE ROW POLICY IF NOT EXISTS `(.+)` ON fenghuo\.(\w+|\*) USING (.+) TO (.+)"
)
PROVINCE, COMPANY = "fenghuo_province_440000", "fenghuo_enterprise_a\\`b's"
EVERYBODYS = {"nothing", "shown"}


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
    """When this fails, review who may read what: users made by SQL were not tried."""
    made = "".join(f"{each};\n" for each in access_statements("fenghuo", READERS))
    assert made == GOLDEN.read_text()


def test_no_table_of_a_store_lacks_a_policy_for_any_role(make_chdb: MakeChdb) -> None:
    made = policies(access_statements("fenghuo", READERS))
    wanted = {(table, name) for table in kept_by(make_chdb()) for name in (PROVINCE, COMPANY)}
    assert {each for each in made if each[0].endswith("_rows")} == wanted


def test_whatever_no_policy_names_shows_nothing_to_anybody_but_the_nation() -> None:
    made = policies(access_statements("fenghuo", READERS))
    assert {name: of for (table, name), of in made.items() if table == "*"} == {
        "nothing": "0",
        "fenghuo_writer": "1",
        "fenghuo_national": "1",
        "fenghuo_investigator": "1",
    }
    assert {table for table, name in made if name == "shown"} == set(view_names())


@pytest.mark.parametrize("layout", [SINGLE, CLUSTER], ids=["single", "cluster"])
def test_statements_and_file_give_every_role_the_same_filters(layout: Layout) -> None:
    statements = access_statements("fenghuo", READERS, layout=layout)
    made = policies(tuple(each.replace(layout.on_cluster, "") for each in statements))
    roles = {"writer": WRITER, "nation": NATIONAL, "investigator": INVESTIGATOR}
    roles |= {f"reader{number}": role for number, role in enumerate(READERS.roles())}
    file = ElementTree.fromstring(users_config("fenghuo", roles, layout=layout))
    for user, role in roles.items():
        stated = {
            table.removesuffix("*"): condition
            for (table, name), condition in made.items()
            if name in {*EVERYBODYS, role.name.replace("`", "\\`")}
        }
        filed = {
            str(each.get("name")): each.findtext("filter")
            for each in file.findall(f"users/{user}/databases/fenghuo/table")
        }
        shown = {name: filed.get(name, filed[""]) for name in stated}
        assert shown == {name: stated[name] if filed != {"": "1"} else "1" for name in stated}
        grants = [each.text for each in file.findall(f"users/{user}/grants/query")]
        quoted = "`" + role.name.replace("`", "\\`") + "`"
        assert [f"{each} TO {quoted}" for each in grants] == [
            each.replace(layout.on_cluster, "")
            for each in statements
            if each.startswith("GRANT") and each.endswith(f" TO {quoted}")
        ]


def test_on_a_cluster_the_local_tables_have_policies_too() -> None:
    statements = access_statements("fenghuo", READERS, layout=CLUSTER)
    plain = tuple(each.replace(CLUSTER.on_cluster, "") for each in statements)
    tables = {table for table, name in policies(plain) if name == PROVINCE}
    assert tables == set(CLUSTER.physical(TABLES))
    assert all(CLUSTER.on_cluster in each for each in statements)


def test_only_the_nation_reads_everything() -> None:
    for (table, name), condition in policies(access_statements("fenghuo", READERS)).items():
        if name in ("fenghuo_writer", "fenghuo_national", "fenghuo_investigator", "shown"):
            assert condition == "1", table
        elif table in ("rules_in_force_rows", "rule_sets_rows"):
            assert condition == "1", "the rules are public"
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
    condition = made["campaigns_rows", PROVINCE].replace("fenghuo.", f"{own}.")
    seen = store.query(
        f"SELECT campaign_id, revision FROM campaigns_rows FINAL PREWHERE {condition}"
        " ORDER BY campaign_id SETTINGS apply_row_policy_after_final = 0"
    )
    assert [(row["campaign_id"], row["revision"]) for row in seen] == [("came", 2), ("left", 2)]


def test_a_campaign_names_no_enterprise_so_none_reads_it() -> None:
    made = policies(access_statements("fenghuo", READERS))
    for table in ("campaigns_rows", "campaign_revisions_rows"):
        assert made[table, COMPANY] == "0"
    assert made["campaign_revisions_rows", PROVINCE] == "has(provinces, '440000')"


def test_what_belongs_to_no_province_only_the_nation_reads() -> None:
    shared = Table(
        name="shared",
        of=object,
        key=("id",),
        order_by=("id",),
        columns=(column("id", TEXT, "Any."),),
    )
    made = policies(access_statements("fenghuo", READERS, (shared,)))
    kept = {name: of for (table, name), of in made.items() if table == "shared_rows"}
    assert kept == {PROVINCE: "0", COMPANY: "0"}


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
        assert f"CREATE ROLE IF NOT EXISTS `fenghuo_province_{code}`;" in printed.output
    assert not (tmp_path / "none").exists()
    wrong = CliRunner().invoke(
        migrate_command, ["--store", str(tmp_path), "--access", "--province", "1"]
    )
    assert wrong.exit_code == 2


def test_the_command_prints_the_file_of_users_too(tmp_path: Path) -> None:
    arguments = ["--store", str(tmp_path / "none"), "--access", "--users-xml"]
    printed = CliRunner().invoke(migrate_command, arguments)
    users = ElementTree.fromstring(printed.output).findall("users/*")
    assert {each.tag for each in users} == {
        "fenghuo_writer",
        "fenghuo_national",
        *(f"fenghuo_province_{code}" for code in PROVINCES),
    }
    assert all(each.find("password_sha256_hex") is not None for each in users)
    odd = CliRunner().invoke(migrate_command, [*arguments, "--enterprise", "a b"])
    assert odd.exit_code == 2
    assert "make them by SQL" in odd.output
