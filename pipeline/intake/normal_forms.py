"""The one form of a value that names somebody or something, so that all logs agree on it."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from pipeline.sigma.memo import by_text
from schemas.detection import EntityKind

FORMS_KEPT = 65_536

PRIVATE_NETWORKS = tuple(
    ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fec0::/10",
    )
)
"""RFC 1918, RFC 6598, RFC 4193 and RFC 3879: the same numbers everywhere."""


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}\Z", re.ASCII)
"""An address in its canonical form already, which most are."""


def _account(value: str) -> str:
    """`DOMAIN\\user`, `user@domain`, `user/REALM` and an ARN's last part to `user`, so that logs
    of all habits agree."""
    if value.startswith("arn:"):
        return value.rpartition("/" if "/" in value else ":")[2].lower()
    return value.rpartition("\\")[2].partition("@")[0].partition("/")[0].strip().lower()


def _address(value: str) -> str:
    """The canonical form, without port and zone; "" for what is no address."""
    if _IPV4.match(value):
        return value
    found = _parsed(value)
    return "" if found is None else str(found)


def _parsed(value: str) -> IPv4Address | IPv6Address | None:
    text = value.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _host(value: str) -> str:
    """Lower case, without the backslashes of a UNC name and the root's dot."""
    return value.strip().strip("\\").rstrip(".").lower()


def _hash(value: str) -> str:
    """The strongest of Sysmon's `SHA1=…,MD5=…,SHA256=…`, else the value itself."""
    parts = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    return (parts.get("SHA256") or parts.get("SHA1") or parts.get("MD5") or value).lower()


def _domain(value: str) -> str:
    """A name without port; "" for an address, which another row names, and for other text: the
    `query` of a database is a statement."""
    if _parsed(value) is not None:
        return ""
    name = value.strip().lower().partition(":")[0].rstrip(".")
    return "" if any(each in name for each in " /\\*(;") else name


ADDRESSES = by_text(_address, FORMS_KEPT)

NORMAL_FORMS: Mapping[EntityKind, Callable[[str], str]] = {
    "host": by_text(_host, FORMS_KEPT).__getitem__,
    "account": by_text(_account, FORMS_KEPT).__getitem__,
    "address": ADDRESSES.__getitem__,
    "process": str.lower,
    "file": str.lower,
    "registry_key": str.lower,
    "hash": _hash,
    "domain": _domain,
    "url": str.strip,
    "data": str.lower,
}
"""The one form of a value of each kind; "" for what is none."""


def _is_inside(value: str) -> bool:
    found = ip_address(value)
    return found.is_loopback or found.is_link_local or is_private(found)


INSIDE = by_text(_is_inside, FORMS_KEPT)


def is_private(found: IPv4Address | IPv6Address) -> bool:
    """Whether every enterprise may have this address."""
    return any(found in network for network in PRIVATE_NETWORKS)
