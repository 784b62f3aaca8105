"""Who and what takes part in an event: its columns and its entities, both by the field map."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple, TypeAlias, get_args

from pipeline.intake.field_map import (
    NUMBERED,
    ROLES_OF_CATEGORY,
    ROLES_OF_ENDS,
    Column,
    Place,
    Role,
    Row,
    Rows,
    rows_of,
)
from pipeline.sigma.matching.values import members, read_field
from schemas.detection import Entity, EntityKind
from schemas.event import Event

Places: TypeAlias = tuple[tuple[str, Row], ...]
"""Names of fields, each with the row of the field map that it stands in."""

NOTHING = frozenset({"", "-", "?", "N/A", "n/a", "(null)", "(none)", "null", "unset"})
"""What sensors write where they have nothing to say."""
MEMBERS_MAX = 8
"""Values of one list that become entities: a sender chooses how long its lists are."""
CHARACTERS_MAX = 1_024
"""Of an entity's value: a sender chooses how long its names are."""
FORMS_KEPT = 65_536
SHAPES_KEPT = 4_096
"""Lists of field names; the least recently met is forgotten."""
SHAPE_MAX = 64
"""Names in a list that is remembered: a sender chooses how many fields an event has."""

PRIVATE_NETWORKS = tuple(
    ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fec0::/10",
    )
)
"""RFC 1918, RFC 6598, RFC 4193 and RFC 3879: the same numbers everywhere."""


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}\Z", re.ASCII)
"""An address in its canonical form already, which most are."""


@lru_cache(FORMS_KEPT)
def _account(value: str) -> str:
    """`DOMAIN\\user`, `user@domain`, `user/REALM` and an ARN's last part to `user`, so that logs
    of all habits agree."""
    if value.startswith("arn:"):
        return value.rpartition("/" if "/" in value else ":")[2].lower()
    return value.rpartition("\\")[2].partition("@")[0].partition("/")[0].strip().lower()


@lru_cache(FORMS_KEPT)
def _address(value: str) -> str:
    """The canonical form, without port and zone; "" for what is no address."""
    if _IPV4.match(value):
        return value
    found = _parsed(value)
    return "" if found is None else str(found)


def _parsed(value: str) -> IPv4Address | IPv6Address | None:
    text = value.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(FORMS_KEPT)
def _host(value: str) -> str:
    """Lower case, without the backslashes of a UNC name and the root's dot."""
    return value.strip().strip("\\").rstrip(".").lower()


def _hash(value: str) -> str:
    """The strongest of Sysmon's `SHA1=…,MD5=…,SHA256=…`, else the value itself."""
    parts = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    return (parts.get("SHA256") or parts.get("SHA1") or parts.get("MD5") or value).lower()


def _domain(value: str) -> str:
    """A name without port; "" for an address, which another row names, and for other text: the
    `query` of a database is a statement."""
    if _parsed(value) is not None:
        return ""
    name = value.strip().lower().partition(":")[0].rstrip(".")
    return "" if any(each in name for each in " /\\*(;") else name


NORMAL_FORMS: Mapping[EntityKind, Callable[[str], str]] = {
    "host": _host,
    "account": _account,
    "address": _address,
    "process": str.lower,
    "file": str.lower,
    "registry_key": str.lower,
    "hash": _hash,
    "domain": _domain,
    "url": str.strip,
    "data": str.lower,
}
"""The one form of a value of each kind; "" for what is none."""


class Present(NamedTuple):
    """Where the field map finds something in an event that has certain fields."""

    columns: dict[Column, Places]
    """Of each column that may have a value."""
    rows: tuple[tuple[Row, Places], ...]


NO_COLUMNS: Mapping[Column, str] = {column: "" for column in get_args(Column) if column}


def column_of(fields: Mapping[str, object], rows: Rows, column: Column) -> str:
    """What a column shows: the first value of its rows, spelled as in the event; "" for none."""
    return _first_text(fields, _present_in(fields, rows).columns.get(column, ()))


def columns_of(fields: Mapping[str, object], rows: Rows) -> dict[Column, str]:
    """What each column shows."""
    columns = {**NO_COLUMNS}
    for column, places in _present_in(fields, rows).columns.items():
        columns[column] = _first_text(fields, places)
    return columns


def _present_in(fields: Mapping[str, object], rows: Rows) -> Present:
    present = _present if len(fields) <= SHAPE_MAX else _present.__wrapped__
    return present(rows, tuple(fields))


def _first_text(fields: Mapping[str, object], places: Places) -> str:
    for name, row in places:
        if row.event_ids and not _has_event_id(fields, row):
            continue
        value, form = fields.get(name), NORMAL_FORMS[row.kind]
        if value.__class__ is str and name not in NUMBERED:
            if value not in NOTHING and form(value):
                return value
            continue
        for text in _texts(fields, name):
            if form(text):
                return text
    return ""


@lru_cache(SHAPES_KEPT)
def _present(rows: Rows, names: tuple[str, ...]) -> Present:
    """Most events have the fields of one before."""
    known = frozenset(names)

    def met(places: Iterable[Place]) -> Places:
        return tuple(
            (name, row)
            for name, holders, row in places
            if name in known or not known.isdisjoint(holders)
        )

    columns = {column: met(places) for column, places in rows.of_column.items()}
    by_row = [(row, met(places)) for row, places in rows.rows]
    return Present(
        {column: places for column, places in columns.items() if places},
        tuple((row, places) for row, places in by_row if places),
    )


def _has_event_id(fields: Mapping[str, object], row: Row) -> bool:
    return str(fields.get("EventID")).strip() in row.event_ids


def _texts(fields: Mapping[str, object], name: str) -> tuple[str, ...] | list[str]:
    """The values of a field that say something, as text."""
    value = fields.get(name)
    if value is None and "." in name:
        value = read_field(fields, name)
    if value is None:
        return ()
    if isinstance(value, str):
        is_number = name in NUMBERED and value.isdigit()
        return () if value in NOTHING or is_number else (value,)
    return list(_member_texts(value, name))


def _member_texts(value: object, name: str) -> Iterator[str]:
    for count, member in enumerate(members(value)):
        if count == MEMBERS_MAX:
            return
        if isinstance(member, str):
            if member not in NOTHING:
                yield member
        elif isinstance(member, int) and not isinstance(member, bool) and name not in NUMBERED:
            yield str(member)


def entities_of(event: Event) -> tuple[Entity, ...]:
    """Who and what takes part in an event, each once, in the field map's order."""
    rows = rows_of(event.format, event.product, "Channel" in event.fields)
    ends = _roles_of_ends(event)
    found: dict[Entity, None] = {}
    read: set[str] = set()
    for row, places in _present_in(event.fields, rows).rows:
        if row.event_ids and not _has_event_id(event.fields, row):
            continue
        for value in _values(event.fields, places, read):
            found[Entity(row.kind, value, ends.get(row.column, row.role))] = None
    return tuple(found)


def _values(fields: Mapping[str, object], places: Places, read: set[str]) -> list[str]:
    """What the first of a row's places that says something says, in normal form."""
    for name, row in places:
        forms = [NORMAL_FORMS[row.kind](text) for text in _texts(fields, name)]
        if any(forms) and name not in read:
            read.add(name)
            return [form[:CHARACTERS_MAX] for form in forms if form]
    return []


def _roles_of_ends(event: Event) -> Mapping[Column, Role]:
    """The roles of who opened a connection and who answered, where the event names both."""
    source, destination = _address(event.source_ip), _address(event.destination_ip)
    if not source or not destination:
        return {}
    inside = _is_inside(source), _is_inside(destination)
    roles = ROLES_OF_CATEGORY.get(event.category, ROLES_OF_ENDS[inside])
    return dict(zip(("source_ip", "destination_ip"), roles, strict=True))


@lru_cache(FORMS_KEPT)
def _is_inside(value: str) -> bool:
    found = ip_address(value)
    return found.is_loopback or found.is_link_local or is_private(found)


def is_private(found: IPv4Address | IPv6Address) -> bool:
    """Whether every enterprise may have this address."""
    return any(found in network for network in PRIVATE_NETWORKS)
