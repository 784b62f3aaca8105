"""Elastic Common Schema: datasets to log sources, fields to Sigma's names.

Windows events in ECS (`winlog`) are Windows events first; ECS names stay beside the others.

`Computer` is the host that the event is about. A Beat adds its own machine as `host.name`: of what
a device or a cloud service sent there, that is the collector and no party.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.ecs_datasets import add_service_names, dataset_of
from pipeline.intake.formats.lines import Aliases, Fields, flattened, tagged
from pipeline.intake.formats.windows import is_forwarded, is_winlogbeat, windows_fields

DATASETS: dict[str, str] = {
    "apache.access": "webserver/apache/apache",
    "apache.error": "/apache/apache",
    "nginx.access": "webserver/nginx/nginx",
    "nginx.error": "/nginx/nginx",
    "iis.access": "webserver/windows/iis",
    "auditd.log": "/linux/auditd",
    "auditd_manager.auditd": "/linux/auditd",
    "system.auth": "/linux/auth,sshd,sudo",
    "system.syslog": "/linux/syslog",
    "aws.cloudtrail": "/aws/cloudtrail",
    "azure.activitylogs": "/azure/activitylogs",
    "azure.auditlogs": "/azure/auditlogs",
    "azure.signinlogs": "/azure/signinlogs",
    "gcp.audit": "/gcp/gcp.audit",
    "google_workspace.admin": "/gcp/google_workspace.admin",
    "google_workspace.login": "/gcp/google_workspace.login",
    "github.audit": "/github/audit",
    "o365.audit": "/m365/audit",
    "okta.system": "/okta/okta",
    "kubernetes.audit_logs": "application/kubernetes/audit",
    "suricata.eve": "/suricata/",
    "squid.log": "proxy//",
    "zscaler_zia.web": "proxy//",
    "panw.panos": "firewall/paloalto/",
    "fortinet_fortigate.log": "firewall/fortigate/event",
    "cisco_asa.log": "firewall/cisco/",
    "postgresql.log": "database/postgresql/",
    "mysql.error": "database/mysql/",
}
"""`event.dataset` to "category/product/service"; `zeek.*` is read off its own name."""

CATEGORIES: tuple[tuple[str, str, str], ...] = (
    ("process", "start", "process_creation"),
    ("process", "end", "process_termination"),
    ("file", "deletion", "file_delete"),
    ("file", "creation", "file_event"),
    ("file", "change", "file_event"),
    ("registry", "deletion", "registry_delete,registry_event"),
    ("registry", "creation", "registry_add,registry_event"),
    ("registry", "change", "registry_set,registry_event"),
    ("library", "start", "image_load"),
    ("driver", "start", "driver_load"),
    ("dns", "", "dns,dns_query"),
    ("network", "", "network_connection"),
    ("malware", "", "antivirus"),
    ("web", "", "webserver"),
)
"""`event.category`, `event.type` ("" is any) and the category; the first that fits."""

PRODUCTS = ("windows", "linux", "macos")

NAMES = Aliases(
    {
        "Image": ("process.executable", "process.name"),
        "CommandLine": ("process.command_line",),
        "CurrentDirectory": ("process.working_directory",),
        "ProcessId": ("process.pid",),
        "OriginalFileName": ("process.pe.original_file_name",),
        "Product": ("process.pe.product",),
        "Company": ("process.pe.company",),
        "Description": ("process.pe.description",),
        "ParentImage": ("process.parent.executable", "process.parent.name"),
        "ParentCommandLine": ("process.parent.command_line",),
        "ParentProcessId": ("process.parent.pid",),
        "User": ("user.name",),
        "TargetFilename": ("file.path",),
        "ImageLoaded": ("dll.path", "file.path"),
        "TargetObject": ("registry.path",),
        "Details": ("registry.data.strings",),
        "SourceIp": ("source.ip",),
        "SourcePort": ("source.port",),
        "DestinationIp": ("destination.ip",),
        "DestinationPort": ("destination.port",),
        "DestinationHostname": ("destination.domain",),
        "QueryName": ("dns.question.name",),
        "query": ("dns.question.name",),
        "record_type": ("dns.question.type",),
        "src_ip": ("source.ip",),
        "src_port": ("source.port",),
        "dst_ip": ("destination.ip",),
        "dst_port": ("destination.port",),
        "c-uri": ("url.original", "url.full"),
        "c-uri-extension": ("url.extension",),
        "cs-uri-stem": ("url.path",),
        "cs-uri-query": ("url.original", "url.query"),
        "cs-host": ("url.domain",),
        "cs-method": ("http.request.method",),
        "cs-referer": ("http.request.referrer",),
        "sc-status": ("http.response.status_code",),
        "c-useragent": ("user_agent.original",),
        "cs-user-agent": ("user_agent.original",),
        "Signature": ("threat.indicator.name", "rule.name"),
    }
)

_SYSLOG_HOSTS = ("log.syslog.hostname", "syslog.hostname", "system.auth.hostname")
HOST_NAMES = Aliases({"Computer": (*_SYSLOG_HOSTS, "host.name", "host.hostname")})
RELAYED_HOST_NAMES = Aliases({"Computer": _SYSLOG_HOSTS})
SHIPPER_NAMES = ("agent.hostname", "agent.name", "beat.hostname", "beat.name")
REMOTE_MODULES = frozenset(
    {
        "aws",
        "azure",
        "gcp",
        "google_workspace",
        "github",
        "o365",
        "okta",
        "kubernetes",
        "panw",
        "fortinet_fortigate",
        "cisco_asa",
        "zscaler_zia",
        "suricata",
        "zeek",
    }
)
"""Modules of `event.dataset` whose events are never about the machine that ships them."""


def ecs_fields(document: Fields) -> Fields:
    if is_winlogbeat(document):
        return windows_fields(document)
    fields = NAMES.add_to(flattened(document))
    dataset = dataset_of(fields)
    _add_host(fields, dataset)
    if "user.domain" in fields and _product(fields) == "windows" and "user.name" in fields:
        fields["User"] = f"{fields['user.domain']}\\{fields['user.name']}"
    add_service_names(fields, dataset)
    return tagged(fields, _source(fields, dataset))


def _add_host(fields: Fields, dataset: str) -> None:
    """`Computer`: the header of a relayed line before the name of the machine that shipped it."""
    if _is_shipped(fields, dataset):
        RELAYED_HOST_NAMES.add_to(fields)
    else:
        HOST_NAMES.add_to(fields)


def _is_shipped(fields: Mapping[str, Any], dataset: str) -> bool:
    """Whether `host.name` is the shipper's own machine, and the event another's."""
    shippers = {fields.get(name) for name in SHIPPER_NAMES} - {None}
    if shippers and fields.get("host.name") not in shippers:
        return False
    return is_forwarded(fields) or dataset.partition(".")[0] in REMOTE_MODULES


def _source(fields: Mapping[str, Any], dataset: str) -> str:
    if dataset in DATASETS:
        return DATASETS[dataset]
    if dataset.startswith("zeek."):
        service = dataset.removeprefix("zeek.")
        return f"{'dns' if service == 'dns' else ''}/zeek/{service}"
    return f"{_category(fields)}/{_product(fields)}/"


def _category(fields: Mapping[str, Any]) -> str:
    categories, types = _listed(fields, "event.category"), _listed(fields, "event.type")
    for category, kind, name in CATEGORIES:
        if category in categories and (not kind or kind in types):
            return name
    return categories[0] if categories else ""


def _listed(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    return [str(each) for each in value] if isinstance(value, list) else [str(value or "")]


def _product(fields: Mapping[str, Any]) -> str:
    named = str(fields.get("host.os.type") or fields.get("host.os.family") or "").lower()
    return named if named in PRODUCTS else ""


_OF_EVENT = ("dataset", "module", "category", "kind", "action")
_NAMED = ("ecs", "ecs.version", *(f"event.{name}" for name in _OF_EVENT))
MARKS = tuple((name,) for name in _NAMED)


def is_ecs(document: Mapping[str, Any]) -> bool:
    event = document.get("event")
    nested = isinstance(event, dict) and any(name in event for name in _OF_EVENT)
    return nested or any(name in document for name in _NAMED)
