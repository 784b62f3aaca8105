"""Microsoft Defender XDR: rows of advanced hunting, bare, as KQL exports them, or as an event hub
streams them (`category: AdvancedHunting-…`, the row in `properties`).

Tables and columns: Microsoft Learn, "advanced hunting schema tables". The names that rules ask for
are those of Sysmon: what a table calls `InitiatingProcess…` is the parent where a process begins,
and the process itself everywhere else.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.intake.formats.lines import Aliases, Fields, tagged

_ACTOR = {
    "Computer": ("DeviceName",),
    "User": ("InitiatingProcessAccountName", "AccountName"),
    "Image": ("InitiatingProcessFolderPath", "InitiatingProcessFileName"),
    "CommandLine": ("InitiatingProcessCommandLine",),
    "ParentImage": ("InitiatingProcessParentFileName",),
    "ProcessId": ("InitiatingProcessId",),
}
"""Of a table whose rows say what a process did."""


class HuntingTable(NamedTuple):
    """`category`: Sigma's; `names`: its fields, and the columns that hold them."""

    category: str
    names: Aliases


TABLES: dict[str, HuntingTable] = {
    "DeviceProcessEvents": HuntingTable("process_creation", Aliases({
        "Computer": ("DeviceName",),
        "User": ("AccountName",),
        "Image": ("FolderPath", "FileName"),
        "CommandLine": ("ProcessCommandLine",),
        "OriginalFileName": ("ProcessVersionInfoOriginalFileName",),
        "Product": ("ProcessVersionInfoProductName",),
        "Company": ("ProcessVersionInfoCompanyName",),
        "Description": ("ProcessVersionInfoFileDescription",),
        "IntegrityLevel": ("ProcessIntegrityLevel",),
        "ParentImage": ("InitiatingProcessFolderPath", "InitiatingProcessFileName"),
        "ParentCommandLine": ("InitiatingProcessCommandLine",),
        "ParentProcessId": ("InitiatingProcessId",),
        "ParentUser": ("InitiatingProcessAccountName",),
    })),
    "DeviceFileEvents": HuntingTable("file_event", Aliases({
        **_ACTOR, "TargetFilename": ("FolderPath", "FileName"),
    })),
    "DeviceImageLoadEvents": HuntingTable("image_load", Aliases({
        **_ACTOR, "ImageLoaded": ("FolderPath", "FileName"),
    })),
    "DeviceRegistryEvents": HuntingTable("registry_set", Aliases({
        **_ACTOR, "Details": ("RegistryValueData",),  # TargetObject: `_join_key`
    })),
    "DeviceNetworkEvents": HuntingTable("network_connection", Aliases({
        **_ACTOR,
        "SourceIp": ("LocalIP",),
        "SourcePort": ("LocalPort",),
        "DestinationIp": ("RemoteIP",),
        "DestinationPort": ("RemotePort",),
        "DestinationHostname": ("RemoteUrl",),
    })),
    "DeviceLogonEvents": HuntingTable("", Aliases({
        "Computer": ("DeviceName",),
        "TargetUserName": ("AccountName",),
        "TargetDomainName": ("AccountDomain",),
        "IpAddress": ("RemoteIP",),
        "WorkstationName": ("RemoteDeviceName",),
    })),
    "DeviceEvents": HuntingTable("", Aliases(_ACTOR)),
}  # fmt: skip
"""Table to what its rows are."""

_BY_ACTION = {
    "ProcessCreated": "DeviceProcessEvents",
    "FileCreated": "DeviceFileEvents",
    "FileModified": "DeviceFileEvents",
    "FileRenamed": "DeviceFileEvents",
    "FileDeleted": "DeviceFileEvents",
    "ImageLoaded": "DeviceImageLoadEvents",
    "RegistryValueSet": "DeviceRegistryEvents",
    "RegistryKeyCreated": "DeviceRegistryEvents",
    "RegistryValueDeleted": "DeviceRegistryEvents",
    "RegistryKeyDeleted": "DeviceRegistryEvents",
    "ConnectionSuccess": "DeviceNetworkEvents",
    "ConnectionFailed": "DeviceNetworkEvents",
    "ConnectionAttempt": "DeviceNetworkEvents",
    "InboundConnectionAccepted": "DeviceNetworkEvents",
    "LogonSuccess": "DeviceLogonEvents",
    "LogonFailed": "DeviceLogonEvents",
}
"""`ActionType` of a row that names no table."""

_CATEGORIES = {
    "FileDeleted": "file_delete",
    "FileRenamed": "file_rename",
    "RegistryKeyCreated": "registry_add",
    "RegistryKeyDeleted": "registry_delete",
    "RegistryValueDeleted": "registry_delete",
    "DriverLoad": "driver_load",
    "CreateRemoteThreadApiCall": "create_remote_thread",
    "NamedPipeEvent": "pipe_created",
    "DnsQueryResponse": "dns_query",
}
"""`ActionType` that is of another category of Sigma's than the rest of its table."""

_HIVES = {"HKEY_LOCAL_MACHINE": "HKLM", "HKEY_USERS": "HKU", "HKEY_CURRENT_USER": "HKCU",
          "HKEY_CLASSES_ROOT": "HKCR"}  # fmt: skip
_HASHES = ("SHA1", "MD5", "SHA256")
_STREAMED = "AdvancedHunting-"

MARKS = (("ActionType", "DeviceName"), ("ActionType", "DeviceId"), ("category", "properties"))


def is_defender(document: Mapping[str, Any]) -> bool:
    """Whether a document is a row of advanced hunting, or an event hub's record of one."""
    if "ActionType" in document:
        return True
    category = document.get("category")
    return (
        isinstance(category, str)
        and category.startswith(_STREAMED)
        and isinstance(document.get("properties"), dict)
    )


def defender_fields(document: Fields) -> Fields:
    """A row under the names of Sysmon; its own names stay beside them."""
    row = document
    if "ActionType" not in document and isinstance(document.get("properties"), dict):
        row = document.pop("properties")
        if "Timestamp" in row:
            document.pop("time", None)  # when the hub took it
        for name, value in document.items():
            row.setdefault(name, value)
    action = str(row.get("ActionType") or "")
    named = _table_named(row)
    table = TABLES[named if named in TABLES else _BY_ACTION.get(action, "DeviceEvents")]
    _join_accounts(row)
    _join_key(row)
    table.names.add_to(row)
    hashes = [f"{name}={row[name]}" for name in _HASHES if row.get(name)]
    if hashes:
        row.setdefault("Hashes", ",".join(hashes))
    return tagged(row, f"{_CATEGORIES.get(action, table.category)}/{_product(row)}/")


def _table_named(row: Fields) -> str:
    named = str(row.get("category") or row.get("Type") or row.get("$table") or "")
    return named.removeprefix(_STREAMED)


def _join_accounts(row: Fields) -> None:
    r"""`DOMAIN\name`, as Sysmon writes a user and rules ask for one (`NT AUTHORITY\SYSTEM`)."""
    for prefix in ("", "InitiatingProcess"):
        name, domain = row.get(f"{prefix}AccountName"), row.get(f"{prefix}AccountDomain")
        if isinstance(name, str) and isinstance(domain, str) and domain and "\\" not in name:
            row[f"{prefix}AccountName"] = f"{domain}\\{name}"


def _join_key(row: Fields) -> None:
    """Sysmon shortens the hive and puts the value's name behind the key."""
    key, value = row.get("RegistryKey"), row.get("RegistryValueName")
    if not isinstance(key, str) or not key:
        return
    hive, slash, rest = key.partition("\\")
    short = f"{_HIVES.get(hive.upper(), hive)}{slash}{rest}"
    row.setdefault("TargetObject", f"{short}\\{value}" if value else short)


def _product(row: Fields) -> str:
    system = str(row.get("OSPlatform") or "").lower()
    return next((name for name in ("linux", "macos") if name in system), "windows")
