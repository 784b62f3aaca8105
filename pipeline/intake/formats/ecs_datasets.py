"""What Elastic's integrations renamed, back to the names that a service itself has.

Sigma's rules ask for a service's own names (`eventName`, `objectRef.resource`); the integrations
keep them below a prefix, often in snake case, and move some to ECS.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.intake.formats.lines import Aliases, Fields


class Renamed(msgspec.Struct, frozen=True):
    """`prefix`: where the service's fields are; `is_snake`: whether they are in snake case;
    `names`: those that are elsewhere."""

    prefix: str
    is_snake: bool = False
    names: Mapping[str, tuple[str, ...]] = {}


RENAMED: dict[str, Renamed] = {
    "aws.cloudtrail": Renamed(
        "aws.cloudtrail.",
        True,
        {
            "eventSource": ("event.provider",),
            "eventName": ("event.action",),
            "awsRegion": ("cloud.region",),
            "sourceIPAddress": ("source.address", "source.ip"),
            "userAgent": ("user_agent.original",),
            "eventID": ("event.id",),
            "userIdentity.userName": ("user.name",),
        },
    ),
    "kubernetes.audit_logs": Renamed("kubernetes.audit."),
    "o365.audit": Renamed(
        "o365.audit.",
        names={
            "Operation": ("event.action",),
            "Workload": ("event.provider",),
            "eventSource": ("event.provider",),
            "eventName": ("o365.audit.Name", "event.action"),
            "status": ("o365.audit.ResultStatus", "o365.audit.Status", "event.outcome"),
            "ResultStatus": ("event.outcome",),
        },
    ),
    "okta.system": Renamed(
        "okta.",
        True,
        {
            "eventType": ("event.action",),
            "displayMessage": ("okta.display_message", "message"),
            "outcome.result": ("event.outcome",),
        },
    ),
    "github.audit": Renamed(
        "github.", names={"action": ("event.action",), "actor": ("user.name",)}
    ),
    "azure.activitylogs": Renamed(
        "azure.activitylogs.",
        True,
        {
            "operationName": ("azure.activitylogs.operation_name", "event.action"),
            "OperationNameValue": ("azure.activitylogs.operation_name", "event.action"),
            "CategoryValue": ("azure.activitylogs.category",),
            "ResourceId": ("azure.resource.id",),
            "ResourceProviderValue": ("azure.resource.provider",),
        },
    ),
    "azure.auditlogs": Renamed(
        "azure.auditlogs.",
        True,
        {
            "properties.message": ("azure.auditlogs.properties.activity_display_name",
                                   "azure.auditlogs.operation_name"),
            "OperationName": ("azure.auditlogs.operation_name",),
            "ActivityDisplayName": ("azure.auditlogs.properties.activity_display_name",),
            "Category": ("azure.auditlogs.properties.category",),
            "LoggedByService": ("azure.auditlogs.properties.logged_by_service",),
            "Status": ("azure.auditlogs.properties.result", "event.outcome"),
        },
    ),
    "azure.signinlogs": Renamed(
        "azure.signinlogs.",
        True,
        {
            "ResultType": ("azure.signinlogs.result_type",
                           "azure.signinlogs.properties.status.error_code"),
            "ResultDescription": ("azure.signinlogs.result_description",),
            "AuthenticationRequirement": (
                "azure.signinlogs.properties.authentication_requirement",
            ),
            "Status": ("event.outcome",),
            "conditionalAccessStatus": ("azure.signinlogs.properties.conditional_access_status",),
            "userAgent": ("user_agent.original",),
        },
    ),
    "gcp.audit": Renamed(
        "gcp.audit.",
        True,
        {"gcp.audit.method_name": ("event.action",), "protoPayload.methodName": ("event.action",)},
    ),
    "auditd.log": Renamed(
        "auditd.log.",
        names={
            "type": ("auditd.log.record_type", "event.action"),
            "exe": ("process.executable",),
            "comm": ("process.name",),
        },
    ),
    "auditd_manager.auditd": Renamed(
        "auditd.data.", names={"type": ("auditd.message_type",), "exe": ("process.executable",)}
    ),
}  # fmt: skip
"""`event.dataset` to what its integration did."""


_ALIASES = {dataset: Aliases(renamed.names) for dataset, renamed in RENAMED.items()}


def add_service_names(fields: Fields, dataset: str) -> None:
    """Adds the service's own names; changes the fields in place."""
    renamed = RENAMED.get(dataset)
    if renamed is None:
        return
    for name, value in list(fields.items()):
        if name.startswith(renamed.prefix):
            own = name.removeprefix(renamed.prefix)
            fields.setdefault(_camel(own) if renamed.is_snake else own, value)
    _ALIASES[dataset].add_to(fields)
    if "type" in renamed.names and isinstance(fields.get("type"), str):
        fields["type"] = fields["type"].upper()


def _camel(name: str) -> str:
    """`user_identity.session_context` to `userIdentity.sessionContext`."""
    return ".".join(_camel_part(part) for part in name.split("."))


def _camel_part(part: str) -> str:
    head, *rest = part.split("_")
    return head + "".join(each[:1].upper() + each[1:] for each in rest)


def dataset_of(fields: Mapping[str, Any]) -> str:
    """The integration's name of what it read; "" where there is none."""
    return str(fields.get("event.dataset") or fields.get("data_stream.dataset") or "")
