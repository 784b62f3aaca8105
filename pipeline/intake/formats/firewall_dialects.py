"""Firewalls that write neither `name=value` nor CEF: Sangfor, Hillstone, NSFOCUS, Palo Alto.

Names as public samples of their syslog show them; each dialect tells its line by how it begins.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pipeline.intake.formats.lines import Aliases, Fields
from pipeline.intake.formats.pairs import MOST_PAIRS
from pipeline.intake.formats.paloalto import BEGINNING, paloalto_row

NOTHING = frozenset({"", "-", "(null)", "-@-"})
"""What these devices write where they have nothing to say."""

_SANGFOR = re.compile(r"日志类型:|Log [Tt]ype:")
SANGFOR_NAMES = Aliases({
    "src_ip": ("源IP", "src IP"),
    "src_port": ("源端口", "src port"),
    "dst_ip": ("目的IP", "dst IP"),
    "dst_port": ("目的端口", "dst port"),
    "action": ("系统动作", "动作"),
    "username": ("用户", "用户名/主机", "Username/Host", "user"),
    "c-uri": ("URL",),
})  # fmt: skip

HILLSTONE_NAMES = Aliases({"username": ("user",), "Signature": ("threat name",)})
_HILLSTONE = re.compile(r"[0-9a-fA-F]{8} (?P<log_type>\w{2,12})@(?P<module>\w{2,12}): ?")
_SESSION = re.compile(
    r"(?P<log>SESSION|NAT): (?P<src_ip>[\da-fA-F.:]{2,45}):(?P<src_port>\d{1,5})->"
    r"(?P<dst_ip>[\da-fA-F.:]{2,45}):(?P<dst_port>\d{1,5})\((?P<protocol>[\w.\-]{1,20})\)"
)
_FROM_TO = re.compile(
    r"[Ff]rom (?P<src_ip>[\da-fA-F.:]{2,45}?):(?P<src_port>\d{1,5})(?:\([^)]{0,64}\))? to "
    r"(?P<dst_ip>[\da-fA-F.:]{2,45}?):(?P<dst_port>\d{1,5})(?:\([^)]{0,64}\))?"
)
_ADMIN = re.compile(r'[Uu]ser "(?P<username>[^"]{1,128})"')
_SESSION_NAMES = frozenset({"application", "interface", "vr", "user", "policy"})
"""Before their value with no more than a space. A session's `host` is the client's name, and would
pass for the device's."""


_NSFOCUS = re.compile(
    r"tag:waf_log_\w{1,20}\s|rule_id:\d{0,10};time:|time: ?\d{4}-\d\d-\d\d [\d:]{8};card:"
)
NSFOCUS_NAMES = Aliases({
    "src_ip": ("src_addr", "sip"),
    "src_port": ("sport",),
    "dst_ip": ("dst_addr", "dip"),
    "dst_port": ("dport",),
    "username": ("user",),
    "cs-method": ("method",),
    "cs-host": ("domain",),
    "c-uri": ("uri",),
    "Signature": ("scmname", "event_type"),
    "timestamp": ("stat_time",),
})  # fmt: skip
_WAF_NAME = re.compile(r"(?<!\S)([a-z_]{2,24}):")
WAF_REQUEST = "http"
"""The last name of WAF's: the request as it came, which may hold anything."""


class Dialect(NamedTuple):
    """`beginning`: of a line; `fields`: a line to its fields; `names`: what rules call them."""

    vendor: str
    beginning: re.Pattern[str]
    fields: Callable[[str], Fields]
    names: Aliases


def _hillstone(text: str) -> Fields:
    """A session, a threat, or what an administrator did; all of the line is the message."""
    head = _HILLSTONE.match(text)
    if head is None:  # a line is only given here where it has one
        return {}
    rest = text[head.end() :]
    fields: Fields = {"message": text, **head.groupdict()}
    if session := _SESSION.match(rest):
        return {**fields, **session.groupdict(), **_session_pairs(rest[session.end() :])}
    if admin := _ADMIN.search(rest, 0, 1_000):
        fields |= admin.groupdict()
    if ends := _FROM_TO.search(rest, 0, 1_000):
        fields |= ends.groupdict()
        fields |= _colon_pairs(rest[ends.end() :].lstrip(", "))
    return fields


def _session_pairs(text: str) -> Fields:
    """`policy 16` is a rule's number, `policy deny` what it did. When a session began is not when
    the line was written, so these names mean no time of the event."""
    found: Fields = {}
    for part in text.replace(". ", ",").split(",", MOST_PAIRS):
        found |= _session_pair(part.split(maxsplit=6))
    return {name: value for name, value in found.items() if value not in NOTHING}


def _session_pair(words: list[str]) -> Fields:
    match words:
        case ["policy", value, *_] if not value.isdigit():
            return {"action": value}
        case [name, value, *_] if name in _SESSION_NAMES:
            return {name: value}
        case ["send" | "receive" as way, "packets" | "bytes" as what, value, *_]:
            return {f"{way} {what}": value}
        case ["start" | "close" as which, "time", day, clock, *_]:
            return {f"session_{which}": f"{day} {clock}"}
    return {}


def _colon_pairs(text: str) -> Fields:
    """`name:value, name:value`; a value holds colons."""
    parts = (part.partition(":") for part in text.split(", ", MOST_PAIRS))
    found = ((name.strip(), value.strip()) for name, sign, value in parts if sign)
    return {name: value for name, value in found if value not in NOTHING}


def _nsfocus(text: str) -> Fields:
    """WAF's names have spaces between them, those of the firewall and of IDS `;`."""
    found: Iterable[tuple[str, str]]
    if not text.startswith("tag:"):
        parts = (part.partition(":") for part in text.split(";", MOST_PAIRS))
        found = ((name.strip(), value.strip()) for name, sign, value in parts if sign)
    else:
        head, _, request = text.partition(f" {WAF_REQUEST}:")
        _, *words = _WAF_NAME.split(head, MOST_PAIRS)
        values = [value.strip() for value in words[1::2]]
        found = zip([*words[::2], WAF_REQUEST], [*values, request.strip()], strict=True)
    return {name: value for name, value in found if value not in ("", "None")}


DIALECTS: tuple[Dialect, ...] = (
    Dialect("Sangfor", _SANGFOR, _colon_pairs, SANGFOR_NAMES),
    Dialect("Hillstone", _HILLSTONE, _hillstone, HILLSTONE_NAMES),
    Dialect("PaloAlto", BEGINNING, paloalto_row, Aliases({})),
    Dialect("NSFOCUS", _NSFOCUS, _nsfocus, NSFOCUS_NAMES),
)
_BY_VENDOR = {each.vendor: each for each in DIALECTS}


def is_dialect(text: str) -> bool:
    """Whether a line begins as one of these."""
    return any(each.beginning.match(text) for each in DIALECTS)


def parse_dialect(text: str) -> Fields | None:
    """The fields of a line, the vendor among them; None where it is of none of these."""
    found = next((each for each in DIALECTS if each.beginning.match(text)), None)
    return found and {"vendor": found.vendor, **found.fields(text)}


def dialect_of(document: Mapping[str, Any]) -> Dialect | None:
    """The dialect that a document was read from, as its vendor says."""
    vendor = document.get("vendor")
    return _BY_VENDOR.get(vendor) if isinstance(vendor, str) else None
