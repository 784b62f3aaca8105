"""Syslog lines, RFC 5424 and RFC 3164, and JSON that carries one in `message`.

The program names the service (sshd, sudo, cron); a year that the old form leaves out is
not guessed: such an event needs its time in a field of its own.
"""

import re
from typing import Any

from pipeline.intake.formats.lines import Fields, decode_object, decode_text
from pipeline.sigma.log_sources import SOURCE_FIELD

PROGRAMS: dict[str, str] = {
    "sshd": "sshd,auth,syslog",
    "sudo": "sudo,auth,syslog",
    "su": "auth,syslog",
    "login": "auth,syslog",
    "cron": "cron,syslog",
    "crond": "cron,syslog",
    "vsftpd": "vsftpd,syslog",
    "clamd": "clamav,syslog",
    "freshclam": "clamav,syslog",
    "guacd": "guacamole,syslog",
    "guacamole": "guacamole,syslog",
    "auditd": "auditd,syslog",
    "kernel": "syslog",
    "systemd": "syslog",
}
"""Program to Linux services, narrowest first. Any other program is one of syslog's; a line that
names none says nothing of its source."""

_MODERN = re.compile(
    r"<(?P<priority>\d{1,3})>\d{1,2} (?P<timestamp>\S+) (?P<hostname>\S+) (?P<program>\S+) "
    r"(?P<pid>\S+) (?P<message_id>\S+) (?P<structured>-|(?:\[.*?(?<!\\)\])+) ?(?P<message>.*)",
    re.DOTALL,
)
_CLASSIC = re.compile(
    r"(?:<(?P<priority>\d{1,3})>)?(?P<timestamp>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\S+) "
    r"(?P<hostname>\S+) (?P<program>[\w./-]+)(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)",
    re.DOTALL,
)


def decode_syslog(line: bytes) -> Fields:
    """A text that is no syslog line is still an event: all of it is the message."""
    if line.lstrip()[:1] == b"{":
        return decode_object(line)
    return parse_syslog(decode_text(line))


def parse_syslog(text: str) -> Fields:
    match = _MODERN.match(text) or _CLASSIC.match(text)
    if match is None:
        return {"message": text}
    found: dict[str, Any] = match.groupdict()
    return {name: value for name, value in found.items() if value not in (None, "-")}


def syslog_fields(document: Fields) -> Fields:
    message = document.get("message")
    if isinstance(message, str) and "program" not in document:
        for name, value in parse_syslog(message).items():
            document.setdefault(name, value)
    program = str(document.get("program") or document.get("appname") or "").lower()
    services = PROGRAMS.get(program.rsplit("/", 1)[-1])
    document[SOURCE_FIELD] = f"/linux/{services or 'syslog'}" if program else "//"
    return document
