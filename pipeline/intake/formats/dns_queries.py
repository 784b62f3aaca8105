"""Query logs of name servers: BIND, dnsmasq, unbound, Windows DNS Server's debug log.

What was asked, by whom, for which type: Sigma's category `dns`.
"""

import re

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields, tagged

_IP = r"[\da-fA-F.:]{2,45}"
_NAME = r"[^\s()]{1,300}"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bind", re.compile(
        r"(?:(?P<timestamp>\d{1,2}-[A-Z][a-z]{2}-\d{4} [\d:.]{8,15}) )?(?:queries: )?(?:info: )?"
        rf"client (?:@0x[\da-f]{{1,16}} )?(?P<src_ip>{_IP})#(?P<src_port>\d{{1,5}}) "
        rf"\([^)]{{0,300}}\): (?:view \S{{1,64}}: )?query: (?P<query>{_NAME}) IN "
        r"(?P<record_type>[A-Z\d]{1,16}) (?P<flags>\S{1,16})"
        rf"(?: \((?P<dst_ip>{_IP})\))?")),
    ("dnsmasq", re.compile(
        r"(?:\d{1,10} \S{3,64} )?"
        rf"query\[(?P<record_type>[A-Z\d=]{{1,16}})\] (?P<query>{_NAME}) from (?P<src_ip>{_IP})")),
    ("unbound", re.compile(
        r"(?:\[\d{1,10}:\d{1,4}\] )?info: "
        rf"(?P<src_ip>{_IP}) (?P<query>{_NAME}) (?P<record_type>[A-Z\d]{{1,16}}) IN\b")),
    ("windows", re.compile(
        r"(?P<timestamp>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4} \d{1,2}:\d\d:\d\d(?: [AP]M)?) "
        r"[\dA-Fa-f]{3,8} PACKET +[\dA-Fa-f]{1,16} (?P<protocol>UDP|TCP) (?:Rcv) "
        rf"(?P<src_ip>{_IP}) +[\da-fA-F]{{4}} +Q \[[^\]]{{0,64}}\] +"
        r"(?P<record_type>[A-Z\d]{1,16}) +"
        r"(?P<labels>\(\d{1,2}\)\S{0,300})")),
)  # fmt: skip
_LABEL = re.compile(r"\(\d{1,2}\)")


def dns_query_of_text(text: str) -> Fields | None:
    """The fields of a line of any of these; None where it is none's."""
    if "query" not in text and "PACKET" not in text and " IN" not in text:
        return None
    for server, shape in _SHAPES:
        if match := shape.match(text):
            found: Fields = {name: value for name, value in match.groupdict().items() if value}
            if "labels" in found:  # (4)evil(3)com(0)
                found["query"] = ".".join(filter(None, _LABEL.split(found.pop("labels"))))
            return {**found, "message": text, "server": server}
    return None


def parse_dns_query(text: str) -> Fields:
    """One line. Raises EventFault `not_dns_query`."""
    found = dns_query_of_text(text)
    if found is None:
        raise EventFault("not_dns_query", "no query of BIND, dnsmasq, unbound or Windows DNS")
    return found


def dns_query_fields(document: Fields) -> Fields:
    return tagged(document, "dns//")
