"""The field map: which field of which source names whom and what. One table, read by eye.

Rule 1. A row is one part that somebody or something plays in an event. Its names are spellings of
        that part, first present wins: what two names say differently is said by the first.
Rule 2. The event's columns and the detection's entities both come from these rows
        (`entities.py`). A row with a column is what the column shows.
Rule 3. A sensor, collector or relay is no party. A sensor that saw it has the role observer, and
        the column host where there is no other; who only carried it is in no row. Behind
        Windows Event Forwarding `host.name`, `agent.hostname` and `user.name` are the collector's;
        the event's own host is `Computer`, its account is in the event data.
Rule 4. Names are the fields that rules see: flat, or a path through objects and lists. A name
        that a row has read is not read again by a later one.

To add a source: its rows, and one line of `ROWS_OF_FORMAT` or `ROWS_OF_PRODUCT`.
"""

from collections.abc import Mapping

from pipeline.intake.field_rows import Role, Row, Rows

LOGONS = frozenset({"4624", "4625", "4634", "4647", "4768", "4769", "4770", "4771", "4776"})
"""Event ids of Windows: a logon, its end, a ticket, the check of a password."""

WINDOWS = Rows(
    Row("host", "target", ("Computer", "ComputerName", "Hostname"), "host"),
    Row("host", "actor", ("WorkstationName", "Workstation", "ClientName")),
    Row("account", "actor", ("User",), "account"),
    Row("account", "actor", ("SourceUser",), "account"),
    # Whose credentials were used at a logon is who came; elsewhere to whom it was done.
    Row("account", "actor", ("TargetUserName",), "account", LOGONS),
    Row("account", "target", ("TargetUserName",), "account"),
    Row("account", "actor", ("SubjectUserName",), "account"),
    Row("account", "target", ("TargetUser",)),
    # Elsewhere AccountName is the service's account, or (NXLog) the writer's.
    Row("account", "actor", ("AccountName",), "account", frozenset({"4778", "4779", "4825"})),
    Row("address", "actor", ("SourceIp", "IpAddress", "SourceAddress", "ClientAddress"),
        "source_ip"),
    Row("address", "target", ("DestinationIp", "DestAddress"), "destination_ip"),
    Row("process", "tool", ("Image", "NewProcessName"), "process"),
    Row("process", "tool", ("SourceImage",), "process"),
    Row("process", "tool", ("ProcessName", "Application"), "process"),
    Row("process", "target", ("TargetImage",)),
    Row("file", "target", ("TargetFilename",)),
    Row("hash", "tool", ("Hashes",)),
    Row("domain", "", ("QueryName",)),
    Row("registry_key", "target", ("TargetObject",)),
)  # fmt: skip
"""Sysmon, Security, System and the others, as `formats/windows.py` names them."""

OCSF = Rows(
    Row("host", "target", ("Computer", "device.hostname", "device.name"), "host"),
    Row("account", "actor", ("User", "actor.user.name", "user.name"), "account"),
    Row("address", "actor", ("src_endpoint.ip",), "source_ip"),
    Row("address", "target", ("dst_endpoint.ip",), "destination_ip"),
    Row("process", "tool", ("Image",), "process"),
    Row("file", "target", ("TargetFilename",)),
    Row("hash", "tool", ("process.file.hashes.value", "file.hashes.value")),
    Row("registry_key", "target", ("TargetObject",)),
    Row("domain", "", ("query.hostname", "http_request.url.hostname")),
    Row("url", "", ("http_request.url.url_string", "http_request.url.path")),
    Row("data", "target", ("database.name", "databucket.name")),
)

ECS = Rows(
    Row("host", "target", ("Computer",), "host"),
    Row("account", "actor", ("User", "user.name"), "account"),
    Row("account", "target", ("user.target.name",)),
    Row("address", "actor", ("source.ip", "client.ip"), "source_ip"),
    Row("address", "target", ("destination.ip", "server.ip"), "destination_ip"),
    Row("process", "tool", ("Image",), "process"),
    Row("file", "target", ("TargetFilename",)),
    Row("hash", "tool", ("process.hash.sha256", "file.hash.sha256", "dll.hash.sha256")),
    Row("registry_key", "target", ("TargetObject",)),
    Row("domain", "", ("dns.question.name", "url.domain", "destination.domain")),
    Row("url", "", ("url.full", "url.original", "url.path")),
)
"""`Computer` is there where `host.name` is not the shipper's (`formats/ecs.py`)."""

ZEEK = Rows(
    Row("host", "observer", ("_system_name",), "host"),
    Row("host", "actor", ("hostname", "host_name")),  # of the client, in ntlm and dhcp
    Row("account", "actor", ("username", "user", "client"), "account"),
    Row("address", "actor", ("id.orig_h", "tx_hosts"), "source_ip"),
    Row("address", "target", ("id.resp_h", "rx_hosts"), "destination_ip"),
    Row("file", "target", ("filename", "name")),
    Row("hash", "tool", ("sha256", "sha1", "md5")),
    Row("domain", "", ("query", "server_name", "cs-host")),
    Row("url", "", ("c-uri",)),
)
"""What Zeek calls `host` is the site that was asked for."""

SURICATA = Rows(
    Row("host", "observer", ("host",), "host"),
    # Of an alert on an answer, src_ip is the server; flow.src_ip is who opened the connection.
    Row("address", "actor", ("flow.src_ip", "src_ip"), "source_ip"),
    Row("address", "target", ("flow.dest_ip", "dest_ip"), "destination_ip"),
    Row("file", "target", ("fileinfo.filename",)),
    Row("hash", "tool", ("fileinfo.sha256", "fileinfo.md5")),
    Row("domain", "", ("query", "tls.sni", "http.hostname")),
    Row("url", "", ("c-uri",)),
)

AUDITD = Rows(
    Row("host", "target", ("node", "Computer"), "host"),
    Row("host", "actor", ("hostname",)),  # of the other end, in user records
    Row("account", "actor", ("User", "acct", "AUID", "auid"), "account"),
    Row("address", "actor", ("addr", "saddr"), "source_ip"),
    Row("process", "tool", ("exe", "Image"), "process"),
    Row("file", "target", ("TargetFilename",)),
)

AWS = Rows(
    Row("account", "actor", ("userIdentity.userName", "userIdentity.arn", "userIdentity.invokedBy",
        "User", "user.name"), "account"),
    Row("account", "target", ("requestParameters.userName", "requestParameters.roleName")),
    Row("address", "actor", ("sourceIPAddress", "source.ip", "src_endpoint.ip"), "source_ip"),
    Row("data", "target", ("requestParameters.bucketName", "requestParameters.secretId")),
    Row("data", "target", ("requestParameters.instanceId", "requestParameters.functionName")),
)  # fmt: skip

AZURE = Rows(
    Row("account", "actor", ("properties.userPrincipalName", "userPrincipalName",
        "properties.initiatedBy.user.userPrincipalName", "initiatedBy.user.userPrincipalName",
        "caller", "user.name"), "account"),
    Row("account", "target", ("properties.targetResources.userPrincipalName",
        "targetResources.userPrincipalName")),
    Row("address", "actor", ("properties.ipAddress", "ipAddress", "callerIpAddress",
        "properties.initiatedBy.user.ipAddress", "initiatedBy.user.ipAddress", "source.ip"),
        "source_ip"),
    Row("data", "target", ("resourceId",)),
)  # fmt: skip

GCP = Rows(
    Row("account", "actor", ("protoPayload.authenticationInfo.principalEmail", "User", "user.name",
        "user.email"), "account"),
    Row("address", "actor", ("protoPayload.requestMetadata.callerIp", "source.ip",
        "src_endpoint.ip"), "source_ip"),
    Row("data", "target", ("protoPayload.resourceName",)),
)  # fmt: skip

OKTA = Rows(
    Row("account", "actor", ("actor.alternateId", "user.name"), "account"),
    Row("account", "target", ("target.alternateId",)),
    Row("address", "actor", ("client.ipAddress", "source.ip"), "source_ip"),
)

M365 = Rows(
    Row("account", "actor", ("UserId", "user.name"), "account"),
    Row("account", "target", ("TargetUserOrGroupName",)),
    Row("address", "actor", ("ClientIP", "ClientIPAddress", "source.ip"), "source_ip"),
    Row("data", "target", ("ObjectId",)),
)

GITHUB = Rows(
    Row("account", "actor", ("actor", "user.name"), "account"),
    Row("account", "target", ("user",)),
    Row("address", "actor", ("actor_ip", "source.ip"), "source_ip"),
    Row("data", "target", ("repo", "repository")),
)

KUBERNETES = Rows(
    Row("account", "actor", ("user.username", "user.name"), "account"),
    Row("account", "target", ("impersonatedUser.username",)),
    Row("address", "actor", ("sourceIPs", "source.ip"), "source_ip"),
    Row("data", "target", ("objectRef.name",)),
)

CEF = Rows(
    Row("host", "target", ("dhost",), "host"),
    Row("host", "actor", ("shost",)),
    Row("host", "observer", ("dvchost", "devname", "hostname"), "host"),
    Row("account", "actor", ("suser", "usrName"), "account"),
    Row("account", "target", ("duser",), "account"),
    Row("address", "actor", ("src", "src_ip"), "source_ip"),
    Row("address", "target", ("dst", "dst_ip"), "destination_ip"),
    Row("process", "tool", ("sproc", "deviceProcessName"), "process"),
    Row("file", "target", ("filePath", "fname")),
    Row("hash", "tool", ("fileHash",)),
    Row("domain", "", ("destinationDnsDomain",)),
    Row("url", "", ("request", "url")),
)
"""ArcSight's dictionary of extension names, and LEEF's."""

KEY_VALUE = Rows(
    Row("host", "observer", ("devname", "device_name", "dvc", "fw", "hostname"), "host"),
    Row("host", "actor", ("srcname",)),
    Row("host", "target", ("dstname",)),
    Row("account", "actor", ("username",), "account"),
    Row("address", "actor", ("src_ip",), "source_ip"),
    Row("address", "target", ("dst_ip",), "destination_ip"),
    Row("file", "target", ("filename",)),
    Row("domain", "", ("query", "cs-host")),
    Row("url", "", ("c-uri",)),
)
"""Firewalls and gateways; of FortiGate's proxy `hostname` is the site that was asked for."""

WEB_ACCESS = Rows(
    Row("host", "target", ("s-computername", "hostname"), "host"),
    Row("account", "actor", ("cs-username",), "account"),
    Row("address", "actor", ("c-ip", "src_ip"), "source_ip"),
    Row("address", "target", ("dst_ip",), "destination_ip"),
    Row("domain", "", ("cs-host",)),
    Row("url", "", ("c-uri",)),
)

DATABASE = Rows(
    Row("host", "target", ("Computer", "hostname"), "host"),
    Row("host", "actor", ("USERHOST", "userhost")),
    Row("account", "actor", ("username", "dbusername", "account.user"), "account"),
    Row("address", "actor", ("src_ip", "remote_host", "login.ip", "host"), "source_ip"),
    Row("data", "target", ("object_name", "database", "dbname")),
)
"""Of MariaDB and MySQL `host` is where the client is."""

DATA_SECURITY = Rows(
    Row("host", "target", ("Computer",), "host"),
    Row("host", "", ("destination.host",)),
    Row("account", "actor", ("User",), "account"),
    Row("address", "actor", ("actor.ip",), "source_ip"),
    Row("address", "target", ("destination.ip",), "destination_ip"),
    Row("file", "target", ("TargetFilename",)),
    Row("data", "target", ("object.table", "object.system", "data.category")),
)

FALCO = Rows(
    Row("host", "target", ("hostname",), "host"),
    Row("account", "actor", ("User",), "account"),
    Row("process", "tool", ("Image",), "process"),
    Row("file", "target", ("TargetFilename",)),
)

OSQUERY = Rows(
    Row("host", "target", ("Computer",), "host"),
    Row("account", "actor", ("User",), "account"),
    Row("address", "target", ("columns.remote_address",), "destination_ip"),
    Row("process", "tool", ("Image",), "process"),
    Row("file", "target", ("columns.target_path",)),
    Row("hash", "tool", ("columns.sha256",)),
)

OPENCANARY = Rows(
    Row("host", "target", ("node_id",), "host"),
    Row("account", "actor", ("logdata.USERNAME",), "account"),
    Row("address", "actor", ("src_host",), "source_ip"),
    Row("address", "target", ("dst_host",), "destination_ip"),
)

BITBUCKET = Rows(
    Row("account", "actor", ("author.name",), "account"),
    Row("address", "actor", ("source",), "source_ip"),
    Row("data", "target", ("affectedObjects.name",)),
)

ONELOGIN = Rows(
    Row("account", "actor", ("actor_user_name", "user_name"), "account"),
    Row("account", "target", ("user_name",)),
    Row("address", "actor", ("ipaddr",), "source_ip"),
)

ANY = Rows(
    Row("host", "target", ("Computer", "ComputerName", "Hostname", "hostname", "host.name",
        "host.hostname", "device.hostname", "dhost", "s-computername", "node", "host"), "host"),
    Row("host", "actor", ("WorkstationName", "shost")),
    Row("host", "observer", ("dvchost", "devname"), "host"),
    Row("account", "actor", ("User", "SubjectUserName", "user.name", "username", "userName",
        "user_name", "suser", "cs-username", "usrName", "acct", "user", "account"), "account"),
    Row("account", "target", ("TargetUserName", "duser"), "account"),
    Row("address", "actor", ("SourceIp", "IpAddress", "src_ip", "source.ip", "source_ip", "srcip",
        "src", "client_ip", "client.ip", "c-ip", "remote_addr", "rhost"), "source_ip"),
    Row("address", "target", ("DestinationIp", "dst_ip", "dest_ip", "destination.ip",
        "destination_ip", "dstip", "dst", "s-ip"), "destination_ip"),
    Row("process", "tool", ("Image", "process.executable", "exe"), "process"),
    Row("file", "target", ("TargetFilename", "file.path")),
    Row("hash", "tool", ("Hashes", "sha256", "sha1", "md5")),
    Row("registry_key", "target", ("TargetObject",)),
    Row("domain", "", ("QueryName", "query", "url.domain", "cs-host")),
    Row("url", "", ("url.full", "url.original", "c-uri", "cs-uri-stem", "url")),
    Row("data", "target", ("database", "database.name")),
)  # fmt: skip
"""Of a source that has no rows of its own: the names that most tools use."""

ROWS_OF_FORMAT: Mapping[str, Rows] = {
    "windows": WINDOWS,
    "ocsf": OCSF,
    "ecs": ECS,
    "zeek": ZEEK,
    "suricata": SURICATA,
    "auditd": AUDITD,
    "cef": CEF,
    "key_value": KEY_VALUE,
    "web_access": WEB_ACCESS,
    "database": DATABASE,
    "data_security": DATA_SECURITY,
    "dns_query": KEY_VALUE,
    "falco": FALCO,
    "defender": WINDOWS,
    "osquery": OSQUERY,
    "opencanary": OPENCANARY,
    "bitbucket": BITBUCKET,
    "onelogin": ONELOGIN,
}
ROWS_OF_PRODUCT: Mapping[str, Rows] = {
    "aws": AWS,
    "azure": AZURE,
    "gcp": GCP,
    "okta": OKTA,
    "m365": M365,
    "github": GITHUB,
    "kubernetes": KUBERNETES,
}
"""Of sources whose events travel in several formats; they go before the format's."""
ALL_ROWS = (ANY, *ROWS_OF_FORMAT.values(), *ROWS_OF_PRODUCT.values())

NUMBERED = frozenset({"auid", "AUID"})
"""Fields that hold a login's name, or the number that its host gave it: every host has its 1000."""

ROLES_OF_ENDS: Mapping[tuple[bool, bool], tuple[Role, Role]] = {
    (True, True): ("actor", "target"),
    (False, True): ("actor", "target"),
    (True, False): ("target", ""),
    (False, False): ("", ""),
}
"""Whether who opened a connection is inside, whether who answered is, and the roles of both.

Who calls out (a download, a call home) is the attacked side, and the server only the other end:
it is nobody's victim. Of two addresses outside nothing is known.
"""
ROLES_OF_CATEGORY: Mapping[str, tuple[Role, Role]] = {
    "dns": ("target", ""),
    "dns_query": ("target", ""),
}
"""Kinds of event whose ends have these roles wherever they are: a resolver is no target."""
