"""What sensors write: one envelope per kind of event, under the step's own fields.

`format` is the name under which a batch of it is published. Time is written the way each
sensor writes it; Windows exports carry it three times, as the real ones do.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pipeline.simulate.templates import Fields


class Source(msgspec.Struct, frozen=True):
    """A kind of event: its batch format and the fields that every event of it has."""

    format: str
    fields: dict[str, Any]


_WINDOWS: Final[Fields] = {
    "@timestamp": "<iso>",
    "EventTime": "<utc_seconds>",
    "Hostname": "<host>.<domain>",
    "SourceModuleType": "im_msvistalog",
    "EventType": "INFO",
    "Severity": "INFO",
    "RecordNumber": "<100000:9000000>",
}
_SYSMON: Final[Fields] = {
    **_WINDOWS,
    "Channel": "Microsoft-Windows-Sysmon/Operational",
    "SourceName": "Microsoft-Windows-Sysmon",
    "UtcTime": "<utc>",
    "RuleName": "-",
    "ProcessGuid": "{<guid>}",
    "ProcessId": "<pid>",
    "User": "CORP\\<user>",
}
_SECURITY: Final[Fields] = {
    **_WINDOWS,
    "Channel": "Security",
    "SourceName": "Microsoft-Windows-Security-Auditing",
    "EventType": "AUDIT_SUCCESS",
}
_ZEEK: Final[Fields] = {
    "ts": "<epoch>",
    "uid": "<uid>",
    "id.orig_h": "<ip>",
    "id.orig_p": "<port>",
    "id.resp_h": "<outside>",
}
_SURICATA: Final[Fields] = {
    "timestamp": "<iso_local>",
    "flow_id": "<flow_id>",
    "in_iface": "eth1",
    "src_ip": "<ip>",
    "src_port": "<port>",
    "dest_ip": "<outside>",
    "proto": "TCP",
}
_OCSF: Final[Fields] = {
    "time": "<epoch_ms>",
    "time_dt": "<iso_local>",
    "severity_id": 1,
    "status_id": 1,
    "metadata": {"version": "1.8.0", "uid": "<guid>", "profiles": ["datetime", "host"]},
}
_AUDITD: Final[Fields] = {"@timestamp": "<iso>", "node": "<web>", "auid": "<user>"}


def _windows(base: Fields, event_id: int, **fields: Any) -> Source:
    return Source("windows", {**base, "EventID": event_id, **fields})


def _zeek(path: str, **fields: Any) -> Source:
    return Source("zeek", {"_path": path, **_ZEEK, **fields})


def _suricata(event_type: str, **fields: Any) -> Source:
    return Source("suricata", {"event_type": event_type, **_SURICATA, **fields})


def _ocsf(class_uid: int, product: str, **fields: Any) -> Source:
    metadata = {**_OCSF["metadata"], "product": {"name": product, "vendor_name": "Example"}}
    category = class_uid // 1_000
    return Source(
        "ocsf",
        {**_OCSF, "class_uid": class_uid, "category_uid": category, "metadata": metadata, **fields},
    )


_LINUX_HOST: Final[Fields] = {
    "hostname": "<web>",
    "ip": "<web_ip>",
    "type_id": 1,
    "os": {"name": "Linux", "type": "Linux", "type_id": 200},
}

SOURCES: Final[Mapping[str, Source]] = {
    "process": _windows(
        _SYSMON, 1, ParentProcessId="<pid>", CurrentDirectory="C:\\", IntegrityLevel="Medium"
    ),
    "connection": _windows(
        _SYSMON, 3, Protocol="tcp", Initiated="true", SourceIp="<ip>", SourcePort="<port>"
    ),
    "module": _windows(_SYSMON, 7, Signed="true", SignatureStatus="Valid"),
    "access": _windows(_SYSMON, 10, SourceProcessId="<pid>", TargetProcessId="<pid>"),
    "file": _windows(_SYSMON, 11, CreationUtcTime="<utc>"),
    "registry": _windows(_SYSMON, 13, Details="Binary Data"),
    "lookup": _windows(_SYSMON, 22, QueryStatus="0", QueryResults="::ffff:<outside>;"),
    "logon": _windows(
        _SECURITY, 4624, TargetUserName="<user>", TargetDomainName="CORP", LogonType="3",
        IpAddress="<ip>", IpPort="<port>", TargetLogonId="<logon_id>", WorkstationName="-",
        AuthenticationPackageName="Kerberos",
    ),
    "logon_failure": _windows(
        _SECURITY, 4625, TargetUserName="<user>", TargetDomainName="CORP", LogonType="3",
        IpAddress="<ip>", Status="0xc000006d", SubStatus="0xc000006a", EventType="AUDIT_FAILURE",
    ),
    "share": _windows(
        _SECURITY, 5145, SubjectUserName="<user>", SubjectDomainName="CORP", IpAddress="<ip>",
        ObjectType="File", AccessMask="0x120089",
    ),
    "security": _windows(_SECURITY, 4688),
    "service": _windows(
        _WINDOWS, 7045, Channel="System", SourceName="Service Control Manager",
        Provider_Name="Service Control Manager", ServiceType="user mode service",
        StartType="demand start", AccountName="LocalSystem",
    ),
    "log_cleared": _windows(
        _WINDOWS, 1102, Channel="Security", SourceName="Microsoft-Windows-Eventlog",
        SubjectUserName="<user>", SubjectDomainName="CORP",
    ),
    "conn": _zeek(
        "conn", proto="tcp", duration="<seconds>", conn_state="SF", orig_bytes="<200:9000>",
        resp_bytes="<200:90000>", local_orig=True, local_resp=False,
    ),
    "dns": _zeek(
        "dns", proto="udp", qtype_name="A", rcode_name="NOERROR", Z=0, **{"id.resp_p": 53}
    ),
    "http": _zeek("http", method="GET", status_code=200, **{"id.resp_p": 80}),
    "ssl": _zeek("ssl", version="TLSv13", established=True, **{"id.resp_p": 443}),
    "rdp": _zeek("rdp", result="encrypted", security_protocol="HYBRID", **{"id.resp_p": 3389}),
    "smb_files": _zeek("smb_files", **{"id.resp_h": "<fs_ip>", "id.resp_p": 445}),
    "modbus": _zeek(
        "modbus_detailed", unit=1, tid="<1:65000>", matched=True,
        **{"id.orig_h": "<hmi_ip>", "id.resp_h": "<plc_ip>", "id.resp_p": 502},
    ),
    "s7comm": _zeek(
        "s7comm", rosctr_code=1, rosctr_name="Job-Request", pdu_reference="<1:65000>",
        **{"id.orig_h": "<hmi_ip>", "id.resp_h": "<plc_ip>", "id.resp_p": 102},
    ),
    "iec104": _zeek(
        "iec104", apci_type="I",
        **{"id.orig_h": "<hmi_ip>", "id.resp_h": "<rtu_ip>", "id.resp_p": 2404},
    ),
    "alert": _suricata("alert", app_proto="http"),
    "web": _suricata("http", app_proto="http", dest_port=80),
    "tls": _suricata("tls", dest_port=443),
    "flow": _suricata("flow", app_proto="tls", dest_port=443),
    "linux_process": _ocsf(
        1007, "Example EDR", activity_id=1, type_uid=100701, device=_LINUX_HOST
    ),
    "linux_file": _ocsf(1001, "Example EDR", activity_id=1, type_uid=100101, device=_LINUX_HOST),
    "authentication": _ocsf(
        3002, "Example Bastion", activity_id=1, type_uid=300201, is_remote=True,
        user={"name": "<user>"}, src_endpoint={"ip": "<ip>"},
        dst_endpoint={"hostname": "<bastion>", "ip": "<bastion_ip>"},
    ),
    "tunnel": _ocsf(
        4014, "Example VPN", activity_id=1, type_uid=401401, tunnel_type_id=2,
        user={"name": "<user>"}, src_endpoint={"ip": "<outside>"},
        dst_endpoint={"hostname": "<vpn>", "ip": "<vpn_ip>"},
        device={"hostname": "<vpn>", "type_id": 12},
    ),
    "query": _ocsf(
        6005, "Example Database Audit", activity_id=4, type_uid=600504, type_id=1,
        actor={"user": {"name": "app_rw"}}, src_endpoint={"ip": "<app_ip>"},
        dst_endpoint={"hostname": "<db>", "ip": "<db_ip>"},
        database={"name": "ERP", "type_id": 1},
    ),
    "network": _ocsf(
        4001, "Example EDR", activity_id=1, type_uid=400101, device=_LINUX_HOST,
        src_endpoint={"ip": "<web_ip>", "port": "<port>"},
    ),
    "execve": Source("auditd", {**_AUDITD, "type": "EXECVE"}),
    "syscall": Source("auditd", {**_AUDITD, "type": "SYSCALL", "success": "yes", "pid": "<pid>"}),
    "path": Source("auditd", {**_AUDITD, "type": "PATH", "nametype": "CREATE"}),
    "user_login": Source("auditd", {**_AUDITD, "type": "USER_LOGIN", "res": "success"}),
}  # fmt: skip
"""Every kind of event that the simulator writes, by the name that steps use."""
