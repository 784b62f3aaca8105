"""Row policies enforced by ClickHouse's engine: every role, every relation, row for row.

The engine takes row policies from a `users_config` and its session is always the user `default`:
so `default` is given one role's filters after another, in one process a role.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.provinces import PROVINCES
from sinks import columns
from sinks.access import (
    ANYTHING,
    NATIONAL,
    NOTHING,
    WRITER,
    Role,
    enterprise_role,
    province_role,
    row_filters,
    users_config,
)
from sinks.chdb import ChdbSink
from sinks.columns import Column, Table
from sinks.tables import TABLES

pytestmark = pytest.mark.store

DATABASE = "fenghuo"
PUBLIC = ("rules_in_force", "rule_sets")
ENTERPRISE = enterprise_role("E440000")
NOBODY = Role(name="nobody", column="province", value="000000")
"""May ask for everything, and is named by no policy but that of everybody."""
ROLES = (WRITER, NATIONAL, NOBODY, ENTERPRISE, *map(province_role, PROVINCES))
EMPTY: dict[str, object] = {
    columns.TEXT: "",
    columns.WORD: "",
    columns.WORDS: [],
    columns.TEXTS: [],
    columns.MOMENT: 0,
    columns.MAYBE_MOMENT: None,
    columns.COUNT: 0,
    columns.MAYBE_COUNT: 0,
    columns.SMALL: 0,
    columns.SIGNED: 0,
    columns.FLAG: False,
}


class Store:
    """A store with a thing of every kind in every province, and its revisions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store = folder / "store"
        sink = ChdbSink(self._store, DATABASE)
        try:
            sink.migrate()
            for step in (1, 2):
                sink.write({each.name: _rows(each, step) for each in TABLES}, f"step {step}")
            self.relations = sorted(
                str(row["name"])
                for row in sink.query(
                    f"SELECT name FROM system.tables WHERE database = '{DATABASE}'"
                )
            )
            self.everything = {name: sink.query(f"SELECT * FROM {name}") for name in self.relations}
        finally:
            sink.close()

    def ask(self, role: Role, questions: Sequence[str], config: str = "") -> list[Any]:
        """What the role is told; text is the engine's refusal."""
        users = self.folder / "users.xml"
        users.write_text(config or self.config(role), encoding="utf-8")
        server = self.folder / "config.xml"
        server.write_text(f"<clickhouse><users_config>{users}</users_config></clickhouse>")
        told = subprocess.run(
            [sys.executable, "-m", "tests.sinks.read_as_role", self._store, server],
            input="".join(f"{each}\n" for each in questions),
            text=True,
            capture_output=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]

    def config(self, role: Role) -> str:
        """The users' file in which `default` has the role."""
        if role is not NOBODY:
            return users_config(DATABASE, {"default": role}, passwords=False)
        return users_config(DATABASE, {"default": NOBODY}, tables=(), passwords=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("row_policies"))


def _rows(table: Table, step: int) -> list[tuple[object, ...]]:
    """One row a province; where there are revisions, one more at the second step."""
    if step > 1 and not table.revision:
        return []
    return [tuple(_value(table, each, code, step) for each in table.columns) for code in PROVINCES]


def _value(table: Table, column: Column, province: str, step: int) -> object:
    if column.name == "province":
        return province
    if column.name == "provinces":
        return [province] if step == 1 else []
    if column.name == table.revision:
        return step
    if column.name in ("id", "drill") and column.name in table.key:
        return f"{column.name} {province}"
    if column.type in (columns.TEXT, columns.WORD) and column.name.endswith("_id"):
        return f"E{province}" if column.name == "enterprise_id" else f"{column.name} {province}"
    return EMPTY[column.type]


def owner(row: dict[str, Any]) -> str:
    """The province whose row it is: every row has an id that ends in one."""
    ids = ("enterprise_id", "campaign_id", "incident_id", "id", "drill")
    return next((str(row[name])[-6:] for name in ids if name in row), "of nobody")


def readable(role: Role, relation: str, row: dict[str, Any]) -> bool:
    """What a role may see, said without policies: its own rows, of no feed, no migration.

    Of campaigns the current row names no province any more; who was named once reads on.
    """
    if role in (WRITER, NATIONAL):
        return True
    if role is NOBODY or relation == "migrations" or relation.endswith("_feed"):
        return False
    if relation.startswith(PUBLIC):
        return True  # public
    if relation.startswith(("campaigns", "campaign_revisions")):
        named = relation.startswith("campaigns") or bool(row["provinces"])
        return role is not ENTERPRISE and named and owner(row) == role.value
    is_of_workers = relation.startswith("signed_files")
    if is_of_workers or (role is ENTERPRISE and "enterprise_id" not in row):
        return False
    return owner(row) == role.value.removeprefix("E")


def _content(rows: Sequence[dict[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_sees_its_rows_and_no_other_in_every_relation(store: Store, role: Role) -> None:
    questions = [f"SELECT * FROM {DATABASE}.{name}" for name in store.relations]
    questions += [f"SELECT count() AS n FROM {DATABASE}.{name}" for name in store.relations]
    told = store.ask(role, [f"{each} {FORMATS}" for each in questions])
    for number, name in enumerate(store.relations):
        rows = [row for row in store.everything[name] if readable(role, name, row)]
        assert _content(told[number]) == _content(rows), name
        counted = told[len(store.relations) + number]
        assert [int(row["n"]) for row in counted] == [len(rows)], f"count of {name}"


FORMATS = (
    "SETTINGS date_time_output_format = 'iso', session_timezone = 'UTC',"
    " output_format_json_quote_64bit_integers = 0"
)


def test_every_relation_of_the_store_holds_rows_of_every_province(store: Store) -> None:
    """Otherwise the proof above would hold of an empty store; the figures are printed."""
    for name, rows in store.everything.items():
        if not name.startswith(("migrations", "investigations", "signed_files", *PUBLIC)):
            assert {owner(row) for row in rows} == set(PROVINCES), name
    checks = len(ROLES) * len(store.relations)
    print(f"\n{len(store.relations)} relations x {len(ROLES)} roles = {checks} answers compared")


def test_nothing_else_than_filters_stands_between_a_province_and_the_rest(store: Store) -> None:
    """The proof can fail: without the policy of the whole database a feed leaks, and with one
    table's policy gone, by mistake, that table would."""
    beijing = province_role("110000")
    whole = store.config(beijing)
    baseline = f'<table name="{ANYTHING}">\n            <filter>{NOTHING}</filter>'
    assert baseline in whole
    open_database = whole.replace(baseline, baseline.replace(NOTHING, "1"))
    ask = [f"SELECT * FROM {DATABASE}.incidents_feed {FORMATS}"]
    assert store.ask(beijing, ask) == [[]]
    (leaked,) = store.ask(beijing, ask, open_database)
    assert {owner(row) for row in leaked} == set(PROVINCES)


LEAKS = "throwIf({column} != '{own}', 'seen') = 0"


@pytest.mark.parametrize("final", ["", "FINAL"])
@pytest.mark.parametrize("clause", ["WHERE", "PREWHERE"])
def test_a_condition_that_raises_meets_no_row_of_others(
    store: Store, clause: str, final: str
) -> None:
    """Or an error message would tell of rows that are not shown."""
    asked = [
        f"SELECT count() AS n FROM {DATABASE}.{name} {final} {clause} "
        + LEAKS.format(column="enterprise_id", own="E440000")
        for name in store.relations
        if name.endswith("_rows") and not name.startswith("campaigns_rows")
        if "enterprise_id" in store.everything[name][0]
    ]
    told = store.ask(province_role("440000"), asked)
    assert [each for each in told if isinstance(each, str)] == []


REFUSED = {
    "SELECT * FROM mergeTreeIndex('fenghuo', 'events_rows')": "row policy",
    "SELECT * FROM loop(fenghuo, incidents_feed) LIMIT 1": "CREATE TEMPORARY TABLE",
    "SELECT * FROM remote('127.0.0.1', fenghuo.events_rows)": "Not enough privileges",
    "SELECT * FROM file('/etc/hostname', 'LineAsString')": "Not enough privileges",
    "INSERT INTO fenghuo.batches_rows (enterprise_id) VALUES ('x')": "Not enough privileges",
    "ALTER TABLE fenghuo.batches_rows DELETE WHERE 1": "Not enough privileges",
    "DROP TABLE fenghuo.incidents_feed": "Not enough privileges",
    "SELECT * FROM system.row_policies": "SHOW ROW POLICIES",
    "CREATE VIEW fenghuo.mine AS SELECT 1": "Not enough privileges",
}
"""What a province might try, and what the engine says."""


def test_ways_around_the_policies_are_refused(store: Store) -> None:
    told = store.ask(province_role("440000"), list(REFUSED))
    for (question, refusal), answer in zip(REFUSED.items(), told, strict=True):
        assert isinstance(answer, str), question
        assert refusal in answer, question


def test_many_tables_read_at_once_show_what_each_would(store: Store) -> None:
    ask = ["SELECT enterprise_id FROM merge('fenghuo', '^(incident|batch|event|assess)')"]
    (merged,) = store.ask(province_role("440000"), ask)
    assert {row["enterprise_id"] for row in merged} == {"E440000"}


def test_no_dictionary_holds_rows_without_a_policy(store: Store) -> None:
    assert store.ask(NATIONAL, ["SELECT name FROM system.dictionaries"]) == [[]]


def test_what_the_engine_tells_of_whole_tables_is_their_size(store: Store) -> None:
    """Named in docs/operations.md: no policy reaches it. A server whose own system tables need a
    grant (deploy/clickhouse/config.d/access.xml) keeps `parts` back, `tables` never."""
    size = "SELECT total_rows AS n FROM system.tables WHERE name = 'incidents_rows'"
    ((row,),) = store.ask(province_role("440000"), [size])
    assert int(row["n"]) == len(store.everything["incidents_rows"])


def test_every_relation_has_a_filter_or_is_shown_to_nobody(store: Store) -> None:
    named = set(row_filters(DATABASE, province_role("440000")))
    unnamed = {name for name in store.relations if name not in named}
    assert unnamed == {name for name in store.relations if name.endswith("_feed")} | {"migrations"}
