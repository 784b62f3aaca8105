"""What links detections: entities, by a normal form, less what everyone shares.

Rule 1. A host is its first label: `workstation5.theshire.local` is `workstation5`.
Rule 2. What everyone shares does not link: the tables below, and the enterprise's
        `shared_entities`. A sensor (role observer) does not link either.
Rule 3. Program paths and files of the operating system do not link, nor do the hashes of a
        detection whose programs are all of the operating system's.
Rule 4. Two detections on one event belong together whatever their entities.
Rule 5. Where nothing links, a rule's detections on the same things are one case.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address

from schemas.detection import Entity, EntityKind

MACHINE_ACCOUNTS = frozenset(
    {
        "",
        "-",
        "system",
        "localsystem",
        "système",
        "sistema",
        "система",
        "系统",
        "localservice",
        "networkservice",
        "iusr",
        "anonymous",
        "none",
        "local service",
        "network service",
        "local system",
        "anonymous logon",
        "window manager",
        "font driver host",
        "service local",
        "service réseau",
        "lokaler dienst",
        "netzwerkdienst",
        "s-1-0-0",
        "s-1-5-7",
        "s-1-5-18",
        "s-1-5-19",
        "s-1-5-20",
    }
)
"""Under which a machine itself works: no person."""
SHARED_ACCOUNTS = MACHINE_ACCOUNTS | frozenset(
    {
        "everyone",
        "guest",
        "root",
        "nobody",
        "daemon",
        "www-data",
        "administrator",
        "admin",
        "user",
        "defaultaccount",
        "wdagutilityaccount",
        "krbtgt",
        "users",
        "administrators",
        "s-1-1-0",
    }
)
"""Accounts of which every host has one: alike in name only."""
SHARED_ACCOUNT_PREFIXES = ("dwm-", "umfd-", "healthmailbox")

SHARED_HOSTS = frozenset({"localhost", "localhost4", "localhost6", "-", "workstation", "unknown"})

SHARED_ADDRESSES = frozenset(
    {
        "255.255.255.255",
        "8.8.8.8",
        "8.8.4.4",
        "1.1.1.1",
        "1.0.0.1",
        "9.9.9.9",
        "114.114.114.114",
        "114.114.115.115",
        "119.29.29.29",
        "180.76.76.76",
        "223.5.5.5",
        "223.6.6.6",
    }
)
"""Limited broadcast, and resolvers that everyone asks."""

SHARED_HASHES = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)
"""Of nothing: MD5, SHA-1 and SHA-256 of the empty file."""

SHARED_DOMAIN_ENDS = (
    ".arpa",
    ".local",
    ".localdomain",
    ".lan",
    ".internal",
    ".corp",
    ".home",
    ".intra",
    ".microsoft.com",
    ".windows.com",
    ".windowsupdate.com",
    ".msftconnecttest.com",
    ".msftncsi.com",
    ".live.com",
    ".office.com",
    ".office365.com",
    ".digicert.com",
    ".globalsign.com",
    ".ntp.org",
)
"""Names inside, and services that every machine asks for."""

SYSTEM_FOLDERS = (
    "c:\\windows\\",
    "c:\\program files\\",
    "c:\\program files (x86)\\",
    "c:\\programdata\\microsoft\\",
    "c:\\windowsazure\\",
    "\\systemroot\\",
    "\\device\\harddiskvolume",
    "%systemroot%\\",
    "/usr/",
    "/bin/",
    "/sbin/",
    "/lib/",
    "/lib64/",
    "/proc/",
    "/dev/",
    "/etc/",
    "/opt/microsoft/",
    "/system/",
    "/library/",
    "/applications/",
)
WRITABLE_SYSTEM_FOLDERS = (
    "c:\\windows\\temp\\",
    "c:\\windows\\tasks\\",
    "c:\\windows\\tracing\\",
    "/usr/local/",
    "/dev/shm/",  # noqa: S108  a prefix to compare with, not a file to use
)
"""Where attackers put things although the folder is the system's."""


def _host(value: str) -> str:
    if _is_address(value):
        return _address(value)
    name = value.strip("\\").split(".", 1)[0]
    return "" if name in SHARED_HOSTS else name


def _account_name(value: str) -> str:
    """Without its domain."""
    return value.rsplit("\\", 1)[-1].split("@", 1)[0].strip()


def _account(value: str) -> str:
    name = _account_name(value)
    is_shared = (
        name in SHARED_ACCOUNTS or name.endswith("$") or name.startswith(SHARED_ACCOUNT_PREFIXES)
    )
    return "" if is_shared else name


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _address(value: str) -> str:
    """The address's canonical form; "" where it is nobody's in particular or none at all."""
    try:
        # A zone (fe80::1%eth0) says which interface of the host, and not which address.
        address = ip_address(value.split("%", 1)[0])
    except ValueError:
        return ""
    # ::ffff:10.0.0.5 is 10.0.0.5, as a dual-stack listener logs it (RFC 4291, 2.5.5.2).
    address = getattr(address, "ipv4_mapped", None) or address
    is_nobodys = address.is_loopback or address.is_link_local or address.is_unspecified
    is_shared = is_nobodys or address.is_multicast or str(address) in SHARED_ADDRESSES
    return "" if is_shared else str(address)


def is_system_path(path: str) -> bool:
    """Whether a path lies where the operating system and installed programs are, or is bare."""
    if path.startswith(WRITABLE_SYSTEM_FOLDERS):
        return False
    return path.startswith(SYSTEM_FOLDERS) or not ("\\" in path or "/" in path)


def _path(value: str) -> str:
    return "" if is_system_path(value) else value


def _hash(value: str) -> str:
    # Zeros stand for none computed; "=" is of Sysmon's "SHA256=…", several hashes in one text.
    is_shared = value in SHARED_HASHES or not value.strip("0") or "=" in value
    return "" if is_shared else value


def _domain(value: str) -> str:
    name = value.rstrip(".")
    return "" if "." not in name or f".{name}".endswith(SHARED_DOMAIN_ENDS) else name


def _nobodys(_value: str) -> str:
    """Every host has the same registry keys, and every server the same pages."""
    return ""


_NORMAL: dict[EntityKind, Callable[[str], str]] = {
    "host": _host,
    "account": _account,
    "address": _address,
    "process": _path,
    "file": _path,
    "hash": _hash,
    "domain": _domain,
    "url": _nobodys,
    "registry_key": _nobodys,
    "data": str.strip,
}


@lru_cache(maxsize=65_536)
def normal_form(kind: EntityKind, value: str) -> tuple[EntityKind, str]:
    """What two entities must have in common to be linked; with "" for one that never links.

    A host that is named by its address is that address.
    """
    name = _NORMAL[kind](value.strip().lower())
    return ("address" if kind == "host" and _is_address(name) else kind), name


def shared_names(shared_entities: Iterable[str]) -> frozenset[str]:
    """The enterprise's own shared entities, in every form in which they may occur."""
    names = {name.strip().lower() for name in shared_entities}
    return frozenset(names | {_host(name) for name in names} | {_account(name) for name in names})


def linking_key(entity: Entity, shared: frozenset[str]) -> str:
    """The key by which an entity links detections, or "" if it does not."""
    # A firewall or an agent that reports it takes no part: it would tie the whole site together.
    if entity.role == "observer":
        return ""
    kind, name = normal_form(entity.kind, entity.value)
    is_shared = not name or name in shared or entity.value in shared
    return "" if is_shared else f"{kind}:{name}"


def linking_keys(
    rule_id: str, entities: Iterable[tuple[Entity, str]], event_ids: Iterable[str]
) -> list[str]:
    """The keys of one detection, from its entities with their keys.

    Any two detections that have one in common may belong together.
    """
    keyed = list(entities)
    keys = own_keys(keyed)
    if not keys:
        # It names only what everybody has: of the same rule it still belongs together, of others
        # not.
        keys = {f"rule:{rule_id}|{entity.kind}:{entity.value}" for entity, _ in keyed}
        keys = keys or {f"rule:{rule_id}"}
    return [*keys, *(f"event:{event_id}" for event_id in event_ids)]


def own_keys(keyed: Iterable[tuple[Entity, str]]) -> set[str]:
    """The keys of entities, less hashes where every program is the system's (rule 3)."""
    keyed = list(keyed)
    keys = {key for _, key in keyed if key}
    if all(is_system_path(entity.value) for entity, _ in keyed if entity.kind == "process"):
        return {key for key in keys if not key.startswith("hash:")}
    return keys


def is_machine_account(value: str) -> bool:
    """Whether a machine itself works under this account."""
    name = _account_name(value.strip().lower())
    is_built_in = name in MACHINE_ACCOUNTS or name.startswith(SHARED_ACCOUNT_PREFIXES)
    return is_built_in or name.endswith("$")
