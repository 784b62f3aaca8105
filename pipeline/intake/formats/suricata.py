"""Suricata's EVE JSON: dotted names; `event_type` is the service. And its alerts on one line, which
Snort writes too."""

import re

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Aliases, Fields, flattened, tagged

CATEGORIES: dict[str, str] = {"dns": "dns", "flow": "firewall"}

NAMES = Aliases(
    {
        "dst_ip": ("dest_ip",),
        "dst_port": ("dest_port",),
        "query": ("dns.rrname", "dns.query.rrname"),
        "record_type": ("dns.rrtype",),
        "answer": ("dns.rdata",),
        "c-uri": ("http.url",),
        "c-useragent": ("http.http_user_agent",),
        "cs-user-agent": ("http.http_user_agent",),
        "cs-method": ("http.http_method",),
        "cs-host": ("http.hostname",),
        "cs-referer": ("http.http_refer",),
        "sc-status": ("http.status",),
    }
)


DNS_LISTS: dict[str, tuple[str, str]] = {
    "query": ("dns.queries", "rrname"),
    "record_type": ("dns.queries", "rrtype"),
    "answer": ("dns.answers", "rdata"),
}
"""Name, and the list and member that hold it since Suricata 8 (queries) and 5 (answers)."""


def suricata_fields(document: Fields) -> Fields:
    fields = NAMES.add_to(flattened(document))
    kind = str(fields.get("event_type") or "")
    if kind == "dns":
        _name_lists(fields)
    return tagged(fields, f"{CATEGORIES.get(kind, '')}/suricata/{kind}")


def _name_lists(fields: Fields) -> None:
    """Values of the members of lists; one alone as itself."""
    for name, (holder, member) in DNS_LISTS.items():
        listed = fields.get(holder)
        if name in fields or not isinstance(listed, list):
            continue
        values = [each[member] for each in listed if isinstance(each, dict) and member in each]
        if values:
            fields[name] = values[0] if len(values) == 1 else values


_FAST = re.compile(
    r"(?:(?P<timestamp>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,9}) +)?(?:\[(?:\w{1,16})\] )?"
    r"(?:\[\*\*\] )?\[(?P<gid>\d{1,10}):(?P<signature_id>\d{1,10}):(?P<rev>\d{1,10})\] "
    r"(?P<signature>.{1,512}?) (?:\[\*\*\] )?(?:\[Classification: (?P<category>[^\]]{0,256})\] )?"
    r"\[Priority: (?P<severity>\d{1,3})\]:? \{(?P<proto>[\w\-]{1,32})\} "
    r"(?P<src>\S{2,64}) -> (?P<dst>\S{2,64})\s*"
)
_OF_ALERT = ("gid", "signature_id", "rev", "signature", "category", "severity")


def fast_alert_of_text(text: str) -> Fields | None:
    """A line of fast.log or alert_fast as EVE has an alert; None where it is of neither."""
    match = _FAST.fullmatch(text) if "} " in text and " -> " in text else None
    if match is None:
        return None
    part = match.groupdict()
    found: Fields = {"event_type": "alert", "proto": part["proto"]}
    if part["timestamp"]:  # in syslog the header has it
        found["timestamp"] = part["timestamp"]
    found["alert"] = {
        name: int(value) if value.isdigit() else value
        for name in _OF_ALERT
        if (value := part[name]) is not None
    }
    for end in ("src", "dst"):
        # Both write IPv6 in full, eight groups: a ninth part is the port.
        address, colon, port = part[end].rpartition(":")
        has_port = colon and port.isdigit() and (address.count(":") in (0, 7) or "." in address)
        found[f"{'dest' if end == 'dst' else end}_ip"] = address if has_port else part[end]
        if has_port:
            found[f"{'dest' if end == 'dst' else end}_port"] = int(port)
    return found


def parse_fast_alert(text: str) -> Fields:
    """One line. Raises EventFault `not_suricata`."""
    found = fast_alert_of_text(text)
    if found is None:
        raise EventFault("not_suricata", "neither JSON of EVE nor a line of fast.log")
    return found


MARKS = (("event_type", "flow_id"), ("event_type", "in_iface"))
