"""Who may read which rows: roles, grants and row policies. Pure text.

Rule 1. What no policy names shows nothing: one policy of the whole database says so to everybody,
        and any other is an exception from it. It holds for what a later version adds, and for the
        feeds: a materialized view hands out its target's rows without asking for the target's
        policies (ClickHouse 26.9).
Rule 2. Views run with the rights of who asks: the policies of the tables hold for them. So a view
        itself is shown to everybody.
Rule 3. What names several provinces (a campaign) each of them reads, also once it has left them:
        servers may apply a policy before they merge revisions, and the last one that named the
        province would stand for the current one. What belongs to no province or enterprise, only
        the nation, except what is public (the rules).
Rule 4. One definition, two forms: statements for a server whose users are made by SQL, a file
        (`users_config`) for one whose users stand in files, and for the embedded engine.
"""

from collections.abc import Iterator, Sequence
from re import fullmatch
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec

from schemas.provinces import PROVINCES
from sinks.columns import Table
from sinks.ddl import literal, quote_name, view_names
from sinks.layout import SINGLE, Layout, stored_names
from sinks.log_tables import ENTERPRISES
from sinks.tables import TABLES

NOTHING, EVERYTHING = "0", "1"
ANYTHING = ""
"""In place of a table's name: whatever is in the database."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads the rows that have this value in this column; everything, where `column` is ""."""

    name: str
    column: str = ""
    value: str = ""
    rights: tuple[str, ...] = ("SELECT ON {database}.*",)


WRITER = Role(
    name="fenghuo_writer",
    rights=(
        "SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER, DROP VIEW, DROP TABLE ON {database}.*",
        "CREATE DATABASE ON *.*",
        "SELECT ON system.columns",
        "SELECT ON system.tables",
        "SELECT ON system.disks",
    ),
)
_INVESTIGATIONS = "investigation_*.*"
"""Every investigation there will be: the databases that `fenghuo replay` makes."""
NATIONAL = Role(
    name="fenghuo_national",
    rights=("SELECT ON {database}.*", f"SELECT ON {_INVESTIGATIONS}"),
)
INVESTIGATOR = Role(
    name="fenghuo_investigator",
    rights=(
        "SELECT ON {database}.*",
        "SELECT, INSERT, CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER, TRUNCATE, DROP VIEW,"
        f" DROP TABLE, DROP DATABASE ON {_INVESTIGATIONS}",
        "SELECT ON system.columns",
        "SELECT ON system.databases",
        "SELECT ON system.tables",
    ),
)
"""Who replays: reads what is live, and writes beside it only."""


class Readers(msgspec.Struct, frozen=True, kw_only=True):
    """For whom roles are made: the provinces of these codes, the enterprises of these ids."""

    provinces: tuple[str, ...] = tuple(PROVINCES)
    enterprises: tuple[str, ...] = ()

    def roles(self) -> list[Role]:
        """One of each; raises ValueError for a province that there is none of."""
        unknown = set(self.provinces) - set(PROVINCES)
        if unknown:
            raise ValueError(f"no province {', '.join(sorted(unknown))}: give codes as 440000")
        return [
            *(province_role(code) for code in self.provinces),
            *(enterprise_role(id) for id in self.enterprises),
        ]


def province_role(code: str) -> Role:
    """Who reads what happened in the province."""
    return Role(name=f"fenghuo_province_{code}", column="province", value=code)


def enterprise_role(id: str) -> Role:
    """Who reads what happened at the enterprise."""
    return Role(name=f"fenghuo_enterprise_{id}", column="enterprise_id", value=id)


def row_filters(
    database: str, role: Role, tables: Sequence[Table] = TABLES, layout: Layout = SINGLE
) -> dict[str, str]:
    """Which rows the role reads: a condition by table or view, and by ANYTHING for the rest."""
    if not role.column:
        return {ANYTHING: EVERYTHING}
    views = dict.fromkeys(view_names(tables), EVERYTHING)
    return {ANYTHING: NOTHING} | views | dict(_of_tables(database, role, tables, layout))


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
    roles = [WRITER, NATIONAL, INVESTIGATOR, *readers.roles()]
    on = layout.on_cluster
    return (
        *(f"CREATE ROLE IF NOT EXISTS {_quoted(role.name)}{on}" for role in roles),
        *(
            f"GRANT{on} {right.format(database=database)} TO {_quoted(role.name)}"
            for role in roles
            for right in role.rights
        ),
        # Policies of one table are joined by OR. So by this one everybody reads nothing, but what
        # another one grants; a table without any would be read whole.
        _policy("nothing", on, database, ANYTHING, NOTHING, "ALL"),
        *(_policy("shown", on, database, view, EVERYTHING, "ALL") for view in view_names(tables)),
        *(
            _policy(role.name, on, database, name, condition, _quoted(role.name))
            for role in roles
            for name, condition in _own_filters(database, role, tables, layout)
        ),
    )


def users_config(
    database: str,
    users: dict[str, Role],
    tables: Sequence[Table] = TABLES,
    layout: Layout = SINGLE,
    passwords: bool = True,
) -> str:
    """A file for `users.d`, or an embedded engine's `users_config`: each user with its role.

    The SHA-256 of a password comes from the server's variable `<USER>_SHA256`. Without
    `passwords` there are none: for an engine that only its own process can reach.

    Raises ValueError for a database, or a user, that is no name of letters, digits, `_`, `-`, `.`.
    """
    quote_name(database)
    odd = [name for name in users if not fullmatch(r"[A-Za-z_][\w.-]*", name)]
    if odd:
        raise ValueError(f"no names of users in a file: {', '.join(odd)}; make them by SQL")
    root = Element("clickhouse")
    for section in ("profiles", "quotas"):
        SubElement(SubElement(root, section), "default")
    of_users = SubElement(root, "users")
    for name, role in users.items():
        user = SubElement(of_users, name)
        if passwords:
            SubElement(user, "password_sha256_hex", from_env=f"{name.upper()}_SHA256")
        else:
            SubElement(user, "password")
        _grant(user, database, role, row_filters(database, role, tables, layout))
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _grant(user: Element, database: str, role: Role, filters: dict[str, str]) -> None:
    SubElement(SubElement(user, "networks"), "ip").text = "::/0"
    SubElement(user, "profile").text = "default"
    SubElement(user, "quota").text = "default"
    grants = SubElement(user, "grants")
    for right in role.rights:
        SubElement(grants, "query").text = f"GRANT {right.format(database=database)}"
    within = SubElement(SubElement(user, "databases"), database)
    for table, condition in filters.items():
        SubElement(SubElement(within, "table", name=table), "filter").text = condition


def _own_filters(
    database: str, role: Role, tables: Sequence[Table], layout: Layout
) -> Iterator[tuple[str, str]]:
    """What the role reads beyond what the policies of everybody say."""
    if role.column:
        return _of_tables(database, role, tables, layout)
    return iter(row_filters(database, role, tables, layout).items())


def _of_tables(
    database: str, role: Role, tables: Sequence[Table], layout: Layout
) -> Iterator[tuple[str, str]]:
    for table in tables:
        for stored in stored_names(table):
            condition = _condition(database, table, stored, role)
            for name in dict.fromkeys((stored, layout.local(stored))):
                yield name, condition


def _policy(name: str, on: str, database: str, table: str, condition: str, to: str) -> str:
    place = f"{database}.{table or '*'}"
    made = f"CREATE ROW POLICY IF NOT EXISTS {_quoted(name)}{on} ON {place}"
    return f"{made} USING {condition} TO {to}"


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _condition(database: str, table: Table, stored: str, role: Role) -> str:
    """Which rows the role reads; a row without a province has its enterprise's."""
    if table.is_public:
        return EVERYTHING
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
