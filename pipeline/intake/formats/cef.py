"""ArcSight's Common Event Format (CEF 0 and 1) and IBM's Log Event Extended Format (LEEF 1, 2)."""

import re

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.firewall import firewall_source, has_both_ends
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.formats.pairs import unescaped, wordy_pairs_of

HEADER = (
    "Version",
    "DeviceVendor",
    "DeviceProduct",
    "DeviceVersion",
    "SignatureID",
    "Name",
    "Severity",
)
"""Names of CEF's header, as ArcSight writes them."""
LEEF_HEADER = ("Version", "DeviceVendor", "DeviceProduct", "DeviceVersion", "SignatureID")

NAMES = Aliases(
    {
        "src_ip": ("src", "srcip"),
        "src_port": ("spt", "srcPort"),
        "dst_ip": ("dst", "dstip"),
        "dst_port": ("dpt", "dstPort"),
        "action": ("act",),
        "SourceIp": ("src",),
        "DestinationIp": ("dst",),
        "hostname": ("dvchost", "devname"),
        "username": ("suser", "usrName", "duser"),
        "c-uri": ("request", "url"),
        "cs-method": ("requestMethod",),
        "c-useragent": ("requestClientApplication",),
        "cs-user-agent": ("requestClientApplication",),
        "timestamp": ("rt", "devTime", "end", "start"),
        "Filename": ("filePath", "fname"),
        "Signature": ("cs1", "virusName"),
    }
)

_PART = re.compile(r"([^\\|]*(?:\\.[^\\|]*)*)\|", re.DOTALL)
_LABELLED = re.compile(r"(c[snf]p?\d|c6a\d|flexString\d|flexDate\d|deviceCustomDate\d)Label\Z")


def is_cef_text(text: str) -> bool:
    return text.startswith(("CEF:", "LEEF:"))


def parse_cef(text: str) -> Fields:
    """One line. Raises EventFault `not_cef` where its header is not whole."""
    is_leef = text.startswith("LEEF:")
    names = LEEF_HEADER if is_leef else HEADER
    *parts, rest = _parts(text, len(names))
    if not is_cef_text(text) or len(parts) < len(names):
        raise EventFault("not_cef", f"fewer than {len(names)} parts before its last bar")
    fields: Fields = {}
    found = _leef_pairs(rest, parts[0]) if is_leef else wordy_pairs_of(rest)
    for name, value in found.items():
        fields[name] = value
        label = _LABELLED.match(name) if name.endswith("Label") else None
        if label and value and label[1] in found:
            fields.setdefault(value, found[label[1]])
    for name, value in zip(names, parts, strict=False):
        fields[name] = unescaped(value).partition(":")[2] if name == "Version" else unescaped(value)
    return fields


def _parts(text: str, most: int) -> list[str]:
    """What stands between bars, at most `most`, and the rest; a bar after a backslash is text."""
    parts = text.split("|", most)
    if "\\" not in text[: len(text) - len(parts[-1])]:  # nearly always
        return parts
    parts, end = [], 0
    while len(parts) < most and (part := _PART.match(text, end)):
        parts.append(part[1])
        end = part.end()
    return [*parts, text[end:]]


def _leef_pairs(rest: str, version: str) -> dict[str, str]:
    """LEEF 1 has tabs between its pairs, LEEF 2 names its separator (a sign, or `x09`)."""
    separator = "\t"
    if version.startswith("LEEF:2") and "|" in rest[:6]:
        named, _, rest = rest.partition("|")
        separator = _separator(named) or "\t"
    pairs = (each.partition("=") for each in rest.split(separator))
    return {name.strip(): value for name, sign, value in pairs if sign}


def _separator(named: str) -> str:
    code = re.fullmatch(r"(?:0?x|\\x)([0-9A-Fa-f]{2,4})", named)
    return chr(int(code[1], 16)) if code else named[:1]


def cef_fields(document: Fields) -> Fields:
    fields = NAMES.add_to(document)
    vendor = str(fields.get("DeviceVendor") or "")
    return tagged(fields, firewall_source(vendor, has_both_ends(fields)))


MARKS = (("DeviceVendor", "SignatureID"), ("DeviceVendor", "DeviceEventClassID"))
