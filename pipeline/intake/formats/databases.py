"""Databases' audit: PostgreSQL with pgaudit, MySQL and MariaDB; Oracle and Dameng by their modules.

Sigma's category `database` asks for words in the statement; all of the line is the message.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats import dameng, oracle
from pipeline.intake.formats.csv_rows import cells_of
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.time_shapes import leading_time

_POSTGRES = re.compile(
    r"(?: (?P<zone>[A-Z]{2,5}|[+\-]\d\d))? ?\[(?P<pid>\d{1,9})(?:-\d{1,9})?\]:?"
    r"(?: \[[\d\-]{1,20}\])?"
    r"(?: (?P<user>[^@\s]{1,128})@(?P<database>[^\s]{1,128}))?(?:[^:]{0,200}?) ?"
    r"(?P<level>LOG|ERROR|FATAL|PANIC|WARNING|STATEMENT|DETAIL|NOTICE|INFO|HINT|CONTEXT):\s+"
    r"(?P<message>.*)",
    re.DOTALL,
)
_PGAUDIT_NAMES = ("audit_type", "statement_id", "substatement_id", "class", "command",
                  "object_type", "object_name", "statement", "parameter")  # fmt: skip
_MYSQL_GENERAL = re.compile(
    r"\s+(?P<thread>\d{1,12}) (?P<command>Connect|Query|Quit|Init DB|Execute|Prepare|Change user|"
    r"Field List|Statistics|Shutdown)(?:\s+(?P<statement>.*))?",
    re.DOTALL,
)
_MYSQL_ERROR = re.compile(
    r" (?P<thread>\d{1,12}) \[(?P<level>\w{1,20})\] (?:\[(?P<code>MY-\d{1,8})\] )?"
    r"(?:\[(?P<subsystem>\w{1,40})\] )?(?P<message>.*)",
    re.DOTALL,
)
_MARIADB = re.compile(
    r"(?P<timestamp>\d{8} \d\d:\d\d:\d\d),(?P<hostname>[^,]{0,256}),(?P<user>[^,]{0,256}),"
    r"(?P<host>[^,]{0,256}),(?P<thread>\d{0,12}),(?P<query_id>\d{0,20}),(?P<operation>[A-Z_]{1,30}),(?P<database>[^,]{0,256}),"
    r"(?P<statement>.*?),(?P<code>-?\d{1,6})\Z",
    re.DOTALL,
)

NAMES = Aliases(
    {
        "username": ("user", "OPERATOR"),
        "src_ip": ("ip", "client_ip"),
        "statement": ("SQLTEXT", "sql_text"),
        "message": ("statement",),
    }
)


def database_of_text(text: str) -> Fields | None:
    """The fields of a database's line; None where it is none's."""
    if found := oracle.oracle_of_text(text):
        return found
    if text[:1] == "<":  # syslog's, of which the message may be a database's
        return None
    time, rest = leading_time(text)
    if not time:
        match = _MARIADB.match(text)
        return {**match.groupdict(), "product": "mysql"} if match else None
    if _POSTGRES_CSV.match(rest):
        return _postgres_csv(text)
    for product, expression in (
        ("postgresql", _POSTGRES),
        ("mysql", _MYSQL_GENERAL),
        ("mysql", _MYSQL_ERROR),
        ("dameng", dameng.LINE),
    ):
        match = expression.match(rest)
        if match:
            found = {name: value for name, value in match.groupdict().items() if value}
            zone = found.pop("zone", "")
            found = {"timestamp": f"{time} {zone}".strip(), "product": product, **found}
            return _detailed(found)
    return None


_POSTGRES_CSV = re.compile(
    r'(?: [A-Z]{2,5}| ?[+\-]\d\d)?,(?:"[^"]{0,128}")?,(?:"[^"]{0,128}")?,\d*,'
)
_POSTGRES_CSV_NAMES = (
    "timestamp", "user", "database", "pid", "client", "session", "session_line", "command",
    "session_start", "virtual_transaction_id", "transaction_id", "level", "code", "message",
    "detail", "hint", "internal_query", "internal_query_pos", "context", "statement",
    "query_pos", "location", "application", "backend_type", "leader_pid", "query_id",
)  # fmt: skip
"""PostgreSQL, "Using CSV-Format Log Output" (19.8.4)."""


def _postgres_csv(text: str) -> Fields | None:
    values = cells_of(text)
    if len(values) < _POSTGRES_CSV_NAMES.index("application"):
        return None
    named = zip(_POSTGRES_CSV_NAMES, values, strict=False)
    found: Fields = {name: value for name, value in named if value}
    if "client" in found:  # address and port
        found["ip"] = found["client"].rpartition(":")[0] or found["client"]
    return _detailed({**found, "product": "postgresql"})


def _detailed(found: Fields) -> Fields:
    message = found.get("message", "")
    if message.startswith("AUDIT: "):
        values = message.removeprefix("AUDIT: ").split(",", len(_PGAUDIT_NAMES) - 1)
        found |= dict(zip(_PGAUDIT_NAMES, values, strict=False))
    elif message.startswith("statement: "):
        found["statement"] = message.removeprefix("statement: ")
    return dameng.dameng_fields(found)


def parse_database(text: str) -> Fields:
    """One line. Raises EventFault `not_database`."""
    found = database_of_text(text)
    if found is None:
        raise EventFault("not_database", "no line of PostgreSQL, MySQL, MariaDB, Oracle or Dameng")
    return found


def database_fields(document: Fields) -> Fields:
    named = document.get("product")
    product = named if named in PRODUCTS else _product(document)
    fields = _NAMES_OF.get(product, NAMES).add_to(document)
    return tagged(fields, f"database/{product}/")


def _product(fields: Mapping[str, Any]) -> str:
    return next((name for mark, name in _JSON_MARKS if all(each in fields for each in mark)), "")


PRODUCTS = ("postgresql", "mysql", "oracle", "dameng")
_NAMES_OF = {"oracle": oracle.NAMES, "dameng": dameng.NAMES}
_JSON_MARKS = (
    *((mark, "oracle") for mark in oracle.MARKS),
    *((mark, "dameng") for mark in dameng.MARKS),
    (("connection_id",), "mysql"),
    (("dbid",), "oracle"),
    (("DBID",), "oracle"),
    (("error_severity",), "postgresql"),
    (("session_id",), "postgresql"),
)


MARKS = (
    ("error_severity", "backend_type"),
    ("connection_id", "account", "class"),
    ("database", "statement"),
    ("sql_text", "dbusername"),
    *oracle.MARKS,
    *dameng.MARKS,
)
"""Of PostgreSQL's JSON log, MySQL Enterprise's JSON audit, rows of audit tables."""
