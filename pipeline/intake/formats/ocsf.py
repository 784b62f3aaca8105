"""OCSF 1.x: classes and activities to Sigma's categories, objects to its field names."""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.lines import Aliases, Fields, flattened
from pipeline.sigma.log_sources import SOURCE_FIELD

CLASSES: dict[tuple[int, int], str] = {
    (1001, 1): "file_event",
    (1001, 2): "file_access",
    (1001, 3): "file_event",
    (1001, 4): "file_delete",
    (1001, 5): "file_rename",
    (1001, 6): "file_change",
    (1002, 1): "driver_load",
    (1005, 1): "image_load",
    (1007, 1): "process_creation",
    (1007, 2): "process_termination",
    (1007, 3): "process_access",
    (4001, 1): "network_connection",
    (201001, 1): "registry_add",
    (201001, 4): "registry_delete",
    (201001, 5): "registry_rename",
    (201002, 1): "registry_set",
    (201002, 2): "registry_set",
    (201002, 3): "registry_set",
    (201002, 4): "registry_delete",
}
"""Class and activity to a category; elsewhere the category is not known."""

CLASS_CATEGORIES: dict[int, str] = {
    1001: "file",
    1007: "process",
    2001: "finding",
    2004: "finding",
    3002: "authentication",
    4001: "network",
    4003: "dns,dns_query",
    6003: "api",
    6005: "database",
}
"""Category of a class whose activity has none of its own."""

PRODUCTS: dict[str, str] = {
    "windows": "windows",
    "linux": "linux",
    "macos": "macos",
    "android": "android",
    "ios": "ios",
}
CLOUD_SERVICES: dict[str, str] = {"aws": "/aws/cloudtrail", "gcp": "/gcp/gcp.audit"}

NAMES = Aliases(
    {
        "Image": ("process.file.path", "actor.process.file.path", "process.name"),
        "CommandLine": ("process.cmd_line", "actor.process.cmd_line"),
        "CurrentDirectory": ("process.working_directory",),
        "ProcessId": ("process.pid", "actor.process.pid"),
        "OriginalFileName": ("process.file.internal_name",),
        "User": ("process.user.name", "actor.user.name", "user.name"),
        "TargetFilename": ("file.path",),
        "ImageLoaded": ("module.file.path", "driver.file.path"),
        "DestinationIp": ("dst_endpoint.ip",),
        "DestinationPort": ("dst_endpoint.port",),
        "DestinationHostname": ("dst_endpoint.hostname", "dst_endpoint.domain"),
        "SourceIp": ("src_endpoint.ip",),
        "SourcePort": ("src_endpoint.port",),
        "dst_ip": ("dst_endpoint.ip",),
        "dst_port": ("dst_endpoint.port",),
        "src_ip": ("src_endpoint.ip",),
        "src_port": ("src_endpoint.port",),
        "QueryName": ("query.hostname",),
        "query": ("query.hostname",),
        "record_type": ("query.type",),
        "TargetObject": ("reg_key.path", "reg_value.path"),
        "Details": ("reg_value.data",),
        "c-uri": ("http_request.url.url_string", "http_request.url.path"),
        "c-useragent": ("http_request.user_agent",),
        "cs-user-agent": ("http_request.user_agent",),
        "cs-method": ("http_request.http_method",),
        "cs-host": ("http_request.url.hostname",),
        "cs-uri-stem": ("http_request.url.path",),
        "cs-uri-query": ("http_request.url.query_string",),
        "cs-referer": ("http_request.referrer",),
        "sc-status": ("http_response.code",),
        "eventName": ("api.operation",),
        "eventSource": ("api.service.name",),
        "Signature": ("malware.name",),
        "Computer": ("device.hostname", "device.name"),
    }
)
PARENT_NAMES = Aliases(
    {
        "ParentImage": ("process.parent_process.file.path", "actor.process.file.path"),
        "ParentCommandLine": ("process.parent_process.cmd_line", "actor.process.cmd_line"),
        "ParentProcessId": ("process.parent_process.pid", "actor.process.pid"),
    }
)
"""In process activity the actor is the parent, unless the parent is given."""

PROCESS_ACTIVITY = 1007


def ocsf_fields(document: Fields) -> Fields:
    """Dotted OCSF names, Sigma's names beside them, and the log source."""
    fields = flattened(document)
    if fields.get("class_uid") == PROCESS_ACTIVITY:
        fields = PARENT_NAMES.add_to(fields)
    fields = NAMES.add_to(fields)
    fields[SOURCE_FIELD] = _source(fields)
    return fields


def _source(fields: Mapping[str, Any]) -> str:
    class_uid, activity = fields.get("class_uid"), fields.get("activity_id")
    provider = str(fields.get("cloud.provider", "")).lower()
    if class_uid == 6003 and provider in CLOUD_SERVICES:
        return CLOUD_SERVICES[provider]
    category = ""
    if isinstance(class_uid, int):
        activity_number = activity if isinstance(activity, int) else 0
        category = CLASSES.get((class_uid, activity_number)) or CLASS_CATEGORIES.get(class_uid, "")
    if category.startswith("registry_"):
        category += ",registry_event"
    named = str(fields.get("device.os.type") or fields.get("device.os.name") or "").lower()
    product = next((PRODUCTS[key] for key in PRODUCTS if key in named), "")
    return f"{category}/{product}/"


MARKS = (("class_uid", "category_uid"), ("class_uid", "metadata"))
