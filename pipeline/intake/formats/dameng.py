"""Dameng (达梦, DM8): its log of statements, its own log, and rows of its audit.

A statement comes with its session in brackets, the kind of statement before it and what it cost
behind (`dmsql_*.log`, SVR_LOG=1); audit records are rows of V$AUDITRECORDS, sent as JSON.
"""

import re

from pipeline.intake.formats.lines import Aliases, Fields

LINE = re.compile(
    r" \[?(?P<level>\w{1,10})\]? database P(?P<pid>\d{1,12}) T(?P<thread>\d{1,20})(?P<message>.*)|"
    r" \(EP\[\d{1,3}\] (?P<session>[^)]{0,400})\) (?P<statement>.*)",
    re.DOTALL,
)
"""Behind the time."""
_SESSION = re.compile(r"(?<!\w)(sess|thrd|user|trxid|stmt|appname|ip):([^\s]{0,128})")
_STATEMENT = re.compile(
    r"\[(?P<operation>[A-Z]{2,4})\]:? ?(?P<statement>.*?)"
    r"(?: EXECTIME: (?P<exec_ms>\d{1,12})\(ms\)(?: ROWCOUNT: (?P<rows>\d{1,12}))?[^:]{0,20}"
    r"(?:: ?\d{1,12})?\.?)?\Z",
    re.DOTALL,
)

MARKS = (("OPTIME", "OPERATION", "USERNAME"), ("OPTIME", "SUCC_FLAG"))
"""Of rows of V$AUDITRECORDS."""

NAMES = Aliases(
    {
        "timestamp": ("OPTIME",),
        "username": ("user", "USERNAME"),
        "src_ip": ("ip", "IP"),
        "statement": ("SQL_TEXT",),
        "object_name": ("OBJNAME",),
        "message": ("statement",),
    }
)


def dameng_fields(found: Fields) -> Fields:
    """What a line's session and statement say in parts; `message` is all of the statement."""
    if "session" in found:
        found |= dict(_SESSION.findall(found["session"]))
        found["message"] = found["statement"]
        if parts := _STATEMENT.match(found["statement"]):
            found |= {name: value for name, value in parts.groupdict().items() if value}
    return found
