"""`name=value` of firewalls and gateways: FortiGate, TopSec, Venustech, Leadsec and many others.

What is known of a device is its vendor and its own field names; both are tables.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.firewall_dialects import dialect_of, is_dialect, parse_dialect
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.formats.pairs import pairs_of
from pipeline.intake.formats.paloalto import SERVICES
from pipeline.sigma.memo import by_text

FEWEST_PAIRS = 3
"""Pairs that make a line one of pairs, the first at its beginning."""

NAMES = Aliases({
    "src_ip": ("srcip", "src", "SrcIp", "SourceIP", "source-ip", "SIP", "sip", "srcIP", "saddr",
               "SrcIPAddr", "src-ip", "remip", "Ip", "SRC", "source-address", "ip_client"),
    "src_port": ("srcport", "sport", "SrcPort", "SPort", "spt", "source-port", "SourcePort", "SPT"),
    "dst_ip": ("dstip", "dst", "DstIp", "DestinationIP", "destination-ip", "DIP", "dip", "dstIP",
               "daddr", "DstIPAddr", "dst-ip", "DST", "destination-address"),
    "dst_port": ("dstport", "dport", "DstPort", "DPort", "dpt", "destination-port",
                 "DestinationPort", "DPT"),
    "action": ("Action", "act", "policyaction"),
    "cs-host": ("hostname",),  # before it: the site that was asked for, not the device
    "hostname": ("devname", "device_name", "dvc", "fw", "host"),
    "username": ("user", "User", "UserName", "usr", "unauthuser"),
    "c-uri": ("url", "URL"),
    "cs-method": ("httpmethod", "method"),
    "c-useragent": ("agent", "user_agent", "useragent"),
    "query": ("qname",),
    "record_type": ("qtype",),
})  # fmt: skip
"""Sigma's name, and what vendors call it."""

MARKS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("devid", "logid", "type"), "fortigate"),
    (("devname", "logid"), "fortigate"),
    (("devname", "log_id"), "fortigate"),
    (("devid", "dname", "logtype"), "venustech"),
    (("SerialNum", "GenTime"), "leadsec"),
    (("skyeye_type",), "qianxin"),
)
"""Names that a vendor's lines have together; SkyEye (天眼) of QiAnXin sends JSON."""
VENDORS_OWN = {
    "venustech": Aliases({"src_ip": ("sa", "from"), "dst_ip": ("da",),
                          "action": ("policy", "act")}),
    "leadsec": Aliases({"src_ip": ("SrcIP",), "dst_ip": ("DstIP",), "timestamp": ("GenTime",)}),
    "qianxin": Aliases({"timestamp": ("access_time", "first_access_time"), "c-uri": ("uri",),
                        "Signature": ("threat_name", "vuln_name")}),
}  # fmt: skip
"""What these call otherwise than the others do: `from` and `policy` mean too much elsewhere."""
KEY_VALUE_MARKS = tuple(names for names, _ in MARKS)

FORTIGATE_CATEGORIES = {
    "traffic": "firewall",
    "webfilter": "proxy",
    "dns": "dns",
    "virus": "antivirus",
}
"""`type` or `subtype` of FortiOS to a category."""

VENDORS: dict[str, str] = {
    "fortinet": "fortigate",
    "palo alto networks": "paloalto",
    "cisco": "cisco",
    "check point": "checkpoint",
    "huawei": "huawei",
    "h3c": "h3c",
    "hillstone": "hillstone",
    "sangfor": "sangfor",
    "topsec": "topsec",
    "juniper": "juniper",
}
"""The vendor as it writes itself, in lower case, to Sigma's product."""

TOPSEC = "tos"
"""What TopSec's (天融信) firewalls write as their `id`."""
TOPSEC_UNNAMED = "TopsecOS"
"""Its device's name where nobody gave it one: all of them have it."""
TOPSEC_NAMES = Aliases({"action": ("rule", "op")})

ANTIVIRUS = ("trend micro", "kaspersky", "symantec", "mcafee")
"""Vendors whose CEF comes from what watches files."""


def firewall_source(vendor: str, has_both_ends: bool) -> str:
    """The log source of what such a vendor's device writes; a vendor that is not known has a
    firewall where its event names both ends of a connection, else nothing is known of it."""
    known = _SOURCES[vendor]
    return "firewall//" if not known and has_both_ends else known or "//"


def _source_of_vendor(vendor: str) -> str:
    named = vendor.lower()
    if any(each in named for each in ANTIVIRUS):
        return "antivirus//"
    known = next((name for mark, name in VENDORS.items() if mark in named), "")
    return f"firewall/{known}/" if known else ""


_SOURCES = by_text(_source_of_vendor, 256)


def is_key_value_text(text: str) -> bool:
    """Whether a line begins with a pair and has some more."""
    head = text[:400]
    if " SRC=" in head and " DST=" in head:  # netfilter, whatever its rule's prefix is
        return True
    if is_dialect(head):
        return True
    name, sign, _ = head.partition("=")
    return bool(sign) and name.isidentifier() and head.count("=") >= FEWEST_PAIRS


def parse_key_value(text: str) -> Fields:
    """One line. Raises EventFault `not_key_value` where it has no pair."""
    found: Fields = parse_dialect(text) or dict(pairs_of(text))
    if not found:
        raise EventFault("not_key_value", "no name=value in the line")
    return found


def key_value_fields(document: Fields) -> Fields:
    dialect = dialect_of(document)
    if dialect is not None:
        fields = dialect.names.add_to(document)
        return tagged(fields, _source_of_device(dialect.vendor.lower(), fields))
    if document.get("id") == TOPSEC and "fw" in document:
        return _topsec(document)
    fields = NAMES.add_to(document)
    vendor = next((name for keys, name in MARKS if all(key in fields for key in keys)), "")
    if vendor == "fortigate":
        kind, subtype = str(fields.get("type") or ""), str(fields.get("subtype") or "")
        category = FORTIGATE_CATEGORIES.get(kind) or FORTIGATE_CATEGORIES.get(subtype) or ""
        return tagged(fields, f"{category}/fortigate/{kind}")
    if all(name in fields for name in _SONICWALL_MARKS):
        _split_ends(fields)
        return tagged(fields, _source_of_device("sonicwall", fields))
    if vendor:
        fields = VENDORS_OWN[vendor].add_to(fields)
        return tagged(fields, _source_of_device(vendor, fields))
    return tagged(fields, firewall_source("", has_both_ends(fields)))


_SONICWALL_MARKS = ("sn", "fw", "m")
_SONICWALL_END = re.compile(r"(?P<ip>\d{1,3}(?:\.\d{1,3}){3}):(?P<port>\d{0,5})(?::.*)?")


def _split_ends(fields: Fields) -> None:
    """`src=192.0.2.1:4000:X0`: address, port and interface in one."""
    for end in ("src", "dst"):
        match = _SONICWALL_END.fullmatch(str(fields.get(f"{end}_ip") or ""))
        if match:
            fields[f"{end}_ip"] = match["ip"]
            fields.setdefault(f"{end}_port", match["port"])


def _topsec(document: Fields) -> Fields:
    if document["fw"] == TOPSEC_UNNAMED:  # the name that the syslog header gives is the device's
        del document["fw"]
    fields = NAMES.add_to(TOPSEC_NAMES.add_to(document))
    return tagged(fields, _source_of_device("topsec", fields))


def _source_of_device(product: str, fields: Mapping[str, Any]) -> str:
    """A firewall's log where a connection's ends are named, else of the device itself."""
    service = SERVICES.get(str(fields.get("log_type")), "")
    return f"{'firewall' if has_both_ends(fields) else ''}/{product}/{service}"


def has_both_ends(fields: Mapping[str, Any]) -> bool:
    return "src_ip" in fields and "dst_ip" in fields
