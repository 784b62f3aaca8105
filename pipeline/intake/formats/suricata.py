"""Suricata's EVE JSON: dotted names; `event_type` is the service."""

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


MARKS = (("event_type", "flow_id"), ("event_type", "in_iface"))
