"""JSON of no format of its own: fields as they are, and the sources that name themselves."""

from pipeline.intake.formats.lines import Fields
from pipeline.sigma.log_sources import SOURCE_FIELD

SIGNATURES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("eventVersion", "eventSource", "awsRegion"), "/aws/cloudtrail"),
    (("auditID", "verb", "objectRef"), "application/kubernetes/audit"),
    (("protoPayload", "logName"), "/gcp/gcp.audit"),
    (("eventType", "published", "actor", "outcome"), "/okta/okta"),
    (("auditType", "auditType.action"), "/bitbucket/audit"),
    (("Operation", "Workload", "RecordType"), "/m365/audit"),
    (("database", "statement"), "database//"),
    (("sql_text", "dbusername"), "database//"),
    (("logtype", "node_id", "src_host"), "application/opencanary/"),
)
"""Keys that only this source's events have together, and the source."""


def generic_fields(document: Fields) -> Fields:
    """The document itself; a source that names itself is marked."""
    for keys, source in SIGNATURES:
        if all(key in document for key in keys):
            document[SOURCE_FIELD] = source
            break
    return document
