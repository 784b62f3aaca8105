"""What arrives, as Sigma names it: the literal log source table, read both ways.

Rule 1: an event carries either Windows' own `Channel` and `EventID`, or the reserved
field `sigma.source` that its format wrote ("category/product/service", each of them
possibly several, with commas), or nothing.
Rule 2: a rule is left out where a logsource key is known on both sides and differs. A log that is
known (its channel or service) is of no category of Sigma's but those that the tables give it.
Rule 3: a rule that names a product or a service needs one key that agrees. An event that says
nothing of its source meets no such rule, unless the site says what it is (`assumed_source`).
Rule 4: keywords have no field that says in what they are looked for: a rule that asks for them and
names a category of Sigma's needs that category.
Rule 5: a category of Windows stands for channels and event ids, not for a name
(specification, taxonomy appendix 2.1, "Windows Folder").
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec

from pipeline.sigma.memo import TEXT_MAX, Memo, by_text
from pipeline.sigma.predicates import text_of
from pipeline.sigma.reading.documents import LogSource

SOURCE_FIELD = "sigma.source"
DECODING_FIELD = "fenghuo.decoding"
"""How the line was read where its values do not stand in it as they are: a name of an encoding,
`replaced` (signs that no text has became U+FFFD), or a format that escapes its values."""
RESERVED_FIELDS = frozenset({SOURCE_FIELD, DECODING_FIELD})
"""Written by intake alone; no keyword is looked for in them, no sender sets them."""

SYSMON = "Microsoft-Windows-Sysmon/Operational"
LINUX_SYSMON = "Linux-Sysmon/Operational"
POWERSHELL = ("Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational")

SERVICES: dict[str, tuple[str, ...]] = {
    "application": ("Application",),
    "application-experience": (
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
    ),
    "applocker": (
        "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ),
    "appmodel-runtime": ("Microsoft-Windows-AppModel-Runtime/Admin",),
    "appxdeployment-server": ("Microsoft-Windows-AppXDeploymentServer/Operational",),
    "appxpackaging-om": ("Microsoft-Windows-AppxPackaging/Operational",),
    "bitlocker": ("Microsoft-Windows-BitLocker/BitLocker Management",),
    "bits-client": ("Microsoft-Windows-Bits-Client/Operational",),
    "capi2": ("Microsoft-Windows-CAPI2/Operational",),
    "certificateservicesclient-lifecycle-system": (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    ),
    "codeintegrity-operational": ("Microsoft-Windows-CodeIntegrity/Operational",),
    "dhcp": ("Microsoft-Windows-DHCP-Server/Operational",),
    "diagnosis-scripted": ("Microsoft-Windows-Diagnosis-Scripted/Operational",),
    "dns-client": (
        "Microsoft-Windows-DNS Client Events/Operational",
        "Microsoft-Windows-DNS-Client/Operational",
    ),
    "dns-server": ("DNS Server",),
    "dns-server-analytic": ("Microsoft-Windows-DNS-Server/Analytical",),
    "dns-server-audit": ("Microsoft-Windows-DNS-Server/Audit",),
    "driver-framework": ("Microsoft-Windows-DriverFrameworks-UserMode/Operational",),
    "firewall-as": ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",),
    "hyper-v-worker": (
        "Microsoft-Windows-Hyper-V-Worker",
        "Microsoft-Windows-Hyper-V-Worker-Admin",
    ),
    "iis-configuration": ("Microsoft-IIS-Configuration/Operational",),
    "kernel-event-tracing": (
        "Microsoft-Windows-Kernel-EventTracing",
        "Microsoft-Windows-Kernel-EventTracing/Admin",
    ),
    "kernel-shimengine": (
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
        "WinEventLog:Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
    ),
    "ldap": ("Microsoft-Windows-LDAP-Client/Debug",),
    "lsa-server": ("Microsoft-Windows-LSA/Operational",),
    "microsoft-servicebus-client": (
        "Microsoft-ServiceBus-Client",
        "Microsoft-ServiceBus-Client/Operational",
        "Microsoft-ServiceBus-Client/Admin",
    ),
    "msexchange-management": ("MSExchange Management",),
    "ntfs": ("Microsoft-Windows-Ntfs/Operational",),
    "ntlm": ("Microsoft-Windows-NTLM/Operational",),
    "openssh": ("OpenSSH/Operational",),
    "powershell": POWERSHELL,
    "powershell-classic": ("Windows PowerShell",),
    "printservice-admin": ("Microsoft-Windows-PrintService/Admin",),
    "printservice-operational": ("Microsoft-Windows-PrintService/Operational",),
    "security": ("Security",),
    "security-mitigations": (
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
        "Microsoft-Windows-Security-Mitigations/KernelMode",
        "Microsoft-Windows-Security-Mitigations/User Mode",
        "Microsoft-Windows-Security-Mitigations/UserMode",
    ),
    "sense": ("Microsoft-Windows-SENSE/Operational",),
    "servicebus-client": (
        "Microsoft-ServiceBus-Client/Operational",
        "Microsoft-ServiceBus-Client/Admin",
    ),
    "shell-core": ("Microsoft-Windows-Shell-Core/Operational",),
    "smbclient-connectivity": ("Microsoft-Windows-SmbClient/Connectivity",),
    "smbclient-security": ("Microsoft-Windows-SmbClient/Security",),
    "smbserver-connectivity": ("Microsoft-Windows-SMBServer/Connectivity",),
    "sysmon": (SYSMON, LINUX_SYSMON),
    "system": ("System",),
    "taskscheduler": ("Microsoft-Windows-TaskScheduler/Operational",),
    "terminalservices-localsessionmanager": (
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    ),
    "vhdmp": ("Microsoft-Windows-VHDMP/Operational",),
    "windefend": ("Microsoft-Windows-Windows Defender/Operational",),
    "wmi": ("Microsoft-Windows-WMI-Activity/Operational",),
}
"""Service of Windows to channels; the taxonomy's, and the spellings that hosts use."""

_SYSMON_IDS: dict[str, tuple[int, ...]] = {
    "process_creation": (1,),
    "file_change": (2,),
    "network_connection": (3,),
    "sysmon_status": (4, 16),
    "process_termination": (5,),
    "driver_load": (6,),
    "image_load": (7,),
    "create_remote_thread": (8,),
    "raw_access_thread": (9,),
    "process_access": (10,),
    "file_event": (11,),
    "registry_add": (12,),
    "registry_delete": (12,),
    "registry_event": (12, 13, 14),
    "registry_set": (13,),
    "registry_rename": (14,),
    "create_stream_hash": (15,),
    "pipe_created": (17, 18),
    "wmi_event": (19, 20, 21),
    "dns_query": (22,),
    "file_delete": (23, 26),
    "clipboard_capture": (24,),
    "process_tampering": (25,),
    "file_delete_detected": (26,),
    "file_block_executable": (27,),
    "file_block_shredding": (28,),
    "file_executable_detected": (29,),
    "sysmon_error": (255,),
}

CATEGORIES: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    *((name, (SYSMON, LINUX_SYSMON), ids) for name, ids in _SYSMON_IDS.items()),
    ("process_creation", ("Security",), (4688,)),
    ("ps_classic_start", ("Windows PowerShell",), (400,)),
    ("ps_classic_provider_start", ("Windows PowerShell",), (600,)),
    ("ps_classic_script", ("Windows PowerShell",), (800,)),
    ("database", ("Application",), (33205,)),  # SQL Server's audit
    ("ps_module", POWERSHELL, (4103,)),
    ("ps_script", POWERSHELL, (4104,)),
)
"""Category, channels, event ids."""

PROVIDER_CATEGORIES: dict[str, tuple[str, ...]] = {
    "microsoft-windows-kernel-file": ("file_access", "file_rename"),
}
"""Categories that are an ETW provider's; the taxonomy gives no event ids for them."""

PROVIDER_CHANNELS: dict[str, str] = {
    "microsoft-windows-sysmon": SYSMON,
    "microsoft-windows-security-auditing": "Security",
    "microsoft-windows-powershell": POWERSHELL[0],
    "powershell": "Windows PowerShell",
    "service control manager": "System",
}
"""The channel of an event that names only its provider."""

EVENT_TYPES: dict[str, tuple[str, ...]] = {
    "registry_add": ("createkey",),
    "registry_delete": ("deletekey", "deletevalue"),
}
"""Sysmon 12 is both creation and deletion of a key; its `EventType` tells which."""


SOURCES_KEPT = 4096
"""Combinations of channel, event id and provider remembered, and sources as formats write them."""


class EventSource(msgspec.Struct, frozen=True):
    """What is known of an event's source; an empty member is not known."""

    categories: frozenset[str] = frozenset()
    product: str = ""
    services: tuple[str, ...] = ()
    """The narrowest first."""
    is_windows_log: bool = False
    """Whether it is an event of a Windows channel, whose categories the table knows."""


WINDOWS_CATEGORIES = frozenset(name for name, _, _ in CATEGORIES) | frozenset(
    name for names in PROVIDER_CATEGORIES.values() for name in names
)
GENERIC_CATEGORIES = frozenset(
    {"antivirus", "application", "database", "dns", "firewall", "proxy", "webserver"}
)
"""Categories of the taxonomy that are of no product (appendix, "Generic")."""
SIGMA_CATEGORIES = WINDOWS_CATEGORIES | GENERIC_CATEGORIES
"""Any other is a name of the rule's author, of which the tables can say nothing."""

LOGS_OF_CATEGORY: dict[str, frozenset[tuple[str, str]]] = {
    "firewall": frozenset({("zeek", "conn")}),
    "proxy": frozenset({("zeek", "http"), ("suricata", "http")}),
    "webserver": frozenset({("zeek", "http"), ("suricata", "http")}),
}
"""Product and service of logs that a category's rules can read although it is not their own."""
ANY_PRODUCT = "*"
"""The product of an assumed source that meets the rules of all."""
_BY_CHANNEL: dict[str, tuple[str, ...]] = {
    channel.lower(): tuple(name for name, rest in SERVICES.items() if channel in rest)
    for channels in SERVICES.values()
    for channel in channels
}


NOWHERE = EventSource()
"""The source of an event that says nothing of it."""


class Origin(NamedTuple):
    """Where an event comes from: all that is known, and the best single description."""

    source: EventSource
    described: LogSource


def written_source(text: str) -> EventSource:
    """A source as formats and policies write it: "category/product/service", any of them empty."""
    return _WRITTEN[text].source


def _written(text: str) -> Origin:
    category, product, service = [*text.split("/", 2), "", ""][:3]
    return _origin(EventSource(frozenset(_known(category)), product, _known(service)))


_WRITTEN = by_text(_written, SOURCES_KEPT)


def _origin(source: EventSource) -> Origin:
    described = LogSource(
        category=min(source.categories, key=_breadth, default=""),
        product=source.product,
        service=source.services[0] if source.services else "",
    )
    return Origin(source, described)


EVENT_ID = "EventID"
UNNAMED_WINDOWS = EventSource(product="windows")
"""Of an event that names no channel and no provider, but has an event id: only Windows' own field
has this name in Sigma's taxonomy."""


def event_source(fields: Mapping[str, object]) -> EventSource:
    """What `fields` say of where they come from."""
    return _origin_of(fields).source


def log_source(fields: Mapping[str, object]) -> LogSource:
    """The best single description of an event, for storage columns."""
    return _origin_of(fields).described


def _origin_of(fields: Mapping[str, object]) -> Origin:
    tagged = fields.get(SOURCE_FIELD)
    if isinstance(tagged, str):
        return _WRITTEN[tagged]
    channel, provider = fields.get("Channel"), fields.get("Provider_Name")
    if not isinstance(channel, str) or not channel:
        if not isinstance(provider, str) or not _is_windows_provider(provider):
            return _UNNAMED if EVENT_ID in fields else _NOWHERE
        channel = PROVIDER_CHANNELS.get(provider.lower(), provider)
    event_id = fields.get(EVENT_ID)
    return _WINDOWS_LOGS[
        channel,
        event_id if event_id.__class__ in (str, int) else text_of(event_id) or "",
        provider if isinstance(provider, str) else "",
    ]


def _windows_log(named: tuple[str, str | int, str]) -> Origin:
    """Of a channel, an event id and a provider ("" for none)."""
    channel, event_id, provider = named
    return _origin(
        EventSource(
            categories=_categories(channel.lower(), str(event_id).strip(), provider.lower()),
            product="linux" if channel == LINUX_SYSMON else "windows",
            services=_BY_CHANNEL.get(channel.lower(), ()),
            is_windows_log=True,
        )
    )


_WINDOWS_LOGS: Memo[tuple[str, str | int, str], Origin] = Memo(
    _windows_log, SOURCES_KEPT, lambda named: sum(len(str(part)) for part in named) <= TEXT_MAX
)


def is_known_channel(channel: object) -> bool:
    """Whether the source of an event of this channel depends on nothing but its event id."""
    return isinstance(channel, str) and channel.lower() in _BY_CHANNEL


def _known(names: str) -> tuple[str, ...]:
    return tuple(name for name in names.split(",") if name)


def _is_windows_provider(provider: str) -> bool:
    return provider.lower() in PROVIDER_CHANNELS or provider.lower() in PROVIDER_CATEGORIES


def _categories(channel: str, event_id: str, provider: str) -> frozenset[str]:
    """Of a channel and provider in lower case."""
    named = {
        name
        for name, channels, ids in CATEGORIES
        if channel in map(str.lower, channels) and event_id in map(str, ids)
    }
    if channel not in _BY_CHANNEL:
        named.update(PROVIDER_CATEGORIES.get(provider, ()))
    return frozenset(named)


def applies(rule: LogSource, event: EventSource, has_keywords: bool) -> bool:
    """Whether a rule of log source `rule`, which asks for keywords or does not, is for an event of
    source `event` (rules 2 to 4)."""
    is_of_product = event.product in (rule.product, ANY_PRODUCT)
    if rule.product and event.product and not is_of_product:
        return False
    if rule.service and not _fits_service(rule.service, event):
        return False
    if rule.category and not _fits_category(rule.category, event, has_keywords):
        return False
    if not rule.product and not rule.service:
        return True
    agrees = is_of_product if rule.product else event.product == ANY_PRODUCT
    return agrees or rule.service in event.services or rule.category in event.categories


def may_apply(rule: LogSource, described: LogSource) -> bool:
    """Whether a rule can be for an event of which a store keeps this description (`log_source`).

    It is the narrowest of what the event was, so only what no such event can be is denied.
    """
    if rule.product and described.product not in ("", rule.product):
        return False
    of = EventSource(product=described.product, services=_known(described.service))
    if rule.category and not described.category and not _fits_category(rule.category, of, False):
        return False
    return _may_share(_EVENTS_OF, rule.category, described.category) and _may_share(
        SERVICES, rule.service, described.service
    )


def _may_share(logs: Mapping[str, Collection[object]], asked: str, described: str) -> bool:
    """Whether one event can be of both, by a table of Windows: what is not in it is not known."""
    if asked == described or asked not in logs or described not in logs:
        return True
    return not set(logs[asked]).isdisjoint(logs[described])


_EVENTS_OF: dict[str, frozenset[tuple[str, int]]] = {
    category: frozenset(
        (channel, event_id)
        for name, channels, event_ids in CATEGORIES
        if name == category
        for channel in channels
        for event_id in event_ids
    )
    for category in WINDOWS_CATEGORIES
}
"""Category to its channels with their event ids."""


def _fits_category(category: str, event: EventSource, has_keywords: bool) -> bool:
    if event.categories:
        return category in event.categories
    if category not in SIGMA_CATEGORIES:
        return True
    if any((event.product, each) in LOGS_OF_CATEGORY.get(category, ()) for each in event.services):
        return True
    is_known_log = event.is_windows_log or bool(event.services)
    return not is_known_log and (not has_keywords or event.product == ANY_PRODUCT)


def _fits_service(service: str, event: EventSource) -> bool:
    if event.services:
        return service in event.services
    return not (event.is_windows_log and service in SERVICES)


def _breadth(category: str) -> tuple[int, str]:
    """The narrowest category first: registry_set before registry_event."""
    return len(_SYSMON_IDS.get(category, ())), category


_NOWHERE, _UNNAMED = _origin(NOWHERE), _origin(UNNAMED_WINDOWS)
