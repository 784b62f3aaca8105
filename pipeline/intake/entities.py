"""Who and what takes part in an event: its columns and its entities, both by the field map."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

from pipeline.intake.field_map import (
    ALL_ROWS,
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
from pipeline.sigma.memo import Memo, Names, by_names, by_text
from schemas.detection import Entity, EntityKind
from schemas.event import Event

NOTHING = frozenset({"", "-", "?", "N/A", "n/a", "(null)", "(none)", "null", "unset"})
"""What sensors write where they have nothing to say."""
MEMBERS_MAX = 8
"""Values of one list that become entities: a sender chooses how long its lists are."""
CHARACTERS_MAX = 1_024
"""Of an entity's value: a sender chooses how long its names are."""
FORMS_KEPT = 65_536

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


def _account(value: str) -> str:
    """`DOMAIN\\user`, `user@domain`, `user/REALM` and an ARN's last part to `user`, so that logs
    of all habits agree."""
    if value.startswith("arn:"):
        return value.rpartition("/" if "/" in value else ":")[2].lower()
    return value.rpartition("\\")[2].partition("@")[0].partition("/")[0].strip().lower()


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


_ADDRESSES = by_text(_address, FORMS_KEPT)

NORMAL_FORMS: Mapping[EntityKind, Callable[[str], str]] = {
    "host": by_text(_host, FORMS_KEPT).__getitem__,
    "account": by_text(_account, FORMS_KEPT).__getitem__,
    "address": _ADDRESSES.__getitem__,
    "process": str.lower,
    "file": str.lower,
    "registry_key": str.lower,
    "hash": _hash,
    "domain": _domain,
    "url": str.strip,
    "data": str.lower,
}
"""The one form of a value of each kind; "" for what is none."""


COLUMNS: tuple[Column, ...] = ("host", "account", "source_ip", "destination_ip", "process")
"""The event's columns that the field map fills, in the event's order."""
HOST = COLUMNS.index("host")


class Seat(NamedTuple):
    """A field that is there, and what it is to the row that names it."""

    name: str
    row: Row
    form: Callable[[str], str]
    is_plain: bool
    """Whether nothing but its own value decides whether it says something."""


class Present(NamedTuple):
    """Where the field map finds something in an event that has certain fields."""

    columns: tuple[tuple[int, tuple[Seat, ...]], ...]
    """Of each column that may have a value, by its number among COLUMNS."""
    rows: tuple[tuple[Row, tuple[Seat, ...]], ...]


def _present(rows: Rows, names: Names) -> Present:
    known = frozenset(names)

    def seats(places: Iterable[Place]) -> tuple[Seat, ...]:
        return tuple(
            Seat(name, row, NORMAL_FORMS[row.kind], not row.event_ids and name not in NUMBERED)
            for name, holders, row in places
            if name in known or not known.isdisjoint(holders)
        )

    columns = ((at, seats(rows.of_column[column])) for at, column in enumerate(COLUMNS))
    by_row = ((row, seats(places)) for row, places in rows.rows)
    return Present(
        tuple((at, found) for at, found in columns if found),
        tuple((row, found) for row, found in by_row if found),
    )


_PRESENT: Mapping[Rows, Memo[Names, Present]] = {
    rows: by_names(partial(_present, rows)) for rows in ALL_ROWS
}


def columns_of(fields: Mapping[str, object], rows: Rows, names: Names = ()) -> list[str]:
    """What each of COLUMNS shows: the first value of its rows, spelled as in the event; "" for
    none. `names` are the fields', for who has them at hand."""
    columns = [""] * len(COLUMNS)
    for at, seats in _PRESENT[rows][names or tuple(fields)].columns:
        for name, row, form, is_plain in seats:
            value = fields.get(name)
            if is_plain and value.__class__ is str:  # nearly all are, so it is asked in place
                text = value if value not in NOTHING and form(value) else ""
            else:
                text = _first_text(fields, name, row, form)
            if text:
                columns[at] = text
                break
    return columns


def _first_text(
    fields: Mapping[str, object], name: str, row: Row, form: Callable[[str], str]
) -> str:
    if row.event_ids and not _has_event_id(fields, row):
        return ""
    return next((text for text in _texts(fields, name) if form(text)), "")


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
    for row, seats in _PRESENT[rows][tuple(event.fields)].rows:
        if row.event_ids and not _has_event_id(event.fields, row):
            continue
        for value in _values(event.fields, seats, read):
            found[Entity(row.kind, value, ends.get(row.column, row.role))] = None
    return tuple(found)


def _values(fields: Mapping[str, object], seats: tuple[Seat, ...], read: set[str]) -> list[str]:
    """What the first of a row's fields that says something says, in normal form."""
    for name, _, form, _ in seats:
        forms = [form(text) for text in _texts(fields, name)]
        if any(forms) and name not in read:
            read.add(name)
            return [form[:CHARACTERS_MAX] for form in forms if form]
    return []


def _roles_of_ends(event: Event) -> Mapping[Column, Role]:
    """The roles of who opened a connection and who answered, where the event names both."""
    source, destination = _ADDRESSES[event.source_ip], _ADDRESSES[event.destination_ip]
    if not source or not destination:
        return {}
    inside = _INSIDE[source], _INSIDE[destination]
    roles = ROLES_OF_CATEGORY.get(event.category, ROLES_OF_ENDS[inside])
    return dict(zip(("source_ip", "destination_ip"), roles, strict=True))


def _is_inside(value: str) -> bool:
    found = ip_address(value)
    return found.is_loopback or found.is_link_local or is_private(found)


_INSIDE = by_text(_is_inside, FORMS_KEPT)


def is_private(found: IPv4Address | IPv6Address) -> bool:
    """Whether every enterprise may have this address."""
    return any(found in network for network in PRIVATE_NETWORKS)
