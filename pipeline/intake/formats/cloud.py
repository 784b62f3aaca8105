"""Clouds and services as JSON of their own: AWS, Azure, Microsoft 365, Google, Okta, GitHub, …

Each source: marks that only its events have together, its log source, and names that Sigma's
rules ask for where the source has others. Names of an event stay as they are.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pipeline.intake.formats.lines import Aliases, Fields, look_up, tagged

Names = Mapping[str, tuple[str, ...]]


class Service(msgspec.Struct, frozen=True):
    """`marks`: sets of dotted names; an event that has all of one set is this source's."""

    name: str
    marks: tuple[tuple[str, ...], ...]
    source: str | Callable[[Mapping[str, Any]], str]
    names: Names = {}

    def has_marks(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is this source's."""
        return any(all(look_up(event, name) is not None for name in marks) for marks in self.marks)


AZURE_CATEGORIES: dict[str, str] = {
    "signinlogs": "signinlogs",
    "noninteractiveusersigninlogs": "signinlogs",
    "serviceprincipalsigninlogs": "signinlogs",
    "managedidentitysigninlogs": "signinlogs",
    "auditlogs": "auditlogs",
    "riskyusers": "riskdetection,pim",
    "userriskevents": "riskdetection,pim",
    "riskyserviceprincipals": "riskdetection,pim",
    "administrative": "activitylogs",
    "security": "activitylogs",
    "policy": "activitylogs",
    "alert": "activitylogs",
    "azureactivity": "activitylogs",
}
"""`category` of a diagnostic record, or `Type` of a table of Log Analytics, to a service."""


def _azure_source(event: Mapping[str, Any]) -> str:
    for name in ("Type", "category", "Category", "CategoryValue"):
        service = AZURE_CATEGORIES.get(str(event.get(name) or "").lower())
        if service:
            return f"/azure/{service}"
    told = next((service for names, service in _AZURE_TOLD if any(n in event for n in names)), "")
    return f"/azure/{told or 'activitylogs'}"


_AZURE_TOLD = (
    (("riskEventType", "riskType"), "riskdetection,pim"),
    (("conditionalAccessStatus", "ResultType", "appDisplayName", "AppDisplayName"), "signinlogs"),
    (
        ("activityDisplayName", "ActivityDisplayName", "loggedByService", "LoggedByService"),
        "auditlogs",
    ),
)

AZURE_NAMES: Names = {
    "properties.message": ("properties.activityDisplayName", "activityDisplayName",
                           "ActivityDisplayName", "OperationName", "operationName"),
    "ActivityDisplayName": ("activityDisplayName", "properties.activityDisplayName"),
    "OperationName": ("operationName.value", "activityDisplayName", "operationName"),
    "operationName": ("operationName.value", "OperationNameValue", "OperationName"),
    "OperationNameValue": ("operationName.value", "operationName"),
    "LoggedByService": ("loggedByService", "properties.loggedByService"),
    "Category": ("category.value", "category", "properties.category"),
    "CategoryValue": ("category.value", "Category", "category"),
    "ResourceProviderValue": ("resourceProviderName.value", "ResourceProvider"),
    "ResourceId": ("resourceId", "_ResourceId"),
    "Status": ("status.value", "status", "result", "properties.result", "Result"),
    "ResultType": ("resultType", "properties.status.errorCode", "status.errorCode"),
    "ResultDescription": ("resultDescription", "properties.status.failureReason",
                          "status.failureReason"),
    "AuthenticationRequirement": ("authenticationRequirement",
                                  "properties.authenticationRequirement"),
    "DeviceDetail": ("deviceDetail", "properties.deviceDetail"),
    "TargetResources": ("targetResources", "properties.targetResources"),
    "Initiatedby": ("initiatedBy", "InitiatedBy", "properties.initiatedBy"),
    "RiskState": ("riskState", "properties.riskState"),
    "riskEventType": ("properties.riskEventType", "RiskEventType"),
    "ResourceDisplayName": ("resourceDisplayName", "properties.resourceDisplayName"),
    "NetworkLocationDetails": ("networkLocationDetails", "properties.networkLocationDetails"),
    "conditionalAccessStatus": ("ConditionalAccessStatus", "properties.conditionalAccessStatus"),
    "userAgent": ("UserAgent", "properties.userAgent"),
    "Username": ("UserPrincipalName", "userPrincipalName", "properties.userPrincipalName"),
    "ClientApp": ("ClientAppUsed", "clientAppUsed", "properties.clientAppUsed"),
    "Location": ("location.countryOrRegion", "properties.location.countryOrRegion"),
    "username": ("userPrincipalName", "properties.userPrincipalName", "UserPrincipalName",
                 "Caller", "caller"),
    "src_ip": ("callerIpAddress", "CallerIpAddress", "ipAddress", "IPAddress",
               "properties.ipAddress"),
}  # fmt: skip

SERVICES: tuple[Service, ...] = (
    Service(
        "cloudtrail",
        (("eventVersion", "eventSource", "awsRegion"), ("eventSource", "eventName", "awsRegion")),
        "/aws/cloudtrail",
        {
            "username": ("userIdentity.userName", "userIdentity.arn"),
            "src_ip": ("sourceIPAddress",),
            "Computer": ("requestParameters.instanceId",),
        },
    ),
    Service(
        "kubernetes",
        (("auditID", "verb"), ("auditID", "stage")),
        "application/kubernetes/audit",
        {
            "username": ("user.username",),
            "src_ip": ("sourceIPs",),
            "apiGroup": ("objectRef.apiGroup",),
            "hostPath": ("requestObject.spec.volumes.hostPath",),
            "capabilities": ("requestObject.spec.containers.securityContext.capabilities",),
        },
    ),
    Service(
        "gcp",
        (("protoPayload", "logName"), ("protoPayload.methodName",)),
        lambda event: (
            "/gcp/google_workspace.admin,google_workspace.login,gcp.audit"
            if look_up(event, "protoPayload.metadata.event")
            else "/gcp/gcp.audit"
        ),
        {
            "gcp.audit.method_name": ("protoPayload.methodName",),
            "gcp.audit.service_name": ("protoPayload.serviceName",),
            "data.protoPayload": ("protoPayload",),
            "eventService": ("protoPayload.serviceName",),
            "eventName": ("protoPayload.metadata.event.eventName", "protoPayload.methodName"),
            "username": ("protoPayload.authenticationInfo.principalEmail",),
            "src_ip": ("protoPayload.requestMetadata.callerIp",),
        },
    ),
    Service(
        "okta",
        (("eventType", "published", "actor", "outcome"),
         ("eventType", "published", "debugContext")),
        "/okta/okta",
        {"username": ("actor.alternateId",), "src_ip": ("client.ipAddress",)},
    ),
    Service(
        "github",
        (("action", "actor", "_document_id"), ("action", "@timestamp", "actor", "org"),
         ("action", "actor", "created_at", "org")),
        "/github/audit",
        {"username": ("actor",), "src_ip": ("actor_ip",)},
    ),
    Service(
        "m365",
        (("Operation", "Workload", "RecordType"), ("Operation", "Workload", "CreationTime")),
        "/m365/audit,exchange,threat_management,threat_detection",
        {
            "eventSource": ("Source", "Workload"),
            "eventName": ("Name", "Operation"),
            "status": ("ResultStatus", "Status"),
            "username": ("UserId",),
            "src_ip": ("ClientIP", "ClientIPAddress", "ActorIpAddress"),
        },
    ),
    Service(
        "azure",
        (
            ("operationName", "resourceId"),
            ("operationName", "category", "properties"),
            ("OperationName", "CategoryValue"),
            ("OperationNameValue",),
            ("ResultType", "AppDisplayName"),
            ("createdDateTime", "userPrincipalName", "appDisplayName"),
            ("activityDisplayName", "activityDateTime"),
            ("riskEventType", "userPrincipalName"),
            ("LoggedByService", "OperationName"),
            ("TimeGenerated", "OperationName", "Type"),
        ),
        _azure_source,
        AZURE_NAMES,
    ),
    Service("bitbucket", (("auditType", "auditType.action"), ("auditType", "affectedObjects")),
            "/bitbucket/audit", {"username": ("author.name",)}),
    Service("onelogin", (("event_type_id", "account_id"),), "/onelogin/onelogin.events"),
    Service("opencanary", (("logtype", "node_id", "src_host"),), "application/opencanary/",
            {"src_ip": ("src_host",), "dst_ip": ("dst_host",), "Computer": ("node_id",)}),
    Service("falco", (("rule", "priority", "output_fields"),), "/linux/falco",
            {"Image": ("output_fields.proc.exepath", "output_fields.proc.name"),
             "CommandLine": ("output_fields.proc.cmdline",),
             "ParentImage": ("output_fields.proc.pname",),
             "TargetFilename": ("output_fields.fd.name",),
             "User": ("output_fields.user.name",),
             "message": ("output",)}),
    Service("osquery", (("hostIdentifier", "unixTime"), ("hostIdentifier", "calendarTime")),
            "//osquery",
            {"Computer": ("hostIdentifier",), "CommandLine": ("columns.cmdline",),
             "Image": ("columns.path",), "User": ("columns.username",),
             "ParentProcessId": ("columns.parent",), "ProcessId": ("columns.pid",)}),
)  # fmt: skip
"""In this order: the surest marks first."""


def fields_of_service(service: Service) -> Callable[[Fields], Fields]:
    """The function that names an event of this source."""
    aliases = Aliases(service.names, nested=True)

    def fields(document: Fields) -> Fields:
        source = service.source if isinstance(service.source, str) else service.source(document)
        return tagged(aliases.add_to(document), source)

    return fields
