"""`name=value` of firewalls and gateways: FortiGate, Huawei, H3C, Hillstone, Sangfor, TopSec.

What is known of a device is its vendor and its own field names; both are tables.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.formats.pairs import pairs_of
from pipeline.sigma.memo import by_text

FEWEST_PAIRS = 3
"""Pairs that make a line one of pairs, the first at its beginning."""

NAMES = Aliases({
    "src_ip": ("srcip", "src", "SrcIp", "SourceIP", "source-ip", "SIP", "sip", "srcIP", "saddr",
               "SrcIPAddr", "src-ip", "remip", "Ip", "SRC"),
    "src_port": ("srcport", "sport", "SrcPort", "SPort", "spt", "source-port", "SourcePort", "SPT"),
    "dst_ip": ("dstip", "dst", "DstIp", "DestinationIP", "destination-ip", "DIP", "dip", "dstIP",
               "daddr", "DstIPAddr", "dst-ip", "DST"),
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
)
"""Names that a vendor's lines have together."""
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

SANGFOR_MARKS = ("日志类型:", "Log type:")
"""How the message begins after the tag `fwlog`, by the language of the device."""

SANGFOR_NAMES = Aliases(
    {
        "src_ip": ("源IP",),
        "src_port": ("源端口",),
        "dst_ip": ("目的IP",),
        "dst_port": ("目的端口",),
        "action": ("系统动作",),
        "username": ("用户", "用户名/主机"),
        "c-uri": ("URL",),
    }
)
"""Sangfor's (深信服) next-generation firewall, as public samples of its syslog show."""

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
    if head.startswith(SANGFOR_MARKS):
        return True
    name, sign, _ = head.partition("=")
    return bool(sign) and name.isidentifier() and head.count("=") >= FEWEST_PAIRS


def parse_key_value(text: str) -> Fields:
    """One line. Raises EventFault `not_key_value` where it has no pair."""
    found: Fields = _sangfor(text) if text.startswith(SANGFOR_MARKS) else dict(pairs_of(text))
    if not found:
        raise EventFault("not_key_value", "no name=value in the line")
    return found


def _sangfor(text: str) -> Fields:
    """`name:value, name:value`; a value holds colons, and `-` and `(null)` stand for none."""
    pairs = (part.partition(":") for part in text.split(", "))
    found = ((name.strip(), value.strip()) for name, _, value in pairs)
    return {name: value for name, value in found if value not in _NONE}


_NONE = frozenset({"", "-", "(null)"})


def key_value_fields(document: Fields) -> Fields:
    if any(mark[:-1] in document for mark in SANGFOR_MARKS):
        fields = SANGFOR_NAMES.add_to(document)
        return tagged(fields, firewall_source("sangfor", has_both_ends(fields)))
    fields = NAMES.add_to(document)
    vendor = next((name for keys, name in MARKS if all(key in fields for key in keys)), "")
    if vendor == "fortigate":
        return tagged(fields, _fortigate(fields))
    return tagged(fields, firewall_source("", has_both_ends(fields)))


def has_both_ends(fields: Mapping[str, Any]) -> bool:
    return "src_ip" in fields and "dst_ip" in fields


def _fortigate(fields: Mapping[str, Any]) -> str:
    kind, subtype = str(fields.get("type") or ""), str(fields.get("subtype") or "")
    category = FORTIGATE_CATEGORIES.get(kind) or FORTIGATE_CATEGORIES.get(subtype) or ""
    return f"{category}/fortigate/{kind}"
