"""Syslog lines: RFC 5424, RFC 3164 and what devices make of it, and JSON with one in `message`.

The program names the service (sshd, sudo, cron), the tag's own shape the vendor. A year or an
offset that the old form leaves out is told by the receipt and the sender's zone.
"""

import re
from typing import Any

from pipeline.intake.formats.cisco import connection_of
from pipeline.intake.formats.firewall import NAMES, has_both_ends
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.formats.pairs import vendor_pairs_of
from pipeline.intake.formats.pfsense import filter_row
from pipeline.intake.time_shapes import leading_time
from pipeline.sigma.memo import by_text

PROGRAMS: dict[str, str] = {
    "sshd": "sshd,auth,syslog",
    "sshd-session": "sshd,auth,syslog",
    "sshd-auth": "sshd,auth,syslog",
    "dropbear": "sshd,auth,syslog",
    "sudo": "sudo,auth,syslog",
    "su": "auth,syslog",
    "login": "auth,syslog",
    "passwd": "auth,syslog",
    "useradd": "auth,syslog",
    "usermod": "auth,syslog",
    "groupadd": "auth,syslog",
    "systemd-logind": "auth,syslog",
    "polkitd": "auth,syslog",
    "cron": "cron,syslog",
    "crond": "cron,syslog",
    "anacron": "cron,syslog",
    "vsftpd": "vsftpd,syslog",
    "clamd": "clamav,syslog",
    "clamscan": "clamav,syslog",
    "freshclam": "clamav,syslog",
    "guacd": "guacamole,syslog",
    "guacamole": "guacamole,syslog",
    "auditd": "auditd,syslog",
    "audispd": "auditd,syslog",
    "audit": "auditd,syslog",
    "kernel": "syslog",
    "systemd": "syslog",
    "rsyslogd": "syslog",
    "syslog-ng": "syslog",
    "networkmanager": "syslog",
    "dbus-daemon": "syslog",
}
"""Program to Linux services, narrowest first. Any other program is one of syslog's; a line that
names none says nothing of its source."""

TAGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"%?(?:ASA|FTD|PIX)-\d"), "firewall/cisco/syslog"),
    (
        re.compile(r"%?[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+"),
        "/cisco/aaa,bgp,ldp,syslog",
    ),
    (re.compile(r"%%01"), "/huawei/bgp"),
    (re.compile(r"%%10"), "/h3c/"),
    (re.compile(r"CheckPoint\Z"), "/checkpoint/"),
    (re.compile(r"RT_(?:FLOW|IDP|IDS|UTM|SCREEN|AAMW)"), "/juniper/"),
    (re.compile(r"filterlog\Z"), "/pfsense/"),
)
"""How vendors begin what stands in the tag's place, and the log source."""


_TAGGED = by_text(
    lambda program: next((source for tag, source in TAGS if tag.match(program)), ""), 1_024
)
"""The log source by what stands in the tag's place; "" where no vendor begins so."""

_DEVICE_NAMES = Aliases({name: of for name, of in NAMES.table.items() if name != "cs-host"})
"""`hostname` is the device's here, never a site that was asked for."""

_PRIORITY = re.compile(r"(?:\d{1,9} (?=<))?<(\d{1,3})>")
_TAG = re.compile(
    r"([^\s:\[(<]{1,128})(?:\(([^)\s]{0,64})\))?(?:\[([^\]\s]{0,64})\])?(?::|(?=\s*\{)) ?"
)
_SOLE_TAG = re.compile(r"([A-Za-z][\w.\-]{0,63})(?:\[(\d{1,10})\])?: (?=\w+=)")
_CISCO_SERIAL = re.compile(
    r"(?:: )?(?:\d{1,9}: )?(?:(?P<host>[\w.\-]{1,128}): )?(?:\d{1,9}: )?"
    r"(?=[*.]?(?:[A-Z][a-z]{2}|\d{4}) )"
)
"""Of IOS: a number of its own, its name where it was told to say it (`logging origin-id`), a
number again. NX-OS begins with a colon and puts the year before the month."""
_SERIAL_MAX = 160
"""Characters that the longest serial has, and a few more."""
_CRI = re.compile(r"(?P<stream>stdout|stderr) (?P<partial>[FP])(?::\w{1,16})* ")
"""What a container runtime writes between a line's time and the line (Kubernetes, CRI logging)."""
_CHECKPOINT_PAIR = re.compile(r'(\w{1,64}):"([^"]*)"')
_PARAMETER = re.compile(r'([\w.\-]{1,64})="((?:[^"\\]|\\.)*)"')
_HOST = re.compile(r"""[^\s\[\],;"{}=]{1,255}\Z""")
_LEVELS = frozenset({"TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL",
                     "CRITICAL", "SEVERE"})  # fmt: skip
"""What a program that writes no host puts behind the time."""
_IPV6 = re.compile(r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{0,36}:[0-9A-Fa-f.]{0,15}\s")
_STRUCTURED = re.compile(r'\[[^\]"]*(?:"(?:[^"\\]|\\.)*"[^\]"]*)*\]')
_TAG_PARTS = ("program", "module", "pid")
_HEADER_PARTS = ("timestamp", "hostname", "program", "pid", "message_id")


def syslog_of_text(text: str) -> Fields | None:
    """The fields of a line that begins as syslog's do, by a priority or by a time; None where it
    does not."""
    if priority := _PRIORITY.match(text):
        return _after_priority(priority, text[priority.end() :])
    time, rest = leading_time(text)
    if not time or rest[:1] == ",":  # a row of a table
        return None
    return _after_time(time, rest)


def parse_syslog(text: str) -> Fields:
    """A text that is no syslog line is still an event: all of it is the message."""
    if priority := _PRIORITY.match(text):
        return _after_priority(priority, text[priority.end() :])
    return _classic(text) or {"message": text}


def _after_priority(priority: re.Match[str], rest: str) -> Fields:
    found = _modern(rest[2:]) if rest.startswith(("1 ", "2 ")) else _classic(rest)
    if found is None:
        # Some devices leave out time and host, and begin with the program.
        found = {"message": rest.strip()}
        if tag := _SOLE_TAG.match(rest):
            found = {"program": tag[1], **({"pid": tag[2]} if tag[2] else {})}
            found["message"] = rest[tag.end() :].strip()
    found["priority"] = priority[1]
    return found


def _modern(text: str) -> Fields | None:
    """After `<priority>1 `: five parts, structured data, the message (RFC 5424, 6)."""
    parts = text.split(" ", 5)
    if len(parts) < 5:
        return None
    rest = parts[5] if len(parts) == 6 else ""
    found: Fields = dict(zip(_HEADER_PARTS, parts, strict=False))
    if rest.startswith("-"):
        rest = rest[1:]
    else:
        end = 0
        while element := _STRUCTURED.match(rest, end):  # by its place: a copy each is quadratic
            end = element.end()
        found["structured"], rest = rest[:end], rest[end:]
    found["message"] = rest.removeprefix(" ").removeprefix("\ufeff")
    return {name: value for name, value in found.items() if value not in ("", "-")}


def _classic(text: str) -> Fields | None:
    """Time, host, tag, message, each of which some device leaves out (RFC 3164, 4 and 5)."""
    time, rest = leading_time(text)
    if time:
        return _after_time(time, rest)
    serial = _CISCO_SERIAL.match(text) if ": " in text[:_SERIAL_MAX] else None
    if serial is None or not serial.end():  # without a serial the time would have been found
        return None
    time, rest = leading_time(text[serial.end() :])
    return _after_time(time, rest, serial["host"]) if time else None


def _after_time(time: str, rest: str, host: str | None = None) -> Fields:
    found: Fields = {"timestamp": time}
    if host:
        found["hostname"] = host
    rest = rest.removeprefix(":").lstrip(" ")
    if container := _CRI.match(rest):
        return {**found, "stream": container["stream"], "message": rest[container.end() :]}
    inner = rest.startswith(_INNER)
    tag = None if _IPV6.match(rest) else _TAG.match(rest)
    if tag is None or inner or not (":" in tag[0] or tag[3]):  # a word before JSON
        host, _, after = rest.partition(" ")
        if host and not inner and _HOST.match(host) and host not in _LEVELS:
            found["hostname"], rest = host, after.lstrip(" ").removeprefix(": ")  # ASA's own colon
            inner = rest.startswith(_INNER)
        tag = None if inner else _TAG.match(rest)
    if tag:
        for name, value in zip(_TAG_PARTS, tag.groups(), strict=True):
            if value:
                found[name] = value
        rest = rest[tag.end() :]
    if rest:
        found["message"] = rest
    return found


_INNER = ("CEF:", "LEEF:", "{", "<Event", "rule_id:", "tag:waf_log_", "time:20", "time: 20")
"""What another format writes, without a tag before it. The last four are NSFOCUS', whose first name
would pass for a program."""


def syslog_fields(document: Fields) -> Fields:
    message: Any = document.get("message")
    if isinstance(message, str) and "program" not in document:
        for name, value in parse_syslog(message).items():
            if name == "message" and value != message:
                document["message"] = value
            document.setdefault(name, value)
    program = str(document.get("program") or document.get("appname") or "")
    services = PROGRAMS.get(program.rsplit("/", 1)[-1].lower())
    if services:
        return tagged(document, f"/linux/{services}")
    source = _TAGGED[program]
    if not source:
        return tagged(document, "/linux/syslog" if program else "//")
    for name, value in _told_by_device(program, document).items():
        document.setdefault(name, value)
    if source.startswith("/") and has_both_ends(_DEVICE_NAMES.add_to(document)):
        source = f"firewall{source}"
    return tagged(document, source)


def _told_by_device(program: str, document: Fields) -> Fields:
    """What a vendor's line says in a shape of the vendor's own."""
    if program.startswith("%%"):
        return dict(vendor_pairs_of(str(document.get("message") or "")))
    if program == "CheckPoint":
        return dict(_CHECKPOINT_PAIR.findall(str(document.get("structured") or "")))
    if program.startswith("RT_"):
        return dict(_PARAMETER.findall(str(document.get("structured") or "")))
    if program == "filterlog":
        return filter_row(str(document.get("message") or ""))
    return connection_of(str(document.get("message") or ""))
