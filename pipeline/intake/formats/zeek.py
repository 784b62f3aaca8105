"""Zeek logs as JSON: names stay dotted; `_path` is the service."""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.lines import Fields, add_aliases, flattened
from pipeline.sigma.log_sources import SOURCE_FIELD

PATH_CATEGORIES: dict[str, str] = {"dns": "dns"}
"""Log to a category that SigmaHQ's rules of no product use; the others' is not known."""

NAMES: dict[str, tuple[str, ...]] = {
    "src_ip": ("id.orig_h",),
    "src_port": ("id.orig_p",),
    "dst_ip": ("id.resp_h",),
    "dst_port": ("id.resp_p",),
}
HTTP_NAMES: dict[str, tuple[str, ...]] = {
    "c-uri": ("uri",),
    "c-useragent": ("user_agent",),
    "cs-user-agent": ("user_agent",),
    "cs-method": ("method",),
    "cs-host": ("host",),
    "cs-referer": ("referrer",),
    "sc-status": ("status_code",),
}


def zeek_fields(document: Fields) -> Fields:
    nested = any(isinstance(value, dict) for value in document.values())
    fields = add_aliases(flattened(document) if nested else document, NAMES)
    path = str(fields.get("_path") or fields.get("path_name") or "")
    if path == "http":
        add_aliases(fields, HTTP_NAMES)
    fields[SOURCE_FIELD] = f"{PATH_CATEGORIES.get(path, '')}/zeek/{path}"
    return fields


def is_zeek(document: Mapping[str, Any]) -> bool:
    if "_path" in document:
        return True
    return "uid" in document and ("id.orig_h" in document or isinstance(document.get("id"), dict))
