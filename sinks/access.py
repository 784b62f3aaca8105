"""Who may read which rows: roles, grants and row policies as statements. Pure text.

Rule 1. Every table that holds rows has a policy for every role; where a role may read nothing
        the policy says so. The server must have `users_without_row_policies_can_read_rows`
        false, so that a table without a policy shows nothing rather than everything.
Rule 2. Views run with the rights of who asks: the policies of the tables hold for them.
Rule 3. What names several provinces (a campaign) each of them reads, also once it has left them:
        servers may apply a policy before they merge revisions, and the last one that named the
        province would stand for the current one. What belongs to no province or enterprise, only
        the nation.
"""

from collections.abc import Sequence

import msgspec

from schemas.provinces import PROVINCES
from sinks.columns import Table
from sinks.ddl import literal, quote_name
from sinks.layout import SINGLE, Layout, stored_names
from sinks.log_tables import ENTERPRISES
from sinks.tables import TABLES

WRITER, NATIONAL = "fenghuo_writer", "fenghuo_national"
NOTHING, EVERYTHING = "0", "1"

_GRANTS = (
    "GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER, DROP VIEW, DROP TABLE"
    " ON {database}.* TO " + WRITER,
    "GRANT CREATE DATABASE ON *.* TO " + WRITER,
    "GRANT SELECT ON system.columns TO " + WRITER,
    "GRANT SELECT ON system.tables TO " + WRITER,
    "GRANT SELECT ON system.disks TO " + WRITER,
    "GRANT SELECT ON {database}.* TO " + NATIONAL,
)


class Readers(msgspec.Struct, frozen=True, kw_only=True):
    """For whom roles are made: the provinces of these codes, the enterprises of these ids."""

    provinces: tuple[str, ...] = tuple(PROVINCES)
    enterprises: tuple[str, ...] = ()


class _Role(msgspec.Struct, frozen=True):
    """A role that reads a part; `policy` is its name among a table's policies."""

    name: str
    policy: str
    column: str
    value: str


def access_statements(
    database: str,
    readers: Readers,
    tables: Sequence[Table] = TABLES,
    layout: Layout = SINGLE,
) -> tuple[str, ...]:
    """Roles, then grants, then policies; run again they change nothing.

    Raises ValueError for a database that is no name or a province that there is none of.
    """
    quote_name(database)
    roles = _roles(readers)
    on = layout.on_cluster
    names = (WRITER, NATIONAL, *(role.name for role in roles))
    return (
        *(f"CREATE ROLE IF NOT EXISTS {name}{on}" for name in names),
        *(_on_cluster(grant.format(database=database), on) for grant in _GRANTS),
        *(_on_cluster(f"GRANT SELECT ON {database}.* TO {role.name}", on) for role in roles),
        *(
            statement
            for table in tables
            for stored in stored_names(table)
            for name in dict.fromkeys((stored, layout.local(stored)))
            for statement in _policies(f"{database}.{name}", database, table, stored, roles, on)
        ),
    )


def _on_cluster(grant: str, on: str) -> str:
    return grant.replace("GRANT", f"GRANT{on}", 1)


def _roles(readers: Readers) -> list[_Role]:
    unknown = set(readers.provinces) - set(PROVINCES)
    if unknown:
        raise ValueError(f"no province {', '.join(sorted(unknown))}: give codes as 440000")
    provinces = [
        _Role(f"fenghuo_province_{code}", f"province_{code}", "province", code)
        for code in readers.provinces
    ]
    enterprises = [
        _Role(_quoted(f"fenghuo_enterprise_{id}"), _quoted(f"enterprise_{id}"), "enterprise_id", id)
        for id in readers.enterprises
    ]
    return provinces + enterprises


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _policies(
    place: str, database: str, table: Table, stored: str, roles: Sequence[_Role], on: str
) -> list[str]:
    make = "CREATE ROW POLICY IF NOT EXISTS"
    using = f"{on} ON {place} USING"
    return [
        f"{make} everything{using} {EVERYTHING} TO {WRITER}, {NATIONAL}",
        *(
            f"{make} {role.policy}{using} {_condition(database, table, stored, role)}"
            f" TO {role.name}"
            for role in roles
        ),
    ]


def _condition(database: str, table: Table, stored: str, role: _Role) -> str:
    """Which rows the role reads; a row without a province has its enterprise's."""
    value = literal(role.value)
    if role.column in table.column_names:
        return f"{role.column} = {value}"
    if f"{role.column}s" in table.column_names:
        is_among = f"has({role.column}s, {value})"
        if stored == table.stored_name:
            return is_among
        return _in(table.key[0], f"{database}.{table.stored_name}", is_among)
    if "enterprise_id" not in table.column_names:
        return NOTHING
    registry = f"{database}.{stored_names(ENTERPRISES)[0]}"
    return _in("enterprise_id", registry, f"{role.column} = {value}")


def _in(column: str, table: str, condition: str) -> str:
    return f"{column} IN (SELECT {column} FROM {table} WHERE {condition})"
