"""Oracle's audit: as syslog, traditional and unified, as XML, and as rows of its views in JSON.

Traditional syslog has `NAME:[length] "value"`, unified `NAME:"value"`; older releases write a space
before the colon and single quotes. XML is one `AuditRecord` an event (`AUDIT_TRAIL=XML`); rows are
of UNIFIED_AUDIT_TRAIL or DBA_COMMON_AUDIT_TRAIL (Oracle Database Reference).
"""

import re
from xml.etree.ElementTree import ParseError, XMLParser

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Aliases, Fields

BEGINNINGS = ("LENGTH:", "LENGTH :", "ACTION :", "ACTION:", "Oracle Audit[",
              "Oracle Unified Audit[")  # fmt: skip
RECORD = "<AuditRecord>"
RECORD_END = "</AuditRecord>"

MARKS = (
    ("DBUSERNAME", "ACTION_NAME"),
    ("DBUSERNAME", "EVENT_TIMESTAMP"),
    ("DB_USER", "EXTENDED_TIMESTAMP"),
)
"""Of rows of UNIFIED_AUDIT_TRAIL, and of DBA_COMMON_AUDIT_TRAIL."""

NAMES = Aliases(
    {
        "timestamp": ("EVENT_TIMESTAMP", "EXTENDED_TIMESTAMP", "Extended_Timestamp"),
        "username": ("user", "DATABASE USER", "DBUSER", "DBUSERNAME", "DB_USER", "DB_User"),
        "src_ip": ("ip", "client_ip", "CLIENT ADDRESS"),
        # Where a statement is known its action is only a number.
        "statement": ("SQL_TEXT", "SQLTEXT", "sql_text", "Sql_Text", "ACTION", "ACTION_NAME"),
        "object_name": ("OBJECT_NAME", "OBJNAME", "Object_Name"),
        "USERHOST": ("Userhost",),
        "message": ("statement",),
    }
)

_PAIR = re.compile(
    r"(?<!\S)([A-Z][A-Z_]{0,30}(?: [A-Z_]{1,30}){0,2}) ?:(?:\[\d{1,7}\]:?)? ?[\"']([^\"']*)[\"']"
)


def oracle_of_text(text: str) -> Fields | None:
    """The fields of a line of syslog or of a record in XML; None where it is neither. Raises
    EventFault `not_xml`."""
    if text.startswith(BEGINNINGS):
        return {**dict(_PAIR.findall(text)), "product": "oracle", "message": text}
    return _record(text) if text.startswith(RECORD) else None


def _record(text: str) -> Fields:
    event = text[: text.find(RECORD_END) + len(RECORD_END)]
    if "<!" in event:  # no record has a document type, whose entities can grow without measure
        raise EventFault("not_xml", "a document type: events have none")
    try:
        parser = XMLParser()  # noqa: S314 - no document type gets so far
        parser.feed(event)
        root = parser.close()
    except (ParseError, ValueError) as error:
        raise EventFault("not_xml", str(error)) from None
    return {"product": "oracle", **{child.tag: child.text for child in root if child.text}}
