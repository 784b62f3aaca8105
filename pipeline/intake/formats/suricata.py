"""Suricata's EVE JSON: dotted names; `event_type` is the service."""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.lines import Fields, add_aliases, flattened
from pipeline.sigma.log_sources import SOURCE_FIELD

CATEGORIES: dict[str, str] = {"dns": "dns", "flow": "firewall"}

NAMES: dict[str, tuple[str, ...]] = {
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


def suricata_fields(document: Fields) -> Fields:
    fields = add_aliases(flattened(document), NAMES)
    kind = str(fields.get("event_type") or "")
    fields[SOURCE_FIELD] = f"{CATEGORIES.get(kind, '')}/suricata/{kind}"
    return fields


def is_suricata(document: Mapping[str, Any]) -> bool:
    return "event_type" in document and ("flow_id" in document or "in_iface" in document)
