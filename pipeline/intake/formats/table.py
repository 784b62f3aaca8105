"""The formats, as a literal table: how a line is decoded and how its fields get their names.

Adding a format is one file and one row here (and a page in the publishing guide).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pipeline.intake.event_times import TIME_FIELDS, time_of
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.auditd import MARKS as AUDITD_MARKS
from pipeline.intake.formats.auditd import auditd_fields, is_auditd, is_auditd_text, parse_auditd
from pipeline.intake.formats.carriers import carrier_of, inner_of, outer_names
from pipeline.intake.formats.cef import MARKS as CEF_MARKS
from pipeline.intake.formats.cef import cef_fields, is_cef_text, parse_cef
from pipeline.intake.formats.cloud import SERVICES, fields_of_service
from pipeline.intake.formats.csv_rows import is_csv_row
from pipeline.intake.formats.data_security import data_security_fields, is_data_security
from pipeline.intake.formats.databases import MARKS as DATABASE_MARKS
from pipeline.intake.formats.databases import database_fields, database_of_text, parse_database
from pipeline.intake.formats.defender import MARKS as DEFENDER_MARKS
from pipeline.intake.formats.defender import defender_fields, is_defender
from pipeline.intake.formats.dns_queries import (
    dns_query_fields,
    dns_query_of_text,
    parse_dns_query,
)
from pipeline.intake.formats.ecs import DATASETS, ecs_fields, is_ecs
from pipeline.intake.formats.ecs import MARKS as ECS_MARKS
from pipeline.intake.formats.firewall import (
    KEY_VALUE_MARKS,
    is_key_value_text,
    key_value_fields,
    parse_key_value,
)
from pipeline.intake.formats.generic import generic_fields
from pipeline.intake.formats.lines import (
    Fields,
    as_event,
    decode_object,
    is_among,
    look_up,
    read_doubtful,
)
from pipeline.intake.formats.ocsf import MARKS as OCSF_MARKS
from pipeline.intake.formats.ocsf import ocsf_fields
from pipeline.intake.formats.suricata import MARKS as SURICATA_MARKS
from pipeline.intake.formats.suricata import (
    fast_alert_of_text,
    parse_fast_alert,
    suricata_fields,
)
from pipeline.intake.formats.syslog import parse_syslog, syslog_fields, syslog_of_text
from pipeline.intake.formats.web_access import MARKS as WEB_ACCESS_MARKS
from pipeline.intake.formats.web_access import (
    parse_web_access,
    web_access_fields,
    web_access_of_text,
)
from pipeline.intake.formats.windows import MARKS as WINDOWS_MARKS
from pipeline.intake.formats.windows import is_windows, windows_fields
from pipeline.intake.formats.windows_text import is_windows_text, parse_windows_text
from pipeline.intake.formats.zeek import MARKS as ZEEK_MARKS
from pipeline.intake.formats.zeek import is_zeek, zeek_fields
from pipeline.intake.texts import is_json_text, text_of_line
from pipeline.intake.time_shapes import LocalTime
from pipeline.sigma.log_sources import DECODING_FIELD, SOURCE_FIELD
from pipeline.sigma.memo import Names, by_names, by_text
from schemas.glossary import Term

AUTO = "auto"
"""The name that leaves the choice to the line."""


class Format(msgspec.Struct, frozen=True):
    """`fields`: a document to the names that rules read; may change the document in place.
    `text`: a line that is no JSON to a document; None where there is none. Both raise EventFault.
    `is_text`: whether a line bears the format's marks; or, where only reading it can tell,
    `attempt`: what such a line says, None where it bears none. `first`: an expression that the
    first two characters of every such line fit, because most lines are of a format for which most
    others need not be asked. `line`: these marks, for people.
    `marks`: sets of names; a document that has all of one set, as they stand or as the beginning
    of a dotted one, may be of this format, and no other is. `is_document`: whether its values say
    so too; None where the names do.
    """

    name: str
    fields: Callable[[Fields], Fields]
    text: Callable[[str], Fields] | None = None
    is_text: Callable[[str], bool] | None = None
    attempt: Callable[[str], Fields | None] | None = None
    first: str = ""
    line: Term = Term("", "")
    marks: tuple[Names, ...] = ()
    is_document: Callable[[Mapping[str, Any]], bool] | None = None


_SERVICE_FORMATS = tuple(
    Format(each.name, fields_of_service(each), marks=each.marks, is_document=each.has_marks)
    for each in SERVICES
)

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("windows", windows_fields, parse_windows_text, is_windows_text,
               first=r"<[E?]|MS",
               line=Term("以 <Event（XML）或 MSWinEventLog（Snare）开头",
                         "begins with <Event (XML) or MSWinEventLog (Snare)"),
               marks=WINDOWS_MARKS, is_document=is_windows),
        Format("data_security", data_security_fields, marks=(("schema",),),
               is_document=is_data_security),
        Format("ocsf", ocsf_fields, marks=OCSF_MARKS),
        Format("zeek", zeek_fields, marks=ZEEK_MARKS, is_document=is_zeek),
        Format("suricata", suricata_fields, parse_fast_alert,
               attempt=fast_alert_of_text,
               first=r"[\d\[]",
               line=Term("Suricata 的 fast.log 或 Snort 的 alert_fast",
                         "is of Suricata's fast.log or of Snort's alert_fast"),
               marks=SURICATA_MARKS),
        Format("auditd", auditd_fields, parse_auditd, is_auditd_text,
               first=r"ty|no|au",
               line=Term("以 type=、node= 或 audit( 开头，其后有 audit(",
                         "begins with type=, node= or audit(, and has audit( after it"),
               marks=AUDITD_MARKS, is_document=is_auditd),
        Format("cef", cef_fields, parse_cef, is_cef_text,
               first=r"CE|LE",
               line=Term("以 CEF: 或 LEEF: 开头", "begins with CEF: or LEEF:"),
               marks=CEF_MARKS),
        Format("web_access", web_access_fields, parse_web_access,
               attempt=web_access_of_text,
               line=Term("Apache、nginx 的访问或错误日志，squid、IIS、HAProxy 的各列",
                         "is of an access or error log of Apache or nginx, or has the columns of "
                         "squid, IIS or HAProxy"),
               marks=WEB_ACCESS_MARKS),
        Format("dns_query", dns_query_fields, parse_dns_query,
               attempt=dns_query_of_text,
               first=r"[\dqic\[]",
               line=Term("BIND、dnsmasq、unbound 的查询日志或 Windows DNS 调试日志",
                         "is of a query log of BIND, dnsmasq or unbound, or of Windows DNS "
                         "Server's debug log")),
        Format("database", database_fields, parse_database,
               attempt=database_of_text,
               first=r"<A|[*.\[\dA-Z]",
               line=Term("PostgreSQL、MySQL、MariaDB、Oracle 或达梦的行首",
                         "begins as lines of PostgreSQL, MySQL, MariaDB, Oracle or Dameng do"),
               marks=DATABASE_MARKS),
        Format("syslog", syslog_fields, parse_syslog,
               attempt=syslog_of_text,
               first=r"<\d|[*.\[\dA-Z]",
               line=Term("以优先级（<134>）或时间开头",
                         "begins with a priority (<134>) or a time")),
        Format("key_value", key_value_fields, parse_key_value, is_key_value_text,
               line=Term("以 名称=值 开头，共三对以上；或有 SRC= 与 DST=；"
                         "或深信服、山石网科、绿盟的开头",
                         "begins with name=value and has two more; or has SRC= and DST=; or "
                         "begins as lines of Sangfor, Hillstone or NSFOCUS do"),
               marks=KEY_VALUE_MARKS),
        Format("ecs", ecs_fields, marks=ECS_MARKS, is_document=is_ecs),
        Format("defender", defender_fields, marks=DEFENDER_MARKS, is_document=is_defender),
        *_SERVICE_FORMATS,
        Format("json", generic_fields),
    )
}  # fmt: skip
"""In the order in which they are recognised: the surest marks first."""

FORMAT_NAMES = (AUTO, *sorted(FORMATS))
"""What a header or an option may name."""
_OF_TEXT = by_text(
    lambda first: tuple(
        (each.name, each.attempt, each.is_text, each.text)
        for each in FORMATS.values()
        if each.text is not None and re.match(each.first, first)
    ),
    1_024,
)
"""How the formats are read of which a line that begins with two characters may be, in order."""
_CARRYING = frozenset({"json", "ecs", "syslog"})
"""Formats whose events may be another's inside."""
_TIME_FIELDS = frozenset(TIME_FIELDS)
_ANY_RECEIPT = LocalTime(received_at=0)
"""For asking whether a time can be read, not which it is."""
MOST_CARRIERS = 3
"""Events within each other: Docker, syslog in it, CEF in that."""


def recognise(document: Mapping[str, Any]) -> str | None:
    """The format of a decoded document by its marks; None where it bears none."""
    for name, is_document in _POSSIBLE[tuple(document)]:
        if is_document is None or is_document(document):
            return name
    return None


def _possible(names: Names) -> tuple[tuple[str, Callable[[Mapping[str, Any]], bool] | None], ...]:
    """The formats of which a document with these names may be, in the table's order."""
    known = frozenset(names)
    return tuple(
        (each.name, each.is_document)
        for each in FORMATS.values()
        if any(all(is_among(mark, known) for mark in marks) for marks in each.marks)
    )


_POSSIBLE = by_names(_possible)


def read_marked(text: str) -> tuple[str, Fields] | None:
    """A line that is no JSON, read by the format whose marks it bears, and that format's name;
    None where it bears none. Raises EventFault where only its marks are sound."""
    for name, attempt, is_text, read in _OF_TEXT[text[:2]]:
        if attempt is not None:
            fields = attempt(text)
            if fields is not None:
                return name, fields
        elif is_text is not None and is_text(text):
            return name, read(text)
    return None


def named_fields(format: str, document: Fields, depth: int = 0) -> tuple[str, Fields]:
    """A document of this format (or `auto`) to its format's name and the fields that rules read;
    what carries another format's event gives that event's. Raises EventFault."""
    name = (recognise(document) or "json") if format == AUTO else format
    how = document.pop(DECODING_FIELD, None)
    try:
        fields = None
        if name in _CARRYING and depth < MOST_CARRIERS:
            name, fields = _carried(name, document, depth)
        if fields is None:
            fields = FORMATS[name].fields(document)
            fields.pop(DECODING_FIELD, None)  # of nested data: no sender sets it
    except RecursionError:
        raise EventFault("too_deep", "lists or objects within each other, endlessly") from None
    if depth == 0 and how:
        fields[DECODING_FIELD] = how
    return name, fields


def _carried(name: str, document: Fields, depth: int) -> tuple[str, Fields | None]:
    """The event inside a carrier, its names beside the carrier's; no fields where there is none."""
    if name == "syslog":
        outer = syslog_fields(document)
        # The message of a known program is that program's own, whatever it looks like.
        is_open = isinstance(outer.get("message"), str) and outer[SOURCE_FIELD] in _OPEN_SOURCES
        inner: list[Fields | str] = [outer["message"]] if is_open else []
        carrier = "syslog"
    else:
        dataset = str(look_up(document, "event.dataset") or "")
        # Of these the fields are read already: what they came from stands beside them as text.
        is_known = dataset in DATASETS or dataset.startswith("zeek.")
        found = None if is_known else carrier_of(document)
        if found is None:
            return name, None
        inner, outer, carrier = inner_of(document, found), outer_names(document, found), found.name
    for each in inner:
        recognised = _inner_event(each)
        if recognised is not None:
            inner_name, fields = named_fields(*recognised, depth + 1)
            return inner_name, _beside(fields, outer, carrier)
    if carrier != "syslog":
        outer = syslog_fields(outer) if "program" in outer else generic_fields(outer)
    return name, outer


_OPEN_SOURCES = frozenset({"//", "/linux/syslog", "/linux/auditd,syslog"})


def _inner_event(inner: Fields | str) -> tuple[str, Fields] | None:
    """Format and document of what a carrier holds; None where no mark tells it."""
    if isinstance(inner, dict):
        name = recognise(inner)
        return (name, inner) if name else None
    text = inner.removeprefix("@cee:").strip()
    if text.startswith("{"):
        try:
            return AUTO, as_event(read_doubtful(text, "")[0])
        except EventFault:
            return None
    try:
        return read_marked(text)
    except EventFault:
        return None


def _beside(fields: Fields, outer: Fields, carrier: str) -> Fields:
    source = outer.pop(SOURCE_FIELD, "//")
    outer.pop(DECODING_FIELD, None)
    timed = [name for name in outer if name in _TIME_FIELDS and name not in fields]
    if timed and time_of(fields, _ANY_RECEIPT) is not None:  # the sensor's, not the carrier's
        for name in timed:
            del outer[name]
    for name, value in outer.items():
        fields.setdefault(name, value)
    if fields.get(SOURCE_FIELD) == "//":
        fields[SOURCE_FIELD] = source
    fields[DECODING_FIELD] = carrier
    return fields


def decode_line(format: str, line: bytes) -> tuple[str, Fields]:
    """One line that holds one event to its format's name (or `auto`) and document.
    Raises EventFault."""
    if line[:1] == b"{":
        return format, decode_object(line)
    text, how = text_of_line(line)
    if is_json_text(text):
        return format, as_event(*read_doubtful(text, how))
    return decode_text_line(format, text, how)


def decode_text_line(format: str, text: str, how: str = "") -> tuple[str, Fields]:
    """A line that is no JSON to its format's name and document. Raises EventFault."""
    if format == AUTO:
        marked = read_marked(text)
        if marked is None and is_csv_row(text):
            raise EventFault(
                "csv_row", "this looks like CSV: a row alone does not name its columns"
            )
        name, fields = marked or ("syslog", parse_syslog(text))
    elif (read := FORMATS[format].text) is not None:
        name, fields = format, read(text)
    else:
        document, how = read_doubtful(text, how)
        return format, as_event(document, how)
    for reserved in (SOURCE_FIELD, DECODING_FIELD):
        fields.pop(reserved, None)
    if how or name == "windows":
        fields[DECODING_FIELD] = how or "xml"
    return name, fields


def read_fields(format: str, line: bytes) -> Fields:
    """One line that holds one event to the fields that rules read. Raises EventFault."""
    if format not in FORMATS and format != AUTO:
        raise EventFault("unknown_format", f"'{format}'; known: {', '.join(FORMAT_NAMES)}")
    return named_fields(*decode_line(format, line))[1]
