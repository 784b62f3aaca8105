"""The field map: columns and entities of one sample per source, and that both say the same."""

from typing import Any, get_args

import msgspec
import orjson
import pytest

from pipeline.intake.entities import COLUMNS, columns_of, entities_of, rows_of
from pipeline.intake.field_map import ROWS_OF_FORMAT, ROWS_OF_PRODUCT
from pipeline.intake.field_rows import Column
from pipeline.intake.formats.table import FORMATS
from pipeline.intake.normal_forms import NORMAL_FORMS
from pipeline.state import EnterpriseState
from schemas.batch import Batch
from schemas.detection import EntityKind
from schemas.event import Event
from schemas.moments import parse_moment
from tests.engine.builders import make_engine

TIME = "2026-03-01T08:00:00Z"
SYSMON = "Microsoft-Windows-Sysmon/Operational"
KIND_OF_COLUMN: dict[Column, EntityKind] = {
    "host": "host",
    "account": "account",
    "source_ip": "address",
    "destination_ip": "address",
    "process": "process",
}


class Sample(msgspec.Struct, frozen=True):
    """An event as its source writes it; columns in the order of `Column`; entities as
    "kind:value:role"."""

    format: str
    document: dict[str, Any] | str
    columns: tuple[str, str, str, str, str]
    entities: frozenset[str]


def sample(format: str, document: dict[str, Any] | str, columns: str, entities: str) -> Sample:
    host, account, source, destination, process = (
        "" if each == "-" else each for each in columns.split()
    )
    return Sample(
        format,
        document,
        (host, account, source, destination, process),
        frozenset(entities.split()),
    )


def windows(channel: str, event_id: int, **fields: Any) -> dict[str, Any]:
    return {"Channel": channel, "EventID": event_id, "Computer": "WS5.corp.example", **fields}


BEHIND_A_COLLECTOR = {
    "tags": ["forwarded"],
    "host": {"name": "wec1"},
    "agent": {"name": "wec1", "hostname": "wec1"},
    "user": {"name": "SYSTEM"},
    "source": {"ip": "10.9.9.9"},
}

SAMPLES: dict[str, Sample] = {
    "windows": sample(
        "windows",
        windows(
            SYSMON,
            3,
            User="CORP\\li",
            Image="C:\\a.exe",
            SourceIp="10.0.0.5",
            DestinationIp="198.51.100.7",
            Hashes="MD5=0A,SHA256=0B",
        ),
        "WS5.corp.example CORP\\li 10.0.0.5 198.51.100.7 C:\\a.exe",
        "host:ws5.corp.example:target account:li:actor address:10.0.0.5:target "
        "address:198.51.100.7: process:c:\\a.exe:tool hash:0b:tool",
    ),
    "windows, connection from outside": sample(
        "windows",
        windows(SYSMON, 3, SourceIp="198.51.100.7", DestinationIp="10.0.0.5"),
        "WS5.corp.example - 198.51.100.7 10.0.0.5 -",
        "host:ws5.corp.example:target address:198.51.100.7:actor address:10.0.0.5:target",
    ),
    "windows, connection within": sample(
        "windows",
        windows(SYSMON, 3, SourceIp="10.0.0.5", DestinationIp="::ffff:10.0.0.6"),
        "WS5.corp.example - 10.0.0.5 ::ffff:10.0.0.6 -",
        "host:ws5.corp.example:target address:10.0.0.5:actor address:10.0.0.6:target",
    ),
    "windows, process access": sample(
        "windows",
        windows(
            SYSMON,
            10,
            SourceImage="C:\\a.exe",
            TargetImage="C:\\Windows\\lsass.exe",
            SourceUser="CORP\\li",
            TargetUser="NT_AUTHORITY\\SYSTEM",
        ),
        "WS5.corp.example CORP\\li - - C:\\a.exe",
        "host:ws5.corp.example:target account:li:actor account:system:target "
        "process:c:\\a.exe:tool process:c:\\windows\\lsass.exe:target",
    ),
    "windows, registry": sample(
        "windows",
        windows(SYSMON, 13, TargetObject="HKLM\\Software\\Run\\a", Details="x"),
        "WS5.corp.example - - - -",
        "host:ws5.corp.example:target registry_key:hklm\\software\\run\\a:target",
    ),
    "windows, logon": sample(
        "windows",
        windows(
            "Security",
            4624,
            TargetUserName="li",
            SubjectUserName="-",
            IpAddress="10.0.0.7",
            WorkstationName="WS7",
        ),
        "WS5.corp.example li 10.0.0.7 - -",
        "host:ws5.corp.example:target host:ws7:actor account:li:actor address:10.0.0.7:actor",
    ),
    "windows, account created": sample(
        "windows",
        windows("Security", 4720, TargetUserName="new", SubjectUserName="li"),
        "WS5.corp.example new - - -",
        "host:ws5.corp.example:target account:new:target account:li:actor",
    ),
    "windows, session reconnected": sample(
        "windows",
        windows("Security", 4778, AccountName="li", ClientName="WS7", ClientAddress="10.0.0.7"),
        "WS5.corp.example li 10.0.0.7 - -",
        "host:ws5.corp.example:target host:ws7:actor account:li:actor address:10.0.0.7:actor",
    ),
    "windows, local session": sample(
        "windows",
        windows("Security", 4624, TargetUserName="li", IpAddress="LOCAL"),
        "WS5.corp.example li - - -",
        "host:ws5.corp.example:target account:li:actor",
    ),
    "windows, flat behind a collector": sample(
        "windows",
        {
            "Channel": "Security",
            "EventID": 4688,
            "Hostname": "WS5",
            "host": "wec1",
            "AccountName": "SYSTEM",
            "SubjectUserName": "li",
            "NewProcessName": "C:\\a.exe",
        },
        "WS5 li - - C:\\a.exe",
        "host:ws5:target account:li:actor process:c:\\a.exe:tool",
    ),
    "windows, Winlogbeat 7 behind a collector": sample(
        "windows",
        {
            **BEHIND_A_COLLECTOR,
            "winlog": {
                "channel": "Security",
                "event_id": 4720,
                "computer_name": "DC1",
                "event_data": {"SubjectUserName": "li", "TargetUserName": "new"},
            },
        },
        "DC1 new - - -",
        "host:dc1:target account:li:actor account:new:target",
    ),
    "windows, Winlogbeat 7 published as ecs": sample(
        "ecs",
        {
            **BEHIND_A_COLLECTOR,
            "winlog": {
                "channel": SYSMON,
                "event_id": 10,
                "computer_name": "DC1",
                "event_data": {"SourceUser": "CORP\\li"},
            },
        },
        "DC1 CORP\\li - - -",
        "host:dc1:target account:li:actor",
    ),
    "windows, Winlogbeat 7 with dots": sample(
        "windows",
        {
            "winlog.channel": "Security",
            "winlog.event_id": 4720,
            "winlog.computer_name": "DC1",
            "winlog.event_data.SubjectUserName": "li",
            "host.name": "wec1",
        },
        "DC1 li - - -",
        "host:dc1:target account:li:actor",
    ),
    "windows, Winlogbeat 6 without data": sample(
        "windows",
        {
            "log_name": "Security",
            "event_id": 1102,
            "computer_name": "DC1",
            "source_name": "Microsoft-Windows-Eventlog",
            "record_number": "7",
            "beat": {"hostname": "wec1", "name": "wec1"},
            "host": {"name": "wec1"},
        },
        "DC1 - - - -",
        "host:dc1:target",
    ),
    "windows, Winlogbeat that runs where the event was": sample(
        "windows",
        {"winlog": {"channel": "Security", "event_id": 1102}, "host": {"name": "DC1"}},
        "DC1 - - - -",
        "host:dc1:target",
    ),
    "windows, EVTX as JSON": sample(
        "windows",
        {
            "Event": {
                "System": {
                    "Channel": "Security",
                    "EventID": 4720,
                    "Computer": "DC1",
                    "TimeCreated": {"#attributes": {"SystemTime": TIME}},
                },
                "EventData": {"SubjectUserName": "li", "Computer": "forged"},
            }
        },
        "DC1 li - - -",
        "host:dc1:target account:li:actor",
    ),
    "ecs": sample(
        "ecs",
        {
            "event": {"category": ["network"]},
            "host": {"name": "web1"},
            "agent": {"name": "web1"},
            "user": {"name": "www"},
            "source": {"ip": "10.0.0.5"},
            "destination": {"ip": "10.0.0.6", "domain": "db.example"},
            "process": {"executable": "/opt/a", "hash": {"sha256": "0B"}},
        },
        "web1 www 10.0.0.5 10.0.0.6 /opt/a",
        "host:web1:target account:www:actor address:10.0.0.5:actor address:10.0.0.6:target "
        "process:/opt/a:tool hash:0b:tool domain:db.example:",
    ),
    "ecs, a firewall's line by way of a shipper": sample(
        "ecs",
        {
            "event": {"dataset": "panw.panos"},
            "host": {"name": "shipper"},
            "agent": {"name": "shipper"},
            "source": {"ip": "203.0.113.9"},
            "destination": {"ip": "10.0.0.6"},
        },
        "- - 203.0.113.9 10.0.0.6 -",
        "address:203.0.113.9:actor address:10.0.0.6:target",
    ),
    "ecs, a relayed line of syslog": sample(
        "ecs",
        {
            "event": {"dataset": "system.auth"},
            "tags": ["forwarded"],
            "host": {"name": "relay"},
            "agent": {"name": "relay"},
            "log": {"syslog": {"hostname": "web1"}},
        },
        "web1 - - - -",
        "host:web1:target",
    ),
    "ocsf": sample(
        "ocsf",
        {
            "class_uid": 1007,
            "category_uid": 1,
            "device": {"hostname": "web1"},
            "actor": {"user": {"name": "www"}},
            "process": {"file": {"path": "/opt/a", "hashes": [{"value": "0B"}]}},
        },
        "web1 www - - /opt/a",
        "host:web1:target account:www:actor process:/opt/a:tool hash:0b:tool",
    ),
    "zeek": sample(
        "zeek",
        {
            "_path": "http",
            "id.orig_h": "10.0.0.5",
            "id.resp_h": "198.51.100.7",
            "host": "files.example:8080",
            "uri": "/A.exe",
        },
        "- - 10.0.0.5 198.51.100.7 -",
        "address:10.0.0.5:target address:198.51.100.7: domain:files.example: url:/A.exe:",
    ),
    "zeek, a question to a resolver": sample(
        "zeek",
        {"_path": "dns", "id.orig_h": "10.0.0.5", "id.resp_h": "10.0.0.53", "query": "A.Example."},
        "- - 10.0.0.5 10.0.0.53 -",
        "address:10.0.0.5:target address:10.0.0.53: domain:a.example:",
    ),
    "suricata": sample(
        "suricata",
        {
            "event_type": "alert",
            "flow_id": 1,
            "host": "ids1",
            "src_ip": "10.0.0.6",
            "dest_ip": "203.0.113.9",
            "flow": {"src_ip": "203.0.113.9", "dest_ip": "10.0.0.6"},
            "http": {"hostname": "shop.example"},
        },
        "ids1 - 203.0.113.9 10.0.0.6 -",
        "host:ids1:observer address:203.0.113.9:actor address:10.0.0.6:target domain:shop.example:",
    ),
    "auditd": sample(
        "auditd",
        'node=web1 type=USER_LOGIN msg=audit(1700000000.5:7): auid=1000 acct="li" '
        'exe="/usr/sbin/sshd" hostname=10.0.0.7 addr=10.0.0.7 res=success',
        "web1 li 10.0.0.7 - /usr/sbin/sshd",
        "host:web1:target host:10.0.0.7:actor account:li:actor address:10.0.0.7:actor "
        "process:/usr/sbin/sshd:tool",
    ),
    "auditd, a number for a name": sample(
        "auditd",
        {"node": "web1", "type": "SYSCALL", "auid": "1000", "addr": "?", "exe": "/bin/a"},
        "web1 - - - /bin/a",
        "host:web1:target process:/bin/a:tool",
    ),
    "syslog": sample(
        "syslog",
        f"<86>1 {TIME} web1 sshd 12 - - Failed password",
        "web1 - - - -",
        "host:web1:target",
    ),
    "json": sample(
        "json",
        {
            "host": "web1",
            "user": "li",
            "source": {"ip": "203.0.113.9:443"},
            "query": "select * from t",
            "database": "ERP",
        },
        "web1 li 203.0.113.9:443 - -",
        "host:web1:target account:li:actor address:203.0.113.9:actor data:erp:target",
    ),
    "aws": sample(
        "json",
        {
            "eventVersion": "1.08",
            "eventSource": "s3.amazonaws.com",
            "awsRegion": "cn-north-1",
            "userIdentity": {"arn": "arn:aws-cn:sts::1:assumed-role/Admin/li"},
            "sourceIPAddress": "203.0.113.9",
            "requestParameters": {"bucketName": "Ledger"},
        },
        "- arn:aws-cn:sts::1:assumed-role/Admin/li 203.0.113.9 - -",
        "account:li:actor address:203.0.113.9:actor data:ledger:target",
    ),
    "aws, a service calls": sample(
        "json",
        {
            "eventVersion": "1.08",
            "eventSource": "ec2.amazonaws.com",
            "awsRegion": "cn-north-1",
            "userIdentity": {"invokedBy": "autoscaling"},
            "sourceIPAddress": "autoscaling.amazonaws.com",
        },
        "- autoscaling - - -",
        "account:autoscaling:actor",
    ),
    "azure": sample(
        "ecs",
        {
            "event": {"dataset": "azure.auditlogs"},
            "properties": {
                "initiatedBy": {
                    "user": {"userPrincipalName": "li@corp.example", "ipAddress": "203.0.113.9"}
                },
                "targetResources": [{"userPrincipalName": "wang@corp.example"}],
            },
        },
        "- li@corp.example 203.0.113.9 - -",
        "account:li:actor account:wang:target address:203.0.113.9:actor",
    ),
    "gcp": sample(
        "json",
        {
            "logName": "x",
            "protoPayload": {
                "authenticationInfo": {"principalEmail": "li@corp.example"},
                "requestMetadata": {"callerIp": "203.0.113.9"},
                "resourceName": "projects/_/buckets/ledger",
            },
        },
        "- li@corp.example 203.0.113.9 - -",
        "account:li:actor address:203.0.113.9:actor data:projects/_/buckets/ledger:target",
    ),
    "okta": sample(
        "json",
        {
            "eventType": "user.mfa.factor.deactivate",
            "published": TIME,
            "outcome": {},
            "actor": {"alternateId": "li@corp.example"},
            "client": {"ipAddress": "203.0.113.9"},
            "target": [{"alternateId": "wang@corp.example"}],
        },
        "- li@corp.example 203.0.113.9 - -",
        "account:li:actor account:wang:target address:203.0.113.9:actor",
    ),
    "m365": sample(
        "json",
        {
            "Operation": "FileDownloaded",
            "Workload": "OneDrive",
            "RecordType": 6,
            "UserId": "li@corp.example",
            "ClientIP": "[2001:db8::7]:443",
            "ObjectId": "Ledger.xlsx",
        },
        "- li@corp.example [2001:db8::7]:443 - -",
        "account:li:actor address:2001:db8::7:actor data:ledger.xlsx:target",
    ),
    "github": sample(
        "ecs",
        {
            "event": {"dataset": "github.audit"},
            "host": {"name": "shipper"},
            "agent": {"name": "shipper"},
            "actor": "li",
            "actor_ip": "203.0.113.9",
            "user": "wang",
            "repo": "corp/ledger",
        },
        "- li 203.0.113.9 - -",
        "account:li:actor account:wang:target address:203.0.113.9:actor data:corp/ledger:target",
    ),
    "cloudtrail": sample(
        "auto",
        {
            "eventVersion": "1.08",
            "eventSource": "iam.amazonaws.com",
            "awsRegion": "cn-north-1",
            "userIdentity": {"userName": "li"},
            "sourceIPAddress": "203.0.113.9",
            "requestParameters": {"userName": "new"},
        },
        "- li 203.0.113.9 - -",
        "account:li:actor account:new:target address:203.0.113.9:actor",
    ),
    "cef": sample(
        "auto",
        "<14>Mar  1 08:00:00 relay CEF:0|Huawei|USG|1|7|Denied|5|src=203.0.113.9 dst=10.0.0.6 "
        "dvchost=fw1 shost=PC9 suser=li request=http://a.example/x",
        "fw1 li 203.0.113.9 10.0.0.6 -",
        "host:fw1:observer host:pc9:actor account:li:actor address:203.0.113.9:actor "
        "address:10.0.0.6:target url:http://a.example/x:",
    ),
    "cef, of a host": sample(
        "auto",
        "CEF:0|McAfee|ENS|1|7|Malware|5|rt=1772352000000 dvchost=console dhost=WS5 duser=li "
        "filePath=C:\\\\a.exe fileHash=0B",
        "WS5 li - - -",
        "host:ws5:target host:console:observer account:li:target file:c:\\a.exe:target "
        "hash:0b:tool",
    ),
    "key_value": sample(
        "auto",
        'date=2026-03-01 time=08:00:00 devname="fw1" devid="F1" logid="1" type="utm" '
        'subtype="webfilter" srcip=10.0.0.5 dstip=198.51.100.7 user="li" '
        'hostname="files.example" url="/A.exe"',
        "fw1 li 10.0.0.5 198.51.100.7 -",
        "host:fw1:observer account:li:actor address:10.0.0.5:target address:198.51.100.7: "
        "domain:files.example: url:/A.exe:",
    ),
    "web_access": sample(
        "auto",
        '203.0.113.9 - li [01/Mar/2026:08:00:00 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "-" "x"',
        "- li 203.0.113.9 - -",
        "account:li:actor address:203.0.113.9:actor url:/a?b=1:",
    ),
    "web_access, IIS": sample(
        "auto",
        {
            "s-computername": "WEB1",
            "s-ip": "10.0.0.6",
            "c-ip": "203.0.113.9",
            "cs-method": "GET",
            "cs-uri-stem": "/a",
        },
        "WEB1 - 203.0.113.9 10.0.0.6 -",
        "host:web1:target address:203.0.113.9:actor address:10.0.0.6:target url:/a:",
    ),
    "database": sample(
        "auto",
        "20260301 08:00:00,db1,li,10.0.0.7,8,9,QUERY,erp,'select 1',0",
        "db1 li 10.0.0.7 - -",
        "host:db1:target account:li:actor address:10.0.0.7:actor data:erp:target",
    ),
    "database, rows of a table": sample(
        "auto",
        {"database": "erp", "statement": "select 1", "user": "li", "client_ip": "10.0.0.7"},
        "- li 10.0.0.7 - -",
        "account:li:actor address:10.0.0.7:actor data:erp:target",
    ),
    "data_security": sample(
        "auto",
        {
            "schema": "fenghuo.data-security/1",
            "action": "export",
            "host": "erp1",
            "actor": {"account": "li", "ip": "10.0.0.7"},
            "object": {"table": "Customers"},
            "destination": {"ip": "198.51.100.7", "host": "cloud.example"},
        },
        "erp1 li 10.0.0.7 198.51.100.7 -",
        "host:erp1:target host:cloud.example: account:li:actor address:10.0.0.7:target "
        "address:198.51.100.7: data:customers:target",
    ),
    "defender": sample(
        "auto",
        {
            "ActionType": "ConnectionSuccess",
            "DeviceName": "ws5.corp.example",
            "LocalIP": "10.0.0.5",
            "RemoteIP": "198.51.100.7",
            "InitiatingProcessAccountDomain": "corp",
            "InitiatingProcessAccountName": "li",
            "InitiatingProcessFolderPath": "C:\\a.exe",
        },
        "ws5.corp.example corp\\li 10.0.0.5 198.51.100.7 C:\\a.exe",
        "host:ws5.corp.example:target account:li:actor address:10.0.0.5:target "
        "address:198.51.100.7: process:c:\\a.exe:tool",
    ),
    "dns_query": sample(
        "auto",
        "<30>Mar  1 08:00:00 ns1 named[1]: client 10.0.0.5#4000 (a.example): "
        "query: a.example IN A + (10.0.0.2)",
        "ns1 - 10.0.0.5 10.0.0.2 -",
        "host:ns1:observer address:10.0.0.5:target address:10.0.0.2: domain:a.example:",
    ),
    "falco": sample(
        "auto",
        {
            "rule": "Shell in a container",
            "priority": "Notice",
            "hostname": "node1",
            "output": "x",
            "output_fields": {
                "proc.exepath": "/bin/sh",
                "user.name": "www",
                "fd.name": "/etc/shadow",
            },
        },
        "node1 www - - /bin/sh",
        "host:node1:target account:www:actor process:/bin/sh:tool file:/etc/shadow:target",
    ),
    "osquery": sample(
        "auto",
        {
            "hostIdentifier": "ws5",
            "unixTime": 1772352000,
            "columns": {"path": "/bin/a", "username": "li", "remote_address": "198.51.100.7"},
        },
        "ws5 li - 198.51.100.7 /bin/a",
        "host:ws5:target account:li:actor process:/bin/a:tool address:198.51.100.7:target",
    ),
    "opencanary": sample(
        "auto",
        {
            "logtype": 4002,
            "node_id": "trap1",
            "src_host": "10.0.0.7",
            "dst_host": "10.0.0.9",
            "logdata": {"USERNAME": "root"},
        },
        "trap1 root 10.0.0.7 10.0.0.9 -",
        "host:trap1:target account:root:actor address:10.0.0.7:actor address:10.0.0.9:target",
    ),
    "bitbucket": sample(
        "auto",
        {
            "auditType": {"action": "Repository created"},
            "affectedObjects": [{"name": "Ledger"}],
            "author": {"name": "li"},
            "source": "203.0.113.9",
        },
        "- li 203.0.113.9 - -",
        "account:li:actor address:203.0.113.9:actor data:ledger:target",
    ),
    "onelogin": sample(
        "auto",
        {
            "event_type_id": 72,
            "account_id": 1,
            "actor_user_name": "li",
            "user_name": "wang",
            "ipaddr": "203.0.113.9",
        },
        "- li 203.0.113.9 - -",
        "account:li:actor account:wang:target address:203.0.113.9:actor",
    ),
    "kubernetes": sample(
        "json",
        {
            "auditID": "1",
            "verb": "get",
            "user": {"username": "system:serviceaccount:web:app"},
            "sourceIPs": ["10.0.0.7", "10.0.0.8"],
            "objectRef": {"resource": "secrets", "name": "db-password"},
        },
        "- system:serviceaccount:web:app 10.0.0.7 - -",
        "account:system:serviceaccount:web:app:actor address:10.0.0.7:actor "
        "address:10.0.0.8:actor data:db-password:target",
    ),
}
"""By source: the first word before a comma is a format or a product of the field map."""


def read(one: Sample) -> Event:
    document = one.document
    if isinstance(document, dict):
        line = orjson.dumps({"@timestamp": TIME, **document})
    else:
        line = document.encode()
    batch = Batch(
        batch_id="b",
        sequence=0,
        enterprise_id="E1",
        format=one.format,
        received_at=parse_moment(TIME),
        value=line,
    )
    decisions = make_engine().process(EnterpriseState(), batch)
    return next(each for each in decisions if isinstance(each, Event))


def columns(event: Event) -> tuple[str, ...]:
    return tuple(getattr(event, column) for column in KIND_OF_COLUMN)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_event_names_whom_its_source_names(name: str) -> None:
    event = read(SAMPLES[name])
    assert columns(event) == SAMPLES[name].columns
    found = {f"{one.kind}:{one.value}:{one.role}" for one in entities_of(event)}
    assert found == SAMPLES[name].entities


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_column_shows_is_an_entity(name: str) -> None:
    event = read(SAMPLES[name])
    entities = {(one.kind, one.value) for one in entities_of(event)}
    for (column, kind), value in zip(KIND_OF_COLUMN.items(), columns(event), strict=True):
        if value:
            assert (kind, NORMAL_FORMS[kind](value)) in entities, column


def test_every_format_and_product_has_a_sample() -> None:
    told = {name.partition(",")[0] for name in SAMPLES}
    assert told >= {*FORMATS, *ROWS_OF_FORMAT, *ROWS_OF_PRODUCT}


def test_every_row_that_fills_a_column_is_of_its_kind() -> None:
    assert set(KIND_OF_COLUMN) == set(get_args(Column)) - {""}
    for format in FORMATS:
        for row, _ in rows_of(format, "", {}).rows:
            assert not row.column or KIND_OF_COLUMN[row.column] == row.kind


def test_what_says_nothing_fills_no_column() -> None:
    for nothing in ("-", "", None, [], {}, True, ["-"], {"name": None}):
        fields = {"host": nothing, "user": nothing, "src_ip": nothing}
        assert columns_of("json", "", fields) == [""] * len(COLUMNS)


def test_of_a_long_list_only_the_first_become_entities() -> None:
    of_cluster = SAMPLES["kubernetes"]
    assert isinstance(of_cluster.document, dict)
    many = {**of_cluster.document, "sourceIPs": [f"10.0.1.{n}" for n in range(200)]}
    event = read(msgspec.structs.replace(of_cluster, document=many))
    assert sum(one.kind == "address" for one in entities_of(event)) == 8
